//! Other forms of a certificate: the second one that an ECDSA signature has, version 1, and longer lengths.

use domain::{Depth, ReasonCode};
use rcgen::{ExtendedKeyUsagePurpose, KeyPair, SignatureAlgorithm};
use rustls_pki_types::CertificateDer;
use tls::certificate_facts;
use x509_parser::der_parser::num_bigint::BigUint;

use super::{assert_refused, by_fingerprint, denying};
use crate::der::{sequence, signed_parts, split, value, values};
use crate::policies::trust_in;
use crate::support::{Made, NOW, anchors, as_ca, as_leaf, chain, fixture};

/// The order of P-256.
const P256: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/// The certificate with (r, n − s) for a signature (r, s), reckoned apart from the code under test.
fn twin(certificate: &[u8], order: &str) -> CertificateDer<'static> {
    let [tbs, algorithm, signature] = signed_parts(certificate);
    let (pair, _) = split(signature);
    let (r, rest) = split(pair);
    let (s, _) = split(rest);
    let order = BigUint::parse_bytes(order.as_bytes(), 16).expect("a number");
    let mut other = (order - BigUint::from_bytes_be(s)).to_bytes_be();
    if other[0] >= 0x80 {
        other.insert(0, 0);
    }
    let pair = sequence(&[&value(2, r), &value(2, &other)]);
    let signature = value(3, &[&[0], pair.as_slice()].concat());
    CertificateDer::from(sequence(&[tbs, algorithm, &signature]))
}

#[test]
fn a_denied_fingerprint_names_the_twin_too() {
    let p384 =
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973";
    let p521 = "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409";
    let curves: [(&SignatureAlgorithm, &str); 3] = [
        (&rcgen::PKCS_ECDSA_P256_SHA256, P256),
        (&rcgen::PKCS_ECDSA_P384_SHA384, p384),
        (&rcgen::PKCS_ECDSA_P521_SHA512, p521),
    ];
    for (curve, order) in curves {
        let root = Made::self_signed_by(KeyPair::generate_for(curve).expect("a key"), "root", as_ca);
        let bystander = root.issue("client", as_leaf);
        // A few, as the forms of the numbers differ in length.
        for _ in 0..8 {
            let client = root.issue("client", as_leaf).der();
            let twin = twin(&client, order);
            let everybody = trust_in([anchors(&root.pem())], Depth::default());
            assert_eq!(everybody.verify(std::slice::from_ref(&twin), NOW), Ok(()), "the twin is good");
            assert_ne!(by_fingerprint(&client), by_fingerprint(&twin));
            for entry in [by_fingerprint(&client), by_fingerprint(&twin)] {
                let trust = denying(&root.pem(), &[entry]);
                for presented in [&client, &twin] {
                    assert_refused(&trust, std::slice::from_ref(presented), ReasonCode::DenyListed);
                }
                assert_eq!(trust.verify(&[bystander.der()], NOW), Ok(()));
            }
        }
    }
}

/// The client in version 1, which has no extensions, signed by its issuer.
fn in_version_1(issuer: &Made, client: &Made) -> CertificateDer<'static> {
    let der = client.der();
    let [tbs, algorithm, _] = signed_parts(&der);
    let fields: Vec<&[u8]> =
        values(split(tbs).0).into_iter().filter(|field| !matches!(field[0], 0xa0 | 0xa3)).collect();
    let tbs = sequence(&fields);
    let signature = value(3, &[&[0][..], &issuer.sign(&tbs)].concat());
    CertificateDer::from(sequence(&[&tbs, algorithm, &signature]))
}

#[test]
fn a_twin_of_version_1_is_denied_too() {
    let root = Made::self_signed("root", as_ca);
    let client = in_version_1(&root, &root.issue("client", as_leaf));
    let facts = certificate_facts(&client).expect("readable");
    assert_eq!(facts.version, domain::X509Version::V1);
    let twin = twin(&client, P256);
    let everybody = trust_in([anchors(&root.pem())], Depth::default());
    let trust = denying(&root.pem(), &[by_fingerprint(&client)]);
    for presented in [client, twin] {
        assert_eq!(everybody.verify(std::slice::from_ref(&presented), NOW), Ok(()));
        assert_refused(&trust, &[presented], ReasonCode::DenyListed);
    }
}

#[test]
fn a_ca_for_servers_only_lets_no_client_of_version_1_in() {
    for (usage, is_let_in) in
        [(ExtendedKeyUsagePurpose::ServerAuth, false), (ExtendedKeyUsagePurpose::ClientAuth, true)]
    {
        let root = Made::self_signed("root", |params| {
            as_ca(params);
            params.extended_key_usages = vec![usage.clone()];
        });
        let client = in_version_1(&root, &root.issue("client", as_leaf));
        let trust = trust_in([anchors(&root.pem())], Depth::default());
        if is_let_in {
            assert_eq!(trust.verify(&[client], NOW), Ok(()));
        } else {
            assert_refused(&trust, &[client], ReasonCode::PurposeInvalid);
        }
    }
}

/// A longer form of a length would give a certificate another fingerprint.
#[test]
fn a_certificate_has_one_form() {
    let client = chain(&["guide/client.crt"]).remove(0);
    assert_eq!(client[..2], [0x30, 0x82]);
    let longer = [&[0x30, 0x83, 0], &client[2..]].concat();
    let trust = trust_in([anchors(&fixture("guide/ca.crt"))], Depth::default());
    assert_eq!(trust.verify(&[client], NOW), Ok(()));
    assert_refused(&trust, &[CertificateDer::from(longer)], ReasonCode::IssuerUnknown);
}
