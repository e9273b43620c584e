//! Revocation lists as they are uploaded.

use domain::{Fault, StaleRevocationLists, UnixTime};
use tls::{REVOCATION_LIST_LIMIT, RevocationLists, TrustAnchors};

use crate::crl::{List, as_ca_with_lists, extension, serial, sign};
use crate::der::{sequence, signed_parts, value};
use crate::support::{Made, NOW, anchors, as_ca, as_leaf, fixture};

const REASON: &[u8] = &[0x55, 0x1d, 0x15];
const CERTIFICATE_ISSUER: &[u8] = &[0x55, 0x1d, 0x1d];
const NUMBER: &[u8] = &[0x55, 0x1d, 0x14];
const UNKNOWN: &[u8] = &[0x2a, 3, 4];

fn ca() -> Made {
    Made::self_signed("lists", as_ca_with_lists)
}

fn read_at(upload: &[u8], anchors: &TrustAnchors, now: UnixTime) -> Result<RevocationLists, Vec<Fault>> {
    RevocationLists::read(upload, anchors, StaleRevocationLists::Block, now)
}

#[track_caller]
fn faults(upload: &[u8], anchors: &TrustAnchors) -> Vec<Fault> {
    read_at(upload, anchors, NOW).expect_err("refused")
}

/// The reason why the only list cannot be read.
#[track_caller]
fn unreadable(upload: &[u8], anchors: &TrustAnchors) -> String {
    match faults(upload, anchors).as_slice() {
        [Fault::UnreadableRevocationList { number: 1, reason }] => reason.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_of_openssl_are_read_and_read_back() {
    let anchors = anchors(&fixture("guide/ca.crt"));
    for (file, entries, has_number) in [
        ("crl/v1.pem", 1, false),
        ("crl/v2.pem", 1, true),
        ("crl/v2.der", 1, true),
        ("crl/users.pem", 1, true),
        ("crl/located.pem", 1, true),
        ("crl/empty.pem", 0, true),
    ] {
        let lists =
            read_at(&fixture(file), &anchors, NOW).unwrap_or_else(|fault| panic!("{file}: {fault:?}"));
        let [facts] = lists.facts().try_into().expect("one list");
        assert_eq!((facts.issuer.as_str(), facts.entries), ("CN=ROOTCA", entries), "{file}");
        assert_eq!(facts.number.map(|number| number.to_string()), has_number.then(|| "10:00".to_owned()));
        assert!(facts.this_update < NOW && facts.next_update.is_some_and(|next| next > NOW));
        let loaded = RevocationLists::load(&lists.der(), &anchors).expect("loads");
        assert_eq!((loaded.facts(), loaded.der()), (lists.facts(), lists.der()));
    }
    assert!(RevocationLists::none().facts().is_empty());
}

#[test]
fn lists_of_openssl_that_are_not_complete_are_refused() {
    let anchors = anchors(&fixture("guide/ca.crt"));
    for (file, reason) in [
        ("crl/delta.pem", "it is a delta list, which holds only what has changed"),
        ("crl/cas.pem", "it is no complete list, but one of CA certificates"),
        ("crl/reasons.pem", "it is no complete list, but one of some reasons"),
        (
            "crl/indirect.pem",
            "it is no complete list, but one of several issuers together (an indirect list)",
        ),
        ("crl/remove.pem", "an entry takes a revocation back, which only a delta list can"),
        ("crl/sha1.pem", "it is signed with SHA-1 with RSA, which is not accepted"),
    ] {
        assert_eq!(unreadable(&fixture(file), &anchors), reason, "{file}");
    }
}

#[test]
fn lists_of_others_are_refused() {
    let guide = anchors(&fixture("guide/ca.crt"));
    let issuer = || "CN=ROOTCA".to_owned();
    let rogue = fixture("crl/rogue.pem");
    assert_eq!(faults(&rogue, &guide), [Fault::RevocationListSignature { issuer: issuer() }]);
    let other = anchors(&ca().pem());
    assert_eq!(faults(&fixture("crl/v2.pem"), &other), [Fault::RevocationListOfOther { issuer: issuer() }]);
    let stored = read_at(&fixture("crl/v2.pem"), &guide, NOW).expect("accepted").der();
    let error = RevocationLists::load(&stored, &other).expect_err("refused");
    assert_eq!(error, Fault::RevocationListOfOther { issuer: issuer() });
}

#[test]
fn an_altered_list_is_refused() {
    let ca = ca();
    let client = ca.issue("client", as_leaf);
    let mut list = List::by(&ca).revoking(&client).der();
    let serial = serial(&client);
    let at = list.windows(serial.len()).position(|bytes| bytes == serial).expect("there");
    list[at + serial.len() - 1] ^= 1;
    let fault = Fault::RevocationListSignature { issuer: "CN=lists".into() };
    assert_eq!(faults(&list, &anchors(&ca.pem())), [fault]);
}

#[test]
fn an_inner_algorithm_that_differs_is_refused() {
    let ca = ca();
    let list = List::by(&ca).der();
    let [tbs, _, _] = signed_parts(&list);
    // ecdsa-with-SHA384 outside, ecdsa-with-SHA256 inside.
    let other = sequence(&[&value(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3])]);
    let fault = Fault::RevocationListSignature { issuer: "CN=lists".into() };
    assert_eq!(faults(&sign(tbs, &other, &ca), &anchors(&ca.pem())), [fault]);
}

#[test]
fn a_ca_without_crl_sign_has_no_lists() {
    let ca = Made::self_signed("lists", as_ca);
    let reason = unreadable(&List::by(&ca).der(), &anchors(&ca.pem()));
    assert_eq!(reason, "the keyUsage of lists lacks cRLSign");
}

#[test]
fn time_decides_at_upload() {
    let ca = ca();
    let anchors = anchors(&ca.pem());
    let list = List::by(&ca).issued(NOW).until(NOW.plus_seconds(10)).der();
    let fault = |now| read_at(&list, &anchors, now).expect_err("refused");
    let issuer = || "CN=lists".to_owned();
    let early = Fault::RevocationListNotYetValid { issuer: issuer(), this_update: NOW };
    assert_eq!(fault(NOW.plus_seconds(-1)), [early]);
    assert!(read_at(&list, &anchors, NOW).is_ok());
    assert!(read_at(&list, &anchors, NOW.plus_seconds(10)).is_ok());
    let stale = Fault::RevocationListStale { issuer: issuer(), next_update: NOW.plus_seconds(10) };
    let late = NOW.plus_seconds(11);
    assert_eq!(fault(late), [stale]);
    let lists = RevocationLists::read(&list, &anchors, StaleRevocationLists::Warn, late).expect("accepted");
    assert!(lists.facts()[0].is_stale(late));
    // What was stored is loaded whatever the time.
    assert!(RevocationLists::load(&[list], &anchors).is_ok());
}

#[test]
fn each_ca_has_one_list() {
    let (one, two) = (ca(), Made::self_signed("other", as_ca_with_lists));
    let anchors = anchors(&[one.pem(), two.pem()].concat());
    let crl = |der: &[u8]| pem("X509 CRL", der);
    let both = [crl(&List::by(&one).der()), crl(&List::by(&two).der())].concat();
    assert_eq!(read_at(both.as_bytes(), &anchors, NOW).expect("accepted").facts().len(), 2);
    let older = crl(&List::by(&one).issued(NOW.plus_seconds(-600)).der());
    let twice = Fault::RevocationListTwice { issuer: "CN=lists".into() };
    assert_eq!(faults([both, older].concat().as_bytes(), &anchors), [twice]);
    // Every fault is told.
    let junk = [crl(b"junk"), crl(&List::by(&ca()).der()), pem("CERTIFICATE", &one.der())].concat();
    let [first, second, third] = faults(junk.as_bytes(), &anchors).try_into().expect("three faults");
    assert!(matches!(first, Fault::UnreadableRevocationList { number: 1, .. }), "{first:?}");
    assert_eq!(second, Fault::RevocationListSignature { issuer: "CN=lists".into() });
    let reason = "it is no revocation list but a CERTIFICATE".to_owned();
    assert_eq!(third, Fault::UnreadableRevocationList { number: 3, reason });
}

#[test]
fn a_list_takes_the_place_of_its_issuers_alone_and_of_none_that_is_newer() {
    let (one, two) = (ca(), Made::self_signed("other", as_ca_with_lists));
    let anchors = anchors(&[one.pem(), two.pem()].concat());
    let at = |ca, seconds| List::by(ca).issued(NOW.plus_seconds(seconds)).der();
    let lists = |der: &[Vec<u8>]| RevocationLists::load(der, &anchors).expect("accepted");
    let (old, new, other) = (at(&one, -600), at(&one, -60), at(&two, -900));
    let stored = lists(&[old.clone(), other.clone()]);
    assert_eq!(lists(std::slice::from_ref(&new)).in_place_of(&stored), Ok(vec![new.clone(), other.clone()]));
    assert_eq!(lists(std::slice::from_ref(&old)).in_place_of(&stored), Ok(vec![old.clone(), other]));
    let issuer = "CN=lists".to_owned();
    let (this_update, than) = (NOW.plus_seconds(-600), NOW.plus_seconds(-60));
    let older = Fault::RevocationListOlder { issuer, this_update, than };
    assert_eq!(lists(&[old]).in_place_of(&lists(&[new])), Err(vec![older]));
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let base64 = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
}

#[test]
fn what_is_not_understood_is_refused() {
    let ca = ca();
    let anchors = anchors(&ca.pem());
    let scope = |contents: &[u8]| extension(&[0x55, 0x1d, 0x1c], true, &value(0x30, contents));
    let list = || List::by(&ca);
    for (name, list, reason) in [
        (
            "a critical extension",
            list().extension(extension(UNKNOWN, true, &[5, 0])),
            "the critical extension 1.2.3.4",
        ),
        (
            "a critical extension of an entry",
            list().entry(&[2, 1, 1], &[extension(UNKNOWN, true, &[5, 0])]),
            "the critical extension 1.2.3.4",
        ),
        (
            "another issuer's entry",
            list().entry(&[2, 1, 1], &[extension(CERTIFICATE_ISSUER, false, &[0x30, 0])]),
            "an entry is about certificates of another issuer",
        ),
        (
            "no reason",
            list().entry(&[2, 1, 1], &[extension(REASON, false, &[0x0a, 1, 11])]),
            "the reason of an entry cannot be read",
        ),
        ("attribute certificates", list().extension(scope(&[0x85, 1, 0xff])), "it is no complete list"),
        (
            "a scope's unknown field",
            list().extension(scope(&[0x86, 1, 0xff])),
            "its issuingDistributionPoint",
        ),
        (
            "an extension twice",
            list().extension(extension(NUMBER, false, &[2, 1, 1])).extension(extension(
                NUMBER,
                false,
                &[2, 1, 2],
            )),
            "extension 2.5.29.20 stands there twice",
        ),
        (
            "a long number",
            list().extension(extension(NUMBER, false, &value(2, &[1; 21]))),
            "its number cannot be read",
        ),
        (
            "extensions of version 1",
            list().v1().extension(extension(NUMBER, false, &[2, 1, 1])),
            "extensions below",
        ),
        (
            "entry extensions of version 1",
            list().v1().entry(&[2, 1, 1], &[extension(REASON, false, &[0x0a, 1, 1])]),
            "extensions below",
        ),
        ("an entry without number", list().entry(&[], &[]), "its serial number cannot be read"),
    ] {
        let found = unreadable(&list.der(), &anchors);
        assert!(found.starts_with(reason), "{name}: {found}");
    }
    // What is not critical may stay unknown.
    let known = list().v1().entry(&[2, 1, 1], &[]);
    assert!(read_at(&known.der(), &anchors, NOW).is_ok());
    let harmless = list().extension(extension(UNKNOWN, false, &[5, 0])).extension(scope(&[0x82, 1, 0]));
    assert!(read_at(&harmless.der(), &anchors, NOW).is_ok());
}

#[test]
fn uploads_are_bounded_and_must_be_lists() {
    let anchors = anchors(&ca().pem());
    let large = vec![b'x'; REVOCATION_LIST_LIMIT + 1];
    assert!(matches!(faults(&large, &anchors).as_slice(), [Fault::TooLarge(_)]));
    assert_eq!(faults(b" \n", &anchors), [Fault::Required]);
    assert_eq!(faults(b"hello", &anchors), [Fault::NotPem]);
    unreadable(&ca().der(), &anchors);
    let mut followed = List::by(&ca()).der();
    followed.push(0);
    assert_eq!(unreadable(&followed, &anchors), "its fields are not in order");
    let many = pem("X509 CRL", b"junk").repeat(65);
    assert!(matches!(faults(many.as_bytes(), &anchors).as_slice(), [Fault::TooLarge(_)]));
}
