//! The words of the pages of CA certificates.

use crate::language::{Language, Text, text};

pub const TITLE: Text = text("CA Certificates", "CA 证书");
pub const CAPTION: Text = text("CA certificates of this gateway group", "此网关组的 CA 证书");
pub const LEAD: Text = text(
    "Peer verification checks clients against these. They come with an SSL certificate, and can be picked for others.",
    "对等验证使用这些证书校验客户端。它们随 SSL 证书一同上传，也可供其他 SSL 证书选用。",
);
pub const EMPTY: Text = text(
    "A CA certificate says whose clients are let in. Upload one together with an SSL certificate.",
    "CA 证书决定哪些客户端可以访问。请在新增 SSL 证书时一并上传。",
);
pub const NAME: Text = text("Name", "名称");
pub const SUBJECT: Text = text("Subject", "主题");
pub const EXPIRES: Text = text("Expires", "到期");
pub const USED_BY: Text = text("Used by", "使用者");
pub const ACTIONS: Text = text("Actions", "操作");
pub const UNUSED: Text = text("stored, not enforced anywhere", "已保存，尚未用于任何验证");
pub const DELETE: Text = text("Delete", "删除");
pub const DELETE_MEANING: Text = text(
    "No SSL certificate uses it. Nobody who can connect now is refused afterwards.",
    "没有 SSL 证书使用它，删除后不影响现有客户端的访问。",
);
pub const CERTIFICATE: Text = text("Certificate", "证书");
pub const REVOCATION: Text = text("Revocation lists", "吊销列表");
pub const NO_LIST: Text = text("none", "无");
pub const NO_LISTS: Text = text(
    "There is none: nobody is refused because the CA has revoked their certificate.",
    "尚无吊销列表：不会因证书被 CA 吊销而拒绝任何客户端。",
);
pub const LISTS_CAPTION: Text = text("Revocation lists of this CA", "此 CA 的吊销列表");
pub const LIST_ISSUER: Text = text("Issuer", "颁发者");
pub const LIST_ISSUED: Text = text("Issued", "签发时间");
pub const LIST_NEXT: Text = text("Next due", "下次更新");
pub const LIST_ENTRIES: Text = text("Entries", "条目");
pub const LIST_STATE: Text = text("State", "状态");
pub const NO_NEXT: Text = text("not said", "未说明");
pub const CURRENT: Text = text("current", "有效");
pub const STALE: Text = text("stale", "已过期");
pub const STALE_BLOCKS: Text = text(
    "A revocation list is stale: all clients of this CA are refused until a newer one is uploaded.",
    "吊销列表已过期：在上传较新的列表之前，此 CA 的所有客户端都会被拒绝。",
);
pub const STALE_WARNS: Text = text(
    "A revocation list is stale: whoever has been revoked since is let in. Upload a newer one.",
    "吊销列表已过期：此后被吊销的客户端仍可访问。请上传较新的列表。",
);
pub const LISTS_HELP: Text = text(
    "PEM or DER, signed by this CA, at most 2 MiB. Each takes the place of its issuer's above. Choose none to keep them.",
    "PEM 或 DER 格式，由此 CA 签名，最大 2 MiB。将取代上方同一颁发者的列表；不选择文件则保留现有列表。",
);
pub const STALE_BLOCK: Text = text("Block all clients of the CA", "拒绝此 CA 的所有客户端");
pub const STALE_WARN: Text = text("Go by the old list and warn", "沿用旧列表并发出警告");
pub const REMOVE_LISTS: Text = text("Remove revocation lists", "移除吊销列表");
pub const REMOVE_LISTS_MEANING: Text =
    text("Clients that the CA has revoked are let in again.", "被 CA 吊销的客户端将重新获得访问权限。");
pub const IN_USE: Text = text(
    "SSL certificates verify their clients with it. Give them another CA first.",
    "仍有 SSL 证书使用它验证客户端，请先为其更换 CA。",
);

/// How many certificates a list revokes.
pub fn entries(language: Language, entries: u64) -> String {
    match (language, entries) {
        (Language::English, 1) => "1 revoked".to_owned(),
        (Language::English, _) => format!("{entries} revoked"),
        (Language::Chinese, _) => format!("已吊销 {entries} 个"),
    }
}

/// How many CAs there are.
pub fn count(language: Language, all: usize) -> String {
    match (language, all) {
        (Language::English, 1) => "1 CA certificate".to_owned(),
        (Language::English, _) => format!("{all} CA certificates"),
        (Language::Chinese, _) => format!("共 {all} 个 CA 证书"),
    }
}

/// Asks before a CA is deleted.
pub fn delete_question(language: Language, name: &str) -> String {
    match language {
        Language::English => format!("Delete the CA certificate {name}?"),
        Language::Chinese => format!("删除 CA 证书 {name}？"),
    }
}

/// The name of the button that deletes one CA out of a list.
pub fn delete_one(language: Language, name: &str) -> String {
    format!("{} {name}", language.pick(DELETE))
}
