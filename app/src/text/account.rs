//! First visit, sign in, sign out.

use domain::UserName;

use crate::language::{Language, Text, text};

pub const SIGN_IN: Text = text("Sign in", "登录");
pub const SIGN_OUT: Text = text("Sign out", "退出登录");
pub const SET_UP: Text = text("Set up Postern", "设置 Postern");
pub const SET_UP_INTRODUCTION: Text =
    text("Create the administrator. This link works once.", "创建管理员。此链接只能使用一次。");
pub const CREATE_ADMINISTRATOR: Text = text("Create administrator", "创建管理员");
pub const SET_UP_PENDING: Text = text(
    "There is no administrator yet. Open the set-up link that Postern printed when it started.",
    "尚未创建管理员。请打开 Postern 启动时输出的设置链接。",
);

/// What a new password needs.
pub fn password_help(language: Language, least: usize) -> String {
    match language {
        Language::English => format!("At least {least} characters."),
        Language::Chinese => format!("至少 {least} 个字符。"),
    }
}

/// Whose session it is.
pub fn signed_in_as(language: Language, name: &UserName) -> String {
    match language {
        Language::English => format!("Signed in as {name}"),
        Language::Chinese => format!("当前用户：{name}"),
    }
}
