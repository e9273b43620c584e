use leptos::prelude::*;

use crate::error::UiError;

/// Remembers the language in this browser. Answers everybody: the pages before sign-in have the switch too.
#[server(prefix = "/api", endpoint = "preferences/language")]
pub async fn set_language(
    #[server(default)] language: String,
    #[server(default)] back: String,
) -> Result<(), UiError> {
    use crate::language::Language;

    let value = Language::from_tag(&language).map(Language::code);
    let result = answers::remember(Language::COOKIE, value, &back);
    crate::form::finish::<SetLanguage>(result, &crate::form::FormPage { path: "/", typed: &[] })
}

/// Remembers the theme in this browser. Answers everybody.
#[server(prefix = "/api", endpoint = "preferences/theme")]
pub async fn set_theme(
    #[server(default)] theme: String,
    #[server(default)] back: String,
) -> Result<(), UiError> {
    use crate::theme::Theme;

    let value = Theme::from_code(&theme).map(Theme::code);
    let result = answers::remember(Theme::COOKIE, value, &back);
    crate::form::finish::<SetTheme>(result, &crate::form::FormPage { path: "/", typed: &[] })
}

#[cfg(feature = "ssr")]
mod answers {
    use domain::Problem;
    use http::HeaderValue;
    use http::header::SET_COOKIE;
    use leptos::prelude::use_context;

    use crate::local_path::LocalPath;

    /// A year in seconds.
    const YEAR: u32 = 31_536_000;

    /// Sets a cookie that no script needs to read, and leads back.
    pub(super) fn remember(
        cookie: &str,
        value: Option<&'static str>,
        back: &str,
    ) -> Result<LocalPath, Problem> {
        let value = value.ok_or_else(|| Problem::Invalid(Vec::new()))?;
        let header = format!("{cookie}={value}; Path=/; Max-Age={YEAR}; SameSite=Lax; HttpOnly");
        if let Some(response) = use_context::<leptos_axum::ResponseOptions>()
            && let Ok(header) = HeaderValue::from_str(&header)
        {
            response.append_header(SET_COOKIE, header);
        }
        Ok(back.parse().unwrap_or_else(|_| LocalPath::home()))
    }
}
