//! The words of the pages of handshakes.

use domain::{PeerVerificationMode, Stage, Verdict};

use crate::language::{Language, Text, text};

pub const TITLE: Text = text("Handshakes", "握手记录");
pub const CAPTION: Text =
    text("TLS attempts at this gateway group, newest first", "此网关组的 TLS 连接尝试，最新的在前");
pub const EMPTY: Text = text(
    "Every TLS attempt is recorded here, with the reason if it was refused. Make the first one with the two commands on the overview.",
    "每次 TLS 连接尝试都会记录在此，被拒绝时会说明原因。请使用概览页上的两条命令发起第一次连接。",
);
pub const TO_COMMANDS: Text = text("Show the commands", "查看命令");
pub const NO_MATCH: Text = text("No handshake matches this filter.", "没有符合条件的握手记录。");
pub const NO_OLDER: Text = text("There are no older handshakes.", "没有更早的握手记录。");

// The filter.
pub const HOST_FILTER: Text = text("Filter by host", "按主机筛选");
pub const HOST_EXAMPLE: Text = text("Host", "主机");
pub const OUTCOME_FILTER: Text = text("Filter by verdict", "按结果筛选");
pub const ANY_OUTCOME: Text = text("All verdicts", "全部结果");
pub const ALL_NOT_ACCEPTED: Text = text("Refused or tolerated", "已拒绝或已容许");
pub const REASONS: Text = text("By reason", "按原因");

// The list.
pub const LIVE: Text = text("live", "实时更新");
pub const PAUSED: Text = text("paused", "已暂停");
pub const RECONNECTING: Text = text("Reconnecting…", "正在重新连接…");
pub const PAUSE: Text = text("Pause", "暂停");
pub const GO_ON: Text = text("Go on", "继续");
pub const REFRESH: Text = text("Refresh", "刷新");
pub const OLDER: Text = text("Older", "更早");
pub const NEWEST: Text = text("Newest", "最新");
pub const MORE: Text = text("More handshakes", "更多握手记录");
pub const TIME: Text = text("Time", "时间");
pub const HOST: Text = text("Host", "主机");
pub const CLIENT: Text = text("Client", "客户端");
pub const VERDICT: Text = text("Verdict", "结果");
pub const TLS: Text = text("TLS", "TLS");
pub const NO_HOST: Text = text("no host named", "未指明主机");
pub const NO_CERTIFICATE: Text = text("no certificate", "无证书");
pub const NAMELESS: Text = text("certificate without a name", "未命名的证书");

// Verdicts.
pub const LET_IN: Text = text("Let in", "已允许");
pub const TOLERATED: Text = text("Tolerated", "已容许");
pub const REFUSED: Text = text("Refused", "已拒绝");
pub const CLOSED: Text = text("Closed", "已断开");
pub const ACCEPTED_VERIFIED: Text = text("with a verified certificate", "证书已验证");
pub const ACCEPTED_PLAIN: Text = text("no client certificate is needed here", "此处无需客户端证书");

// One event.
pub const ACCEPTED_LEAD: Text = text("Nothing spoke against this client.", "未发现此客户端的任何问题。");
pub const TOLERATED_LEAD: Text = text(
    "The policy let the client in all the same, but without an identity. Were it enforced for all, this client would be refused.",
    "策略仍允许了此客户端，但不认可其身份。如果对所有请求强制执行，此客户端将被拒绝。",
);
pub const WHAT_TO_DO: Text = text("What to do", "如何处理");
pub const FACTS: Text = text("The attempt", "连接详情");
pub const CHAIN: Text = text("Certificates that the client presented", "客户端出示的证书");
pub const NO_CHAIN: Text = text("The client presented no certificate.", "客户端未出示证书。");
pub const AT: Text = text("Verdict at", "判定时间");
pub const STAGE: Text = text("Verdict on", "判定对象");
pub const REASON_CODE: Text = text("Reason code", "原因代码");
pub const CONNECTION: Text = text("Connection", "连接 ID");
pub const CLIENT_ADDRESS: Text = text("Client address", "客户端地址");
pub const PROXY_ADDRESS: Text = text("Through the proxy", "经由代理");
pub const LOCAL_ADDRESS: Text = text("Came to", "到达地址");
pub const SERVER_NAME: Text = text("Host asked for (SNI)", "请求的主机（SNI）");
pub const TLS_VERSION: Text = text("TLS version", "TLS 版本");
pub const CIPHER_SUITE: Text = text("Cipher suite", "加密套件");
pub const KEY_EXCHANGE: Text = text("Key exchange", "密钥交换");
pub const ALPN: Text = text("Protocol (ALPN)", "应用协议（ALPN）");
pub const RESUMED: Text = text("Session", "会话");
pub const RESUMED_YES: Text = text("resumed", "恢复的会话");
pub const RESUMED_NO: Text = text("new", "新会话");
pub const DURATION: Text = text("Time to the verdict", "判定耗时");
pub const POLICY: Text = text("Policy", "策略");
pub const NO_POLICY: Text = text("none decided", "未使用任何策略");
pub const BACK: Text = text("All handshakes", "全部握手记录");
pub const NOT_YET_VALID: Text = text("not valid yet", "尚未生效");

// Where the advice leads.
pub const SHOW_POLICY: Text = text("Show the SSL certificate", "查看 SSL 证书");
pub const EDIT_POLICY: Text = text("Edit the policy", "编辑策略");
pub const SHOW_CAS: Text = text("Show the CA certificates", "查看 CA 证书");
pub const SHOW_CERTIFICATES: Text = text("Show the SSL certificates", "查看全部 SSL 证书");
pub const SHOW_DENIED: Text = text("Show the denied clients", "查看已拒绝的客户端");
pub const SHOW_SETTINGS: Text = text("Open the group's settings", "打开网关组设置");

/// What a verdict was on.
pub fn stage(stage: Stage) -> Text {
    match stage {
        Stage::Handshake => text("a handshake", "握手"),
        Stage::OpenConnection => text("an open connection, judged again", "已建立的连接（重新判定）"),
        Stage::Request => text("a request", "请求"),
    }
}

/// What the policy asks of clients.
pub fn mode(mode: PeerVerificationMode) -> Text {
    match mode {
        PeerVerificationMode::Off => text("no certificate asked for", "不要求证书"),
        PeerVerificationMode::Required => text("certificate required", "必须出示证书"),
        PeerVerificationMode::Optional => text("certificate optional", "可选出示证书"),
        PeerVerificationMode::ReportOnly => text("report only", "仅报告"),
    }
}

/// The word for a verdict. A connection that had been let in before is not refused but closed.
pub fn verdict(verdict: &Verdict, stage: Stage) -> Text {
    match (verdict, stage) {
        (Verdict::Accepted, _) => LET_IN,
        (Verdict::Tolerated { .. }, _) => TOLERATED,
        (Verdict::Refused { .. }, Stage::OpenConnection) => CLOSED,
        (Verdict::Refused { .. }, Stage::Handshake | Stage::Request) => REFUSED,
    }
}

/// A verdict and why, as one sentence.
pub fn sentence(language: Language, verdict: &str, why: &str) -> String {
    match language {
        Language::English => format!("{verdict}: {}.", why.trim_end_matches('.')),
        Language::Chinese => format!("{verdict}：{why}。"),
    }
}

/// Events that could not be kept.
pub fn dropped(language: Language, count: u64) -> String {
    match (language, count) {
        (Language::English, 1) => "1 handshake could not be kept: there were too many at once.".to_owned(),
        (Language::English, _) => {
            format!("{count} handshakes could not be kept: there were too many at once.")
        }
        (Language::Chinese, _) => format!("有 {count} 条握手记录因瞬时数量过多而未能保存。"),
    }
}

/// The policy's revision.
pub fn at_revision(language: Language, revision: domain::Revision) -> String {
    match language {
        Language::English => format!("revision {revision}"),
        Language::Chinese => format!("修订版 {revision}"),
    }
}

/// A duration: microseconds below a millisecond, milliseconds below ten seconds, then seconds.
pub fn duration(microseconds: u64) -> String {
    match microseconds {
        0..1_000 => format!("{microseconds} µs"),
        1_000..10_000_000 => format!("{}.{} ms", microseconds / 1_000, microseconds % 1_000 / 100),
        _ => format!("{}.{} s", microseconds / 1_000_000, microseconds % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_in_the_unit_that_fits() {
        for (microseconds, text) in [
            (0, "0 µs"),
            (999, "999 µs"),
            (1_000, "1.0 ms"),
            (3_456, "3.4 ms"),
            (9_999_999, "9999.9 ms"),
            (10_000_000, "10.0 s"),
        ] {
            assert_eq!(duration(microseconds), text);
        }
    }

    #[test]
    fn a_sentence_ends_once() {
        assert_eq!(sentence(Language::English, "Refused", "it expired."), "Refused: it expired.");
        assert_eq!(sentence(Language::Chinese, "已拒绝", "证书已过期"), "已拒绝：证书已过期。");
    }
}
