use std::time::Duration;

use domain::{PageRequest, UnixTime};
use store::{CertificateFilter, Store, StoredSession};

use crate::support::{Fixture, author, config, group, server};

/// Long enough for a slow disk; a deadlock would outlast it.
const DEADLINE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_all_succeed_with_consecutive_revisions() {
    let fixture = Fixture::with_group().await;
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let store = fixture.store.clone();
            tokio::spawn(async move {
                let new = server(&[&format!("host-{number}.test")]);
                let added = store.insert_ssl_certificate(&author(10), &group(), new).await.expect("written");
                // Readers and sessions in between, on the same pool.
                let (filter, page) = (CertificateFilter::default(), PageRequest::default());
                store.ssl_certificates(&group(), &filter, page).await.expect("readable");
                let session =
                    StoredSession { id_hash: [number; 32], data: String::new(), expires_at: UnixTime(1) };
                store.save_session(&session).await.expect("saved");
                added.revision.0
            })
        })
        .collect();
    let mut revisions = Vec::new();
    for task in tasks {
        revisions.push(tokio::time::timeout(DEADLINE, task).await.expect("in time").expect("no panic"));
    }
    revisions.sort_unstable();
    assert_eq!(revisions, (2..=21).collect::<Vec<u64>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_can_write() {
    let fixture = Fixture::with_group().await;
    let other = Store::open(&config(fixture.dir.path())).await.expect("opens");
    let write = |store: Store, name: &'static str| {
        tokio::spawn(async move {
            for number in 0..10 {
                let new = server(&[&format!("{name}-{number}.test")]);
                store.insert_ssl_certificate(&author(10), &group(), new).await.expect("written");
            }
        })
    };
    let both = tokio::time::timeout(DEADLINE, async {
        tokio::join!(write(fixture.store.clone(), "one"), write(other, "other"))
    });
    let (one, other) = both.await.expect("in time");
    one.expect("no panic");
    other.expect("no panic");
    assert_eq!(fixture.revision().await, 21);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_two_gets_the_sni() {
    let fixture = Fixture::with_group().await;
    let insert = || {
        let store = fixture.store.clone();
        tokio::spawn(
            async move { store.insert_ssl_certificate(&author(10), &group(), server(&["a.test"])).await },
        )
    };
    let (one, other) = tokio::join!(insert(), insert());
    let added = [one, other].into_iter().filter(|done| done.as_ref().expect("no panic").is_ok()).count();
    assert_eq!(added, 1);
    assert_eq!(fixture.revision().await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn closing_finishes_what_was_begun() {
    let fixture = Fixture::with_group().await;
    let begun: Vec<_> = (0..10)
        .map(|number| {
            let store = fixture.store.clone();
            tokio::spawn(async move {
                let new = server(&[&format!("host-{number}.test")]);
                store.insert_ssl_certificate(&author(10), &group(), new).await.map(|added| added.id)
            })
        })
        .collect();
    tokio::time::timeout(DEADLINE, fixture.store.close()).await.expect("in time");
    let reopened = Store::open(&config(fixture.dir.path())).await.expect("opens");
    for task in begun {
        // A write that came too late says so; one that was answered is there.
        if let Ok(id) = task.await.expect("no panic") {
            assert!(reopened.ssl_certificate(&group(), &id).await.expect("readable").is_some());
        }
    }
    assert!(fixture.store.revision().await.is_err(), "closed");
}

#[tokio::test]
async fn a_write_given_up_midway_is_whole_or_absent() {
    let fixture = Fixture::with_group().await;
    let file = fixture.file().await;
    let (author, group) = (author(10), group());
    for polls in 0.. {
        let new = server(&[&format!("host-{polls}.test")]);
        let write = fixture.store.insert_ssl_certificate(&author, &group, new);
        let done = tokio::time::timeout(DEADLINE, give_up_after(polls, write)).await.expect("not blocked");
        // Given up during the commit, it may have been done. Revision 1 is the group.
        let dump = file.dump().await;
        let whole = dump["ssl_certificate"].len();
        assert_eq!(fixture.revision().await, whole as u64 + 1, "{polls} polls");
        assert_eq!(dump["audit"].len(), whole + 1, "{polls} polls");
        for part in ["ssl_certificate_sni", "ssl_certificate_pair", "ssl_certificate_ca", "ca_certificate"] {
            assert_eq!(dump[part].len(), whole, "{part}, {polls} polls");
        }
        if done {
            return;
        }
    }
}

/// Polls so many times, then drops; says whether it was done.
async fn give_up_after<T>(polls: usize, work: impl Future<Output = T>) -> bool {
    let mut work = std::pin::pin!(work);
    let mut left = polls;
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        std::task::Poll::Ready(_) => std::task::Poll::Ready(true),
        std::task::Poll::Pending if left == 0 => std::task::Poll::Ready(false),
        std::task::Poll::Pending => {
            left -= 1;
            std::task::Poll::Pending
        }
    })
    .await
}
