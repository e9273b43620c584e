//! The person: first visit, sign in, sign out.

pub mod api;
mod frame;
mod set_up;
mod sign_in;

pub use frame::AccountFrame;
pub use set_up::SetUpPage;
pub use sign_in::SignInPage;

use leptos_router::location::Url;

/// The sign-in page, and where it leads back to.
pub fn sign_in_href(next: &str) -> String {
    if next == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={}", Url::escape(next)) }
}
