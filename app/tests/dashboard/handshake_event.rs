use domain::{ReasonCode, Stage, Verdict};
use http::StatusCode;

use crate::browser::Browser;
use crate::fake::Fake;
use crate::samples;

const LIST: &str = "/groups/default/handshakes";

fn refused(reason: ReasonCode, detail: &str) -> Verdict {
    Verdict::Refused { reason, detail: detail.to_owned() }
}

/// One that was let in, one that was not, and one that named no host.
fn three_handshakes() -> Fake {
    let device = samples::peer_certificate("DEVICE-7", "ROOTCA", 90);
    let stranger = samples::peer_certificate("STRANGER", "OTHER CA", 90);
    let detail = "the certificate of CN=STRANGER was issued by CN=OTHER CA";
    let mut nameless = samples::event(1, 300, None, refused(ReasonCode::NoSni, "no host"));
    (nameless.server_name, nameless.ssl_certificate, nameless.tls_version) = (None, None, None);
    let fake = Fake::signed_in();
    fake.state().events = vec![
        samples::event(3, 12, Some(device), Verdict::Accepted),
        samples::event(2, 60, Some(stranger), refused(ReasonCode::IssuerUnknown, detail)),
        nameless,
    ];
    fake
}

#[tokio::test]
async fn the_list_says_who_came_and_why_they_were_turned_away() {
    let answer = Browser::new(&three_handshakes()).get(LIST).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.shows(&[
        "<title>Handshakes · Postern</title>",
        r#"<th scope="col">Verdict</th>"#,
        r#"href="/groups/default/handshakes/01JE0002""#,
        "DEVICE-7",
        "STRANGER",
        "192.0.2.10:50000",
        "12 seconds ago",
        "Let in",
        "Refused",
        "certificate of an unknown CA",
        "no certificate",
        "no host named",
        "TLSv1.3",
        // Without a script the list is loaded again by hand.
        ">Refresh</a>",
        ">Pause</button>",
    ]);
    let order =
        ["01JE0003", "01JE0002", "01JE0001"].map(|id| answer.body.find(&format!("/handshakes/{id}\"")));
    assert!(order.is_sorted() && order[0].is_some(), "{order:?}");
    let chinese = Browser { language: Some("zh"), ..Browser::new(&three_handshakes()) };
    chinese.get(LIST).await.shows(&["握手记录</h1>", "证书由未知的 CA 签发", "已拒绝", "12 秒前"]);
}

#[tokio::test]
async fn filters_stand_in_the_address() {
    let browser = Browser::new(&three_handshakes());
    for (query, shown, hidden) in [
        ("outcome=accepted", vec!["01JE0003"], vec!["01JE0002", "01JE0001"]),
        ("outcome=not_accepted", vec!["01JE0002", "01JE0001"], vec!["01JE0003"]),
        ("outcome=issuer_unknown", vec!["01JE0002"], vec!["01JE0003", "01JE0001"]),
        ("host=TEST", vec!["01JE0003", "01JE0002"], vec!["01JE0001"]),
        ("host=test.com&outcome=accepted", vec!["01JE0003"], vec!["01JE0002", "01JE0001"]),
        ("outcome=nonsense", vec!["01JE0003", "01JE0002", "01JE0001"], vec![]),
        ("before=01JE0003", vec!["01JE0002", "01JE0001"], vec!["01JE0003"]),
    ] {
        let answer = browser.get(&format!("{LIST}?{query}")).await;
        let link = |id: &&str| format!("/handshakes/{id}\"");
        for id in &shown {
            answer.shows(&[&link(id)]);
        }
        for id in &hidden {
            answer.hides(&[&link(id)]);
        }
    }
    browser
        .get(&format!("{LIST}?outcome=expired"))
        .await
        .shows(&["No handshake matches this filter.", "Show all", r#"value="expired" selected"#])
        .hides(&["<table"]);
}

#[tokio::test]
async fn older_ones_are_one_link_away() {
    let fake = three_handshakes();
    let many = (0..60).rev().map(|number| samples::event(number, 60, None, Verdict::Accepted));
    fake.state().events = many.collect();
    let browser = Browser::new(&fake);
    let first = browser.get(&format!("{LIST}?outcome=accepted")).await;
    let older = "/groups/default/handshakes?outcome=accepted&amp;before=01JE0010";
    first.shows(&[older, "Older"]).hides(&["Newest"]);
    let second = browser.get(&format!("{LIST}?outcome=accepted&before=01JE0010")).await;
    second.shows(&["/handshakes/01JE0009\"", ">Newest</a>"]);
    second.hides(&["/handshakes/01JE0010\"", ">Older</a>", ">Pause</button>"]);
}

#[tokio::test]
async fn an_empty_list_tells_the_next_step() {
    let fake = Fake::signed_in();
    let answer = Browser::new(&fake).get(LIST).await;
    answer
        .shows(&["Every TLS attempt is recorded here", "Show the commands"])
        .hides(&["<table", "could not be kept"]);
    fake.state().dropped = 7;
    fake.state().events = three_handshakes().state().events.clone();
    Browser::new(&fake).get(LIST).await.shows(&["7 handshakes could not be kept"]);
}

#[tokio::test]
async fn one_handshake_explains_itself() {
    let browser = Browser::new(&three_handshakes());
    let answer = browser.get(&format!("{LIST}/01JE0002")).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.shows(&[
        "<title>STRANGER → test.com · Postern</title>",
        "Refused: the certificate of CN=STRANGER was issued by CN=OTHER CA.",
        "What to do",
        "add the CA that issued its certificate to the policy",
        r#"href="/groups/default/ssl-certificates/01JSERVER/edit""#,
        r#"href="/groups/default/ca-certificates""#,
        "issuer_unknown",
        "01JN0002",
        "2025-06-15 15:05:40 UTC",
        "192.0.2.10:50000",
        "198.51.100.1:9443",
        "TLS13_AES_256_GCM_SHA384",
        "X25519MLKEM768",
        "3.4 ms",
        "certificate required",
        "revision 40",
        "CN=OTHER CA",
        "dns:stranger.devices.example.com",
        "5a:1f:0c",
        "/groups/default/clients/deny?",
        "serial%3A5a%3A1f%3A0c",
        "Revoke this client…",
    ]);
    let chinese = Browser { language: Some("zh"), ..Browser::new(&three_handshakes()) };
    chinese.get(&format!("{LIST}/01JE0002")).await.shows(&[
        "已拒绝：证书由未知的 CA 签发。",
        r#"lang="en">the certificate of CN=STRANGER"#,
        "如何处理",
    ]);
}

#[tokio::test]
async fn what_is_not_known_is_not_shown() {
    let browser = Browser::new(&three_handshakes());
    let answer = browser.get(&format!("{LIST}/01JE0001")).await;
    answer.shows(&[
        "192.0.2.10 → no host named",
        "The client presented no certificate.",
        "none decided",
        r#"href="/groups/default/settings""#,
    ]);
    answer.hides(&["Revoke this client", "TLS version"]);
    browser
        .get(&format!("{LIST}/01JE0003"))
        .await
        .shows(&["Let in: with a verified certificate."])
        .hides(&["What to do"]);
}

#[tokio::test]
async fn a_client_that_is_turned_away_for_good_is_not_offered_to_be_revoked() {
    let fake = three_handshakes();
    let mut closed = fake.state().events[0].clone();
    (closed.verdict, closed.stage) = (refused(ReasonCode::DenyListed, "denied"), Stage::OpenConnection);
    fake.state().events[0] = closed;
    let answer = Browser::new(&fake).get(&format!("{LIST}/01JE0003")).await;
    answer.shows(&[
        "Closed: denied.",
        "an open connection, judged again",
        r#"href="/groups/default/clients/denied""#,
    ]);
    answer.hides(&["Revoke this client"]);
}

#[tokio::test]
async fn names_that_clients_choose_stay_text() {
    let fake = three_handshakes();
    let mut hostile = samples::peer_certificate("X", "ROOTCA", 90);
    hostile.subject = "CN=</title><script>alert(1)</script>\\u{a}".to_owned();
    hostile.names = vec!["dns:</code><img src=x>".to_owned()];
    let detail = "<b>bold</b> detail";
    fake.state().events =
        vec![samples::event(3, 12, Some(hostile), refused(ReasonCode::IssuerUnknown, detail))];
    let browser = Browser::new(&fake);
    for page in [LIST.to_owned(), format!("{LIST}/01JE0003"), format!("{LIST}?host=%3Cscript%3Ealert(1)")] {
        browser.get(&page).await.hides(&["<script>alert", "<img", "<b>bold"]);
    }
    browser
        .get(&format!("{LIST}/01JE0003"))
        .await
        .shows(&["<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;\\u{a} → test.com"]);
}

#[tokio::test]
async fn a_handshake_that_is_not_there_is_not_found() {
    let browser = Browser::new(&three_handshakes());
    for id in ["01JE9999", "%3Cb%3E"] {
        let answer = browser.get(&format!("{LIST}/{id}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
        answer.shows(&["There is no such handshake event."]);
    }
}

#[tokio::test]
async fn nobody_who_is_not_signed_in_is_answered() {
    let fake = three_handshakes();
    fake.state().caller = None;
    let script = Browser { script: true, ..Browser::new(&fake) };
    for call in ["handshake/list?group=default", "handshake/get?group=default&id=01JE0002"] {
        let answer = script.get(&format!("/api/{call}")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{call}");
        answer.hides(&["STRANGER"]);
    }
}
