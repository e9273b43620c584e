//! Gateway groups.

use std::net::SocketAddr;

use domain::{ObjectName, Revision};

use crate::language::{Language, Text, text};

pub const GATEWAY_GROUP: Text = text("Gateway group", "网关组");
pub const OVERVIEW: Text = text("Overview", "概览");
pub const SSL_CERTIFICATES: Text = text("SSL Certificates", "SSL 证书");
pub const CA_CERTIFICATES: Text = text("CA Certificates", "CA 证书");
pub const HANDSHAKES: Text = text("Handshakes", "握手记录");
pub const CLIENTS: Text = text("Clients", "客户端");
pub const SETTINGS: Text = text("Settings", "设置");
pub const ADD_GROUP_MORE: Text = text("+ Add group", "+ 新增网关组");
pub const ADD_GROUP: Text = text("Add group", "新增网关组");
pub const NEW_GROUP: Text = text("New gateway group", "新增网关组");
pub const NEW_GROUP_LEAD: Text = text(
    "A group has its own listener, certificates and clients, apart from every other group.",
    "每个网关组都有自己的监听地址、证书和客户端，与其他网关组相互隔离。",
);
pub const LISTENER_HELP: Text = text(
    "Address and port, such as 0.0.0.0:9444. A port alone means all IPv4 addresses.",
    "地址和端口，例如 0.0.0.0:9444。只填端口表示所有 IPv4 地址。",
);
pub const DEFAULT_CERTIFICATE_HELP: Text = text(
    "For clients that name no host. Leave empty to refuse them.",
    "用于未指明主机名的客户端。留空则拒绝此类客户端。",
);
pub const NO_DEFAULT_CERTIFICATE: Text = text("None", "无");
pub const HTTP_LISTENER_HELP: Text =
    text("Redirects to HTTPS. Leave empty for none.", "将请求重定向到 HTTPS。留空表示不启用。");
pub const SAVED: Text = text("Saved.", "已保存。");

pub const LISTENER: Text = text("Listener", "监听");
pub const LISTENING: Text = text("Listening", "监听中");
pub const FAILED: Text = text("Not listening", "未监听");
pub const STARTING: Text = text("Starting", "启动中");
pub const REVISION: Text = text("Configuration", "配置");
pub const NOT_LISTENING_HINT: Text = text(
    "Nobody can connect to this group. Postern keeps trying; another address can be set in the settings.",
    "目前无法连接到此网关组。Postern 会继续重试，也可以在设置中更改地址。",
);

pub const NEXT_STEP: Text = text("Next step", "下一步");
pub const NEXT_STEP_LEAD: Text = text(
    "Add an SSL certificate: without one the listener refuses every connection.",
    "新增一个 SSL 证书：没有证书时，监听会拒绝所有连接。",
);
pub const ADD_SSL_CERTIFICATE: Text = text("+ Add SSL Certificate", "+ 新增 SSL 证书");
pub const TRY_IT: Text = text("Try it", "试一试");
pub const TRY_WITH: Text = text(
    "With a client certificate of your CA the request is answered. Put your own host in the place of test.com.",
    "使用由你的 CA 签发的客户端证书，请求会得到响应。请将 test.com 换成你自己的域名。",
);
pub const TRY_WITHOUT: Text = text(
    "Without one the handshake is refused, if peer verification is on.",
    "没有客户端证书时，如果已开启对等验证，握手会被拒绝。",
);

pub const DELETE_GROUP: Text = text("Delete group", "删除网关组");
pub const DELETE_GROUP_MORE: Text = text("Delete group…", "删除网关组…");

/// How many SSL certificates a group has.
pub fn certificates(language: Language, count: u64) -> String {
    match (language, count) {
        (Language::English, 1) => "1 SSL certificate".to_owned(),
        (Language::English, _) => format!("{count} SSL certificates"),
        (Language::Chinese, _) => format!("{count} 个 SSL 证书"),
    }
}

/// Which revision the listener serves.
pub fn live_at(language: Language, revision: Revision) -> String {
    match language {
        Language::English => format!("live at revision {revision}"),
        Language::Chinese => format!("已生效，修订版 {revision}"),
    }
}

/// How many open connections a change of policies closed.
pub fn closed(language: Language, count: u64) -> String {
    match (language, count) {
        (Language::English, 1) => "1 open connection closed".to_owned(),
        (Language::English, _) => format!("{count} open connections closed"),
        (Language::Chinese, _) => format!("已断开 {count} 个连接"),
    }
}

/// That the group does not listen at its address.
pub fn not_listening(language: Language, address: SocketAddr) -> String {
    match language {
        Language::English => format!("Not listening on {address}."),
        Language::Chinese => format!("未能监听 {address}。"),
    }
}

/// Why a listener could not be bound.
pub fn reason(language: Language, reason: &str) -> String {
    match language {
        Language::English => format!("Reason: {reason}."),
        Language::Chinese => format!("原因：{reason}。"),
    }
}

/// What deleting a group asks.
pub fn delete_question(language: Language, name: &ObjectName) -> String {
    match language {
        Language::English => format!("Delete the gateway group “{name}”?"),
        Language::Chinese => format!("删除网关组“{name}”？"),
    }
}

/// What deleting a group means.
pub fn delete_meaning(language: Language, listener: SocketAddr) -> String {
    match language {
        Language::English => {
            format!("Its listener on {listener} stops at once, and its CA certificates are deleted.")
        }
        Language::Chinese => format!("将立即停止监听 {listener}，并删除其 CA 证书。"),
    }
}

/// Whether a group can be deleted.
pub fn delete_hint(language: Language, ssl_certificates: u64) -> String {
    match (language, ssl_certificates) {
        (Language::English, 0) => "The group has no SSL certificates and can be deleted.".to_owned(),
        (Language::English, 1) => "The group has an SSL certificate. Delete it first.".to_owned(),
        (Language::English, count) => format!("The group has {count} SSL certificates. Delete them first."),
        (Language::Chinese, 0) => "此网关组没有 SSL 证书，可以删除。".to_owned(),
        (Language::Chinese, count) => format!("此网关组有 {count} 个 SSL 证书，请先将其删除。"),
    }
}
