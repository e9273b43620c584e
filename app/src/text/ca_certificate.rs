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
pub const IN_USE: Text = text(
    "SSL certificates verify their clients with it. Give them another CA first.",
    "仍有 SSL 证书使用它验证客户端，请先为其更换 CA。",
);

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
