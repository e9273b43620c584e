//! Kinds of client keys.

use domain::ReasonCode::{BadSignature, WeakKeyOrAlg};
use rcgen::{KeyPair, RsaKeySize, SignatureAlgorithm};

use super::row::{Listener, Row, accepted, alone, from_fixtures, refused};
use crate::in_memory::certified;
use crate::support::{Made, as_ca, as_leaf};

const OFFERED: &str = "RFC 8446 §4.2.3: a signature scheme that the listener offers";
const NOT_OFFERED: &str = "RFC 8446 §4.2.3: no signature scheme of the listener fits the key";
const POSSESSION: &str = "RFC 8446 §4.4.3, RFC 5246 §7.4.8: CertificateVerify proves the key";

pub(super) fn rows() -> Vec<Row> {
    let root = Made::self_signed("root", as_ca);
    let listener = Listener::of(root.pem());
    let client = |key: KeyPair| alone(&root.issue_for(key, "client", as_leaf));
    let rsa = |size| KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, size).expect("a key");
    let other = |algorithm: &'static SignatureAlgorithm| KeyPair::generate_for(algorithm).expect("a key");
    let good = [
        ("RSA, 2048 bits", rsa(RsaKeySize::_2048)),
        ("RSA, 3072 bits", rsa(RsaKeySize::_3072)),
        ("RSA, 4096 bits", rsa(RsaKeySize::_4096)),
        ("ECDSA on P-256", other(&rcgen::PKCS_ECDSA_P256_SHA256)),
        ("ECDSA on P-384", other(&rcgen::PKCS_ECDSA_P384_SHA384)),
        ("ECDSA on P-521", other(&rcgen::PKCS_ECDSA_P521_SHA512)),
        ("Ed25519", other(&rcgen::PKCS_ED25519)),
    ];
    let good = good.into_iter().map(|(name, key)| accepted(name, OFFERED, &listener, client(key)));
    good.chain(weak()).chain(stolen(&root)).collect()
}

/// The client proves another key than its certificate's: it is refused for its certificate, before that shows.
fn weak() -> impl Iterator<Item = Row> {
    let listener = Listener::of_fixture("matrix/rsa.crt");
    [
        (
            "RSA, 1024 bits",
            "rsa1024",
            "NIST SP 800-131A: at least 2048 bits; OpenSSL from security level 2 on",
        ),
        ("RSA, 9216 bits", "rsa9216", "greater than any signature is verified with; OpenSSL stops at 16384"),
        ("ECDSA on P-224", "p224", NOT_OFFERED),
        ("ECDSA on secp256k1", "secp256k1", NOT_OFFERED),
        ("ECDSA on brainpoolP256r1", "brainpool", NOT_OFFERED),
        (
            "ECDSA on P-256, spelled out",
            "explicit-curve",
            "RFC 5480 §2.1.1: named curves only (CVE-2020-0601)",
        ),
        ("Ed448", "ed448", NOT_OFFERED),
        ("RSA for PSS only", "rsa-pss", NOT_OFFERED),
        ("DSA", "dsa", "RFC 8446 §4.2.3: DSA must not be used"),
        ("X25519, which cannot sign", "x25519", "RFC 8410 §5: for key agreement only"),
    ]
    .into_iter()
    .map(move |(name, file, source)| {
        let client = from_fixtures(&[&format!("matrix/{file}.crt")], "keys/pkcs1.key");
        refused(WeakKeyOrAlg, name, source, &listener, client)
    })
}

/// Good certificates in the hands of somebody who does not have their key.
fn stolen(root: &Made) -> [Row; 3] {
    let listener = Listener::of(root.pem());
    let [mine, other] = [root.issue("mine", as_leaf), root.issue("other", as_leaf)];
    [
        refused(
            BadSignature,
            "key of another client of the same CA",
            POSSESSION,
            &listener,
            certified(vec![other.der()], &mine.key()),
        ),
        refused(
            BadSignature,
            "key of another kind than the certificate's",
            POSSESSION,
            &listener,
            certified(vec![other.der()], &crate::support::fixture("keys/pkcs1.key")),
        ),
        refused(
            BadSignature,
            "v1 certificate without its key",
            POSSESSION,
            &Listener::of_fixture("guide/ca.crt"),
            from_fixtures(&["guide/client.crt"], "rogue/client.key"),
        ),
    ]
}
