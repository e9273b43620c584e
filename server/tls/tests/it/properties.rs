use domain::{CertificateType, Depth, Secret, StaleRevocationLists, UnixTime};
use proptest::prelude::*;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};
use tls::{
    ClientTrust, HeaderFacts, Identity, KeyPair, RevocationLists, TrustAnchors, Upload, certificate_facts,
    inspect,
};

use crate::policies::{rules, trust_in};
use crate::support::{NOW, anchors, certificates, chain, fixture, fixture_text};

/// Fixtures that cover the forms of input.
const SEEDS: [&str; 9] = [
    "guide/server.crt",
    "guide/server.key",
    "keys/p256.key",
    "keys/encrypted-pkcs1.key",
    "keys/pkcs8.der",
    "odd/server.der",
    "odd/trusted.crt",
    "odd/text.crt",
    "skid/client.crt",
];

/// Junk that cannot be taken for the front of a PEM block.
fn junk() -> impl Strategy<Value = String> {
    "[ -,.-~\r\n\t]{0,60}"
}

/// A fixture with some bytes changed and its end cut off.
fn damaged(seeds: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let flips = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (prop::sample::select(seeds), flips, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(seed, flips, end, cut)| {
            let mut bytes = fixture(seed);
            for (index, byte) in flips {
                let index = index.index(bytes.len());
                bytes[index] = byte;
            }
            if cut {
                bytes.truncate(end.index(bytes.len()));
            }
            bytes
        },
    )
}

/// Everything that reads bytes from outside; none of it may panic.
fn read_everywhere(bytes: &[u8], key: &[u8], now: UnixTime) {
    let secret = &Secret::new(key.to_vec());
    for certificate_type in [CertificateType::Server, CertificateType::Client] {
        let upload =
            Upload { certificate_type, certificate: bytes, private_key: secret, ca_certificate: bytes };
        let found = inspect(upload, now);
        let identity = Identity::read(bytes, secret, certificate_type, now);
        if let Ok(identity) = identity {
            assert!(found.errors.iter().all(|error| error.field == domain::Field::CaCertificate));
            for pair in &identity.pairs {
                let again = KeyPair::load(pair.certificate_pem(), pair.private_key_pem())
                    .expect("what was saved loads");
                assert_eq!(again.chain(), pair.chain());
            }
        }
    }
    if let Ok(read) = TrustAnchors::read(bytes, now) {
        let again = TrustAnchors::load(read.pem()).expect("what was saved loads");
        assert_eq!(again.facts(), read.facts());
    }
    let _ = certificate_facts(bytes);
    say_in_header_fields(bytes);
    let guide = anchors(&fixture("guide/ca.crt"));
    assert!(RevocationLists::read(bytes, &guide, StaleRevocationLists::Warn, now).is_err());
    let trust = trust_in([anchors(&fixture("guide/ca.crt"))], Depth::default());
    let chain = [CertificateDer::from(bytes), CertificateDer::from(key)];
    assert!(
        trust.verify(&chain, now).is_err()
            || certificates_of_the_guide().contains(&chain[0].clone().into_owned())
    );
}

/// What a certificate says must be printable, whatever stands in it.
fn say_in_header_fields(der: &[u8]) {
    if let Some(facts) = HeaderFacts::read(der) {
        let texts = [facts.subject(), facts.issuer(), Some(facts.serial()), Some(facts.escaped_pem())];
        for text in texts.into_iter().flatten() {
            assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"'), "{text}");
        }
    }
}

fn certificates_of_the_guide() -> Vec<CertificateDer<'static>> {
    chain(&["guide/server.crt", "guide/client.crt"])
}

fn revocation_lists_of_the_guide() -> Vec<Vec<u8>> {
    let files = ["crl/v1.pem", "crl/v2.pem", "crl/located.pem", "crl/empty.pem"];
    let read = |file| CertificateRevocationListDer::from_pem_slice(&fixture(file)).expect("a list").to_vec();
    files.into_iter().map(read).collect()
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        key in proptest::collection::vec(any::<u8>(), 0..600),
        now in any::<i64>(),
    ) {
        read_everywhere(&bytes, &key, UnixTime(now));
    }

    #[test]
    fn any_text_between_dashes_is_read_without_panic(
        label in "(CERTIFICATE|PRIVATE KEY|EC PRIVATE KEY|[A-Z ]{0,70})",
        body in "[A-Za-z0-9+/=\\\\rn:\n -]{0,200}",
        junk in junk(),
    ) {
        let text = format!("{junk}-----BEGIN {label}-----{body}-----END {label}-----{junk}");
        read_everywhere(text.as_bytes(), text.as_bytes(), NOW);
    }

    #[test]
    fn damaged_certificates_say_nothing_that_breaks_out(
        bytes in damaged(&["odd/server.der", "keys/pkcs8.crt", "skid/client.crt", "guide/client.crt"]),
    ) {
        let der = CertificateDer::from_pem_slice(&bytes).map_or(bytes, |certificate| certificate.to_vec());
        say_in_header_fields(&der);
    }

    #[test]
    fn damaged_files_are_read_without_panic(bytes in damaged(&SEEDS), key in damaged(&SEEDS)) {
        read_everywhere(&bytes, &key, NOW);
    }

    #[test]
    fn damage_never_makes_a_revocation_list_count(
        list in damaged(&["crl/v1.pem", "crl/v2.pem", "crl/v2.der", "crl/located.pem", "crl/empty.pem"]),
    ) {
        let anchors = anchors(&fixture("guide/ca.crt"));
        if let Ok(lists) = RevocationLists::read(&list, &anchors, StaleRevocationLists::Block, NOW) {
            for der in lists.der() {
                prop_assert!(revocation_lists_of_the_guide().contains(&der));
            }
        }
    }

    #[test]
    fn no_damage_escapes_a_deny_list(client in damaged(&["odd/server.der"])) {
        let facts = certificate_facts(&fixture("odd/server.der")).expect("readable");
        let mut rules = rules([anchors(&fixture("guide/ca.crt"))], Depth::default());
        rules.deny_list = vec![format!("sha256:{}", facts.fingerprint).parse().expect("an entry")];
        let trust = ClientTrust::new(rules).expect("compiles");
        prop_assert!(trust.verify(&[CertificateDer::from(client)], NOW).is_err());
    }

    #[test]
    fn junk_around_changes_nothing(before in junk(), between in junk(), after in junk()) {
        let key = fixture_text("keys/p256.key");
        let certificate = fixture_text("keys/p256.crt");
        let root = fixture_text("guide/ca.crt");
        let text = format!("{before}\n{root}{between}{key}{between}\n{certificate}{after}");
        let identity = Identity::read(text.as_bytes(), &Secret::default(), CertificateType::Server, NOW)
            .expect("all of it is there");
        prop_assert_eq!(identity.pairs[0].chain(), chain(&["keys/p256.crt", "guide/ca.crt"]));
        let written = certificates(identity.pairs[0].certificate_pem().as_bytes());
        prop_assert_eq!(written, chain(&["keys/p256.crt", "guide/ca.crt"]));
        prop_assert!(!identity.pairs[0].certificate_pem().contains("PRIVATE"));
    }

    #[test]
    fn damage_never_makes_a_key_fit_another_certificate(
        certificate in damaged(&["guide/server.crt", "odd/server.der"]),
        key in damaged(&["guide/client.key", "keys/pkcs8.der", "keys/p256.key", "guide/ca.key"]),
    ) {
        prop_assert!(Identity::read(&certificate, &Secret::new(key), CertificateType::Server, NOW).is_err());
    }

    #[test]
    fn damage_never_lets_a_client_in(
        client in damaged(&["odd/server.der"]),
    ) {
        let trust = trust_in([anchors(&fixture("guide/ca.crt"))], Depth::default());
        let is_whole = client == fixture("odd/server.der");
        prop_assert_eq!(trust.verify(&[CertificateDer::from(client)], NOW).is_ok(), is_whole);
    }
}
