//! One upload of revocation lists: no bytes may make reading panic, what is accepted must be readable again, and no list
//! counts that a fixed CA did not sign.

#![no_main]

use std::sync::LazyLock;

use domain::{Fault, StaleRevocationLists, UnixTime};
use libfuzzer_sys::fuzz_target;
use rustls_pki_types::CertificateRevocationListDer;
use rustls_pki_types::pem::PemObject;
use tls::{RevocationLists, TrustAnchors};

const NOW: UnixTime = UnixTime(1_800_000_000);

static CA: LazyLock<TrustAnchors> = LazyLock::new(|| {
    TrustAnchors::read(include_bytes!("../../tests/fixtures/guide/ca.crt"), NOW).expect("a CA")
});

/// The lists that it did sign, as far as they are complete.
static ITS_LISTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let files = [
        &include_bytes!("../../tests/fixtures/crl/v1.pem")[..],
        include_bytes!("../../tests/fixtures/crl/v2.pem"),
        include_bytes!("../../tests/fixtures/crl/users.pem"),
        include_bytes!("../../tests/fixtures/crl/located.pem"),
        include_bytes!("../../tests/fixtures/crl/empty.pem"),
    ];
    let read = |file: &&[u8]| CertificateRevocationListDer::from_pem_slice(file).expect("a list").to_vec();
    files.iter().map(read).collect()
});

fuzz_target!(|upload: &[u8]| {
    match RevocationLists::read(upload, &CA, StaleRevocationLists::Block, NOW) {
        Ok(lists) => {
            let der = lists.der();
            assert!(der.iter().all(|list| ITS_LISTS.contains(list)));
            assert_eq!(RevocationLists::load(&der, &CA).expect("what was saved loads").facts(), lists.facts());
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in faults {
                if let Fault::UnreadableRevocationList { reason, .. } = fault {
                    assert!(!reason.chars().any(char::is_control));
                }
            }
        }
    }
});
