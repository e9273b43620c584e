//! The services of a group: the list, one of them, and the question before it is deleted.

use domain::{Fault, NodeHealth, Problem, Service, Status, UpstreamChoice};
use http::StatusCode;

use crate::browser::Browser;
use crate::fake::Fake;
use crate::samples;

const LIST: &str = "/groups/default/services";
const PAGE: &str = "/groups/default/services/01JSHOP";

fn with_service() -> Fake {
    let fake = Fake::signed_in();
    fake.state().services = vec![samples::service()];
    fake
}

fn chinese(fake: &Fake) -> Browser {
    Browser { language: Some("zh"), ..Browser::new(fake) }
}

#[tokio::test]
async fn the_list_says_where_requests_go_and_how_the_nodes_fare() {
    let fake = with_service();
    let answer = Browser::new(&fake).get(LIST).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.shows(&[
        "<title>Services · Postern</title>",
        "+ Add Service",
        "1 service<",
        &format!(r#"href="{PAGE}""#),
        "shop.example.com",
        "/admin/*, /*",
        "10.0.0.7:8080",
        "badge--attention",
        "1/2 healthy",
        "badge--good",
        "Live",
    ]);
    answer.hides(&["Broken"]);
    chinese(&fake).get(LIST).await.shows(&["服务</h1>", "+ 新增服务", "1/2 健康", "已生效"]);
}

#[tokio::test]
async fn health_is_a_word_and_a_shape() {
    let fake = with_service();
    let browser = Browser::new(&fake);
    fake.state().services[0].nodes[1].health = NodeHealth::Healthy;
    browser.get(LIST).await.shows(&["2/2 healthy"]).hides(&["badge--attention", "badge--bad"]);
    let ill = NodeHealth::Unhealthy { since: samples::NOW, reason: "timed out".to_owned() };
    fake.state().services[0].nodes.iter_mut().for_each(|node| node.health = ill.clone());
    browser.get(LIST).await.shows(&["badge--bad", "0/2 healthy"]);
    fake.state().services[0].nodes.clear();
    browser.get(LIST).await.shows(&["badge--off", "2 nodes"]);
    fake.state().services[0].service.service.value = Service::httpbin();
    browser.get(LIST).await.shows(&["Built-in", "all hosts", "built-in echo"]);
}

#[tokio::test]
async fn what_is_not_served_says_so_and_why() {
    let fake = with_service();
    let browser = Browser::new(&fake);
    fake.state().services[0].is_live = false;
    browser.get(LIST).await.shows(&["Not yet in effect"]);
    fake.state().services[0].fault = Some(Fault::CaUnknown { id: "01JGONE".parse().expect("valid") });
    for page in [LIST, PAGE] {
        browser.get(page).await.shows(&["Broken", "There is no CA certificate 01JGONE in this group"]);
    }
    browser.get(PAGE).await.shows(&[r#"role="alert""#, "get 503 until this is mended"]);
}

#[tokio::test]
async fn an_empty_list_says_what_a_service_is_for() {
    let answer = Browser::new(&Fake::signed_in()).get(LIST).await;
    answer.shows(&["A service says where requests go", r#"action="/groups/default/services/new""#]);
    answer.hides(&["<table"]);
}

#[tokio::test]
async fn the_page_shows_what_is_set_and_each_node() {
    let fake = with_service();
    let answer = Browser::new(&fake).get(PAGE).await;
    answer.shows(&[
        "<title>shop · Postern</title>",
        &format!(r#"action="{PAGE}/edit""#),
        &format!(r#"action="{PAGE}/delete""#),
        "connect 60 s, send 60 s, read 60 s",
        "Round robin, by weight",
        "As the gateway group says",
        "/admin/*",
        "back office",
        "admin.example.com",
        "verified only",
        "10.0.0.8:8080",
        "Unhealthy",
        "connection refused",
        "4 minutes ago",
        "Requests in progress</span>3</td>",
        "curl -ikv --resolve",
        "https://admin.example.com:9443/admin/",
    ]);
    chinese(&fake).get(PAGE).await.shows(&["不健康", "加权轮询", "路由</h2>", "节点</h2>"]);
}

#[tokio::test]
async fn the_question_says_what_nobody_answers_then() {
    let fake = with_service();
    fake.state().services[0].service.routes[1].value.status = Status::Disabled;
    let browser = Browser::new(&fake);
    browser
        .get(&format!("{PAGE}/delete"))
        .await
        .shows(&[
            "Delete the service “shop”?",
            "then get 404",
            "/admin/* on admin.example.com",
            r#"action="/api/service/delete""#,
            r#"name="id" value="01JSHOP""#,
        ])
        .hides(&["/* on shop.example.com"]);
    let form = [("group", "default"), ("id", "01JSHOP")];
    let answer = browser.post("/api/service/delete", &form).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some(LIST)));
    assert!(fake.state().services.is_empty());
}

#[tokio::test]
async fn what_keeps_a_service_from_being_deleted_comes_back_to_the_question() {
    let fake = with_service();
    let browser = Browser::new(&fake);
    fake.state().refusal = Some(Problem::Forbidden);
    let form = [("group", "default"), ("id", "01JSHOP")];
    let back = browser.post("/api/service/delete", &form).await.location.expect("a location");
    assert!(back.starts_with(&format!("{PAGE}/delete?")), "{back}");
    browser.get(&back).await.shows(&["You may not do this."]);
    assert_eq!(fake.state().services.len(), 1);
}

#[tokio::test]
async fn what_is_not_there_is_404_and_strangers_get_nothing() {
    let fake = with_service();
    let browser = Browser::new(&fake);
    for page in ["01JNONE", "a%20b", "01JNONE/edit", "01JNONE/delete"] {
        assert_eq!(browser.get(&format!("{LIST}/{page}")).await.status, StatusCode::NOT_FOUND, "{page}");
    }
    fake.state().caller = None;
    let script = Browser { script: true, ..browser };
    for path in [
        "/api/service/list?group=default",
        "/api/service/get?group=default&id=01JSHOP",
        "/api/service/choices?group=default",
    ] {
        assert_eq!(script.get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let form = [("group", "default"), ("id", "01JSHOP"), ("revision", "40"), ("fields[name]", "x")];
    for path in ["/api/service/add", "/api/service/update", "/api/service/delete"] {
        assert_eq!(script.post(path, &form).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    assert_eq!(fake.state().services, vec![samples::service()]);
}

#[tokio::test]
async fn a_shared_upstream_is_shown_by_its_name() {
    let fake = with_service();
    let service = samples::service();
    let UpstreamChoice::Own(own) = service.service.service.value.upstream else {
        panic!("the sample has its own upstream");
    };
    let shared = samples::shared_upstream("01JPOOL", "pool", *own);
    fake.state().services[0].service.service.value.upstream = UpstreamChoice::Shared(shared.id.clone());
    fake.state().services[0].shared_upstream = Some(shared);
    let browser = Browser::new(&fake);
    browser.get(LIST).await.shows(&["pool (shared)", "1/2 healthy"]);
    browser.get(PAGE).await.shows(&["pool (shared)", "10.0.0.8:8080"]);
}
