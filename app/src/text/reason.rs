//! Why a client was not let in, in words, and what an operator can do about it.

use domain::ReasonCode;

use crate::language::{Text, text};

/// The reason in a few words: what a row and a filter say.
pub fn reason(code: ReasonCode) -> Text {
    use ReasonCode as R;
    match code {
        R::NoSni => text("the client named no host", "客户端未指明主机名"),
        R::UnknownHost => text("no certificate covers this host", "没有证书覆盖此主机"),
        R::PolicyBroken => text("the host's policy cannot be enforced", "该主机的策略无法执行"),
        R::NoClientCert => text("no client certificate", "未出示客户端证书"),
        R::IssuerUnknown => text("certificate of an unknown CA", "证书由未知的 CA 签发"),
        R::Expired => text("certificate expired", "证书已过期"),
        R::NotYetValid => text("certificate not valid yet", "证书尚未生效"),
        R::Revoked => text("certificate revoked by its CA", "证书已被其 CA 吊销"),
        R::DenyListed => text("client is denied", "客户端已被拒绝访问"),
        R::CrlStale => text("revocation list out of date", "吊销列表已过期"),
        R::PurposeInvalid => text("certificate is not for clients", "证书不可用于客户端"),
        R::BadSignature => text("a signature is wrong", "签名无效"),
        R::WeakKeyOrAlg => text("key or algorithm too weak", "密钥或算法强度不足"),
        R::ChainTooDeep => text("certificate chain too long", "证书链过长"),
        R::SanNotAllowed => text("identity not on the allow-list", "身份不在允许列表中"),
        R::TlsVersionOrCipher => {
            text("no TLS version or cipher in common", "没有共同支持的 TLS 版本或加密套件")
        }
        R::ClientAborted => text("the client broke off", "客户端中断了连接"),
        R::HandshakeTimeout => text("the client took too long", "客户端响应超时"),
        R::Misdirected421 => text("request for another host's policy", "请求的主机属于另一策略"),
        R::PathRequiresCert => text("this path needs a client certificate", "此路径需要客户端证书"),
    }
}

/// What to do about it, for whoever runs the gateway.
pub fn advice(code: ReasonCode) -> Text {
    use ReasonCode as R;
    match code {
        R::NoSni => text(
            "Have the client connect by host name, not by IP address. If it cannot, choose a default certificate for the group.",
            "请让客户端使用主机名而非 IP 地址连接。如果无法做到，请为网关组设置默认证书。",
        ),
        R::UnknownHost => text(
            "Check the host name that the client uses. If it is right, add an SSL certificate for it, or enable the one that has it.",
            "请检查客户端使用的主机名。如果无误，请为其新增 SSL 证书，或启用已有的证书。",
        ),
        R::PolicyBroken => text(
            "Nobody gets in until the SSL certificate is mended: its page says what is wrong and how to put it right.",
            "在修复该 SSL 证书之前，任何客户端都无法访问。证书页面会说明问题和解决方法。",
        ),
        R::NoClientCert => text(
            "Give the client a certificate of one of the policy's CAs, and have it present it (curl: --cert and --key). Some clients present none when no CA name that they are told matches theirs.",
            "请为客户端提供由策略中某个 CA 签发的证书，并在连接时出示（curl 使用 --cert 和 --key）。如果服务器通告的 CA 名称均不匹配，有些客户端不会出示证书。",
        ),
        R::IssuerUnknown => text(
            "If this client should get in, add the CA that issued its certificate to the policy, or have the client send the intermediate certificates too. Otherwise there is nothing to do.",
            "如果应允许此客户端访问，请将签发其证书的 CA 加入策略，或让客户端一并发送中间证书。否则无需处理。",
        ),
        R::Expired => text(
            "Have a new certificate issued for the client and install it there. If the dates below look right, check the clock of the gateway.",
            "请为客户端签发并安装新证书。如果下方的有效期没有问题，请检查网关的系统时间。",
        ),
        R::NotYetValid => text(
            "Wait until it becomes valid, or have one issued that is valid now. If the dates below look right, check the clocks of the CA and of the gateway.",
            "请等待证书生效，或签发立即生效的证书。如果下方的有效期没有问题，请检查 CA 和网关的系统时间。",
        ),
        R::Revoked => text(
            "The CA has withdrawn this certificate. Find out why before you have a new one issued for the client.",
            "CA 已吊销此证书。在为客户端签发新证书之前，请先查明吊销原因。",
        ),
        R::DenyListed => text(
            "Somebody has denied this client here. If it should get in again, take it off the list of denied clients.",
            "此客户端已被手动拒绝。如需恢复访问，请将其从已拒绝的客户端中移除。",
        ),
        R::CrlStale => text(
            "Upload the newest revocation list of this CA. Until then nobody can tell who has been revoked; the CA's page can also say to warn instead of block.",
            "请上传此 CA 最新的吊销列表。在此之前无法得知哪些证书已被吊销；也可以在 CA 页面中改为仅警告而不阻止。",
        ),
        R::PurposeInvalid => text(
            "Have a certificate issued for client use: extended key usage clientAuth, and not that of a CA.",
            "请签发用于客户端的证书：扩展密钥用途须包含 clientAuth，且不能是 CA 证书。",
        ),
        R::BadSignature => text(
            "The certificate is damaged or forged, or the client's key does not belong to it. Install certificate and key anew; if it goes on, treat it as an attack.",
            "证书已损坏或系伪造，或者客户端私钥与证书不匹配。请重新安装证书和私钥；如果问题持续出现，应视为攻击。",
        ),
        R::WeakKeyOrAlg => text(
            "Have a certificate issued with RSA of at least 2048 bits or with ECDSA, signed with SHA-256 or better.",
            "请签发使用 2048 位以上 RSA 或 ECDSA 密钥的证书，并使用 SHA-256 或更强的签名算法。",
        ),
        R::ChainTooDeep => text(
            "Raise the depth of the policy by as many intermediates as the chain below has more, or add the client's own intermediate as CA.",
            "请按下方证书链中多出的中间证书数量增大策略的深度，或将直接签发客户端证书的中间 CA 加入策略。",
        ),
        R::SanNotAllowed => text(
            "The CA vouches for this client, but the policy's allow-list does not name it. If it should get in, add one of its names to the list.",
            "CA 已认可此客户端，但策略的允许列表中没有它。如果应允许访问，请将其某个名称加入列表。",
        ),
        R::TlsVersionOrCipher => text(
            "Update the client: it needs TLS 1.2 or 1.3 with AES-GCM or ChaCha20.",
            "请更新客户端：需要支持 TLS 1.2 或 1.3，以及 AES-GCM 或 ChaCha20 加密套件。",
        ),
        R::ClientAborted => text(
            "Look at the client: most often it does not trust the server's certificate. Scanners and health checks break off like this too.",
            "请检查客户端：最常见的原因是它不信任服务器证书。扫描程序和健康检查也会这样中断连接。",
        ),
        R::HandshakeTimeout => text(
            "Check the network between client and gateway. If clients are slow by nature, allow them more time in the group's settings.",
            "请检查客户端与网关之间的网络。如果客户端本身较慢，请在网关组设置中延长时限。",
        ),
        R::Misdirected421 => text(
            "Usually the client opens a new connection by itself and is answered. If not, have it use one connection for each host.",
            "通常客户端会自动新建连接并得到响应。如果没有，请让客户端为每个主机使用单独的连接。",
        ),
        R::PathRequiresCert => text(
            "Have the client present a good certificate, or add the path to those that need none.",
            "请让客户端出示有效的证书，或将此路径加入无需客户端证书的路径。",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_reason_has_words_and_advice_of_its_own() {
        for table in [reason, advice] {
            let texts: Vec<Text> = ReasonCode::ALL.into_iter().map(table).collect();
            let english: HashSet<_> = texts.iter().map(|text| text.en).collect();
            let chinese: HashSet<_> = texts.iter().map(|text| text.zh).collect();
            assert_eq!((english.len(), chinese.len()), (texts.len(), texts.len()));
            for text in texts {
                assert!(text.en.is_ascii() && !text.en.is_empty(), "{}", text.en);
                assert!(text.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{}", text.zh);
            }
        }
    }

    #[test]
    fn advice_is_made_of_sentences_and_reasons_are_not() {
        for code in ReasonCode::ALL {
            assert!(advice(code).en.ends_with('.') && advice(code).zh.ends_with('。'), "{code}");
            assert!(!reason(code).en.ends_with('.') && !reason(code).zh.ends_with('。'), "{code}");
        }
    }
}
