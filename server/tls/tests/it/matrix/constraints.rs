//! Name constraints of CAs (RFC 5280 §4.2.1.10): every name of every certificate below must keep to them.

use domain::ReasonCode::SanNotAllowed;
use rcgen::GeneralSubtree::{DirectoryName, DnsName, IpAddress, Rfc822Name};
use rcgen::{
    CertificateParams, CidrSubnet, CustomExtension, DistinguishedName, DnType, GeneralSubtree,
    NameConstraints, SanType,
};

use super::row::{Listener, Row, Verdict, accepted, alone, refused, through};
use crate::der::value;
use crate::support::{Made, as_ca, as_leaf};

type Case = (Verdict, &'static str, &'static str, Vec<SanType>);

const YES: Verdict = Verdict::Accepted;
const NO: Verdict = Verdict::Refused(SanNotAllowed);

const PERMITTED: &str = "RFC 5280 §6.1.3 (b): within a permitted subtree";
const OUTSIDE: &str = "RFC 5280 §6.1.3 (b): within no permitted subtree";
const EXCLUDED: &str = "RFC 5280 §6.1.3 (c): within an excluded subtree";
const OTHER_FORM: &str = "RFC 5280 §4.2.1.10: restricts only names of the same form";
const REJECTED: &str = "RFC 5280 §4.2.1.10: process the constraint or reject; this form is not processed";

pub(super) fn rows() -> Vec<Row> {
    let permitted_dns = permitting(DnsName("good.test".into()));
    let permitted_ip = permitting(IpAddress(CidrSubnet::V4([10, 0, 0, 0], [255, 0, 0, 0])));
    let excluded_dns = excluding(DnsName("evil.test".into()));
    let excluded_ip = excluding(IpAddress(CidrSubnet::V4([10, 0, 0, 0], [255, 0, 0, 0])));
    let permitted_mail = permitting(Rfc822Name("good.test".into()));
    [
        cases(&permitted_dns, under_permitted_dns()),
        cases(&excluded_dns, under_excluded_dns()),
        cases(
            &permitting(DnsName("a.good.test".into())),
            vec![(
                NO,
                "wildcard that covers the permitted host and others",
                OUTSIDE,
                vec![dns("*.good.test")],
            )],
        ),
        cases(
            &excluding(DnsName("a.evil.test".into())),
            vec![(NO, "wildcard that covers the excluded host", EXCLUDED, vec![dns("*.evil.test")])],
        ),
        cases(&permitted_ip, under_permitted_ip()),
        cases(
            &excluded_ip,
            vec![
                (NO, "address in an excluded network", EXCLUDED, vec![address([10, 1, 2, 3])]),
                (YES, "address outside of the excluded network", EXCLUDED, vec![address([192, 0, 2, 1])]),
            ],
        ),
        cases(
            &permitted_mail,
            vec![
                (NO, "e-mail below an e-mail constraint", REJECTED, vec![mail("a@good.test")]),
                (YES, "host below an e-mail constraint", OTHER_FORM, vec![dns("a.test")]),
            ],
        ),
        unprocessed(),
        of_intermediates(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn under_permitted_dns() -> Vec<Case> {
    vec![
        (YES, "the permitted host", PERMITTED, vec![dns("good.test")]),
        (YES, "host below the permitted one", PERMITTED, vec![dns("a.b.good.test")]),
        (YES, "wildcard below the permitted host", PERMITTED, vec![dns("*.good.test")]),
        (NO, "another host", OUTSIDE, vec![dns("evil.test")]),
        (NO, "host that ends like the permitted one", OUTSIDE, vec![dns("notgood.test")]),
        (NO, "permitted host as first labels of another", OUTSIDE, vec![dns("good.test.evil.test")]),
        (NO, "the permitted host and another", OUTSIDE, vec![dns("good.test"), dns("evil.test")]),
        (
            NO,
            "SAN that is no host name below a host constraint",
            "RFC 5280 §4.2.1.10: what cannot be compared is rejected",
            vec![dns("not a host!")],
        ),
        (YES, "address below a host constraint", OTHER_FORM, vec![address([10, 1, 2, 3])]),
        (YES, "e-mail below a host constraint", OTHER_FORM, vec![mail("a@evil.test")]),
        (
            YES,
            "no SAN below a host constraint",
            "RFC 5280 §4.2.1.10: without a name of the form, acceptable; OpenSSL also asks a CN that reads like a host",
            vec![],
        ),
    ]
}

fn under_excluded_dns() -> Vec<Case> {
    vec![
        (NO, "the excluded host", EXCLUDED, vec![dns("evil.test")]),
        (NO, "host below the excluded one", EXCLUDED, vec![dns("a.evil.test")]),
        (
            NO,
            "excluded host in capitals",
            "RFC 5280 §7.2: host names compare without case",
            vec![dns("EVIL.test")],
        ),
        (YES, "host beside the excluded one", EXCLUDED, vec![dns("good.test")]),
    ]
}

fn under_permitted_ip() -> Vec<Case> {
    vec![
        (YES, "address in the permitted network", PERMITTED, vec![address([10, 1, 2, 3])]),
        (NO, "address outside of the permitted network", OUTSIDE, vec![address([192, 0, 2, 1])]),
        (
            NO,
            "IPv6 address below an IPv4 constraint",
            OUTSIDE,
            vec![SanType::IpAddress(std::net::Ipv6Addr::LOCALHOST.into())],
        ),
    ]
}

/// One row for a client with these names under a root with these constraints.
fn cases(constrain: &dyn Fn(&mut CertificateParams), cases: Vec<Case>) -> Vec<Row> {
    let root = Made::self_signed("root", constrain);
    let listener = Listener::of(root.pem());
    let row = |(verdict, name, source, sans)| {
        let client = alone(&root.issue("evil.test", with(sans)));
        match verdict {
            Verdict::Accepted => accepted(name, source, &listener, client),
            Verdict::Refused(reason) => refused(reason, name, source, &listener, client),
        }
    };
    cases.into_iter().map(row).collect()
}

/// Forms of constraints that are refused as a whole.
fn unprocessed() -> Vec<Row> {
    let uri = with(vec![SanType::URI("spiffe://good.test/a".try_into().expect("ASCII"))]);
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, "client");
    let below_uri = Made::self_signed("root", permitting_uri);
    let below_name = Made::self_signed("root", permitting(DirectoryName(name)));
    vec![
        refused(
            SanNotAllowed,
            "URI below a URI constraint",
            REJECTED,
            &Listener::of(below_uri.pem()),
            alone(&below_uri.issue("client", uri)),
        ),
        refused(
            SanNotAllowed,
            "any client below a directory name constraint",
            REJECTED,
            &Listener::of(below_name.pem()),
            alone(&below_name.issue("client", as_leaf)),
        ),
    ]
}

fn of_intermediates() -> Vec<Row> {
    let root = Made::self_signed("root", permitting(DnsName("good.test".into())));
    let loose = root.issue("intermediate", permitting(DnsName("evil.test".into())));
    let elsewhere = root.issue("intermediate", |params| {
        as_ca(params);
        params.subject_alt_names = vec![dns("evil.test")];
    });
    let free = Made::self_signed("root", as_ca);
    let narrow = free.issue("intermediate", permitting(DnsName("good.test".into())));
    let of = |issuer: &Made, name| through(&issuer.issue("client", with(vec![dns(name)])), &[issuer]);
    vec![
        accepted(
            "host that an intermediate permits",
            PERMITTED,
            &Listener::of(free.pem()),
            of(&narrow, "good.test"),
        ),
        refused(
            SanNotAllowed,
            "host that an intermediate does not permit",
            OUTSIDE,
            &Listener::of(free.pem()),
            of(&narrow, "evil.test"),
        ),
        refused(
            SanNotAllowed,
            "host that an intermediate permits, but not the root",
            "RFC 5280 §6.1.4 (g)(1): the subtrees intersect",
            &Listener::of(root.pem()),
            of(&loose, "evil.test"),
        ),
        refused(
            SanNotAllowed,
            "intermediate whose own name the root does not permit",
            "RFC 5280 §4.2.1.10: for all subsequent certificates in the path",
            &Listener::of(root.pem()),
            of(&elsewhere, "good.test"),
        ),
    ]
}

fn permitting(subtree: GeneralSubtree) -> impl Fn(&mut CertificateParams) {
    constraining(NameConstraints { permitted_subtrees: vec![subtree], excluded_subtrees: vec![] })
}

fn excluding(subtree: GeneralSubtree) -> impl Fn(&mut CertificateParams) {
    constraining(NameConstraints { permitted_subtrees: vec![], excluded_subtrees: vec![subtree] })
}

fn constraining(constraints: NameConstraints) -> impl Fn(&mut CertificateParams) {
    move |params| {
        as_ca(params);
        params.name_constraints = Some(constraints.clone());
    }
}

/// Permits URIs of `good.test`, which rcgen has no word for.
fn permitting_uri(params: &mut CertificateParams) {
    as_ca(params);
    let subtree = value(0x30, &value(0x86, b"good.test"));
    let contents = value(0x30, &value(0xa0, &subtree));
    let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 30], contents);
    extension.set_criticality(true);
    params.custom_extensions.push(extension);
}

fn with(names: Vec<SanType>) -> impl Fn(&mut CertificateParams) {
    move |params| params.subject_alt_names.clone_from(&names)
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().expect("ASCII"))
}

fn mail(name: &str) -> SanType {
    SanType::Rfc822Name(name.try_into().expect("ASCII"))
}

fn address(octets: [u8; 4]) -> SanType {
    SanType::IpAddress(octets.into())
}
