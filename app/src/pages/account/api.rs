use domain::Caller;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::error::UiError;

/// Who is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who is signed in.
    pub caller: Option<Caller>,
    /// Whether the first administrator is still to be created.
    pub set_up_pending: bool,
}

/// Who is signed in, and whether anybody can be. Answers everybody: the pages before sign-in need it.
#[server(prefix = "/api", endpoint = "account/session", input = GetUrl)]
pub async fn read_session() -> Result<Session, UiError> {
    crate::error::answer(answers::session().await)
}

/// Creates the first administrator. Authorised by the one-time link's token.
#[server(prefix = "/api", endpoint = "account/set-up")]
pub async fn set_up(
    #[server(default)] token: String,
    #[server(default)] user_name: String,
    #[server(default)] password: String,
    #[server(default)] password_again: String,
) -> Result<(), UiError> {
    let result = answers::set_up(&token, &user_name, &password, &password_again).await;
    let typed = [("token", token.as_str()), ("user_name", user_name.as_str())];
    crate::form::finish::<SetUp>(result, &crate::form::FormPage { path: "/set-up", typed: &typed })
}

/// Signs in with name and password; leads on to `next`.
#[server(prefix = "/api", endpoint = "account/sign-in")]
pub async fn sign_in(
    #[server(default)] user_name: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), UiError> {
    let result = answers::sign_in(&user_name, &password, &next).await;
    let typed = [("next", next.as_str()), ("user_name", user_name.as_str())];
    crate::form::finish::<SignIn>(result, &crate::form::FormPage { path: "/sign-in", typed: &typed })
}

/// Ends the session. Harmless without one.
#[server(prefix = "/api", endpoint = "account/sign-out")]
pub async fn sign_out() -> Result<(), UiError> {
    let result = answers::sign_out().await;
    crate::form::finish::<SignOut>(result, &crate::form::FormPage { path: "/", typed: &[] })
}

#[cfg(feature = "ssr")]
mod answers {
    use domain::{Fault, Field, FieldError, Password, Problem, UserName};

    use super::Session;
    use crate::backend::Backend;
    use crate::local_path::LocalPath;
    use crate::pages::account::sign_in_href;

    pub(super) async fn session() -> Result<Session, Problem> {
        let backend = Backend::of_request()?;
        Ok(Session {
            caller: backend.accounts.caller().await?,
            set_up_pending: backend.accounts.set_up_pending().await?,
        })
    }

    pub(super) async fn set_up(
        token: &str,
        name: &str,
        password: &str,
        again: &str,
    ) -> Result<LocalPath, Problem> {
        let backend = Backend::of_request()?;
        let mut errors = Vec::new();
        let name = field(name.parse::<UserName>(), Field::UserName, &mut errors);
        let parsed = field(Password::new(password), Field::Password, &mut errors);
        if password != again {
            errors.push(FieldError::new(Field::PasswordAgain, Fault::PasswordsDiffer));
        }
        match (name, parsed) {
            (Some(name), Some(password)) if errors.is_empty() => {
                backend.accounts.set_up(token, name, password).await?;
                Ok(LocalPath::home())
            }
            _ => Err(Problem::Invalid(errors)),
        }
    }

    pub(super) async fn sign_in(name: &str, password: &str, next: &str) -> Result<LocalPath, Problem> {
        let backend = Backend::of_request()?;
        let mut errors = Vec::new();
        if name.trim().is_empty() {
            errors.push(FieldError::new(Field::UserName, Fault::Required));
        }
        if password.is_empty() {
            errors.push(FieldError::new(Field::Password, Fault::Required));
        }
        if !errors.is_empty() {
            return Err(Problem::Invalid(errors));
        }
        // A name that cannot exist is answered like one that does not.
        let (Ok(name), Ok(password)) = (name.parse::<UserName>(), Password::typed(password)) else {
            return Err(Problem::WrongCredentials);
        };
        backend.accounts.sign_in(name, password).await?;
        Ok(next.parse().unwrap_or_else(|_| LocalPath::home()))
    }

    pub(super) async fn sign_out() -> Result<LocalPath, Problem> {
        Backend::of_request()?.accounts.sign_out().await?;
        Ok(sign_in_href("/").parse().unwrap_or_else(|_| LocalPath::home()))
    }

    fn field<T>(parsed: Result<T, Fault>, field: Field, errors: &mut Vec<FieldError>) -> Option<T> {
        parsed.map_err(|fault| errors.push(FieldError::new(field, fault))).ok()
    }
}
