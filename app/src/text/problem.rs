//! A [`Problem`] in words: what happened, and what to do.

use domain::{Noun, Problem};

use crate::error::CONNECTION;
use crate::language::{Language, Text, text};

/// What happened, and what to do about it, in a sentence or two.
pub fn problem(language: Language, problem: &Problem) -> String {
    let fixed = |text: Text| language.pick(text).to_owned();
    match problem {
        Problem::Invalid(_) => fixed(text(
            "Some fields need another look. Nothing was saved.",
            "部分字段需要修改，未保存任何内容。",
        )),
        Problem::TooLarge { limit } => too_large(language, *limit),
        Problem::WrongContentType => fixed(text(
            "The form was sent in a way that cannot be read. Load the page again and send it once more.",
            "无法读取提交的表单。请重新加载页面后再次提交。",
        )),
        Problem::NotFound(noun) => fixed(not_found(*noun)),
        Problem::SignInRequired => {
            fixed(text("Your session has ended. Sign in again.", "会话已结束，请重新登录。"))
        }
        Problem::WrongCredentials => {
            fixed(text("The user name or the password is wrong.", "用户名或密码不正确。"))
        }
        Problem::Forbidden => fixed(text("You may not do this.", "你没有权限执行此操作。")),
        Problem::SetupLinkInvalid => fixed(text(
            "This set-up link is not valid any more. Restart Postern: it prints a new one while there is no administrator.",
            "此设置链接已失效。请重新启动 Postern：只要还没有管理员，它就会输出新的链接。",
        )),
        Problem::TooManyAttempts { retry_after } => too_many_attempts(language, *retry_after),
        Problem::Stale => fixed(text(
            "Somebody else has changed this in the meantime. Load the page again to see the change, then repeat yours.",
            "在此期间已有其他人修改过。请重新加载页面查看其修改，然后再次操作。",
        )),
        Problem::GroupNotEmpty { count } => group_not_empty(language, *count),
        Problem::InUse { noun, id } => in_use(language, *noun, id),
        Problem::Internal { reference } if reference == CONNECTION => fixed(text(
            "Postern cannot be reached. What you typed is still here: try again.",
            "无法连接到 Postern。你输入的内容仍在此处，请重试。",
        )),
        Problem::Internal { reference } => internal(language, reference),
    }
}

fn not_found(noun: Noun) -> Text {
    match noun {
        Noun::GatewayGroup => text("There is no such gateway group.", "该网关组不存在。"),
        Noun::SslCertificate => text("There is no such SSL certificate.", "该 SSL 证书不存在。"),
        Noun::CaCertificate => text("There is no such CA certificate.", "该 CA 证书不存在。"),
        Noun::DeniedClient => text("There is no such entry.", "该条目不存在。"),
        Noun::HandshakeEvent => text("There is no such handshake event.", "该握手记录不存在。"),
        Noun::Service => text("There is no such service.", "该服务不存在。"),
        Noun::Route => text("There is no such route.", "该路由不存在。"),
        Noun::Upstream => text("There is no such upstream.", "该上游不存在。"),
        Noun::Page => text("There is no such page.", "该页面不存在。"),
    }
}

fn in_use(language: Language, noun: Noun, id: &str) -> String {
    let user = match noun {
        Noun::Service => text("The service", "服务"),
        Noun::Route => text("The route", "路由"),
        Noun::Upstream => text("The upstream", "上游"),
        _ => text("Another object,", "其他对象"),
    };
    let user = language.pick(user);
    match language {
        Language::English => format!("{user} {id} still uses this. Change it first."),
        Language::Chinese => format!("{user} {id} 仍在使用它，请先修改后者。"),
    }
}

fn too_large(language: Language, limit: u64) -> String {
    let kib = limit / 1024;
    match language {
        Language::English => format!("The upload is larger than {kib} KiB. Nothing was saved."),
        Language::Chinese => format!("上传内容超过 {kib} KiB，未保存任何内容。"),
    }
}

fn too_many_attempts(language: Language, seconds: u64) -> String {
    match language {
        Language::English => format!("Too many attempts. Wait {seconds} seconds, then try again."),
        Language::Chinese => format!("尝试次数过多。请等待 {seconds} 秒后重试。"),
    }
}

fn group_not_empty(language: Language, count: u64) -> String {
    match (language, count) {
        (Language::English, 1) => "The group still has an SSL certificate. Delete it first.".to_owned(),
        (Language::English, _) => {
            format!("The group still has {count} SSL certificates. Delete them first.")
        }
        (Language::Chinese, _) => format!("该网关组仍有 {count} 个 SSL 证书，请先将其删除。"),
    }
}

fn internal(language: Language, reference: &str) -> String {
    match language {
        Language::English => {
            format!(
                "Something went wrong on our side. The log of Postern says more under reference {reference}."
            )
        }
        Language::Chinese => {
            format!("服务器内部错误。可在 Postern 日志中按编号 {reference} 查看详情。")
        }
    }
}
