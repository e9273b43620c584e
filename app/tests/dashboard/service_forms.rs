//! The form of a service: what it offers, what it sends, and that nothing is lost in it.

use domain::{
    Balancing, Fault, Field, FieldError, HashKey, IdentityHeaders, Method, Node, PassHost, Problem, Scheme,
    Service, ServiceStatus, Status, Timeouts, Upstream, UpstreamChoice,
};
use http::StatusCode;

use crate::browser::{Answer, Browser};
use crate::fake::Fake;
use crate::samples;

const ADD: &str = "/groups/default/services/new";
const EDIT: &str = "/groups/default/services/01JSHOP/edit";

fn with_service() -> Fake {
    let fake = Fake::signed_in();
    fake.state().services = vec![samples::service()];
    fake.state().service_choices.ca_certificates = vec![samples::root_ca()];
    fake.state().service_choices.client_certificates =
        vec![("01JCLIENT".parse().expect("valid"), "gateway".to_owned())];
    fake
}

fn script(fake: &Fake) -> Browser {
    Browser { script: true, ..Browser::new(fake) }
}

/// Sends the form "Add service" with these fields.
async fn add(browser: &Browser, fields: &[(&str, &str)]) -> Answer {
    send(browser, "/api/service/add", &[("group", "default")], fields).await
}

/// Sends the form "Edit service" with these fields.
async fn update(browser: &Browser, revision: &str, fields: &[(&str, &str)]) -> Answer {
    let hidden = [("group", "default"), ("id", "01JSHOP"), ("revision", revision)];
    send(browser, "/api/service/update", &hidden, fields).await
}

async fn send(browser: &Browser, path: &str, hidden: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
    let named: Vec<_> = fields.iter().map(|(name, text)| (format!("fields%5B{name}%5D"), *text)).collect();
    let named = named.iter().map(|(name, text)| (name.as_str(), *text));
    let form: Vec<_> = hidden.iter().copied().chain(named).collect();
    browser.post(path, &form).await
}

fn saved(fake: &Fake) -> ServiceStatus {
    fake.state().services.last().cloned().expect("a service")
}

fn own(service: &Service) -> Upstream {
    match &service.upstream {
        UpstreamChoice::Own(own) => (**own).clone(),
        UpstreamChoice::Shared(id) => panic!("{id} is shared"),
    }
}

#[tokio::test]
async fn a_new_form_takes_everything_and_has_spare_rows() {
    let fake = with_service();
    let answer = Browser::new(&fake).get(ADD).await;
    answer.shows(&[
        "<title>Add service · Postern</title>",
        r#"<label for="name" class="field__label">Name</label>"#,
        r#"id="hosts" name="fields[hosts]""#,
        r#"id="routes" name="fields[route_0_paths]""#,
        ">/*</textarea>",
        r#"name="fields[route_1_paths]""#,
        r#"name="fields[route_2_paths]""#,
        "Rows left empty are ignored.",
        r#"<option value="grpcs">"#,
        r#"id="tls_verify" name="fields[tls_verify]" value="on" checked"#,
        "CN=ROOTCA".trim_start_matches("CN="),
        r#"<option value="01JCLIENT">gateway · 01JCLIENT</option>"#,
        r#"id="connect_timeout" name="fields[connect_timeout]" value="60""#,
        r#"<option value="rfc9440">"#,
    ]);
    answer.hides(&["route_3_paths", r#"<details open class="advanced""#, r#"id="upstream""#]);
    let chinese = Browser { language: Some("zh"), ..Browser::new(&fake) };
    chinese.get(ADD).await.shows(&["新增服务</h1>", "路由</h2>", "健康检查</summary>", "节点</label>"]);
}

#[tokio::test]
async fn a_service_is_added_as_it_is_typed() {
    let fake = with_service();
    let browser = Browser::new(&fake);
    let fields = [
        ("is_complete", "on"),
        ("name", " cart "),
        ("hosts", "cart.example.com\r\n*.cart.example.com\r\n"),
        ("route_0_id", ""),
        ("route_0_paths", "/api/*\r\n/health"),
        ("route_0_methods", "get POST"),
        ("route_0_priority", "-3"),
        ("route_0_verified", "on"),
        ("route_0_status", "disabled"),
        ("route_1_paths", ""),
        ("route_1_methods", ""),
        ("route_1_status", "enabled"),
        ("scheme", "grpcs"),
        ("nodes", "10.0.0.9:443 weight=5\r\n\r\n[::1]:8443 priority=-1"),
        ("balancing", "hash_header"),
        ("hash_key", "X-Tenant"),
        ("pass_host", "rewrite"),
        ("upstream_host", "cart.internal:8443"),
        ("connect_timeout", "0.5"),
        ("send_timeout", ""),
        ("read_timeout", "3600"),
        ("retries", "2"),
        ("tls_verify", "on"),
        ("upstream_ca_01JC0ROOTCA0000000000000", "on"),
        ("upstream_server_name", "cart.internal"),
        ("client_certificate", "01JCLIENT"),
        ("active_check", "on"),
        ("check_path", "/ready?deep=1"),
        ("check_interval", "7"),
        ("check_timeout", "1.25"),
        ("identity_headers", "xfcc"),
    ];
    let answer = add(&browser, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = answer.location.expect("a location");
    assert_eq!(page, "/groups/default/services/01JADDED?saved=true");
    browser.get(&page).await.shows(&["Saved.", "cart.internal"]);

    let added = saved(&fake).service;
    let service = added.service.value;
    assert_eq!((service.name.as_str(), service.hosts.len()), ("cart", 2));
    assert_eq!(service.identity_headers, Some(IdentityHeaders::Xfcc));
    let [route] = &added.routes[..] else { panic!("one route: {:?}", added.routes) };
    assert_eq!(route.value.methods, [Method::Get, Method::Post]);
    assert_eq!(
        (route.value.paths.len(), route.value.priority, route.value.status),
        (2, -3, Status::Disabled)
    );
    assert!(route.value.requires_client_certificate);
    let upstream = own(&service);
    let nodes: Vec<_> = upstream.nodes.iter().map(|node| (node.weight, node.priority)).collect();
    assert_eq!((upstream.scheme, nodes), (Scheme::Grpcs, vec![(5, 0), (1, -1)]));
    assert_eq!(
        upstream.balancing,
        Balancing::ConsistentHash(HashKey::Header("x-tenant".parse().expect("valid")))
    );
    assert_eq!(upstream.host, PassHost::Rewrite("cart.internal:8443".parse().expect("valid")));
    assert_eq!(upstream.timeouts, Timeouts { connect: 500, send: 60_000, read: 3_600_000 });
    assert_eq!((upstream.retries, upstream.tls.verify), (Some(2), true));
    assert_eq!(upstream.tls.ca_certificates.len(), 1);
    let check = upstream.health.active.expect("an active check");
    assert_eq!((check.path.as_str(), check.interval, check.timeout), ("/ready?deep=1", 7, 1_250));
    assert_eq!(upstream.health.passive, None);
}

#[tokio::test]
async fn a_form_that_says_little_means_what_is_usual() {
    let fake = with_service();
    let fields = [("name", "a"), ("nodes", "a.test:1"), ("scheme", "https"), ("route_0_paths", "/*")];
    add(&Browser::new(&fake), &fields).await;
    let added = saved(&fake).service;
    let node = Node::new("a.test:1".parse().expect("valid"));
    let usual = Upstream { scheme: Scheme::Https, nodes: vec![node], ..Upstream::default() };
    assert_eq!(own(&added.service.value), usual, "nodes are verified unless somebody says otherwise");
    assert_eq!(added.routes[0].value.status, Status::Enabled);
}

#[tokio::test]
async fn an_edit_loses_nothing_that_the_form_does_not_show() {
    let fake = with_service();
    fake.state().services[0].service.routes[0].value.timeouts = Some(Timeouts::default());
    let browser = Browser::new(&fake);
    let before = saved(&fake).service;
    browser.get(EDIT).await.shows(&[
        r#"name="revision" value="40""#,
        r#"name="fields[route_0_id]" value="01JADMIN""#,
        r#"name="fields[route_0_verified]" value="on" checked"#,
        r#"name="fields[route_0_priority]" value="10""#,
        "Kept as it is: “back office”, admin.example.com, timeouts of its own",
        "10.0.0.7:8080\n10.0.0.8:8080</textarea>",
        r#"name="fields[route_3_paths]""#,
    ]);
    let fields = [
        ("is_complete", "on"),
        ("name", "shop"),
        ("hosts", "shop.example.com"),
        ("route_0_id", "01JADMIN"),
        ("route_0_paths", "/admin/*\r\n/back-office/*"),
        ("route_0_priority", "10"),
        ("route_0_verified", "on"),
        ("route_1_id", "01JALL"),
        ("route_1_paths", "/*"),
        ("scheme", "http"),
        ("nodes", "10.0.0.7:8080\r\n10.0.0.8:8080"),
    ];
    let answer = update(&browser, "40", &fields).await;
    assert_eq!(answer.location.as_deref(), Some("/groups/default/services/01JSHOP?saved=true"));
    let after = saved(&fake).service;
    let mut expected = before.routes[0].value.clone();
    expected.paths.push("/back-office/*".parse().expect("valid"));
    assert_eq!(after.routes[0].value, expected);
    assert_eq!(after.routes[1].value, before.routes[1].value);
    assert_eq!(after.service.value, before.service.value, "how long nodes are tried again, too");
    assert_eq!(after.routes[0].id, before.routes[0].id);
}

#[tokio::test]
async fn a_route_without_paths_is_removed_and_an_unticked_box_is_off() {
    let fake = with_service();
    let fields = [
        ("is_complete", "on"),
        ("name", "shop"),
        ("route_0_id", "01JADMIN"),
        ("route_0_paths", "/admin/*"),
        ("route_1_id", "01JALL"),
        ("route_1_paths", " "),
        ("route_1_methods", "GET"),
    ];
    update(&Browser::new(&fake), "40", &fields).await;
    let routes = saved(&fake).service.routes;
    assert_eq!(routes.iter().map(|route| route.id.as_str()).collect::<Vec<_>>(), ["01JADMIN"]);
    assert!(!routes[0].value.requires_client_certificate);
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_its_field_and_nothing_is_saved() {
    let fake = with_service();
    let browser = Browser::new(&fake);
    let fields = [
        ("is_complete", "on"),
        ("name", ""),
        ("hosts", "http://x"),
        ("route_0_paths", "/ok"),
        ("route_4_paths", "api\r\n/users/:id"),
        ("route_4_methods", "FETCH"),
        ("route_5_methods", "GET"),
        ("scheme", "http"),
        ("nodes", "10.0.0.7:8080\r\nnot a node"),
        ("balancing", "hash_header"),
        ("hash_key", "x y"),
        ("pass_host", "rewrite"),
        ("connect_timeout", "soon"),
        ("retries", "256"),
        ("active_check", "on"),
        ("check_interval", "0"),
        ("check_path", "ready"),
    ];
    let answer = add(&browser, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let back = answer.location.expect("a location");
    assert!(back.starts_with(&format!("{ADD}?")), "{back}");
    let page = browser.get(&back).await;
    page.shows(&[
        r##"href="#name""##,
        "“http://x” is not a host name.",
        r##"href="#routes""##,
        "Route 5: “api”: ",
        r#"id="routes-error-4" class="field__errors"><p class="field__error">“api”: "#,
        "“FETCH” is not one of the choices.",
        "Route 6: This is needed.",
        "Node 2, “not a node”, is not an address.",
        r##"href="#hash_key""##,
        r##"href="#pass_host""##,
        r#"id="connect_timeout-error" class="field__errors"><p class="field__error">This is not a number."#,
        r##"href="#retries""##,
        r#"id="check_interval-error" class="field__errors"><p class="field__error">This must be a number from 1 to 3600."#,
        "“ready”: ",
        // What was typed is there again, and sections with errors are open.
        "10.0.0.7:8080\r\nnot a node</textarea>",
        r#"name="fields[connect_timeout]" value="soon""#,
        r#"<details open class="advanced"><summary>Timeouts and retries"#,
        r#"<details open class="advanced"><summary>Health checks"#,
        r#"name="fields[route_4_methods]" value="FETCH""#,
        r#"id="active_check" name="fields[active_check]" value="on" checked"#,
    ]);
    let answer = add(&script(&fake), &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(fake.state().services, vec![samples::service()]);
}

#[tokio::test]
async fn what_the_server_finds_wrong_is_told_at_the_row_that_it_means() {
    let fake = with_service();
    let browser = Browser::new(&fake);
    let fault = Fault::NeverMatches { path: "/b".parse().expect("valid"), by: "other".to_owned() };
    let fault = Fault::InRoute { number: 2, fault: Box::new(fault) };
    fake.state().refusal = Some(FieldError::new(Field::Routes, fault).into());
    let fields = [("name", "a"), ("route_0_paths", "/a"), ("route_1_paths", ""), ("route_2_paths", "/b")];
    let back = add(&browser, &fields).await.location.expect("a location");
    browser.get(&back).await.shows(&[
        "Route 3: It would never get a request for /b",
        r#"id="routes-error-2" class="field__errors"><p"#,
    ]);
}

#[tokio::test]
async fn what_somebody_else_changed_is_not_undone() {
    let fake = with_service();
    let browser = Browser::new(&fake);
    let fields = [("is_complete", "on"), ("name", "mine"), ("route_0_paths", "/*")];
    let back = update(&browser, "39", &fields).await.location.expect("a location");
    let page = browser.get(&back).await;
    page.shows(&["Somebody else has changed this in the meantime.", r#"value="mine""#]);
    page.shows(&[r#"name="revision" value="39""#]).hides(&[r#"name="revision" value="40""#]);
    let answer = update(&script(&fake), "x", &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(saved(&fake).service.service.value.name.as_str(), "shop");
}

#[tokio::test]
async fn an_upstream_that_is_shared_can_be_chosen_and_kept() {
    let fake = with_service();
    let pool = samples::shared_upstream("01JPOOL", "pool", Upstream::default());
    fake.state().service_choices.upstreams = vec![pool];
    let browser = Browser::new(&fake);
    browser
        .get(ADD)
        .await
        .shows(&[r#"id="upstream" name="fields[upstream]""#, r#"<option value="01JPOOL">pool"#]);
    let fields =
        [("is_complete", "on"), ("name", "shop"), ("upstream", "01JPOOL"), ("nodes", "nonsense here")];
    update(&browser, "40", &fields).await;
    let shared = UpstreamChoice::Shared("01JPOOL".parse().expect("valid"));
    assert_eq!(saved(&fake).service.service.value.upstream, shared);
    fake.state().service_choices.upstreams.clear();
    browser.get(EDIT).await.shows(&[r#"<option value="01JPOOL" selected"#]);
    update(&browser, "41", &[("name", "store")]).await;
    assert_eq!(saved(&fake).service.service.value.upstream, shared, "the form did not speak of it");
}

#[tokio::test]
async fn tls_and_nodes_go_where_they_mean_nothing() {
    let fake = with_service();
    let browser = Browser::new(&fake);
    let tls = [
        ("is_complete", "on"),
        ("name", "shop"),
        ("scheme", "https"),
        ("upstream_ca_01JGONE", "on"),
        ("client_certificate", "01JOLD"),
    ];
    update(&browser, "40", &tls).await;
    let verified = own(&saved(&fake).service.service.value).tls;
    assert!(!verified.verify, "the box was not ticked");
    browser.get(EDIT).await.shows(&[
        r#"<details open class="advanced with-tls">"#,
        r#"name="fields[upstream_ca_01JGONE]" value="on" checked"#,
        r#"<option value="01JOLD" selected"#,
    ]);
    update(&browser, "41", &[("is_complete", "on"), ("name", "shop"), ("scheme", "http")]).await;
    assert_eq!(own(&saved(&fake).service.service.value).tls, domain::UpstreamTls::default());
    update(&browser, "42", &[("is_complete", "on"), ("name", "shop"), ("scheme", "echo"), ("nodes", "x y")])
        .await;
    assert_eq!(own(&saved(&fake).service.service.value), Upstream::echo());
}

#[tokio::test]
async fn names_from_outside_are_only_text() {
    let fake = with_service();
    let browser = Browser::new(&fake);
    fake.state().refusal = Some(Problem::Forbidden);
    let fields = [
        ("name", "<b>x</b>"),
        ("hosts", "</textarea><script>"),
        ("route_0_paths", "/&amp;</textarea><i>"),
        ("upstream_server_name", "\"><u>"),
    ];
    let back = add(&browser, &fields).await.location.expect("a location");
    let page = browser.get(&back).await;
    page.hides(&["<b>", "</textarea><script>", "<i>", "<u>"]);
    page.shows(&["/&amp;amp;&lt;/textarea>"]);
}
