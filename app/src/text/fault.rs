//! What is wrong with a field, and what to do about it, in words.

use domain::{AllowedIdentityError, AnchorRule, Fault, Limit, RoutePathError};

use crate::language::{Language, Text, text};

/// The sentence for one fault: what is wrong and what to do.
pub fn fault(language: Language, fault: &Fault) -> String {
    match language {
        Language::English => english(fault),
        Language::Chinese => chinese(fault),
    }
}

/// Which rule a certificate breaks that is to be a CA.
pub fn anchor_rule(rule: AnchorRule) -> Text {
    match rule {
        AnchorRule::CaFalse => text(
            "its basic constraints say that it is not a CA (CA:FALSE)",
            "其基本约束声明它不是 CA（CA:FALSE）",
        ),
        AnchorRule::NoBasicConstraints => {
            text("it has no basic constraints and did not sign itself", "它没有基本约束，且不是自签名证书")
        }
        AnchorRule::NoKeyCertSign => text(
            "its key usage does not allow it to sign certificates (keyCertSign)",
            "其密钥用途不允许签发证书（keyCertSign）",
        ),
        AnchorRule::V1NotSelfSigned => {
            text("it is X.509 v1 and did not sign itself", "它是 X.509 v1 证书，且不是自签名证书")
        }
        AnchorRule::SelfSignatureInvalid => text(
            "it names itself as issuer, but the signature is not its own",
            "它声明由自己签发，但签名与自身密钥不符",
        ),
    }
}

/// What is wrong with an entry of an allow-list.
fn identity_rule(rule: AllowedIdentityError) -> Text {
    use AllowedIdentityError as E;
    match rule {
        E::Kind => text(
            "begin with dns:, uri:, email:, cn:, sha256: or spki:.",
            "请以 dns:、uri:、email:、cn:、sha256: 或 spki: 开头。",
        ),
        E::Length => text("what follows the colon is empty or too long.", "冒号后的内容为空或过长。"),
        E::Characters => text("it has characters that no such name has.", "包含此类名称不会有的字符。"),
        E::Wildcard => text(
            "a * stands for one whole part, and never for everything.",
            "* 只能代表完整的一段，且不能代表全部。",
        ),
        E::HostName => text("this is not a host name.", "不是主机名。"),
        E::Uri => text("this is not a URI that a certificate could carry.", "不是证书中可能出现的 URI。"),
        E::Email => text("this is not an e-mail address.", "不是电子邮件地址。"),
        E::Fingerprint => {
            text("this is not a SHA-256 in 64 hexadecimal digits.", "不是 64 位十六进制的 SHA-256。")
        }
    }
}

#[expect(clippy::too_many_lines, reason = "one arm for each fault, and nothing else")]
fn english(fault: &Fault) -> String {
    match fault {
        Fault::Required => "This is needed.".to_owned(),
        Fault::TooLarge(limit) => format!("This is larger than the limit of {}.", english_limit(*limit)),
        Fault::UnknownValue { value } => format!("“{value}” is not one of the choices."),
        Fault::NotPem => {
            "This is neither PEM nor DER. A PEM file starts with a line like -----BEGIN CERTIFICATE-----."
                .to_owned()
        }
        Fault::NoCertificate { found } => {
            format!("There is no certificate in this. {}", english_found(found))
        }
        Fault::NoPrivateKey { found } => {
            format!("There is no private key in this. {}", english_found(found))
        }
        Fault::EncryptedKey => "This key is protected by a passphrase. Remove it first: \
             openssl pkey -in encrypted.key -out server.key"
            .to_owned(),
        Fault::UnreadableCertificate { number, reason } => {
            format!("Certificate {number} cannot be read: {reason}.")
        }
        Fault::UnreadableKey => {
            "The private key cannot be read. Export it again, as PKCS#8 for example.".to_owned()
        }
        Fault::BrokenPem { line } => {
            format!(
                "The PEM block that starts at line {line} is cut off or damaged. Copy it again as a whole."
            )
        }
        Fault::KeyMismatch { belongs_to: None } => {
            "This key belongs to another certificate. Choose the key that the certificate was made with."
                .to_owned()
        }
        Fault::KeyMismatch { belongs_to: Some(subject) } => {
            format!(
                "This key belongs to {subject}, not to the server's certificate. Choose that certificate's key."
            )
        }
        Fault::KeyMissingFor { subject } => {
            format!("{subject} has no key here. Give one key for each certificate.")
        }
        Fault::UnsupportedAlgorithm { algorithm } => {
            format!(
                "{algorithm} cannot be used for TLS here. Use RSA, ECDSA P-256, P-384 or P-521, or Ed25519."
            )
        }
        Fault::KeyTooSmall { bits } => {
            format!("An RSA key of {bits} bits is too weak. Use at least 2048 bits.")
        }
        Fault::NotAnAnchor { subject, rule } => {
            format!("{subject} may not act as a CA: {}.", anchor_rule(*rule).en)
        }
        Fault::CaExpired { subject, not_after } => {
            format!(
                "{subject} expired at {not_after}: no client could be let in. Upload the CA that replaces it."
            )
        }
        Fault::CaNotYetValid { subject, not_before } => {
            format!("{subject} is not valid before {not_before}: no client could be let in.")
        }
        Fault::CaMissing => {
            "Peer verification needs a CA to verify clients against. Upload one, or pick one of the group's."
                .to_owned()
        }
        Fault::CaUnknown { id } => {
            format!("There is no CA certificate {id} in this group. Pick another one.")
        }
        Fault::NoSni => {
            "The certificate names no host. Write the host names under Advanced, SNIs.".to_owned()
        }
        Fault::InvalidSni { value } => format!(
            "“{value}” is not a host name. Write names like test.com, or wildcards like *.example.com."
        ),
        Fault::SniTaken { sni, by } => format!("{sni} belongs to the SSL certificate {by} already."),
        Fault::OpensHost { sni, by } => format!(
            "{sni} would then be served by the SSL certificate {by}, which asks less of its clients. \
             Keep it, or tick that you know."
        ),
        Fault::NotForClientType => {
            "This belongs to type Server only. Leave it empty for type Client.".to_owned()
        }
        Fault::InvalidPathPattern { number, reason } => {
            format!("Pattern {number} is not a regular expression that can be used: {reason}")
        }
        Fault::ExemptPathsNotRequired => {
            "Exempt paths work with mode Required only. Choose it, or leave this empty.".to_owned()
        }
        Fault::InvalidIdentity { number, value, rule } => {
            format!("Entry {number}, “{value}”: {}", identity_rule(*rule).en)
        }
        Fault::InvalidDenyEntry => {
            "Write sha256: and the fingerprint, or serial: and the number followed by issuer: and its name. \
             Write the issuer as the certificate's page shows it, like CN=ROOTCA,O=Example."
                .to_owned()
        }
        Fault::AlreadyDenied => "This client is denied already.".to_owned(),
        Fault::UnreadableRevocationList { number, reason } => {
            format!("Revocation list {number} cannot be used: {reason}.")
        }
        Fault::RevocationListOfOther { issuer } => {
            format!("The revocation list was issued by {issuer}, which is not this CA. Upload it at that CA.")
        }
        Fault::RevocationListSignature { issuer } => format!(
            "The revocation list names {issuer} but was not signed with the key of this CA. Fetch it again."
        ),
        Fault::RevocationListTwice { issuer } => {
            format!("There are two revocation lists of {issuer}. Keep the newer one.")
        }
        Fault::RevocationListNotYetValid { issuer, this_update } => {
            format!("The revocation list of {issuer} is not valid before {this_update}.")
        }
        Fault::RevocationListStale { issuer, next_update } => format!(
            "The revocation list of {issuer} is stale since {next_update}. Upload a newer one, or choose to warn only."
        ),
        Fault::RevocationListOlder { issuer, this_update, than } => format!(
            "The revocation list of {issuer}, of {this_update}, is older than the one in use, of {than}. \
             Remove the lists first if you mean it."
        ),
        Fault::InvalidHost { value } => format!(
            "“{value}” is not a host name. Write names like test.com, or wildcards like *.example.com."
        ),
        Fault::InvalidRoutePath { value, rule } => format!("“{value}”: {}", path_rule(*rule).en),
        Fault::InRoute { number, fault } => format!("Route {number}: {}", english(fault)),
        Fault::NeverMatches { path, by } => format!(
            "It would never get a request for {path}: “{by}” has the same hosts, path, methods and priority. \
             Change one of these, or the priority."
        ),
        Fault::NoUpstream => "Choose a service, or give it an upstream of its own.".to_owned(),
        Fault::ServiceUnknown { id } => format!("There is no service {id} in this group."),
        Fault::UpstreamUnknown { id } => format!("There is no upstream {id} in this group."),
        Fault::InvalidNode { number, value } => format!(
            "Node {number}, “{value}”, is not an address. Write app.internal:8080, 10.0.0.7:8080 or [::1]:8080."
        ),
        Fault::NodeTwice { address } => {
            format!("{address} is there twice. Give it a greater weight instead.")
        }
        Fault::NodeIsGateway { address, group } => format!(
            "{address} is where the gateway group {group} itself listens: requests would go in circles."
        ),
        Fault::CertificateUnknown { id } => format!("There is no SSL certificate {id} in this group."),
        Fault::NotAClientCertificate { id } => {
            format!("The SSL certificate {id} is of type Server. Nodes can be shown one of type Client only.")
        }
        Fault::CertificateDisabled { id } => {
            format!("The SSL certificate {id} is disabled. Enable it, or choose another one.")
        }
        Fault::NeedsTls => {
            "This means something with TLS to the nodes only: choose https or grpcs.".to_owned()
        }
        Fault::NotANumber => "This is not a number.".to_owned(),
        Fault::GreaterThan { other } => {
            format!("This must not be greater than “{}”.", super::field::protection_limit(*other).en)
        }
        Fault::InvalidAddressRange { number, value } => format!(
            "Entry {number}, “{value}”, is not an address. Write 192.0.2.7, or a range like 10.0.0.0/8."
        ),
        Fault::InvalidCharacters => "This contains characters that are not allowed here.".to_owned(),
        Fault::NameTaken => "This name is in use. Choose another one.".to_owned(),
        Fault::InvalidAddress => "This is not an address with a port. Write it like 0.0.0.0:9443.".to_owned(),
        Fault::AddressTaken { by } => {
            format!("The gateway group {by} listens there already. Choose another port.")
        }
        Fault::TooShort { least } => format!("This is too short: use at least {least} characters."),
        Fault::PasswordsDiffer => "The two passwords differ. Type the same one twice.".to_owned(),
        Fault::OutOfRange { least, most } => format!("This must be a number from {least} to {most}."),
    }
}

fn english_limit(limit: Limit) -> String {
    match limit {
        Limit::Bytes(bytes) if bytes > 0 && bytes % 1024 == 0 => format!("{} KiB", bytes / 1024),
        Limit::Bytes(bytes) => format!("{bytes} bytes"),
        Limit::Characters(count) => format!("{count} characters"),
        Limit::Entries(count) => format!("{count} entries"),
    }
}

fn english_found(labels: &[String]) -> String {
    match labels {
        [] => "Choose the file that has it.".to_owned(),
        labels => format!("What is there instead: {}.", labels.join(", ")),
    }
}

fn chinese(fault: &Fault) -> String {
    match fault {
        Fault::Required => "此项必填。".to_owned(),
        Fault::TooLarge(limit) => format!("内容超出上限（{}）。", chinese_limit(*limit)),
        Fault::UnknownValue { value } => format!("“{value}”不是可选的值。"),
        Fault::NotPem => {
            "内容既不是 PEM 也不是 DER 格式。PEM 文件以 -----BEGIN CERTIFICATE----- 这样的行开头。".to_owned()
        }
        Fault::NoCertificate { found } => format!("其中没有证书。{}", chinese_found(found)),
        Fault::NoPrivateKey { found } => format!("其中没有私钥。{}", chinese_found(found)),
        Fault::EncryptedKey => {
            "此私钥受密码保护，请先解密：openssl pkey -in encrypted.key -out server.key".to_owned()
        }
        Fault::UnreadableCertificate { number, reason } => format!("第 {number} 个证书无法读取：{reason}。"),
        Fault::UnreadableKey => "私钥无法读取。请重新导出，例如导出为 PKCS#8 格式。".to_owned(),
        Fault::BrokenPem { line } => format!("从第 {line} 行开始的 PEM 块不完整或已损坏，请重新完整复制。"),
        Fault::KeyMismatch { belongs_to: None } => {
            "此私钥属于另一个证书。请选择生成该证书时使用的私钥。".to_owned()
        }
        Fault::KeyMismatch { belongs_to: Some(subject) } => {
            format!("此私钥属于 {subject}，而不是服务器证书。请选择服务器证书的私钥。")
        }
        Fault::KeyMissingFor { subject } => format!("缺少 {subject} 的私钥。每个证书都需要对应的私钥。"),
        Fault::UnsupportedAlgorithm { algorithm } => {
            format!("{algorithm} 不能用于 TLS。请使用 RSA、ECDSA P-256、P-384、P-521 或 Ed25519。")
        }
        Fault::KeyTooSmall { bits } => format!("{bits} 位的 RSA 密钥过弱，请使用至少 2048 位的密钥。"),
        Fault::NotAnAnchor { subject, rule } => {
            format!("{subject} 不能作为 CA：{}。", anchor_rule(*rule).zh)
        }
        Fault::CaExpired { subject, not_after } => {
            format!("{subject} 已于 {not_after} 过期，任何客户端都无法通过验证。请上传新的 CA 证书。")
        }
        Fault::CaNotYetValid { subject, not_before } => {
            format!("{subject} 在 {not_before} 之前尚未生效，任何客户端都无法通过验证。")
        }
        Fault::CaMissing => {
            "对等验证需要用于验证客户端的 CA 证书。请上传一个，或从网关组已有的 CA 证书中选择。".to_owned()
        }
        Fault::CaUnknown { id } => format!("此网关组中没有 CA 证书 {id}，请选择其他证书。"),
        Fault::NoSni => "证书中没有主机名。请在“高级”的 SNIs 中填写主机名。".to_owned(),
        Fault::InvalidSni { value } => {
            format!("“{value}”不是主机名。请填写 test.com 这样的名称，或 *.example.com 这样的通配符。")
        }
        Fault::SniTaken { sni, by } => format!("{sni} 已属于 SSL 证书 {by}。"),
        Fault::OpensHost { sni, by } => {
            format!(
                "此后 {sni} 将由 SSL 证书 {by} 提供服务，而它对客户端的要求更低。请保留该名称，或勾选确认。"
            )
        }
        Fault::NotForClientType => "此项仅用于“服务器”类型，“客户端”类型请留空。".to_owned(),
        Fault::InvalidPathPattern { number, reason } => {
            format!("第 {number} 条不是可用的正则表达式：{reason}")
        }
        Fault::ExemptPathsNotRequired => {
            "豁免路径仅在“必需”模式下有效。请选择该模式，或将此项留空。".to_owned()
        }
        Fault::InvalidIdentity { number, value, rule } => {
            format!("第 {number} 条“{value}”：{}", identity_rule(*rule).zh)
        }
        Fault::InvalidDenyEntry => "请填写 sha256: 加指纹，或 serial: 加序列号再加 issuer: 与颁发者名称。\
             颁发者须与证书页面所示一致，例如 CN=ROOTCA,O=Example。"
            .to_owned(),
        Fault::AlreadyDenied => "该客户端已在拒绝列表中。".to_owned(),
        Fault::UnreadableRevocationList { number, reason } => {
            format!("第 {number} 个吊销列表无法使用：{reason}。")
        }
        Fault::RevocationListOfOther { issuer } => {
            format!("该吊销列表由 {issuer} 签发，不属于此 CA。请在对应的 CA 处上传。")
        }
        Fault::RevocationListSignature { issuer } => {
            format!("该吊销列表署名为 {issuer}，但并非由此 CA 的密钥签名。请重新获取。")
        }
        Fault::RevocationListTwice { issuer } => format!("{issuer} 有两个吊销列表，请只保留较新的一个。"),
        Fault::RevocationListNotYetValid { issuer, this_update } => {
            format!("{issuer} 的吊销列表在 {this_update} 之前尚未生效。")
        }
        Fault::RevocationListStale { issuer, next_update } => {
            format!("{issuer} 的吊销列表已于 {next_update} 过期。请上传较新的列表，或选择仅警告。")
        }
        Fault::RevocationListOlder { issuer, this_update, than } => format!(
            "{issuer} 的吊销列表（{this_update}）比正在使用的列表（{than}）旧。如确需使用，请先移除现有列表。"
        ),
        Fault::InvalidHost { value } => {
            format!("“{value}”不是主机名。请填写 test.com 这样的名称，或 *.example.com 这样的通配符。")
        }
        Fault::InvalidRoutePath { value, rule } => format!("“{value}”：{}", path_rule(*rule).zh),
        Fault::InRoute { number, fault } => format!("第 {number} 条路由：{}", chinese(fault)),
        Fault::NeverMatches { path, by } => format!(
            "对 {path} 的请求永远不会到达此路由：“{by}”的主机、路径、方法和优先级与之相同。请修改其一或优先级。"
        ),
        Fault::NoUpstream => "请选择服务，或为其单独设置上游。".to_owned(),
        Fault::ServiceUnknown { id } => format!("此组中没有服务 {id}。"),
        Fault::UpstreamUnknown { id } => format!("此组中没有上游 {id}。"),
        Fault::InvalidNode { number, value } => format!(
            "第 {number} 个节点“{value}”不是地址。请填写 app.internal:8080、10.0.0.7:8080 或 [::1]:8080。"
        ),
        Fault::NodeTwice { address } => format!("{address} 重复出现。请改为提高其权重。"),
        Fault::NodeIsGateway { address, group } => {
            format!("{address} 是网关组 {group} 自身的监听地址，请求会循环往复。")
        }
        Fault::CertificateUnknown { id } => format!("此组中没有 SSL 证书 {id}。"),
        Fault::NotAClientCertificate { id } => format!("SSL 证书 {id} 不是“客户端”类型，不能出示给节点。"),
        Fault::CertificateDisabled { id } => format!("SSL 证书 {id} 已禁用，请启用它或另选一个。"),
        Fault::NeedsTls => "此项仅在以 TLS 连接节点时有效，请选择 https 或 grpcs。".to_owned(),
        Fault::NotANumber => "不是数字。".to_owned(),
        Fault::GreaterThan { other } => {
            format!("不能大于“{}”。", super::field::protection_limit(*other).zh)
        }
        Fault::InvalidAddressRange { number, value } => {
            format!("第 {number} 条“{value}”不是地址。请填写 192.0.2.7，或 10.0.0.0/8 这样的范围。")
        }
        Fault::InvalidCharacters => "包含不允许使用的字符。".to_owned(),
        Fault::NameTaken => "此名称已被使用，请换一个。".to_owned(),
        Fault::InvalidAddress => "不是带端口的地址。请按 0.0.0.0:9443 的形式填写。".to_owned(),
        Fault::AddressTaken { by } => format!("网关组 {by} 已在监听此地址，请换一个端口。"),
        Fault::TooShort { least } => format!("太短：至少需要 {least} 个字符。"),
        Fault::PasswordsDiffer => "两次输入的密码不一致，请重新输入。".to_owned(),
        Fault::OutOfRange { least, most } => format!("必须是 {least} 到 {most} 之间的数字。"),
    }
}

fn chinese_limit(limit: Limit) -> String {
    match limit {
        Limit::Bytes(bytes) if bytes > 0 && bytes % 1024 == 0 => format!("{} KiB", bytes / 1024),
        Limit::Bytes(bytes) => format!("{bytes} 字节"),
        Limit::Characters(count) => format!("{count} 个字符"),
        Limit::Entries(count) => format!("{count} 项"),
    }
}

fn chinese_found(labels: &[String]) -> String {
    match labels {
        [] => "请选择正确的文件。".to_owned(),
        labels => format!("实际内容：{}。", labels.join("、")),
    }
}

fn path_rule(rule: RoutePathError) -> Text {
    match rule {
        RoutePathError::Length => text("a path has 1 to 4,096 characters.", "路径须为 1 到 4096 个字符。"),
        RoutePathError::NoSlash => text("a path begins with /.", "路径须以 / 开头。"),
        RoutePathError::Star => text("a * may stand at the end only.", "* 只能出现在末尾。"),
        RoutePathError::Parameter => text(
            "parameters such as /:name are not supported. Write /* for whatever follows.",
            "不支持 /:name 这样的参数。请用 /* 表示其后的任意内容。",
        ),
        RoutePathError::NotNormal => text(
            "no request's path looks so once it is decoded and without detours. Leave out //, /./, /../, %, ?, #, ; and \\.",
            "请求路径解码并规范化后不会是这种形式。请去掉 //、/./、/../、%、?、#、; 和 \\。",
        ),
    }
}

#[cfg(test)]
mod tests {
    use domain::UnixTime;

    use super::*;

    fn every_fault() -> Vec<Fault> {
        let subject = || "CN=ROOTCA".to_owned();
        let mut faults = vec![
            Fault::Required,
            Fault::TooLarge(Limit::Bytes(65_536)),
            Fault::TooLarge(Limit::Bytes(1_000)),
            Fault::TooLarge(Limit::Characters(64)),
            Fault::TooLarge(Limit::Entries(16)),
            Fault::UnknownValue { value: "x".to_owned() },
            Fault::NotPem,
            Fault::NoCertificate { found: vec![] },
            Fault::NoCertificate { found: vec!["PRIVATE KEY".to_owned()] },
            Fault::NoPrivateKey { found: vec![] },
            Fault::EncryptedKey,
            Fault::UnreadableCertificate { number: 2, reason: "eof".to_owned() },
            Fault::UnreadableKey,
            Fault::BrokenPem { line: 3 },
            Fault::KeyMismatch { belongs_to: None },
            Fault::KeyMismatch { belongs_to: Some(subject()) },
            Fault::KeyMissingFor { subject: subject() },
            Fault::UnsupportedAlgorithm { algorithm: "DSA".to_owned() },
            Fault::KeyTooSmall { bits: 1024 },
            Fault::CaExpired { subject: subject(), not_after: UnixTime(0) },
            Fault::CaNotYetValid { subject: subject(), not_before: UnixTime(0) },
            Fault::CaMissing,
            Fault::CaUnknown { id: "ca".parse().expect("valid") },
            Fault::NoSni,
            Fault::InvalidSni { value: "a b".to_owned() },
            Fault::SniTaken { sni: "test.com".parse().expect("valid"), by: "1".parse().expect("valid") },
            Fault::OpensHost { sni: "test.com".parse().expect("valid"), by: "1".parse().expect("valid") },
            Fault::NotForClientType,
            Fault::InvalidCharacters,
            Fault::NameTaken,
            Fault::InvalidAddress,
            Fault::AddressTaken { by: "default".parse().expect("valid") },
            Fault::TooShort { least: 12 },
            Fault::PasswordsDiffer,
            Fault::OutOfRange { least: 0, most: 10 },
            Fault::InvalidPathPattern { number: 1, reason: "unclosed group".to_owned() },
            Fault::ExemptPathsNotRequired,
            Fault::InvalidIdentity { number: 1, value: "x".to_owned(), rule: AllowedIdentityError::Kind },
            Fault::InvalidDenyEntry,
            Fault::AlreadyDenied,
            Fault::UnreadableRevocationList { number: 1, reason: "eof".to_owned() },
            Fault::RevocationListOfOther { issuer: subject() },
            Fault::RevocationListSignature { issuer: subject() },
            Fault::RevocationListTwice { issuer: subject() },
            Fault::RevocationListNotYetValid { issuer: subject(), this_update: UnixTime(0) },
            Fault::RevocationListStale { issuer: subject(), next_update: UnixTime(0) },
            Fault::RevocationListOlder { issuer: subject(), this_update: UnixTime(0), than: UnixTime(1) },
            Fault::InvalidHost { value: "a b".to_owned() },
            Fault::InvalidRoutePath { value: "x".to_owned(), rule: RoutePathError::NoSlash },
            Fault::InRoute { number: 2, fault: Box::new(Fault::Required) },
            Fault::NeverMatches { path: "/a*".parse().expect("valid"), by: "b".to_owned() },
            Fault::NoUpstream,
            Fault::ServiceUnknown { id: "1".parse().expect("valid") },
            Fault::UpstreamUnknown { id: "1".parse().expect("valid") },
            Fault::InvalidNode { number: 1, value: "a b".to_owned() },
            Fault::NodeTwice { address: "10.0.0.7:1".parse().expect("valid") },
            Fault::NodeIsGateway {
                address: "10.0.0.7:1".parse().expect("valid"),
                group: domain::GatewayGroupId::default_group(),
            },
            Fault::CertificateUnknown { id: "1".parse().expect("valid") },
            Fault::NotAClientCertificate { id: "1".parse().expect("valid") },
            Fault::CertificateDisabled { id: "1".parse().expect("valid") },
            Fault::NeedsTls,
            Fault::NotANumber,
            Fault::GreaterThan { other: domain::ProtectionLimit::Connections },
            Fault::InvalidAddressRange { number: 1, value: "x".to_owned() },
        ];
        for rule in [
            AnchorRule::CaFalse,
            AnchorRule::NoBasicConstraints,
            AnchorRule::NoKeyCertSign,
            AnchorRule::V1NotSelfSigned,
            AnchorRule::SelfSignatureInvalid,
        ] {
            faults.push(Fault::NotAnAnchor { subject: subject(), rule });
        }
        faults
    }

    #[test]
    fn every_fault_is_a_sentence_in_both_languages() {
        for each in every_fault() {
            let en = fault(Language::English, &each);
            let zh = fault(Language::Chinese, &each);
            assert!(en.is_ascii() || en.contains('“'), "{en}");
            assert!(
                en.chars().next().is_some_and(|first| !first.is_lowercase()) || en.starts_with("test.com"),
                "{en}"
            );
            assert!(zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{zh}");
            assert_ne!(en, zh);
        }
    }

    #[test]
    fn names_what_it_speaks_of() {
        let taken =
            Fault::SniTaken { sni: "test.com".parse().expect("valid"), by: "01J9".parse().expect("valid") };
        let limit = Fault::TooLarge(Limit::Bytes(65_536));
        for language in [Language::English, Language::Chinese] {
            let sentence = fault(language, &taken);
            assert!(sentence.contains("test.com") && sentence.contains("01J9"), "{sentence}");
            assert!(fault(language, &limit).contains("64 KiB"));
            assert!(fault(language, &Fault::EncryptedKey).contains("openssl pkey -in"));
        }
    }
}
