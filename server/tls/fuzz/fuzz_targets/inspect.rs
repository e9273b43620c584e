//! The three fields of the form, separated by a byte 0xff: no bytes may make reading panic, what is accepted must be
//! readable again, and no client is let in that a fixed CA did not sign.

#![no_main]

use std::sync::LazyLock;

use domain::{CertificateType, DenyEntry, Depth, Secret, StaleRevocationLists, UnixTime};
use libfuzzer_sys::fuzz_target;
use rustls_pki_types::CertificateDer;
use tls::{
    ClientCa, ClientTrust, GroupDenials, Identity, KeyPair, RevocationLists, TrustAnchors, TrustRules, Upload,
    certificate_facts, inspect,
};

const NOW: UnixTime = UnixTime(1_800_000_000);

/// A CA whose key exists nowhere any more: nobody can be its client.
static NOBODYS_CA: LazyLock<ClientTrust> = LazyLock::new(|| trust(Vec::new()));

/// The same, with all that it ever signed denied: nobody can be its client in any form.
static NOBODY: LazyLock<ClientTrust> = LazyLock::new(|| {
    let entry = |client: &Vec<u8>| {
        let facts = certificate_facts(client).expect("readable");
        format!("sha256:{}", facts.fingerprint).parse().expect("an entry")
    };
    trust(ITS_CLIENTS.iter().map(entry).collect())
});

fn trust(deny_list: Vec<DenyEntry>) -> ClientTrust {
    let anchors = TrustAnchors::read(include_bytes!("../../tests/fixtures/skid/ca.crt"), NOW).expect("a CA");
    let rules = TrustRules {
        cas: vec![ClientCa::new(anchors, RevocationLists::none(), StaleRevocationLists::Block)],
        depth: Depth::default(),
        allow_list: Vec::new(),
        deny_list,
        group_denials: GroupDenials::new([]),
    };
    ClientTrust::new(rules).expect("one anchor")
}

/// The certificates that it did sign.
static ITS_CLIENTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let files = [
        &include_bytes!("../../tests/fixtures/skid/client.crt")[..],
        include_bytes!("../../tests/fixtures/skid/server.crt"),
    ];
    let key = |index: usize| match index {
        0 => Secret::new(include_bytes!("../../tests/fixtures/skid/client.key").to_vec()),
        _ => Secret::new(include_bytes!("../../tests/fixtures/skid/server.key").to_vec()),
    };
    let read = |(index, file): (usize, &&[u8])| {
        let identity = Identity::read(file, &key(index), CertificateType::Server, NOW).expect("a pair");
        identity.pairs[0].chain()[0].to_vec()
    };
    files.iter().enumerate().map(read).collect()
});

fuzz_target!(|input: &[u8]| {
    let mut fields = input.splitn(3, |byte| *byte == 0xff);
    let certificate = fields.next().unwrap_or_default();
    let private_key = &Secret::new(fields.next().unwrap_or_default().to_vec());
    let ca_certificate = fields.next().unwrap_or_default();
    for certificate_type in [CertificateType::Server, CertificateType::Client] {
        let found = inspect(Upload { certificate_type, certificate, private_key, ca_certificate }, NOW);
        if let Ok(identity) = Identity::read(certificate, private_key, certificate_type, NOW) {
            assert!(found.errors.iter().all(|error| error.field == domain::Field::CaCertificate));
            for pair in &identity.pairs {
                assert!(!pair.certificate_pem().contains("PRIVATE"));
                let again = KeyPair::load(pair.certificate_pem(), pair.private_key_pem())
                    .expect("what was saved loads");
                assert_eq!(again.chain(), pair.chain());
            }
        }
    }
    if let Ok(read) = TrustAnchors::read(ca_certificate, NOW) {
        assert!(!read.pem().contains("PRIVATE"));
        assert_eq!(TrustAnchors::load(read.pem()).expect("what was saved loads").facts(), read.facts());
    }
    if let Ok(facts) = certificate_facts(certificate) {
        assert!(!facts.subject.chars().chain(facts.issuer.chars()).any(char::is_control));
    }
    let chain = [CertificateDer::from(certificate), CertificateDer::from(ca_certificate)];
    assert!(
        NOBODYS_CA.verify(&chain, NOW).is_err() || ITS_CLIENTS.iter().any(|client| client == certificate)
    );
    assert!(NOBODY.verify(&chain, NOW).is_err());
});
