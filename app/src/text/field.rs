//! The labels of fields, as they stand beside the controls and in the summary of errors.

use domain::{Field, ProtectionLimit, UpstreamNumber};

use crate::language::{Text, text};

/// The label of a field.
pub fn field(field: Field) -> Text {
    match field {
        Field::Type => text("Type", "类型"),
        Field::Method => text("Method", "方法"),
        Field::Certificate => text("Certificate", "证书"),
        Field::PrivateKey => text("Private Key", "私钥"),
        Field::PeerVerification => text("Peer Verification", "对等验证"),
        Field::CaCertificate => text("CA Certificate (Optional)", "CA 证书（可选）"),
        Field::Depth => text("Depth", "深度"),
        Field::ExemptPaths => text("Paths without client certificate", "无需客户端证书的路径"),
        Field::AllowList => text("Allowed identities", "允许的身份"),
        Field::AdvertisesCaNames => text("Advertise CA names", "通告 CA 名称"),
        Field::DenyEntry => text("Denied certificate", "拒绝的证书"),
        Field::RevocationLists => text("Revocation lists (CRL)", "吊销列表（CRL）"),
        Field::StaleRevocationLists => text("When a revocation list is stale", "吊销列表过期时"),
        Field::Protection(limit) => protection_limit(limit),
        Field::ProxyProtocol => text("PROXY protocol from", "接受 PROXY 协议的来源"),
        Field::Snis => text("SNIs", "SNIs"),
        Field::Name => text("Name", "名称"),
        Field::IdentityHeaders => text("Client identity to upstreams", "向上游传递客户端身份"),
        Field::Hosts => text("Hosts", "主机"),
        Field::Routes => text("Routes", "路由"),
        Field::Service => text("Service", "服务"),
        Field::Upstream => text("Upstream", "上游"),
        Field::Scheme => text("Protocol", "协议"),
        Field::Nodes => text("Nodes", "节点"),
        Field::Balancing => text("Load balancing", "负载均衡"),
        Field::HashKey => text("Hash key", "哈希依据"),
        Field::PassHost => text("Host that nodes are told", "传递给节点的主机"),
        Field::Timeouts => text("Timeouts", "超时"),
        Field::UpstreamNumber(number) => upstream_number(number),
        Field::Retries => text("Retries", "重试次数"),
        Field::Keepalive => text("Kept connections", "保持的连接"),
        Field::UpstreamCa => text("CA of the nodes", "节点的 CA"),
        Field::UpstreamServerName => text("Server name of the nodes", "节点的服务器名称"),
        Field::ClientCertificate => text("Client certificate", "客户端证书"),
        Field::ActiveCheck => text("Active health check", "主动健康检查"),
        Field::PassiveCheck => text("Passive health check", "被动健康检查"),
        Field::Listener => text("Listener address", "监听地址"),
        Field::HttpListener => text("Plain HTTP listener", "明文 HTTP 监听"),
        Field::DefaultCertificate => text("Default certificate", "默认证书"),
        Field::UserName => text("User name", "用户名"),
        Field::Password => text("Password", "密码"),
        Field::PasswordAgain => text("Password again", "再次输入密码"),
    }
}

/// The label of a number of an upstream.
fn upstream_number(number: UpstreamNumber) -> Text {
    use UpstreamNumber as N;
    match number {
        N::ConnectTimeout => text("Connect (s)", "连接（秒）"),
        N::SendTimeout => text("Send (s)", "发送（秒）"),
        N::ReadTimeout => text("Read (s)", "读取（秒）"),
        N::CheckInterval => text("Interval (s)", "检查间隔（秒）"),
        N::CheckTimeout => text("Time for an answer (s)", "单次超时（秒）"),
        N::HealthyAfter => text("Successes until healthy", "连续成功几次判为健康"),
        N::UnhealthyAfter | N::PassiveUnhealthyAfter => {
            text("Failures until unhealthy", "连续失败几次判为不健康")
        }
        N::RecoverAfter => text("Tried again after (s)", "多久后重新尝试（秒）"),
    }
}

/// The label of a limit.
pub fn protection_limit(limit: ProtectionLimit) -> Text {
    use ProtectionLimit as L;
    match limit {
        L::Connections => text("Connections", "连接数"),
        L::ConnectionsPerAddress => text("Connections per address", "每个地址的连接数"),
        L::Handshakes => text("Handshakes at once", "并发握手数"),
        L::ClientHelloSeconds => text("Time for the ClientHello (s)", "ClientHello 时限（秒）"),
        L::HandshakeSeconds => text("Time for the handshake (s)", "握手时限（秒）"),
        L::FirstRequestSeconds => text("Time to the first request (s)", "首个请求时限（秒）"),
        L::HeaderSeconds => text("Time for a request's headers (s)", "请求头时限（秒）"),
        L::BodySeconds => text("Time without body progress (s)", "请求体停滞时限（秒）"),
        L::IdleSeconds => text("Idle time (s)", "空闲时限（秒）"),
        L::HeaderBytes => text("Size of headers (bytes)", "请求头大小（字节）"),
        L::Headers => text("Number of headers", "请求头数量"),
        L::Http2Streams => text("HTTP/2 streams", "HTTP/2 流数"),
        L::Http2Resets => text("HTTP/2 resets", "HTTP/2 重置数"),
        L::Http2ControlFrames => text("HTTP/2 control frames per second", "每秒 HTTP/2 控制帧数"),
    }
}
