use domain::UnixTime;
use store::StoredSession;

use crate::support::Fixture;

fn session(byte: u8, data: &str, expires_at: i64) -> StoredSession {
    StoredSession { id_hash: [byte; 32], data: data.to_owned(), expires_at: UnixTime(expires_at) }
}

#[tokio::test]
async fn a_session_lives_until_it_ends() {
    let Fixture { store, dir: _dir } = Fixture::empty().await;
    let saved = session(1, "{}", 100);
    store.save_session(&saved).await.expect("saved");
    assert_eq!(store.session(&[1; 32], UnixTime(99)).await.expect("readable"), Some(saved));
    assert_eq!(store.session(&[1; 32], UnixTime(100)).await.expect("readable"), None, "ended");
    assert_eq!(store.session(&[2; 32], UnixTime(0)).await.expect("readable"), None, "another");

    let again = session(1, "{\"user\":1}", 200);
    store.save_session(&again).await.expect("replaced");
    assert_eq!(store.session(&[1; 32], UnixTime(150)).await.expect("readable"), Some(again));
    store.delete_session(&[1; 32]).await.expect("deleted");
    assert_eq!(store.session(&[1; 32], UnixTime(150)).await.expect("readable"), None);
}

#[tokio::test]
async fn ended_sessions_are_removed() {
    let fixture = Fixture::empty().await;
    for (byte, expires_at) in [(1, 10), (2, 20), (3, 30)] {
        fixture.store.save_session(&session(byte, "{}", expires_at)).await.expect("saved");
    }
    assert_eq!(fixture.store.delete_ended_sessions(UnixTime(20)).await.expect("deleted"), 2);
    assert_eq!(fixture.file().await.dump().await["session"].len(), 1);
    assert_eq!(fixture.revision().await, 0, "sessions are not configuration");
}
