//! Words that stand on every page.

use crate::language::{Text, text};

/// The product's name.
pub const POSTERN: &str = "Postern";

pub const SKIP_TO_CONTENT: Text = text("Skip to content", "跳到正文");
pub const NAVIGATION: Text = text("Gateway groups", "网关组");
pub const MENU: Text = text("Menu", "菜单");
pub const BREADCRUMBS: Text = text("You are here", "当前位置");
pub const THEME: Text = text("Theme", "主题");
pub const THEME_SYSTEM: Text = text("As the system", "跟随系统");
pub const THEME_LIGHT: Text = text("Light", "浅色");
pub const THEME_DARK: Text = text("Dark", "深色");
/// The switch to the other language, in that language.
pub const SWITCH_LANGUAGE: Text = text("中文", "English");

pub const CANCEL: Text = text("Cancel", "取消");
pub const CLOSE: Text = text("Close", "关闭");
pub const SAVE: Text = text("Save", "保存");
pub const COPY: Text = text("Copy", "复制");
pub const COPIED: Text = text("Copied", "已复制");
pub const REMOVE_FILE: Text = text("Remove the file", "移除文件");
pub const DROP_FILE: Text = text("or drop it here", "或拖放到此处");

pub const PAGES: Text = text("Pages", "分页");
pub const PREVIOUS: Text = text("Previous", "上一页");
pub const NEXT: Text = text("Next", "下一页");

pub const NOT_FOUND: Text = text("Page not found", "页面不存在");
pub const NOT_FOUND_HINT: Text = text(
    "The address may be mistyped, or what it showed has been deleted.",
    "地址可能有误，或其内容已被删除。",
);
pub const TO_START: Text = text("Go to the start page", "返回首页");
pub const SOMETHING_FAILED: Text = text("This page cannot be shown", "无法显示此页面");

use crate::language::Language;

/// Which rows a page of a list shows.
pub fn rows(language: Language, first: u64, last: u64, total: u64) -> String {
    match language {
        Language::English => format!("{first}–{last} of {total}"),
        Language::Chinese => format!("第 {first}–{last} 项，共 {total} 项"),
    }
}

/// Which page of a list this is.
pub fn page(language: Language, number: u32, pages: u64) -> String {
    match language {
        Language::English => format!("Page {number} of {pages}"),
        Language::Chinese => format!("第 {number} 页，共 {pages} 页"),
    }
}
