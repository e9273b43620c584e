//! Services, with their routes, upstreams and nodes.

use domain::{IdentityHeaders, Scheme};

use crate::language::{Language, Text, text};

pub const TITLE: Text = text("Services", "服务");
pub const ADD_BUTTON: Text = text("+ Add Service", "+ 新增服务");
pub const ADD_TITLE: Text = text("Add service", "新增服务");
pub const ADD: Text = text("Add", "新增");
pub const EDIT: Text = text("Edit", "编辑");
pub const EDIT_TITLE: Text = text("Edit service", "编辑服务");
pub const DELETE: Text = text("Delete", "删除");
pub const DELETE_MORE: Text = text("Delete…", "删除…");
pub const CAPTION: Text = text("Services of this group", "此网关组的服务");
pub const EMPTY: Text = text(
    "A service says where requests go: which hosts and paths, and which nodes answer them. Without one, every request gets 404.",
    "服务决定请求的去向：匹配哪些主机和路径，由哪些节点响应。没有服务时，所有请求都返回 404。",
);
pub const RECONNECTING: Text = text("Reconnecting…", "正在重新连接…");

pub const NAME: Text = text("Name", "名称");
pub const HOSTS: Text = text("Hosts", "主机");
pub const ROUTES: Text = text("Routes", "路由");
pub const UPSTREAM: Text = text("Upstream", "上游");
pub const NODES: Text = text("Nodes", "节点");
pub const STATE: Text = text("State", "状态");
pub const ALL_HOSTS: Text = text("all hosts", "所有主机");
pub const HOSTS_OF_SERVICE: Text = text("the service's", "与服务相同");
pub const NO_ROUTES: Text = text("none", "无");
pub const LIVE: Text = text("Live", "已生效");
pub const NOT_YET_LIVE: Text = text("Not yet in effect", "尚未生效");
pub const BROKEN: Text = text("Broken", "异常");
pub const BUILT_IN: Text = text("Built-in", "内置");
pub const NO_NODES: Text = text("No nodes", "无节点");
pub const BROKEN_MEANING: Text =
    text("Its requests get 503 until this is mended.", "修复之前，其请求会返回 503。");

pub const PATHS: Text = text("Paths", "路径");
pub const METHODS: Text = text("Methods", "方法");
pub const ALL_METHODS: Text = text("all", "全部");
pub const PRIORITY: Text = text("Priority", "优先级");
pub const CLIENTS: Text = text("Clients", "客户端");
pub const EVERYBODY: Text = text("as the host asks", "按主机的要求");
pub const VERIFIED_ONLY: Text = text("verified only", "仅限已验证");
pub const ENABLED: Text = text("Enabled", "启用");
pub const DISABLED: Text = text("Disabled", "停用");
pub const ROUTES_CAPTION: Text = text("Routes of this service", "此服务的路由");
pub const NO_ROUTES_YET: Text =
    text("It has no routes, so it gets no requests.", "它没有路由，因此不会收到请求。");

pub const NODES_CAPTION: Text = text("Nodes with their health", "节点及其健康状态");
pub const NODE: Text = text("Node", "节点");
pub const WEIGHT: Text = text("Weight", "权重");
pub const HEALTH: Text = text("Health", "健康状态");
pub const REQUESTS: Text = text("Requests in progress", "处理中的请求");
pub const HEALTHY: Text = text("Healthy", "健康");
pub const UNHEALTHY: Text = text("Unhealthy", "不健康");
pub const NOT_CHECKED_YET: Text = text("Not in use yet", "尚未使用");
pub const ECHO_MEANING: Text = text(
    "The gateway answers by itself: it shows the request as it arrived, like httpbin.",
    "由网关自身响应：像 httpbin 那样返回收到的请求。",
);
pub const NO_NODES_MEANING: Text =
    text("It has no nodes: its requests get 503.", "它没有节点，其请求会返回 503。");

pub const CLIENT_IDENTITY: Text = text("Client identity", "客户端身份");
pub const AS_GROUP: Text = text("As the gateway group says", "与网关组设置相同");
pub const KEPT: Text = text("Kept as it is:", "保持不变：");
pub const OWN_UPSTREAM: Text = text("an upstream of its own", "单独的上游");
pub const OWN_TIMEOUTS: Text = text("timeouts of its own", "单独的超时");

pub const TRY_IT: Text = text("Try it", "试一试");
pub const TRY_LEAD: Text = text(
    "If the host asks for no client certificate, leave out the second line.",
    "如果该主机不要求客户端证书，请去掉第二行。",
);
pub const TRY_ANY_HOST: Text = text(
    "Put a host of your SSL certificates in the place of test.com.",
    "请将 test.com 换成你的 SSL 证书中的域名。",
);

pub const NAME_HELP: Text =
    text("What you call it. Unique in this group.", "便于识别的名称，在此网关组内唯一。");
pub const HOSTS_HELP: Text = text(
    "One on each line, like shop.example.com or *.example.com. Empty: all hosts of the group's SSL certificates.",
    "每行一个，例如 shop.example.com 或 *.example.com。留空表示此网关组所有 SSL 证书的主机。",
);
pub const IDENTITY_HELP: Text = text(
    "How nodes are told who the client is. Such header fields from clients are always removed.",
    "以何种方式告知节点客户端的身份。客户端自带的此类请求头总会被移除。",
);
pub const GROUP_IDENTITY_HELP: Text = text(
    "How nodes are told who the client is, where a service says nothing else. Such header fields from clients are always removed.",
    "服务未单独设置时，以何种方式告知节点客户端的身份。客户端自带的此类请求头总会被移除。",
);

pub const ROUTES_LEAD: Text = text(
    "A request goes to the route with the most exact path; of equal ones, the greatest priority decides.",
    "请求由路径最精确的路由处理；同样精确时，优先级高者优先。",
);
pub const ROUTES_SCRIPTLESS: Text = text(
    "Rows left empty are ignored. Empty the paths of a route to remove it.",
    "留空的行会被忽略。清空某条路由的路径即可将其移除。",
);
pub const ADD_ROUTE: Text = text("Add route", "添加路由");
pub const REMOVE: Text = text("Remove", "移除");
pub const PATHS_HELP: Text =
    text("One on each line: /exact, or /prefix/*.", "每行一个：/exact 或 /prefix/*。");
pub const METHODS_HELP: Text = text("Like GET POST. Empty: all.", "例如 GET POST。留空表示全部。");
pub const PRIORITY_HELP: Text = text("The greater goes first.", "数值大者优先。");
pub const ROUTE_STATUS: Text = text("Status", "状态");
pub const STATUS_HELP: Text = text("Disabled is as if absent.", "停用等同于不存在。");
pub const VERIFIED: Text = text("Only clients with a verified certificate", "仅限证书已验证的客户端");
pub const VERIFIED_HELP: Text =
    text("All others get 400, whatever the host asks for.", "无论主机如何要求，其他客户端一律返回 400。");

pub const UPSTREAM_HELP: Text =
    text("Nodes of its own, or an upstream that services share.", "使用单独的节点，或多个服务共用的上游。");
pub const OWN_NODES: Text = text("Nodes of its own", "单独的节点");
pub const SCHEME_HELP: Text = text(
    "What the nodes speak. With https and grpcs they must prove who they are.",
    "节点使用的协议。使用 https 和 grpcs 时，节点必须证明其身份。",
);
pub const NODES_HELP: Text = text(
    "One on each line: host:port, and if need be weight=2 or priority=-1. A lower priority is for when all others are ill.",
    "每行一个：主机:端口，可附加 weight=2（权重）或 priority=-1（优先级）。优先级低的节点仅在其余节点均不健康时使用。",
);

pub const BALANCING_SECTION: Text = text("Load balancing and host", "负载均衡与主机");
pub const BALANCING_HELP: Text = text("Which node is next.", "如何选择下一个节点。");
pub const ROUND_ROBIN: Text = text("Round robin, by weight", "加权轮询");
pub const LEAST_CONNECTIONS: Text = text("Fewest requests in progress", "最少处理中请求");
pub const HASH_CLIENT_IDENTITY: Text =
    text("Consistent hash by client certificate", "按客户端证书一致性哈希");
pub const HASH_CLIENT_ADDRESS: Text = text("Consistent hash by client address", "按客户端地址一致性哈希");
pub const HASH_HEADER: Text = text("Consistent hash by a header field", "按请求头一致性哈希");
pub const HASH_KEY_HELP: Text = text(
    "A header field, like x-tenant: its value decides. Without it, the client's address.",
    "请求头名称，例如 x-tenant，按其值选择节点。没有该请求头时按客户端地址。",
);
pub const PASS_HOST_HELP: Text =
    text("What stands in the Host of requests to nodes.", "发往节点的请求中的 Host。");
pub const PASS: Text = text("The host that the client asked for", "客户端请求的主机");
pub const PASS_NODE: Text = text("The node's own address", "节点自身的地址");
pub const REWRITE: Text = text("Another one", "指定主机");
pub const UPSTREAM_HOST: Text = text("Host for the nodes", "指定的主机");
pub const UPSTREAM_HOST_HELP: Text =
    text("Like app.internal or app.internal:8080.", "例如 app.internal 或 app.internal:8080。");

pub const TIMEOUTS_SECTION: Text = text("Timeouts and retries", "超时与重试");
pub const CONNECT_HELP: Text = text("To accept a connection, TLS included.", "建立连接（含 TLS）。");
pub const SEND_HELP: Text = text("To take more of a request.", "接收请求的下一部分。");
pub const READ_HELP: Text = text("To give more of an answer.", "返回响应的下一部分。");
pub const RETRIES_HELP: Text = text(
    "More nodes that are tried when one cannot be reached. Empty: each other node once.",
    "节点无法连接时，再尝试几个节点。留空表示其余节点各一次。",
);

pub const TLS_SECTION: Text = text("TLS to the nodes", "到节点的 TLS");
pub const TLS_VERIFY: Text = text("Verify the nodes", "验证节点");
pub const TLS_VERIFY_HELP: Text =
    text("Without it, whoever answers is trusted.", "关闭后，无论谁响应都会被信任。");
pub const CAS_HELP: Text = text(
    "Who vouches for the nodes. None ticked: the CAs that the operating system trusts.",
    "由谁为节点担保。都不勾选则使用操作系统信任的 CA。",
);
pub const SERVER_NAME_HELP: Text = text(
    "The name that nodes must prove. Empty: the host that they are told.",
    "节点须证明的名称。留空则为传递给节点的主机。",
);
pub const CLIENT_CERTIFICATE_HELP: Text = text(
    "What nodes are shown: an SSL certificate of type Client.",
    "向节点出示的证书：类型为“客户端”的 SSL 证书。",
);
pub const NO_CERTIFICATE: Text = text("None", "无");

pub const HEALTH_SECTION: Text = text("Health checks", "健康检查");
pub const ACTIVE_HELP: Text = text("Asks each node again and again.", "定期探测每个节点。");
pub const CHECK_KIND: Text = text("What is asked", "探测方式");
pub const CHECK_KIND_HELP: Text =
    text("HTTP is well with a status from 200 to 399.", "HTTP 以 200 至 399 的状态码为健康。");
pub const CHECK_HTTP: Text = text("HTTP request", "HTTP 请求");
pub const CHECK_TCP: Text = text("TCP connection", "TCP 连接");
pub const CHECK_PATH: Text = text("Path", "路径");
pub const CHECK_PATH_HELP: Text =
    text("Of the HTTP request, like /healthz.", "HTTP 请求的路径，例如 /healthz。");
pub const CHECK_HOST: Text = text("Host", "主机");
pub const CHECK_HOST_HELP: Text =
    text("Of the HTTP request. Empty: as requests have it.", "HTTP 请求的主机。留空则与请求相同。");
pub const CHECK_INTERVAL_HELP: Text = text("1 to 3,600.", "1 至 3,600。");
pub const CHECK_TIMEOUT_HELP: Text = text("Up to 60, with decimals.", "最多 60，可用小数。");
pub const IN_A_ROW_HELP: Text = text("In a row, 1 to 254.", "连续次数，1 至 254。");
pub const PASSIVE_HELP: Text = text("Watches how requests fare.", "根据实际请求的结果判断。");
pub const PASSIVE_STATUSES: Text = text("Statuses that count as failures", "计为失败的状态码");
pub const PASSIVE_STATUSES_HELP: Text = text("From 500 to 599, like 500 503.", "500 至 599，例如 500 503。");
pub const RECOVER_HELP: Text =
    text("Unless an active check says sooner that it is well.", "主动健康检查判为健康时可提前恢复。");

pub const TIMEOUTS: Text = text("Timeouts", "超时");
pub const RETRIES: Text = text("Retries", "重试");
pub const EACH_OTHER_NODE: Text = text("each other node once", "其余节点各一次");
pub const TLS: Text = text("TLS", "TLS");
pub const TLS_UNVERIFIED: Text = text("Nodes are not verified", "未验证节点");
pub const TLS_SYSTEM: Text = text("Verified by the operating system's CAs", "由操作系统信任的 CA 验证");
pub const TLS_CAS: Text = text("Verified by this group's CAs", "由此网关组的 CA 验证");
pub const NO_CHECKS: Text = text("None", "无");
pub const ACTIVE: Text = text("active", "主动");
pub const PASSIVE: Text = text("passive", "被动");

/// What an upstream's nodes speak.
pub fn scheme(scheme: Scheme) -> Text {
    match scheme {
        Scheme::Http => text("http", "http"),
        Scheme::Https => text("https", "https"),
        Scheme::Grpc => text("grpc (HTTP/2 without TLS)", "grpc（不带 TLS 的 HTTP/2）"),
        Scheme::Grpcs => text("grpcs (HTTP/2 over TLS)", "grpcs（基于 TLS 的 HTTP/2）"),
        Scheme::Echo => text("built-in echo", "内置回显"),
    }
}

/// A way of telling nodes who the client is.
pub fn identity_headers(preset: IdentityHeaders) -> Text {
    match preset {
        IdentityHeaders::None => text("None", "不传递"),
        IdentityHeaders::Rfc9440 => text("RFC 9440 (Client-Cert)", "RFC 9440（Client-Cert）"),
        IdentityHeaders::Xfcc => text("X-Forwarded-Client-Cert (Envoy)", "X-Forwarded-Client-Cert（Envoy）"),
        IdentityHeaders::Nginx => text("X-SSL-Client-* (nginx)", "X-SSL-Client-*（nginx）"),
    }
}

/// How many services there are.
pub fn count(language: Language, count: usize) -> String {
    match (language, count) {
        (Language::English, 1) => "1 service".to_owned(),
        (Language::English, _) => format!("{count} services"),
        (Language::Chinese, _) => format!("{count} 个服务"),
    }
}

/// How many more there are than are shown.
pub fn more(language: Language, count: usize) -> String {
    match language {
        Language::English => format!("+{count} more"),
        Language::Chinese => format!("另 {count} 个"),
    }
}

/// How many of the nodes are healthy.
pub fn healthy(language: Language, healthy: usize, all: usize) -> String {
    match language {
        Language::English => format!("{healthy}/{all} healthy"),
        Language::Chinese => format!("{healthy}/{all} 健康"),
    }
}

/// How many nodes there are.
pub fn nodes(language: Language, count: usize) -> String {
    match (language, count) {
        (Language::English, 1) => "1 node".to_owned(),
        (Language::English, _) => format!("{count} nodes"),
        (Language::Chinese, _) => format!("{count} 个节点"),
    }
}

/// The heading of a route in the form.
pub fn route(language: Language, number: usize) -> String {
    match language {
        Language::English => format!("Route {number}"),
        Language::Chinese => format!("路由 {number}"),
    }
}

/// The name of the button that removes a route from the form.
pub fn remove_route(language: Language, number: usize) -> String {
    format!("{} {}", language.pick(REMOVE), route(language, number))
}

/// What deleting a service asks.
pub fn delete_question(language: Language, name: &str) -> String {
    match language {
        Language::English => format!("Delete the service “{name}”?"),
        Language::Chinese => format!("删除服务“{name}”？"),
    }
}

/// What deleting a service means for one path of some hosts.
pub fn then_not_found(language: Language, hosts: &str, paths: &str) -> String {
    match language {
        Language::English => format!("{paths} on {hosts}"),
        Language::Chinese => format!("{hosts} 的 {paths}"),
    }
}

pub const DELETE_MEANING: Text = text(
    "Requests for these then get 404, unless another service takes them:",
    "对以下路径的请求将返回 404，除非由其他服务处理：",
);
pub const DELETE_ENDS: Text = text("Requests in progress go on to their end.", "处理中的请求会继续完成。");

/// How long nodes may take.
pub fn timeouts(language: Language, connect: &str, send: &str, read: &str) -> String {
    match language {
        Language::English => format!("connect {connect} s, send {send} s, read {read} s"),
        Language::Chinese => format!("连接 {connect} 秒，发送 {send} 秒，读取 {read} 秒"),
    }
}

/// An active check, in short.
pub fn every(language: Language, what: &str, seconds: u32) -> String {
    match language {
        Language::English => format!("{what} every {seconds} s"),
        Language::Chinese => format!("{what}，每 {seconds} 秒"),
    }
}

/// That an upstream is one that services share.
pub fn shared(language: Language, name: &str) -> String {
    match language {
        Language::English => format!("{name} (shared)"),
        Language::Chinese => format!("{name}（共用）"),
    }
}
