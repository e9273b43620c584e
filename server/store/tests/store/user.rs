use domain::{Role, UserName};
use store::WriteError;

use crate::support::{Fixture, author};

fn name(text: &str) -> UserName {
    text.parse().expect("a name")
}

#[tokio::test]
async fn the_first_user_is_found_by_name_and_id() {
    let Fixture { store, dir: _dir } = Fixture::empty().await;
    assert_eq!(store.users().await.expect("readable"), 0);
    let made =
        store.insert_first_user(&author(1), name("Admin"), "$argon2id$1".to_owned()).await.expect("first");
    assert_eq!((made.role, made.password_hash.as_str()), (Role::Administrator, "$argon2id$1"));
    assert_eq!(store.users().await.expect("readable"), 1);
    for text in ["admin", "ADMIN"] {
        assert_eq!(store.user_by_name(&name(text)).await.expect("readable"), Some(made.clone()), "{text}");
    }
    assert_eq!(store.user_by_name(&name("admin2")).await.expect("readable"), None);
    assert_eq!(store.user(&made.id).await.expect("readable"), Some(made));
}

#[tokio::test]
async fn the_first_user_is_created_once() {
    let fixture = Fixture::empty().await;
    let create = |text: &str| {
        let (store, name) = (fixture.store.clone(), name(text));
        tokio::spawn(async move { store.insert_first_user(&author(1), name, String::new()).await })
    };
    let (one, other) = tokio::join!(create("one"), create("other"));
    let (made, refused): (Vec<_>, Vec<_>) =
        [one, other].map(|created| created.expect("no panic")).into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 1);
    assert!(matches!(refused[..], [Err(WriteError::Stale)]), "{refused:?}");
    assert_eq!(fixture.store.users().await.expect("readable"), 1);
    assert_eq!(fixture.revision().await, 1);
}
