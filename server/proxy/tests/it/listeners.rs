//! Where groups listen, and what happens if they cannot.

use std::net::{SocketAddr, TcpListener};

use domain::{GatewayGroupId, ListenerState, Revision};
use proxy::{Change, ExemptPaths, HostPolicy, PolicyState};
use rustls::AlertDescription;
use tokio::net::TcpStream;

use crate::support::client::Client;
use crate::support::gateway::{Bench, Clients, group, settings};
use crate::support::until;

fn moved(listener: SocketAddr) -> Vec<Change> {
    vec![settings(group(), listener)]
}

fn is_listening(bench: &Bench) -> bool {
    matches!(bench.gateway.listener_state(&group()), ListenerState::Listening(_))
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_and_tried_again() {
    let mut bench = Bench::start().await;
    bench.serve("open", &["test.com"], &Clients::All).await;
    let taken = TcpListener::bind("127.0.0.1:0").expect("bound");
    let address = taken.local_addr().expect("bound");
    bench.apply(moved(address)).await;
    let failed = ListenerState::Failed { address, reason: "address already in use".to_owned() };
    assert_eq!(bench.gateway.listener_state(&group()), failed);
    // The rest goes on.
    bench.serve("other", &["other.com"], &Clients::All).await;

    drop(taken);
    until("the port is bound", || is_listening(&bench)).await;
    bench.address = address;
    Client::new(&bench).open("other.com").await.get("other.com", "/ip").await.expect("an answer");
}

#[tokio::test]
async fn a_port_that_another_gateway_serves_is_not_shared() {
    let first = Bench::start().await;
    let mut second = Bench::start().await;
    second.apply(moved(first.address)).await;
    assert!(matches!(second.gateway.listener_state(&group()), ListenerState::Failed { .. }));
}

#[tokio::test]
async fn a_failed_listener_can_be_moved_or_removed() {
    let mut bench = Bench::start().await;
    let taken = TcpListener::bind("127.0.0.1:0").expect("bound");
    bench.apply(moved(taken.local_addr().expect("bound"))).await;
    assert!(!is_listening(&bench));
    bench.apply(moved("127.0.0.1:0".parse().expect("an address"))).await;
    assert!(is_listening(&bench));
    bench.apply(vec![Change::GroupRemoved(group())]).await;
    assert_eq!(bench.gateway.listener_state(&group()), ListenerState::Starting);
}

#[tokio::test]
async fn a_listener_that_moves_frees_its_port_and_keeps_its_connections() {
    let mut bench = Bench::start().await;
    bench.serve("open", &["test.com"], &Clients::All).await;
    let open = Client::new(&bench).open("test.com").await;
    let before = bench.address;
    bench.apply(moved("127.0.0.2:0".parse().expect("an address"))).await;
    assert!(is_listening(&bench));
    TcpStream::connect(before).await.expect_err("nobody listens here any more");
    assert_eq!(open.get("test.com", "/ip").await.expect("an answer").status, 200);
    // And back again, although the kernel still remembers connections of that port.
    bench.apply(moved(before)).await;
    assert_eq!(bench.gateway.listener_state(&group()), ListenerState::Listening(before));
}

#[tokio::test]
async fn groups_know_nothing_of_each_other() {
    let mut bench = Bench::start().await;
    bench.serve("open", &["test.com"], &Clients::All).await;
    let other: GatewayGroupId = "partners".parse().expect("an id");
    let listener = "127.0.0.1:0".parse().expect("an address");
    bench.apply(vec![settings(other.clone(), listener)]).await;
    let ListenerState::Listening(address) = bench.gateway.listener_state(&other) else {
        panic!("not listening")
    };

    let here = Client::new(&bench);
    bench.address = address;
    let there = Client::new(&bench);
    assert_eq!(there.refusal("test.com").await, AlertDescription::UnrecognisedName);
    let broken = Change::Policy {
        group: other.clone(),
        certificate: "open".parse().expect("an id"),
        policy: HostPolicy {
            snis: vec!["test.com".parse().expect("an SNI")],
            revision: Revision(9),
            exempt_paths: ExemptPaths::default(),
            state: PolicyState::Broken("no key".to_owned()),
        },
    };
    bench.apply(vec![broken]).await;
    assert_eq!(there.refusal("test.com").await, AlertDescription::InternalError);
    assert_eq!(here.open("test.com").await.get("test.com", "/ip").await.expect("an answer").status, 200);
    assert_eq!(bench.gateway.events(&other, 10).len(), 2);
    assert_eq!(bench.events().len(), 1);
}

#[tokio::test]
async fn the_revision_is_the_one_last_applied() {
    let bench = Bench::start().await;
    assert_eq!(bench.gateway.revision(), Revision(1));
    bench.gateway.apply(Vec::new(), Revision(41)).await;
    assert_eq!(bench.gateway.revision(), Revision(41));
}
