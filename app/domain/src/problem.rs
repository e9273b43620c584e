use serde::{Deserialize, Serialize};

use crate::FieldError;

/// Why an operation was not done, in a form that may be shown to whoever asked: no path, no query, no key.
///
/// Internal causes are logged where they happen; what crosses this border is a reference to that log line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Problem {
    /// The input is wrong; nothing was saved (HTTP 422).
    #[error("the input is wrong in {} place(s)", .0.len())]
    Invalid(Vec<FieldError>),
    /// The request's body is larger than allowed (HTTP 413).
    #[error("the upload is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The request's body is not of the form that is needed (HTTP 415).
    #[error("the request's content type is not the one that is needed")]
    WrongContentType,
    /// The object is not there (HTTP 404).
    #[error("{0:?} not found")]
    NotFound(Noun),
    /// Nobody is signed in, or the session has ended (HTTP 401).
    #[error("sign in first")]
    SignInRequired,
    /// Name and password do not belong together (HTTP 401).
    #[error("the user name or the password is wrong")]
    WrongCredentials,
    /// The caller may not do this (HTTP 403).
    #[error("not allowed")]
    Forbidden,
    /// The one-time link is used up, expired or wrong (HTTP 403).
    #[error("the set-up link is not valid any more")]
    SetupLinkInvalid,
    /// Too many attempts (HTTP 429).
    #[error("too many attempts; wait {retry_after} s")]
    TooManyAttempts {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// Somebody else changed the object since it was read (HTTP 409).
    #[error("the object has been changed since it was read")]
    Stale,
    /// The group still has SSL certificates (HTTP 409).
    #[error("the group still has {count} SSL certificate(s)")]
    GroupNotEmpty {
        /// How many.
        count: u64,
    },
    /// Others refer to it (HTTP 409).
    #[error("{noun:?} {id} is still using it")]
    InUse {
        /// What one of them is.
        noun: Noun,
        /// Its id.
        id: String,
    },
    /// Something went wrong on our side (HTTP 500). The log has a line with this reference.
    #[error("internal error, reference {reference}")]
    Internal {
        /// What to look for in the log.
        reference: String,
    },
}

impl Problem {
    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::Invalid(_) => 422,
            Self::TooLarge { .. } => 413,
            Self::WrongContentType => 415,
            Self::NotFound(_) => 404,
            Self::SignInRequired | Self::WrongCredentials => 401,
            Self::Forbidden | Self::SetupLinkInvalid => 403,
            Self::TooManyAttempts { .. } => 429,
            Self::Stale | Self::GroupNotEmpty { .. } | Self::InUse { .. } => 409,
            Self::Internal { .. } => 500,
        }
    }

    /// The errors at `Invalid`'s fields; empty otherwise.
    pub fn field_errors(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) => errors,
            _ => &[],
        }
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        Self::Invalid(vec![error])
    }
}

/// The kinds of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Noun {
    /// A gateway group.
    GatewayGroup,
    /// An SSL certificate.
    SslCertificate,
    /// A CA certificate.
    CaCertificate,
    /// An entry of a deny-list.
    DeniedClient,
    /// A handshake event.
    HandshakeEvent,
    /// A service.
    Service,
    /// A route.
    Route,
    /// An upstream that services share.
    Upstream,
    /// A page of the dashboard.
    Page,
}
