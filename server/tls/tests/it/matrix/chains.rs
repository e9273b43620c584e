//! Chains: how long they may be, which certificates must come along and which may, and who may stand in them.

use domain::ReasonCode::{ChainTooDeep, IssuerUnknown, PurposeInvalid};
use rcgen::{BasicConstraints, CertificateParams, IsCa};

use super::row::{Listener, Row, accepted, alone, refused, through};
use crate::in_memory::certified;
use crate::support::{Made, as_ca, as_leaf, certificates};

const DEPTH: &str = "depth counts intermediates, as OpenSSL's -verify_depth does";
const PATH_LENGTH: &str = "RFC 5280 §4.2.1.9, §6.1.4 (m): at most pathLenConstraint intermediates follow";
const EXTRANEOUS: &str = "RFC 8446 §4.4.2: servers should be prepared for extraneous certificates";
const ANY_ORDER: &str = "RFC 8446 §4.4.2: servers should be prepared for arbitrary orderings";
const NO_ISSUER: &str = "RFC 5280 §6.1.3 (a)(4): no path leads to a configured CA";
const CA_NAME: &str = "RFC 5280 §6.1.3 (a)(1): the signature is verified with the CA's key, not its name";

pub(super) fn rows() -> Vec<Row> {
    [depths(), path_lengths(), presented(), strangers(), cross_signed(), bounds()]
        .into_iter()
        .flatten()
        .collect()
}

/// A root, two intermediates below it, and a client below those.
struct Tree {
    root: Made,
    upper: Made,
    lower: Made,
    client: Made,
}

impl Tree {
    fn new() -> Self {
        let root = Made::self_signed("root", as_ca);
        let upper = root.issue("upper", as_ca);
        let lower = upper.issue("lower", as_ca);
        let client = lower.issue("client", as_leaf);
        Self { root, upper, lower, client }
    }

    fn listener(&self) -> Listener {
        Listener::of(self.root.pem()).depth(2)
    }
}

fn depths() -> Vec<Row> {
    let Tree { root, upper, lower, client } = Tree::new();
    let listener = Listener::of(root.pem());
    let direct = root.issue("client", as_leaf);
    let second = upper.issue("client", as_leaf);
    let chain = through(&client, &[&lower, &upper]);
    vec![
        accepted("no intermediate, depth 0", DEPTH, &listener.depth(0), alone(&direct)),
        accepted("one intermediate, depth 1", DEPTH, &listener, through(&second, &[&upper])),
        refused(
            ChainTooDeep,
            "one intermediate, depth 0",
            DEPTH,
            &listener.depth(0),
            through(&second, &[&upper]),
        ),
        accepted("two intermediates, depth 2", DEPTH, &listener.depth(2), chain.clone()),
        refused(ChainTooDeep, "two intermediates, depth 1", DEPTH, &listener, chain.clone()),
        accepted(
            "configured CA is an intermediate, depth 0",
            "RFC 5280 §6.1.1 (d): a trust anchor need not be self-signed; OpenSSL with -partial_chain",
            &Listener::of(lower.pem()).depth(0),
            chain,
        ),
    ]
}

fn limited(path_length: u8) -> impl Fn(&mut CertificateParams) {
    move |params| {
        as_ca(params);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(path_length));
    }
}

fn path_lengths() -> Vec<Row> {
    let root = Made::self_signed("root", limited(0));
    let below_root = root.issue("intermediate", as_ca);
    let of_root = Listener::of(root.pem()).depth(2);
    let free = Made::self_signed("root", as_ca);
    let upper = free.issue("upper", limited(0));
    let lower = upper.issue("lower", as_ca);
    let of_free = Listener::of(free.pem()).depth(2);
    let wider = free.issue("wider", limited(1));
    let narrow = wider.issue("narrow", as_ca);
    let renewed = upper.issue("upper", as_ca);
    vec![
        accepted(
            "path length 0 of the CA, kept",
            PATH_LENGTH,
            &of_root,
            alone(&root.issue("client", as_leaf)),
        ),
        refused(
            ChainTooDeep,
            "path length 0 of the CA, exceeded",
            "RFC 5280 §4.2.1.9; OpenSSL asks it of the anchor too, though §6.1 does not",
            &of_root,
            through(&below_root.issue("client", as_leaf), &[&below_root]),
        ),
        accepted(
            "path length 0 of an intermediate, kept",
            PATH_LENGTH,
            &of_free,
            through(&upper.issue("client", as_leaf), &[&upper]),
        ),
        refused(
            ChainTooDeep,
            "path length 0 of an intermediate, exceeded",
            PATH_LENGTH,
            &of_free,
            through(&lower.issue("client", as_leaf), &[&lower, &upper]),
        ),
        accepted(
            "path length 1 of an intermediate, kept",
            PATH_LENGTH,
            &of_free,
            through(&narrow.issue("client", as_leaf), &[&narrow, &wider]),
        ),
        refused(
            IssuerUnknown,
            "path length 0 of an intermediate, exceeded by its own renewal",
            "stricter than RFC 5280 §6.1.4 (l), which does not count a self-issued one; the old key did not sign the client",
            &of_free,
            through(&renewed.issue("client", as_leaf), &[&renewed, &upper]),
        ),
    ]
}

fn presented() -> Vec<Row> {
    let tree = Tree::new();
    let listener = tree.listener();
    let Tree { root, upper, lower, client } = &tree;
    let stranger = Made::self_signed("stranger", as_ca);
    let present = |others: &[&Made]| through(client, others);
    vec![
        accepted("root presented too", EXTRANEOUS, &listener, present(&[lower, upper, root])),
        accepted("intermediates in reverse order", ANY_ORDER, &listener, present(&[upper, lower])),
        accepted("root between leaf and intermediates", ANY_ORDER, &listener, present(&[root, upper, lower])),
        accepted(
            "an unrelated certificate among the others",
            EXTRANEOUS,
            &listener,
            present(&[&stranger, lower, upper]),
        ),
        accepted("an intermediate twice", EXTRANEOUS, &listener, present(&[lower, lower, upper])),
        accepted(
            "the client's own certificate twice",
            EXTRANEOUS,
            &listener,
            present(&[client, lower, upper]),
        ),
        accepted(
            "bytes that are no certificate after the chain",
            EXTRANEOUS,
            &listener,
            certified(vec![client.der(), lower.der(), upper.der(), b"junk".to_vec().into()], &client.key()),
        ),
        refused(IssuerUnknown, "no intermediates presented", NO_ISSUER, &listener, present(&[])),
        refused(IssuerUnknown, "upper intermediate missing", NO_ISSUER, &listener, present(&[lower])),
        refused(IssuerUnknown, "lower intermediate missing", NO_ISSUER, &listener, present(&[upper])),
        refused(
            PurposeInvalid,
            "intermediate before the client's own certificate",
            "RFC 8446 §4.4.2: the sender's certificate comes first",
            &listener,
            certified(vec![lower.der(), client.der(), upper.der()], &client.key()),
        ),
    ]
}

fn strangers() -> Vec<Row> {
    let Tree { root, upper, .. } = Tree::new();
    let listener = Listener::of(root.pem());
    let stranger = Made::self_signed("stranger", as_ca);
    let namesake = Made::self_signed("root", as_ca);
    let same_upper = namesake.issue("upper", as_ca);
    let self_signed = Made::self_signed("client", as_leaf);
    let same_name = Made::self_signed("root", as_leaf);
    let leaf = root.issue("leaf", as_leaf);
    let of_stranger = stranger.issue("client", as_leaf);
    let self_issued = root.issue("root", as_leaf);
    let of_namesake = namesake.issue("client", as_leaf);
    let of_same_upper = same_upper.issue("client", as_leaf);
    vec![
        refused(IssuerUnknown, "client of an unknown CA", NO_ISSUER, &listener, alone(&of_stranger)),
        refused(
            IssuerUnknown,
            "client of an unknown CA that is presented too",
            NO_ISSUER,
            &listener,
            through(&of_stranger, &[&stranger]),
        ),
        refused(IssuerUnknown, "client of a CA of the same name", CA_NAME, &listener, alone(&of_namesake)),
        refused(
            IssuerUnknown,
            "client of a CA of the same name that is presented too",
            CA_NAME,
            &listener,
            through(&of_namesake, &[&namesake, &root]),
        ),
        refused(
            IssuerUnknown,
            "client of an intermediate's namesake, with the real one",
            CA_NAME,
            &listener,
            through(&of_same_upper, &[&upper]),
        ),
        refused(
            IssuerUnknown,
            "client of an intermediate's namesake, with that",
            CA_NAME,
            &listener,
            through(&of_same_upper, &[&same_upper, &root]),
        ),
        refused(IssuerUnknown, "self-signed client", NO_ISSUER, &listener, alone(&self_signed)),
        refused(IssuerUnknown, "self-signed client of the CA's name", CA_NAME, &listener, alone(&same_name)),
        accepted(
            "client that the CA issued under its own name",
            "RFC 5280 §6.1 lets any certificate end a path; OpenSSL takes it for self-signed",
            &listener,
            alone(&self_issued),
        ),
        refused(
            PurposeInvalid,
            "client issued by another client of the CA",
            "RFC 5280 §6.1.4 (k): an issuer has basicConstraints with cA",
            &listener,
            through(&leaf.issue("client", as_leaf), &[&leaf]),
        ),
        refused(
            PurposeInvalid,
            "the CA itself as client",
            "RFC 5280 §4.2.1.9: a CA's key signs certificates, and is no client's",
            &listener,
            alone(&root),
        ),
        refused(
            PurposeInvalid,
            "an intermediate as client",
            "RFC 5280 §4.2.1.9: a CA's key signs certificates, and is no client's",
            &listener,
            alone(&upper),
        ),
    ]
}

fn cross_signed() -> Vec<Row> {
    let Tree { root, upper, .. } = Tree::new();
    let old = Made::self_signed("old root", as_ca);
    let cross = certificates(&old.cross_sign(&upper)).remove(0);
    let client = upper.issue("client", as_leaf);
    let both = || certified(vec![client.der(), cross.clone(), upper.der()], &client.key());
    let only_cross = certified(vec![client.der(), cross.clone()], &client.key());
    let source = "RFC 4158 §5.1: from a dead end, path building turns back to another path";
    vec![
        accepted("cross-signed intermediate, by the old root", source, &Listener::of(old.pem()), both()),
        accepted("cross-signed intermediate, by the new root", source, &Listener::of(root.pem()), both()),
        refused(
            IssuerUnknown,
            "cross-signed intermediate, presented for another root only",
            NO_ISSUER,
            &Listener::of(root.pem()),
            only_cross,
        ),
        accepted(
            "two configured CAs of one name",
            CA_NAME,
            &Listener::of([Made::self_signed("root", as_ca).pem(), root.pem()].concat()),
            alone(&root.issue("client", as_leaf)),
        ),
    ]
}

fn bounds() -> Vec<Row> {
    let mut issuers = vec![Made::self_signed("root", as_ca)];
    for number in 1..=11 {
        let next = issuers[number - 1].issue(&format!("issuer {number}"), as_ca);
        issuers.push(next);
    }
    let listener = Listener::of(issuers[0].pem()).depth(10);
    let chain_of = |length: usize| {
        let client = issuers[length].issue("client", as_leaf);
        let others: Vec<&Made> = issuers[1..=length].iter().rev().collect();
        through(&client, &others)
    };
    let crowd: Vec<Made> = (0..4).map(|_| issuers[0].issue("crowd", as_ca)).collect();
    let of_crowd = crowd[3].issue("client", as_leaf);
    vec![
        accepted("six intermediates, depth 10", DEPTH, &listener, chain_of(6)),
        refused(
            ChainTooDeep,
            "seven intermediates, depth 10",
            "webpki builds paths of at most six intermediates",
            &listener,
            chain_of(7),
        ),
        refused(ChainTooDeep, "eleven intermediates, depth 10", DEPTH, &listener, chain_of(11)),
        refused(
            ChainTooDeep,
            "twelve certificates beside the client's",
            "RUSTSEC-2023-0053: path building is bounded, against chains made to be expensive",
            &listener,
            {
                let client = issuers[0].issue("client", as_leaf);
                let others: Vec<&Made> = issuers.iter().collect();
                through(&client, &others)
            },
        ),
        refused(
            ChainTooDeep,
            "four intermediates of one name",
            "RUSTSEC-2023-0053: path building is bounded, against chains made to be expensive",
            &listener,
            through(&of_crowd, &crowd.iter().collect::<Vec<_>>()),
        ),
    ]
}
