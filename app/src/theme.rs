//! Light or dark: the system's choice, or the person's own.

/// Which colours a page has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The name of the cookie that remembers a choice.
    pub const COOKIE: &'static str = "theme";

    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The value in the cookie and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.code() == code)
    }

    /// What stands in `<html data-theme>`: nothing if the system decides.
    pub fn attribute(self) -> Option<&'static str> {
        (self != Self::System).then(|| self.code())
    }

    /// The theme of the page that is being rendered or hydrated.
    #[cfg(feature = "ssr")]
    pub(crate) fn of_page() -> Self {
        leptos::prelude::use_context::<http::request::Parts>()
            .and_then(|parts| cookie(&parts.headers, Self::COOKIE))
            .and_then(|code| Self::from_code(&code))
            .unwrap_or_default()
    }

    /// The theme of the page that is being rendered or hydrated.
    #[cfg(not(feature = "ssr"))]
    pub(crate) fn of_page() -> Self {
        leptos::prelude::document()
            .document_element()
            .and_then(|root| root.get_attribute("data-theme"))
            .and_then(|code| Self::from_code(&code))
            .unwrap_or_default()
    }
}

/// The value of a cookie of the request (RFC 6265 §4.2.1).
#[cfg(feature = "ssr")]
pub(crate) fn cookie(headers: &http::HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}
