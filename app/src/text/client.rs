//! The words of the pages of clients.

use crate::language::{Language, Text, text};

pub const TITLE: Text = text("Clients", "客户端");
pub const TABS: Text = text("Lists of clients", "客户端列表");
pub const SEEN: Text = text("Seen", "已访问");
pub const DENIED_CLIENTS: Text = text("Denied", "已拒绝");

// The list.
pub const CAPTION: Text =
    text("Clients that were let in with a verified certificate", "使用已验证证书访问过的客户端");
pub const EMPTY: Text = text(
    "Clients appear here once they have been let in with a verified certificate. From here they can be revoked.",
    "客户端使用已验证的证书访问后会出现在此处，并可在此吊销。",
);
pub const NO_MATCH: Text = text("No client matches this search.", "没有符合条件的客户端。");
pub const SEARCH_EXAMPLE: Text = text("Name, issuer, host or fingerprint", "名称、颁发者、主机或指纹");
pub const CLIENT: Text = text("Client", "客户端");
pub const ISSUER: Text = text("Issuer", "颁发者");
pub const HOSTS: Text = text("Hosts", "主机");
pub const FIRST_SEEN: Text = text("First seen", "首次访问");
pub const LAST_SEEN: Text = text("Last seen", "最近访问");
pub const HANDSHAKES: Text = text("Handshakes", "握手次数");
pub const EXPIRES: Text = text("Expires", "到期");
pub const ACTIONS: Text = text("Actions", "操作");
pub const DENIED: Text = text("Denied", "已拒绝");

// Denying.
pub const REVOKE: Text = text("Revoke", "吊销");
pub const REVOKE_MORE: Text = text("Revoke…", "吊销…");
pub const REVOKE_THIS: Text = text("Revoke this client…", "吊销此客户端…");
pub const DENY: Text = text("Deny", "拒绝");
pub const DENY_A_CLIENT: Text = text("Deny a client", "拒绝客户端");
pub const SCOPE: Text = text("Where", "范围");
pub const ALL_HOSTS: Text = text("All hosts of this group", "此网关组的所有主机");
pub const MEANING: Text = text(
    "Its open connections close within a second, and it is refused from then on, even though its CA vouches for it.",
    "其已建立的连接会在一秒内断开；此后即使 CA 认可，也会被拒绝访问。",
);
pub const LABEL: Text = text("Name (optional)", "名称（可选）");
pub const ENTRY_HELP: Text = text(
    "Either serial:01:ab issuer:CN=ROOTCA, or sha256: and the certificate's SHA-256 in hexadecimal.",
    "格式为 serial:01:ab issuer:CN=ROOTCA，或 sha256: 加证书的十六进制 SHA-256 指纹。",
);

// The denied ones.
pub const DENIED_CAPTION: Text = text("Denied clients, newest first", "已拒绝的客户端，最新的在前");
pub const NOBODY_DENIED: Text = text(
    "Nobody is denied. A client that is revoked or denied here is refused, whoever issued its certificate.",
    "尚未拒绝任何客户端。在此吊销或拒绝的客户端，无论证书由谁签发都会被拒绝访问。",
);
pub const CERTIFICATE: Text = text("Certificate", "证书");
pub const SHA256: Text = text("SHA-256", "SHA-256");
pub const DENIED_BY: Text = text("Denied by", "操作人");
pub const UNNAMED: Text = text("unnamed", "未命名");
pub const ALLOW: Text = text("Allow again", "恢复访问");
pub const ALLOW_MORE: Text = text("Allow again…", "恢复访问…");
pub const ALLOW_MEANING: Text = text(
    "It is let in again wherever a policy admits it. Other entries for the same client stay in force.",
    "只要策略允许，此客户端即可再次访问。针对同一客户端的其他条目仍然有效。",
);

/// Asks before a client is revoked.
pub fn revoke_question(language: Language, name: &str) -> String {
    match (language, name) {
        (Language::English, "") => "Revoke this client?".to_owned(),
        (Language::English, name) => format!("Revoke {name}?"),
        (Language::Chinese, "") => "吊销此客户端？".to_owned(),
        (Language::Chinese, name) => format!("吊销 {name}？"),
    }
}

/// Asks before a client is allowed again.
pub fn allow_question(language: Language, name: &str) -> String {
    match language {
        Language::English => format!("Allow {name} again?"),
        Language::Chinese => format!("恢复 {name} 的访问？"),
    }
}

/// The name of the link that revokes one client out of a list.
pub fn revoke_one(language: Language, name: &str) -> String {
    format!("{} {name}", language.pick(REVOKE_MORE))
}

/// The name of the link that allows one client out of a list.
pub fn allow_one(language: Language, name: &str) -> String {
    format!("{} {name}", language.pick(ALLOW_MORE))
}

/// That a client has just been denied.
pub fn now_denied(language: Language, name: &str) -> String {
    match language {
        Language::English => format!("Denied: {name}. Its open connections close within a second."),
        Language::Chinese => format!("已拒绝 {name}，其已建立的连接会在一秒内断开。"),
    }
}

/// The hosts of one SSL certificate, and no others.
pub fn only(language: Language, hosts: &str) -> String {
    match language {
        Language::English => format!("Only {hosts}"),
        Language::Chinese => format!("仅 {hosts}"),
    }
}

/// The hosts of one SSL certificate, and no others, where there are more than can be named.
pub fn only_and_more(language: Language, hosts: &str, more: usize) -> String {
    match language {
        Language::English => format!("Only {hosts} and {more} more"),
        Language::Chinese => format!("仅 {hosts} 等 {} 个主机", more + hosts.split(", ").count()),
    }
}
