//! The limits of a gateway group, in words. Their labels stand in [`super::field`].

use domain::{Protection, ProtectionLimit};

use crate::language::{Language, Text, text};

pub const PROTECTION: Text = text("Protection", "防护");
pub const PROTECTION_LEAD: Text = text(
    "What one client, or all of them together, may use up on each instance.",
    "单个客户端或所有客户端在每个实例上可占用的资源上限。",
);
pub const PROXY_PROTOCOL_HELP: Text = text(
    "Load balancers in front of this group, one address or range a line, such as 10.0.0.0/8. They must speak the PROXY \
     protocol; from everybody else it is not understood.",
    "此网关组前端的负载均衡器，每行一个地址或网段，例如 10.0.0.0/8。它们必须使用 PROXY 协议；其他来源的 PROXY 头不被识别。",
);

/// What a limit is for.
pub fn meaning(limit: ProtectionLimit) -> Text {
    use ProtectionLimit as L;
    match limit {
        L::Connections => text("Connections that are open at once.", "同时打开的连接数。"),
        L::ConnectionsPerAddress => text(
            "Connections at once from one IPv4 address or one IPv6 /64.",
            "来自同一 IPv4 地址或同一 IPv6 /64 网段的并发连接数。",
        ),
        L::Handshakes => text(
            "TLS handshakes at once. Further clients wait until one ends.",
            "同时进行的 TLS 握手数，其余客户端须等待。",
        ),
        L::ClientHelloSeconds => text(
            "From the start of a connection to the end of its ClientHello.",
            "从建立连接到 ClientHello 结束。",
        ),
        L::HandshakeSeconds => {
            text("From the start of a connection to the end of its handshake.", "从建立连接到握手完成。")
        }
        L::FirstRequestSeconds => text(
            "From the end of the handshake to the end of the first request's headers.",
            "从握手完成到首个请求头接收完毕。",
        ),
        L::HeaderSeconds => text(
            "From the first byte of a request's headers to their end.",
            "从请求头的首个字节到请求头结束。",
        ),
        L::BodySeconds => text(
            "How long a body may stand still before its connection is closed.",
            "请求体停止传输超过此时长后关闭连接。",
        ),
        L::IdleSeconds => {
            text("How long a connection may stay without a request.", "连接无请求时可保持的时长。")
        }
        L::HeaderBytes => text("Larger headers are refused with 431.", "超出大小的请求头以 431 拒绝。"),
        L::Headers => text("More headers are refused with 431.", "超出数量的请求头以 431 拒绝。"),
        L::Http2Streams => {
            text("Requests at once on one HTTP/2 connection.", "单个 HTTP/2 连接上的并发请求数。")
        }
        L::Http2Resets => text(
            "Requests that a client may cancel while they wait for an answer (CVE-2023-44487).",
            "客户端可取消的等待应答的请求数（CVE-2023-44487）。",
        ),
        L::Http2ControlFrames => text(
            "Frames that carry neither headers nor data (CVE-2019-9512, CVE-2019-9515).",
            "不携带请求头或数据的帧（CVE-2019-9512、CVE-2019-9515）。",
        ),
    }
}

/// Which values a limit may have, and which it has if none is set.
pub fn range(language: Language, limit: ProtectionLimit) -> String {
    let (least, most) = limit.range();
    let [least, most, default] = [least, most, Protection::default().get(limit)].map(grouped);
    match language {
        Language::English => format!("{least} to {most}. Empty: {default}."),
        Language::Chinese => format!("{least} 至 {most}。留空则为 {default}。"),
    }
}

/// A number with its thousands apart.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (65_535, "65,535"), (1_048_576, "1,048,576")]
        {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn every_limit_says_what_it_is_for_and_what_it_may_be() {
        for limit in ProtectionLimit::ALL {
            let words = meaning(*limit);
            assert!(words.en.ends_with('.') && words.zh.ends_with('。'), "{words:?}");
        }
        let connections = range(Language::English, ProtectionLimit::Connections);
        assert_eq!(connections, "1 to 1,000,000. Empty: 10,000.");
    }
}
