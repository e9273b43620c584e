//! What is worth knowing about a field, in words.

use domain::Warning;

use crate::language::Language;

/// The sentence for one warning.
pub fn warning(language: Language, warning: &Warning) -> String {
    match language {
        Language::English => english(warning),
        Language::Chinese => chinese(warning),
    }
}

fn english(warning: &Warning) -> String {
    match warning {
        Warning::Expired { subject, not_after } => format!("{subject} expired at {not_after}."),
        Warning::NotYetValid { subject, not_before } => format!("{subject} is not valid before {not_before}."),
        Warning::ExpiresSoon { subject, days: 1 } => format!("{subject} expires within 1 day."),
        Warning::ExpiresSoon { subject, days } => format!("{subject} expires within {days} days."),
        Warning::WeakSignature { subject, algorithm } => {
            format!("{subject} is signed with {algorithm}, which clients may refuse.")
        }
        Warning::X509V1 { subject } => format!("{subject}: X.509 v1, legacy: cannot be limited to client use."),
        Warning::NoSan => {
            "No SAN: the SNI comes from the CN, and clients that check names will refuse the certificate.".to_owned()
        }
        Warning::IncompleteChain { issuer } => {
            format!("The certificate of {issuer} is missing from the chain. Clients may not find their way to a root.")
        }
        Warning::NoServerAuth => {
            "The extended key usage does not allow use by a server (serverAuth). Clients may refuse it.".to_owned()
        }
        Warning::NoClientAuth => {
            "The extended key usage does not allow use by a client (clientAuth). Upstreams may refuse it.".to_owned()
        }
        Warning::Unrelated { subjects } => {
            format!("Left out, as not part of the chain: {}.", subjects.join(", "))
        }
        Warning::CaAsServer => "This is a CA certificate. A server should have one of its own, signed by it.".to_owned(),
        Warning::WildcardOverlap { wildcard, sni, by } => {
            format!("{wildcard} overlaps with {sni} of the SSL certificate {by}: the more exact name goes first.")
        }
        Warning::RevocationListStale { issuer, next_update } => {
            format!("The revocation list of {issuer} is stale since {next_update}. Upload a newer one.")
        }
        Warning::CaExpired { subject, not_after } => {
            format!("The CA {subject} expired at {not_after} and lets nobody in any more.")
        }
        Warning::WiderPolicyTakesOver { sni, by } => {
            format!("{sni} would then be served by the SSL certificate {by}, which asks less of its clients.")
        }
        Warning::KeyInCertificateField => {
            "There is a private key among the certificates. It is used only if no other is given, and not kept there."
                .to_owned()
        }
    }
}

fn chinese(warning: &Warning) -> String {
    match warning {
        Warning::Expired { subject, not_after } => format!("{subject} 已于 {not_after} 过期。"),
        Warning::NotYetValid { subject, not_before } => format!("{subject} 在 {not_before} 之前尚未生效。"),
        Warning::ExpiresSoon { subject, days } => format!("{subject} 将在 {days} 天内过期。"),
        Warning::WeakSignature { subject, algorithm } => {
            format!("{subject} 使用 {algorithm} 签名，客户端可能会拒绝。")
        }
        Warning::X509V1 { subject } => format!("{subject}：X.509 v1 旧格式，无法限定为仅供客户端使用。"),
        Warning::NoSan => "没有 SAN：SNI 取自公用名（CN），会校验名称的客户端将拒绝此证书。".to_owned(),
        Warning::IncompleteChain { issuer } => {
            format!("证书链中缺少 {issuer} 的证书，客户端可能无法验证到根证书。")
        }
        Warning::NoServerAuth => {
            "扩展密钥用途不包含服务器身份验证（serverAuth），客户端可能会拒绝。".to_owned()
        }
        Warning::NoClientAuth => {
            "扩展密钥用途不包含客户端身份验证（clientAuth），上游可能会拒绝。".to_owned()
        }
        Warning::Unrelated { subjects } => format!("以下证书不属于证书链，已忽略：{}。", subjects.join("、")),
        Warning::CaAsServer => "这是 CA 证书。服务器应使用由它签发的专用证书。".to_owned(),
        Warning::WildcardOverlap { wildcard, sni, by } => {
            format!("{wildcard} 与 SSL 证书 {by} 的 {sni} 重叠：更精确的名称优先。")
        }
        Warning::RevocationListStale { issuer, next_update } => {
            format!("{issuer} 的吊销列表已于 {next_update} 过期，请上传较新的列表。")
        }
        Warning::CaExpired { subject, not_after } => {
            format!("CA {subject} 已于 {not_after} 过期，不再放行任何客户端。")
        }
        Warning::WiderPolicyTakesOver { sni, by } => {
            format!("此后 {sni} 将由 SSL 证书 {by} 提供服务，而它对客户端的要求更低。")
        }
        Warning::KeyInCertificateField => {
            "证书内容中包含私钥。仅在未提供其他私钥时使用，且不会随证书保存。".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Sni, UnixTime};

    use super::*;

    #[test]
    fn every_warning_is_a_sentence_in_both_languages() {
        let subject = || "CN=test.com".to_owned();
        let sni = |text: &str| text.parse::<Sni>().expect("valid");
        for each in [
            Warning::Expired { subject: subject(), not_after: UnixTime(0) },
            Warning::NotYetValid { subject: subject(), not_before: UnixTime(0) },
            Warning::ExpiresSoon { subject: subject(), days: 1 },
            Warning::ExpiresSoon { subject: subject(), days: 23 },
            Warning::WeakSignature { subject: subject(), algorithm: "SHA-1 with RSA".to_owned() },
            Warning::X509V1 { subject: subject() },
            Warning::NoSan,
            Warning::IncompleteChain { issuer: subject() },
            Warning::NoServerAuth,
            Warning::NoClientAuth,
            Warning::Unrelated { subjects: vec![subject()] },
            Warning::CaAsServer,
            Warning::WildcardOverlap {
                wildcard: sni("*.a.com"),
                sni: sni("b.a.com"),
                by: "1".parse().expect("valid"),
            },
            Warning::KeyInCertificateField,
            Warning::RevocationListStale { issuer: subject(), next_update: UnixTime(0) },
            Warning::CaExpired { subject: subject(), not_after: UnixTime(0) },
            Warning::WiderPolicyTakesOver { sni: sni("b.a.com"), by: "1".parse().expect("valid") },
        ] {
            let en = warning(Language::English, &each);
            let zh = warning(Language::Chinese, &each);
            assert!(en.is_ascii() && en.ends_with('.'), "{en}");
            assert!(zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{zh}");
        }
    }

    #[test]
    fn v1_is_called_by_its_name() {
        let legacy = warning(Language::English, &Warning::X509V1 { subject: "CN=CLIENT".to_owned() });
        assert!(legacy.contains("X.509 v1, legacy: cannot be limited to client use"), "{legacy}");
    }
}
