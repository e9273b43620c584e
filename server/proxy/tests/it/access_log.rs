//! Records of requests.

use std::time::Duration;

use domain::UnixTime;
use http::{Request, StatusCode};

use crate::support::client::{Client, full};
use crate::support::gateway::{Bench, Guard, group};
use crate::support::pki::{Authority, NOW};
use crate::support::soon;

#[tokio::test]
async fn a_record_says_who_asked_for_what_and_got_what() {
    let authority = Authority::root("Partners");
    let mut bench = Bench::start_with(|options| options.access_log = true).await;
    bench.guard("guide", &["test.com"], &Guard::of(&[&authority])).await;
    let connection = Client::of(&bench, &authority.client("device-17")).http2().open("test.com").await;
    let request = Request::post("https://test.com:9443/anything/x?token=secret").body(full("hello"));
    let answer = connection.send(request.expect("a request")).await.expect("answered");
    assert_eq!(answer.status, StatusCode::OK);

    let record = bench.request().await;
    assert_eq!(record.connection, bench.event(1).await.connection);
    assert_eq!((record.at, &record.group), (UnixTime::from(NOW), &group()));
    assert_eq!(record.client, bench.event(1).await.client);
    assert_eq!(record.line.host, "test.com:9443");
    assert_eq!((&*record.line.method, &*record.line.path), ("POST", "/anything/x"));
    assert_eq!(record.line.http_version, "HTTP/2.0");
    assert_eq!((record.status, record.bytes), (200, answer.body.len() as u64));
    assert!(record.duration_us < Duration::from_secs(60).as_micros() as u64);
    assert_eq!(record.identity.as_deref(), Some("device-17"));
    assert_eq!((record.tls_version.as_deref(), record.resumed), (Some("TLSv1.3"), false));
    let json = serde_json::to_string(&record).expect("JSON");
    assert!(!json.contains("secret") && json.contains(r#""path":"/anything/x""#), "{json}");
}

#[tokio::test]
async fn refused_requests_are_recorded_too() {
    let mut bench = Bench::start_with(|options| options.access_log = true).await;
    bench.guard("guide", &["test.com"], &Guard::of(&[&Authority::root("A")]).exempting(&["^/a$"])).await;
    let connection = Client::new(&bench).open("test.com").await;
    assert_eq!(connection.get("test.com", "/ip").await.expect("answered").status, StatusCode::BAD_REQUEST);
    let record = bench.request().await;
    assert_eq!((record.status, record.identity), (400, None));
}

#[tokio::test]
async fn without_an_access_log_there_are_no_records() {
    let (mut bench, _) = Bench::of_the_guide().await;
    assert_eq!(soon(bench.records.requests.recv()).await, None);
}
