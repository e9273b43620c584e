//! The labels of fields, as they stand beside the controls and in the summary of errors.

use domain::Field;

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
        Field::Snis => text("SNIs", "SNIs"),
        Field::Name => text("Name", "名称"),
        Field::Listener => text("Listener address", "监听地址"),
        Field::HttpListener => text("Plain HTTP listener", "明文 HTTP 监听"),
        Field::DefaultCertificate => text("Default certificate", "默认证书"),
        Field::UserName => text("User name", "用户名"),
        Field::Password => text("Password", "密码"),
        Field::PasswordAgain => text("Password again", "再次输入密码"),
    }
}
