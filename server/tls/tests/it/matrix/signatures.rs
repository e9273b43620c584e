//! The signatures on certificates: algorithms, and such that are wrong.

use domain::ReasonCode::{IssuerUnknown, WeakKeyOrAlg};
use rcgen::{KeyPair, SignatureAlgorithm};

use super::row::{Listener, Row, accepted, alone, from_fixtures, presenting, refused};
use super::surgery::{altered, reissued};
use crate::der::value;
use crate::support::{Made, as_ca, as_leaf, fixture_text};

const VERIFIED: &str = "RFC 5280 §6.1.3 (a)(1): the signature verifies";
const NOT_VERIFIED: &str = "RFC 5280 §6.1.3 (a)(1): the signature does not verify";
const NOT_OFFERED: &str = "RFC 8446 §4.2.3: not among the listener's signature schemes";
/// ecdsa-with-SHA384 (RFC 5758 §3.2).
const ECDSA_SHA384: [u8; 12] = [0x30, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];

pub(super) fn rows() -> Vec<Row> {
    accepted_algorithms().chain(openssl_made()).chain(wrong()).collect()
}

fn accepted_algorithms() -> impl Iterator<Item = Row> {
    let rsa = |algorithm| {
        KeyPair::from_pem_and_sign_algo(&fixture_text("keys/pkcs8.key"), algorithm).expect("a key")
    };
    let other = |algorithm: &'static SignatureAlgorithm| KeyPair::generate_for(algorithm).expect("a key");
    [
        ("signed with RSA and SHA-256", rsa(&rcgen::PKCS_RSA_SHA256)),
        ("signed with RSA and SHA-384", rsa(&rcgen::PKCS_RSA_SHA384)),
        ("signed with RSA and SHA-512", rsa(&rcgen::PKCS_RSA_SHA512)),
        ("signed with P-256 and SHA-256", other(&rcgen::PKCS_ECDSA_P256_SHA256)),
        ("signed with P-384 and SHA-384", other(&rcgen::PKCS_ECDSA_P384_SHA384)),
        ("signed with P-521 and SHA-512", other(&rcgen::PKCS_ECDSA_P521_SHA512)),
        ("signed with Ed25519", other(&rcgen::PKCS_ED25519)),
    ]
    .into_iter()
    .map(|(name, key)| {
        let root = Made::self_signed_by(key, "root", as_ca);
        accepted(name, VERIFIED, &Listener::of(root.pem()), alone(&root.issue("client", as_leaf)))
    })
}

fn openssl_made() -> impl Iterator<Item = Row> {
    let pss = [
        ("signed with RSA-PSS and SHA-256", "by-pss-sha256"),
        ("signed with RSA-PSS and SHA-384", "by-pss-sha384"),
        ("signed with RSA-PSS and SHA-512", "by-pss-sha512"),
    ]
    .map(|(name, file)| accepted(name, VERIFIED, &rsa_listener(), fixture_client(&[file])));
    let weak = [
        ("signed with RSA and MD5", &["by-md5"][..], "RFC 6151 §2: MD5 signatures can be forged"),
        ("signed with RSA and SHA-1", &["by-sha1"], "RFC 9155 §1: SHA-1 signatures can be forged"),
        ("signed with RSA and SHA-224", &["by-sha224"], NOT_OFFERED),
        ("signed with RSA-PSS and SHA-1", &["by-pss-sha1"], "RFC 9155 §1: SHA-1 signatures can be forged"),
        (
            "signed with RSA-PSS and a salt of another length",
            &["by-pss-long-salt"],
            "RFC 8446 §4.2.3: the salt is as long as the digest",
        ),
        (
            "intermediate signed with SHA-1",
            &["below-sha1", "sha1-ca"],
            "RFC 9155 §1: SHA-1 signatures can be forged",
        ),
        ("intermediate with an Ed448 key", &["below-ed448", "ed448-ca"], NOT_OFFERED),
    ]
    .map(|(name, files, source)| refused(WeakKeyOrAlg, name, source, &rsa_listener(), fixture_client(files)));
    let ecdsa = refused(
        WeakKeyOrAlg,
        "signed with P-256 and SHA-1",
        "RFC 9155 §1: SHA-1 signatures can be forged",
        &Listener::of_fixture("matrix/ecdsa.crt"),
        fixture_client(&["by-ecdsa-sha1"]),
    );
    let small = refused(
        WeakKeyOrAlg,
        "intermediate with an RSA key of 1024 bits",
        "NIST SP 800-131A: at least 2048 bits; OpenSSL from security level 2 on",
        &rsa_listener(),
        fixture_client(&["below-rsa1024", "rsa1024-ca"]),
    );
    pss.into_iter().chain(weak).chain([ecdsa, small])
}

fn rsa_listener() -> Listener {
    Listener::of_fixture("matrix/rsa.crt")
}

fn fixture_client(files: &[&str]) -> rustls::sign::CertifiedKey {
    let files: Vec<String> = files.iter().map(|file| format!("matrix/{file}.crt")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let key = if files[0].contains("below-sha1") { "keys/p256.key" } else { "keys/pkcs1.key" };
    from_fixtures(&files, key)
}

fn wrong() -> impl Iterator<Item = Row> {
    let root = Made::self_signed("root", as_ca);
    let stranger = Made::self_signed("stranger", as_ca);
    let leaf = root.issue("client", as_leaf);
    let listener = Listener::of(root.pem());
    let flip_last = |bytes: &mut Vec<u8>| {
        if let Some(last) = bytes.last_mut() {
            *last ^= 1;
        }
    };
    [
        (
            "one bit of the signature altered",
            altered(&leaf.der(), |[_, _, signature]| flip_last(signature)),
            NOT_VERIFIED,
        ),
        (
            "one bit of what was signed altered",
            altered(&leaf.der(), |[signed, _, _]| flip_last(signed)),
            NOT_VERIFIED,
        ),
        ("signature by another CA's key", reissued(&stranger, &leaf, |_| {}), NOT_VERIFIED),
        ("signature by the client's own key", reissued(&leaf, &leaf, |_| {}), NOT_VERIFIED),
        (
            "empty signature",
            altered(&leaf.der(), |[_, _, signature]| *signature = value(0x03, &[0])),
            NOT_VERIFIED,
        ),
        (
            "signature that is not whole bytes",
            altered(&leaf.der(), |[_, _, signature]| signature[2] = 1),
            "RFC 5280 §4.1.1.3, X.690 §8.6: no unused bits in a signature",
        ),
        (
            "another algorithm inside than outside",
            reissued(&root, &leaf, |fields| fields.algorithm = ECDSA_SHA384.to_vec()),
            "RFC 5280 §4.1.1.2: both must be equal",
        ),
    ]
    .map(|(name, certificate, source)| {
        refused(IssuerUnknown, name, source, &listener, presenting(certificate, &leaf))
    })
    .into_iter()
}
