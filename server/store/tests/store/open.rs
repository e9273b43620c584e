//! Opening: a new directory, one there is, and every reason not to.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::{Revision, Secret};
use store::{OpenError, Store, StoreConfig};
use tempfile::TempDir;

use crate::support::{File, Fixture, author, config, group, group_row, key_pem, keys_of, names, server};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o777
}

fn with_key(dir: &Path, key: &str) -> StoreConfig {
    StoreConfig { data_dir: dir.to_owned(), master_key: Some(Secret::new(key.as_bytes().to_vec())) }
}

async fn refusal(config: &StoreConfig) -> OpenError {
    Store::open(config).await.expect_err("does not open")
}

#[tokio::test]
async fn a_new_data_directory_is_private() {
    let parent = TempDir::new().expect("temporary directory");
    let dir = parent.path().join("data");
    let store = Store::open(&config(&dir)).await.expect("opens");
    store.insert_gateway_group(&author(1), None, group_row("a", "127.0.0.1:1")).await.expect("written");
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(
        names(&dir),
        ["master.key", "postern.db", "postern.db-shm", "postern.db-wal"]
            .map(Into::<std::path::PathBuf>::into)
    );
    for name in names(&dir) {
        assert_eq!(mode(&dir.join(&name)), 0o600, "{}", name.display());
    }
    let key = fs::read_to_string(dir.join("master.key")).expect("text");
    assert_eq!(STANDARD.decode(key.trim_end()).expect("base64").len(), 32);
}

#[tokio::test]
async fn files_that_others_may_read_are_tightened() {
    let fixture = Fixture::empty().await;
    fixture.store.close().await;
    for name in ["master.key", "postern.db"] {
        let path = fixture.dir.path().join(name);
        fs::set_permissions(&path, Permissions::from_mode(0o644)).expect("chmod");
    }
    Store::open(&config(fixture.dir.path())).await.expect("opens");
    for name in ["master.key", "postern.db"] {
        assert_eq!(mode(&fixture.dir.path().join(name)), 0o600, "{name}");
    }
}

#[tokio::test]
async fn reopening_keeps_everything() {
    let fixture = Fixture::with_group().await;
    let certificate = fixture.add(server(&["test.com"])).await;
    let file = fixture.file().await;
    let before = file.dump().await;
    file.close().await;
    fixture.store.close().await;
    assert_eq!(names(fixture.dir.path()).len(), 2, "a closed store leaves no write-ahead log");

    let store = Store::open(&config(fixture.dir.path())).await.expect("opens again");
    assert_eq!(fixture.file().await.dump().await, before);
    assert_eq!(store.revision().await.expect("readable"), Revision(2));
    let again = store.ssl_certificate(&group(), &certificate.id).await.expect("readable").expect("there");
    assert_eq!(keys_of(&again), [key_pem("test.com")]);
    assert_eq!(again.problem, None);
}

#[tokio::test]
async fn the_database_is_set_up_as_promised() {
    let fixture = Fixture::empty().await;
    let file = fixture.file().await;
    assert_eq!(file.texts("PRAGMA journal_mode").await, ["wal"]);
    assert_eq!(file.texts("SELECT version FROM postern_migration").await, ["m0001_initial", "m0002_routing"]);
    assert_eq!(fixture.revision().await, 0);
}

#[tokio::test]
async fn a_given_master_key_needs_no_file() {
    let dir = TempDir::new().expect("temporary directory");
    let store = Store::open(&with_key(dir.path(), &STANDARD.encode([7; 32]))).await.expect("opens");
    store.close().await;
    assert!(!dir.path().join("master.key").exists());
    // The same key, written otherwise.
    Store::open(&with_key(dir.path(), &"07".repeat(32))).await.expect("opens").close().await;
    let lost = refusal(&config(dir.path())).await;
    assert!(matches!(&lost, OpenError::MasterKeyLost { path } if path.ends_with("master.key")), "{lost:?}");
}

#[tokio::test]
async fn a_lost_master_key_is_not_replaced() {
    let fixture = Fixture::empty().await;
    fixture.store.close().await;
    let key = fixture.dir.path().join("master.key");
    fs::remove_file(&key).expect("removed");
    let error = refusal(&config(fixture.dir.path())).await;
    assert!(matches!(error, OpenError::MasterKeyLost { .. }), "{error:?}");
    assert_eq!(names(fixture.dir.path()).len(), 1, "only the database");
}

#[tokio::test]
async fn a_wrong_master_key_is_named() {
    let fixture = Fixture::empty().await;
    fixture.store.close().await;
    let error = refusal(&with_key(fixture.dir.path(), &STANDARD.encode([7; 32]))).await;
    assert!(
        matches!(&error, OpenError::MasterKeyWrong { origin } if origin == "POSTERN_MASTER_KEY"),
        "{error:?}"
    );
    fs::write(fixture.dir.path().join("master.key"), STANDARD.encode([7; 32])).expect("written");
    let error = refusal(&config(fixture.dir.path())).await;
    assert!(
        matches!(&error, OpenError::MasterKeyWrong { origin } if origin.ends_with("master.key")),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_unusable_master_key_creates_nothing() {
    for key in ["", "short", &STANDARD.encode([7; 31]), &"g".repeat(64)] {
        let dir = TempDir::new().expect("temporary directory");
        let error = refusal(&with_key(dir.path(), key)).await;
        assert!(matches!(error, OpenError::MasterKeyMalformed { .. }), "{key:?}: {error:?}");
        assert_eq!(names(dir.path()).len(), 0, "{key:?}");
    }
    let dir = TempDir::new().expect("temporary directory");
    fs::write(dir.path().join("master.key"), [0xff; 2000]).expect("written");
    let error = refusal(&config(dir.path())).await;
    assert!(matches!(error, OpenError::MasterKeyMalformed { .. }), "{error:?}");
    assert_eq!(names(dir.path()).len(), 1);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let text = "not a database, but long enough to have a header of one hundred bytes. ".repeat(100);
    let dir = TempDir::new().expect("temporary directory");
    let file = dir.path().join("postern.db");
    fs::write(&file, &text).expect("written");
    let error = refusal(&config(dir.path())).await;
    assert!(matches!(&error, OpenError::NotADatabase { path, .. } if Path::new(path) == file), "{error:?}");
    assert_eq!(fs::read_to_string(&file).expect("readable"), text);
    assert_eq!(names(dir.path()).len(), 1, "no key, no log");
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let dir = TempDir::new().expect("temporary directory");
    let path = dir.path().join("postern.db");
    let file = File::open(&path).await;
    file.execute("CREATE TABLE bookmark (url TEXT)").await;
    file.close().await;
    let before = fs::read(&path).expect("readable");
    let error = refusal(&config(dir.path())).await;
    assert!(matches!(error, OpenError::NotADatabase { .. }), "{error:?}");
    assert_eq!(fs::read(&path).expect("readable"), before);
    assert_eq!(names(dir.path()).len(), 1);
}

#[tokio::test]
async fn a_newer_database_is_left_alone() {
    let fixture = Fixture::empty().await;
    let file = fixture.file().await;
    file.execute("INSERT INTO postern_migration VALUES ('m9999_of_another_time', 0)").await;
    let before = file.dump().await;
    file.close().await;
    fixture.store.close().await;
    let error = refusal(&config(fixture.dir.path())).await;
    assert!(matches!(error, OpenError::Newer), "{error:?}");
    assert_eq!(fixture.file().await.dump().await, before);
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_made_is_named() {
    let dir = TempDir::new().expect("temporary directory");
    let file = dir.path().join("file");
    fs::write(&file, "").expect("written");
    for data_dir in [file.clone(), file.join("below")] {
        let error = refusal(&config(&data_dir)).await;
        assert!(
            matches!(&error, OpenError::DataDir { path, .. } if Path::new(path).starts_with(&file)),
            "{error:?}"
        );
        assert!(error.to_string().contains("choose another data directory"), "{error}");
    }
}

/// A directory that nobody can write to, root included.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_read_only_data_directory_is_named() {
    let error = refusal(&config(Path::new("/sys/kernel"))).await;
    assert!(
        matches!(&error, OpenError::DataDir { path, .. } if path == "/sys/kernel/postern.db"),
        "{error:?}"
    );
    assert!(error.to_string().contains("choose another data directory"), "{error}");
}

#[tokio::test]
async fn a_directory_in_place_of_the_database_is_named() {
    let dir = TempDir::new().expect("temporary directory");
    fs::create_dir(dir.path().join("postern.db")).expect("made");
    let error = refusal(&config(dir.path())).await;
    assert!(matches!(error, OpenError::DataDir { .. }), "{error:?}");
    assert_eq!(names(dir.path()).len(), 1);
}

#[tokio::test]
async fn two_that_start_at_once_share_one_master_key() {
    let dir = TempDir::new().expect("temporary directory");
    let config = config(dir.path());
    let (one, other) = tokio::join!(Store::open(&config), Store::open(&config));
    let (one, other) = (one.expect("opens"), other.expect("opens"));
    one.insert_gateway_group(&author(1), Some(group()), group_row("a", "127.0.0.1:1"))
        .await
        .expect("written");
    let added =
        one.insert_ssl_certificate(&author(2), &group(), server(&["test.com"])).await.expect("written");
    let seen = other.ssl_certificate(&group(), &added.id).await.expect("readable").expect("there");
    assert_eq!(keys_of(&seen), [key_pem("test.com")]);
}
