//! The words of the pages of SSL certificates. Those of the dialog are an interface: guides and tests name them.

use domain::{Certificate, Sni, SslCertificateId, UnixTime};

use crate::language::{Language, Text, text};

// The list.
pub const TITLE: Text = text("SSL Certificates", "SSL 证书");
pub const ADD_BUTTON: Text = text("+ Add SSL Certificate", "+ 新增 SSL 证书");
pub const CAPTION: Text = text("SSL certificates of this gateway group", "此网关组的 SSL 证书");
pub const SEARCH: Text = text("Search", "搜索");
pub const SEARCH_EXAMPLE: Text = text("SNI, subject, issuer or ID", "SNI、主题、颁发者或 ID");
pub const FILTER_TYPE: Text = text("Filter by type", "按类型筛选");
pub const ANY_TYPE: Text = text("Any type", "全部类型");
pub const FILTER_STATUS: Text = text("Filter by status", "按状态筛选");
pub const ANY_STATUS: Text = text("Any status", "全部状态");
pub const FILTER_EXPIRING: Text = text("Expires within 30 days", "30 天内过期");
pub const FILTER: Text = text("Filter", "筛选");
pub const CLEAR_FILTER: Text = text("Show all", "显示全部");
pub const EMPTY: Text = text(
    "An SSL certificate says which hosts this group serves, and which clients may connect to them.",
    "SSL 证书决定此网关组为哪些主机提供服务，以及哪些客户端可以连接。",
);
pub const NO_MATCH: Text = text("No certificate matches this search.", "没有符合条件的证书。");

pub const ID: Text = text("ID", "ID");
pub const SNIS: Text = text("SNIS", "SNIS");
pub const TYPE: Text = text("Type", "类型");
pub const PEER_VERIFICATION: Text = text("Peer Verification", "对等验证");
pub const ISSUER: Text = text("Issuer", "颁发者");
pub const EXPIRES: Text = text("Expires", "到期");
pub const STATUS: Text = text("Status", "状态");

pub const SERVER: Text = text("Server", "服务器");
pub const CLIENT: Text = text("Client", "客户端");
pub const ON: Text = text("On", "开启");
pub const OFF: Text = text("Off", "关闭");
pub const ENABLED: Text = text("Enabled", "已启用");
pub const DISABLED: Text = text("Disabled", "已禁用");
pub const BROKEN: Text = text("Broken", "已损坏");
pub const IN_EFFECT: Text = text("in effect", "已生效");
pub const NOT_YET_IN_EFFECT: Text = text("not in effect yet", "尚未生效");
pub const EXPIRED: Text = text("expired", "已过期");
pub const EXPIRES_SOON: Text = text("expires soon", "即将过期");
pub const NONE: &str = "–";

// The dialog.
pub const ADD_TITLE: Text = text("Add SSL Certificate", "新增 SSL 证书");
pub const ADD: Text = text("Add", "新增");
pub const UPLOAD: Text = text("Upload", "上传");
pub const PASTE: Text = text("Paste", "粘贴");
pub const CERTIFICATE_TEXT: Text = text("Certificate text", "证书文本");
pub const PRIVATE_KEY_TEXT: Text = text("Private Key text", "私钥文本");
pub const CA_CERTIFICATE_TEXT: Text = text("CA Certificate text", "CA 证书文本");
pub const PICK_CA: Text = text("Or pick from the group's", "或从网关组已有的证书中选择");
pub const PICK_CA_HELP: Text = text(
    "A certificate of any of these will do. A CA that is uploaded above takes their place.",
    "由其中任一 CA 签发的证书均可。上方上传的 CA 将取代此处的选择。",
);
pub const POLICY: Text = text("Policy", "策略");
pub const MODE: Text = text("Mode", "模式");
pub const REQUIRED: Text = text("Required", "必须");
pub const REQUIRED_MEANING: Text = text(
    "Clients must present a certificate that one of these CAs has signed.",
    "客户端必须出示由以下 CA 签发的证书。",
);
pub const REQUIRED_BUT_EXEMPT: Text = text(
    "Clients must present a certificate that one of these CAs has signed, except for the paths below.",
    "除以下路径外，客户端必须出示由以下 CA 签发的证书。",
);
pub const OPTIONAL: Text = text("Optional", "可选");
pub const OPTIONAL_MEANING: Text = text(
    "Clients may come without a certificate. A bad one is refused.",
    "客户端可以不出示证书；出示无效证书则拒绝。",
);
pub const REPORT_ONLY: Text = text("Report only", "仅报告");
pub const REPORT_ONLY_MEANING: Text = text(
    "Nobody is refused. Handshakes shows whom the policy would have refused.",
    "不拒绝任何客户端，仅在握手记录中显示本应被拒绝的客户端。",
);
pub const EXEMPT_PATHS_HELP: Text = text(
    "One regular expression a line, matched anywhere in the normalised path: anchor it with ^ and $. \
     With any of them, browsers are asked for a certificate on every path.",
    "每行一个正则表达式，可匹配规范化路径的任意部分，请用 ^ 和 $ 限定首尾。设置后，浏览器访问任何路径都会被要求选择证书。",
);
pub const ALLOW_LIST_HELP: Text = text(
    "One a line; empty lets in every client of the CA. dns:*.partners.example.com, \
     uri:spiffe://example.com/ns/*/web, email:*@example.com, cn:device-17, sha256: or spki: and 64 hexadecimal digits.",
    "每行一个；留空则允许 CA 签发的所有客户端。例如 dns:*.partners.example.com、\
     uri:spiffe://example.com/ns/*/web、email:*@example.com、cn:device-17，或 sha256:、spki: 加 64 位十六进制数字。",
);
pub const CA_NAMES_HELP: Text = text(
    "Clients learn which CAs are meant, and choose their certificate by it. Anyone who connects can read the names.",
    "客户端据此得知应使用哪个 CA 签发的证书。任何连接者都能看到这些名称。",
);
pub const PEER_VERIFICATION_HELP: Text = text("Clients must present a certificate", "客户端必须出示证书");
pub const ADVANCED: Text = text("Advanced", "高级");
pub const SNIS_HELP: Text = text(
    "Host names, separated by commas. Empty: those in the certificate.",
    "主机名，以逗号分隔。留空则使用证书中的名称。",
);
pub const DEPTH_HELP: Text = text(
    "How many intermediate certificates may stand between a client's certificate and the CA. Empty: 1.",
    "客户端证书与 CA 之间最多允许的中间证书数量。留空则为 1。",
);
pub const TAKE_OVER: Text = text("Take the SNI over from it", "从该证书接管此 SNI");
pub const SHOW_OTHER: Text = text("Show that certificate", "查看该证书");

// What an upload is.
pub const KEY_MATCHES: Text = text("belongs to this certificate", "与此证书匹配");
pub const CA_MEANING: Text = text("clients signed by it will be let in", "由其签发的客户端将被允许访问");
pub const NO_NAME: Text = text("no name", "无名称");

// The row just added.
pub const ADDED: Text = text("The certificate has been added.", "证书已新增。");
pub const TRY_IT: Text = text("Try it", "试一试");
pub const WITH_CLIENT_CERTIFICATE: Text =
    text("With the client certificate: answered", "使用客户端证书：返回响应");
pub const WITHOUT_CLIENT_CERTIFICATE: Text =
    text("Without: the handshake is refused", "不使用客户端证书：握手被拒绝");
pub const WITHOUT_BUT_EXEMPT: Text =
    text("Without: 400, unless the path needs none", "不使用客户端证书：返回 400，无需证书的路径除外");
pub const WITHOUT_IS_ANSWERED: Text = text("Without: answered too", "不使用客户端证书：同样返回响应");
pub const PLAIN_REQUEST: Text = text("A request to this host", "向此主机发送请求");

// One certificate.
pub const HOSTS: Text = text("Hosts", "主机");
pub const CHAIN: Text = text("Certificate chain", "证书链");
pub const CHAINS_NONE: Text = text("There is no chain that could be shown.", "没有可显示的证书链。");
pub const SUBJECT: Text = text("Subject", "主题");
pub const SANS: Text = text("SANs", "SAN");
pub const SERIAL: Text = text("Serial number", "序列号");
pub const VALID_FROM: Text = text("Valid from", "生效时间");
pub const VALID_UNTIL: Text = text("Valid until", "到期时间");
pub const FINGERPRINT: Text = text("SHA-256 of the certificate", "证书 SHA-256 指纹");
pub const KEY_FINGERPRINT: Text = text("SHA-256 of the public key", "公钥 SHA-256 指纹");
pub const KEY: Text = text("Key", "密钥");
pub const SIGNATURE: Text = text("Signature", "签名");
pub const VERSION: Text = text("Version", "版本");
pub const LEGACY: Text = text("legacy: cannot be limited to client use", "旧格式：无法限定为仅供客户端使用");
pub const MODE_OFF: Text = text("Clients are let in without a certificate.", "客户端无需证书即可访问。");
pub const MODE_OFF_KEPT: Text =
    text("These CAs are kept for when it is switched on again.", "以下 CA 会保留，重新开启时无需再次上传。");
pub const NOT_FOR_CLIENTS: Text = text(
    "It is shown to upstreams that ask for a client certificate.",
    "此证书用于向要求客户端证书的上游证明身份。",
);
pub const AUTHORITIES: Text = text("CAs", "CA");
pub const NO_EXEMPT_PATHS: Text = text("None", "无");
pub const NO_ALLOW_LIST: Text = text("All that these CAs vouch for", "以上 CA 签发的所有客户端");
pub const CA_NAMES: Text = text("CA names", "CA 名称");
pub const CA_NAMES_TOLD: Text = text("Advertised to clients", "向客户端通告");
pub const CA_NAMES_KEPT: Text = text("Not advertised", "不通告");
pub const DENIED: Text = text("Denied clients", "已拒绝的客户端");
pub const DENIED_MEANING: Text = text(
    "The hosts of this certificate turn them away, whoever issued their certificates.",
    "无论证书由谁签发，此证书的主机都会拒绝以下客户端。",
);
pub const ALLOW_AGAIN: Text = text("Allow again", "重新允许");
pub const WORTH_KNOWING: Text = text("Worth knowing", "注意事项");
pub const REVISION: Text = text("Revision", "修订版本");
pub const CREATED: Text = text("Added", "新增时间");
pub const UPDATED: Text = text("Changed", "修改时间");
pub const BROKEN_TITLE: Text = text(
    "The gateway cannot serve this certificate. Its hosts refuse every handshake until it is mended.",
    "网关无法使用此证书。修复之前，其主机将拒绝所有握手。",
);
pub const BROKEN_POLICY_WAY_OUT: Text =
    text("Give it a CA that is valid, or mend its policy.", "请为其指定有效的 CA，或修正其策略。");
pub const EDIT_POLICY: Text = text("Edit the policy", "编辑策略");
pub const BROKEN_LISTS_WAY_OUT: Text = text(
    "Upload a newer list at the CA, or choose there to warn only:",
    "请在 CA 页面上传较新的列表，或选择仅发出警告：",
);
pub const BROKEN_WAY_OUT: Text = text("Replace the certificate, or disable it.", "请替换证书，或将其禁用。");
pub const DISABLED_NOTE: Text =
    text("It is disabled: the gateway acts as if it were not there.", "此证书已禁用，网关视其为不存在。");

// What one can do with it.
pub const ENABLE: Text = text("Enable", "启用");
pub const DISABLE: Text = text("Disable", "禁用");
pub const SWITCH_ON: Text = text("Switch peer verification on", "开启对等验证");
pub const SWITCH_OFF: Text = text("Switch peer verification off", "关闭对等验证");
pub const SWITCH_OFF_QUESTION: Text = text("Switch peer verification off?", "关闭对等验证？");
pub const SWITCH_OFF_MEANING: Text =
    text("Clients without a certificate will be let in.", "没有证书的客户端将被允许访问。");
pub const EDIT: Text = text("Edit", "编辑");
pub const EDIT_TITLE: Text = text("Edit SSL Certificate", "编辑 SSL 证书");
pub const EDIT_KEY_STAYS: Text = text("Certificate and key stay as they are.", "证书和私钥保持不变。");
pub const REPLACE: Text = text("Replace certificate", "替换证书");
pub const REPLACE_MEANING: Text =
    text("SNIs and peer verification stay as they are.", "SNI 和对等验证设置保持不变。");
pub const SNIS_FROM_CERTIFICATE: Text = text("Take the SNIs from the new certificate", "使用新证书中的 SNI");
pub const DELETE: Text = text("Delete", "删除");
pub const ACCEPT_CONSEQUENCES: Text =
    text("I know that these hosts become less protected", "我了解这些主机的保护将会减弱");

/// How many certificates there are, and how many need somebody to look.
pub fn count(language: Language, all: u64, expiring: u64) -> String {
    let mut line = match (language, all) {
        (Language::English, 1) => "1 certificate".to_owned(),
        (Language::English, _) => format!("{all} certificates"),
        (Language::Chinese, _) => format!("共 {all} 个证书"),
    };
    match (language, expiring) {
        (_, 0) => {}
        (Language::English, 1) => line.push_str(", 1 expires within 30 days"),
        (Language::English, _) => line.push_str(&format!(", {expiring} expire within 30 days")),
        (Language::Chinese, _) => line.push_str(&format!("，其中 {expiring} 个将在 30 天内过期")),
    }
    line
}

/// How many more SNIs there are than are shown.
pub fn more(language: Language, count: usize) -> String {
    match language {
        Language::English => format!("+{count} more"),
        Language::Chinese => format!("另有 {count} 个"),
    }
}

/// Peer verification that is on, in a word for its mode, with the CAs' names.
pub fn verified_by(language: Language, mode: Text, cas: &str) -> String {
    format!("{} · {cas}", language.pick(mode))
}

/// How long a client's chain may be.
pub fn depth(language: Language, intermediates: usize) -> String {
    match (language, intermediates) {
        (Language::English, 0) => "0: the CA itself signs clients".to_owned(),
        (Language::English, 1) => "1 intermediate certificate at most".to_owned(),
        (Language::English, most) => format!("{most} intermediate certificates at most"),
        (Language::Chinese, 0) => "0：由 CA 直接签发客户端证书".to_owned(),
        (Language::Chinese, most) => format!("最多 {most} 个中间证书"),
    }
}

/// Who denied a client.
pub fn denied_by(language: Language, author: &str) -> String {
    match language {
        Language::English => format!("Denied by {author}"),
        Language::Chinese => format!("由 {author} 拒绝"),
    }
}

/// The name of the button that takes one client off a list.
pub fn allow_again_one(language: Language, name: &str) -> String {
    format!("{} {name}", language.pick(ALLOW_AGAIN))
}

/// A chain's heading, where there are several.
pub fn chain_number(language: Language, number: usize) -> String {
    match language {
        Language::English => format!("Certificate chain {number}"),
        Language::Chinese => format!("证书链 {number}"),
    }
}

/// Which certificate of a chain this is.
pub fn intermediate(language: Language, number: usize) -> String {
    match language {
        Language::English => format!("Intermediate {number}"),
        Language::Chinese => format!("中间证书 {number}"),
    }
}

/// A certificate in a line: who, by whom, until when, what key.
pub fn summary(language: Language, certificate: &Certificate) -> String {
    let subject = match certificate.subject.as_str() {
        "" => language.pick(NO_NAME),
        subject => subject,
    };
    let (issuer, until, key) =
        (certificate.issuer_display_name(), day(certificate.not_after), &certificate.public_key);
    match language {
        Language::English => format!("{subject} · issued by {issuer} · valid until {until} · {key}"),
        Language::Chinese => format!("{subject} · 颁发者 {issuer} · 有效期至 {until} · {key}"),
    }
}

/// The SNIs that a certificate gives by itself.
pub fn snis_found(language: Language, snis: &[Sni]) -> String {
    let names = snis.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match language {
        Language::English => format!("SNIs: {names}"),
        Language::Chinese => format!("SNI：{names}"),
    }
}

/// Asks before a certificate is deleted.
pub fn delete_question(language: Language, name: &str) -> String {
    match language {
        Language::English => format!("Delete the SSL certificate of {name}?"),
        Language::Chinese => format!("删除 {name} 的 SSL 证书？"),
    }
}

/// What deleting means.
pub fn delete_meaning(language: Language, id: &SslCertificateId, snis: &[Sni]) -> String {
    let hosts = snis.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match (language, snis.is_empty()) {
        (Language::English, true) => format!("{id} and its private key are removed for good."),
        (Language::English, false) => format!(
            "{id} and its private key are removed for good. The gateway stops serving {hosts} within a second, and \
             connections that are open are closed."
        ),
        (Language::Chinese, true) => format!("{id} 及其私钥将被永久删除。"),
        (Language::Chinese, false) => {
            format!("{id} 及其私钥将被永久删除。网关会在一秒内停止为 {hosts} 提供服务，并关闭已建立的连接。")
        }
    }
}

/// The day of a point in time, in UTC.
pub fn day(at: UnixTime) -> String {
    let exact = at.to_string();
    exact.split_once('T').map_or(exact.clone(), |(day, _)| day.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_says_what_needs_a_look() {
        for (all, expiring, english, chinese) in [
            (0, 0, "0 certificates", "共 0 个证书"),
            (1, 0, "1 certificate", "共 1 个证书"),
            (3, 1, "3 certificates, 1 expires within 30 days", "共 3 个证书，其中 1 个将在 30 天内过期"),
            (3, 2, "3 certificates, 2 expire within 30 days", "共 3 个证书，其中 2 个将在 30 天内过期"),
        ] {
            assert_eq!(count(Language::English, all, expiring), english);
            assert_eq!(count(Language::Chinese, all, expiring), chinese);
        }
    }

    #[test]
    fn a_day_is_the_date_in_utc() {
        assert_eq!(day(UnixTime(4_875_323_442)), "2124-06-29");
        assert_eq!(day(UnixTime(i64::MAX)), format!("@{}", i64::MAX));
    }

    /// The words that the guides use, in both languages.
    #[test]
    fn the_words_of_the_guide() {
        for (text, english, chinese) in [
            (TITLE, "SSL Certificates", "SSL 证书"),
            (ADD_BUTTON, "+ Add SSL Certificate", "+ 新增 SSL 证书"),
            (ADD_TITLE, "Add SSL Certificate", "新增 SSL 证书"),
            (SERVER, "Server", "服务器"),
            (CLIENT, "Client", "客户端"),
            (UPLOAD, "Upload", "上传"),
            (PASTE, "Paste", "粘贴"),
            (ADD, "Add", "新增"),
            (SNIS, "SNIS", "SNIS"),
        ] {
            assert_eq!((text.en, text.zh), (english, chinese));
        }
    }
}
