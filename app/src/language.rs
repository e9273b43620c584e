//! The language of a page. It does not change while the page lives: switching it loads the page again.

use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};

/// A language of the dashboard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// 简体中文.
    Chinese,
}

/// One text in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// 简体中文.
    pub zh: &'static str,
}

/// A text; both languages have to be there for it to compile.
pub const fn text(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

impl Language {
    /// The name of the cookie that remembers a choice.
    pub const COOKIE: &'static str = "language";

    /// The BCP 47 tag, as in `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// The value in the cookie and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// The language that a tag or code means, if it is one of ours (`zh-Hans-CN`, `en_GB`, `zh`).
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        if primary.eq_ignore_ascii_case("en") {
            Some(Self::English)
        } else if primary.eq_ignore_ascii_case("zh") {
            Some(Self::Chinese)
        } else {
            None
        }
    }

    /// The text in this language.
    pub fn pick(self, text: Text) -> &'static str {
        match self {
            Self::English => text.en,
            Self::Chinese => text.zh,
        }
    }

    /// The other one, for the switch.
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::Chinese,
            Self::Chinese => Self::English,
        }
    }

    /// The best of ours for an `Accept-Language` header (RFC 9110 §12.5.4): the highest weight, the first of equals.
    pub fn accepted(header: &str) -> Option<Self> {
        header
            .split(',')
            .filter_map(|part| {
                let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
                let weight = parameters
                    .trim()
                    .strip_prefix("q=")
                    .map_or(Some(1.0), |weight| weight.trim().parse::<f32>().ok())?;
                Self::from_tag(tag).filter(|_| weight > 0.0).map(|language| (language, weight))
            })
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
            .map(|(language, _)| language)
    }

    /// The language of the page that is being rendered or hydrated: the cookie's, else the browser's, else English.
    #[cfg(feature = "ssr")]
    pub(crate) fn of_page() -> Self {
        use leptos::prelude::use_context;

        use_context::<http::request::Parts>()
            .and_then(|parts| {
                crate::theme::cookie(&parts.headers, Self::COOKIE)
                    .and_then(|value| Self::from_tag(&value))
                    .or_else(|| {
                        let header = parts.headers.get(http::header::ACCEPT_LANGUAGE)?;
                        Self::accepted(header.to_str().ok()?)
                    })
            })
            .unwrap_or_default()
    }

    /// The language of the page that is being rendered or hydrated: what the server wrote into `<html lang>`.
    #[cfg(not(feature = "ssr"))]
    pub(crate) fn of_page() -> Self {
        leptos::prelude::document()
            .document_element()
            .and_then(|root| root.get_attribute("lang"))
            .and_then(|tag| Self::from_tag(&tag))
            .unwrap_or_default()
    }
}

/// The language of this page.
pub fn use_language() -> Language {
    use_context().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_weighed() {
        for (header, language) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Language::Chinese)),
            ("en-GB,en;q=0.9,zh;q=0.8", Some(Language::English)),
            ("de, zh;q=0.3, en;q=0.7", Some(Language::English)),
            ("zh;q=0, en;q=0.1", Some(Language::English)),
            ("ZH-Hans", Some(Language::Chinese)),
            ("de,fr;q=0.5", None),
            ("zh;q=x", None),
            ("", None),
        ] {
            assert_eq!(Language::accepted(header), language, "{header:?}");
        }
    }
}
