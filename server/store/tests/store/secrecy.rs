//! A private key goes in and is never seen again on the disk, in a log line or in `Debug`.

use std::fs;

use store::SslCertificatePatch;

use crate::support::{Fixture, author, group, key_pem, keys_of, pair, server};

/// All bytes of all files of the data directory.
fn bytes_on_disk(fixture: &Fixture) -> Vec<u8> {
    let files = fs::read_dir(fixture.dir.path()).expect("readable");
    files.flat_map(|file| fs::read(file.expect("entry").path()).expect("readable")).collect()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn no_key_stands_on_the_disk() {
    let fixture = Fixture::with_group().await;
    let added = fixture.add(server(&["test.com"])).await;
    let patch = SslCertificatePatch { pairs: Some(vec![pair("renewed")]), ..SslCertificatePatch::default() };
    fixture
        .store
        .update_ssl_certificate(&author(11), &group(), &added.id, patch, None)
        .await
        .expect("written");
    let key_lines = ["key-of-test.com", "key-of-renewed", "BEGIN PRIVATE KEY"];
    for closed in [false, true] {
        if closed {
            fixture.store.close().await;
        }
        let bytes = bytes_on_disk(&fixture);
        assert!(contains(&bytes, "BEGIN CERTIFICATE"), "the certificate is there, closed: {closed}");
        for line in key_lines {
            assert!(!contains(&bytes, line), "{line}, closed: {closed}");
        }
    }
}

#[tokio::test]
async fn debug_shows_no_key() {
    let fixture = Fixture::with_group().await;
    let added = fixture.add(server(&["test.com"])).await;
    assert_eq!(keys_of(&added), [key_pem("test.com")]);
    let shown = format!("{added:?} {:?} {:?}", fixture.store, server(&["test.com"]));
    assert!(!shown.contains("key-of-test.com") && !shown.contains("PRIVATE KEY"), "{shown}");
    let master_key = fs::read_to_string(fixture.dir.path().join("master.key")).expect("readable");
    assert!(!shown.contains(master_key.trim_end()));
}

#[tokio::test]
async fn a_sealed_key_opens_only_where_it_was_sealed() {
    let fixture = Fixture::with_group().await;
    fixture.add(server(&["one.test"])).await;
    let two = fixture.add(server(&["two.test"])).await;
    let file = fixture.file().await;
    file.execute(
        "UPDATE ssl_certificate_pair SET private_key_sealed = (SELECT private_key_sealed FROM ssl_certificate_pair \
         WHERE subject = 'CN=one.test') WHERE subject = 'CN=two.test'",
    )
    .await;
    let moved = fixture.certificate(&two.id).await;
    assert_eq!(moved.pairs.len(), 0);
    assert_eq!(moved.problem, Some(format!("the private key of {} cannot be unsealed", two.id)));
}

#[tokio::test]
async fn a_deleted_key_is_gone_from_the_tables() {
    let fixture = Fixture::with_group().await;
    let added = fixture.add(server(&["test.com"])).await;
    fixture.store.delete_ssl_certificate(&author(11), &group(), &added.id).await.expect("deleted");
    let dump = fixture.file().await.dump().await;
    for table in ["ssl_certificate", "ssl_certificate_pair", "ssl_certificate_sni", "ssl_certificate_ca"] {
        assert_eq!(dump[table], [""; 0], "{table}");
    }
    assert_eq!(dump["ca_certificate"].len(), 1, "the group keeps its CA");
}
