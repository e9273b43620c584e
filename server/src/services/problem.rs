//! The one place where what went wrong inside becomes what may be said outside.

use domain::{Fault, Field, FieldError, Limit, Noun, Problem};
use store::{StoreError, WriteError};

/// Logs an internal error with a fresh reference, and gives what the user is told: the reference.
pub(crate) fn internal(error: &(dyn std::error::Error + 'static)) -> Problem {
    let reference = ulid::Ulid::new().to_string();
    tracing::error!(reference, error = %Chain(error), "an operation failed");
    Problem::Internal { reference }
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that `map_err` takes")]
pub(super) fn store_problem(error: StoreError) -> Problem {
    internal(&error)
}

/// What a refused write says to the user; `noun` is what was to be written.
pub(super) fn write_problem(noun: Noun, error: WriteError) -> Problem {
    match error {
        WriteError::NotFound => Problem::NotFound(noun),
        WriteError::Stale => Problem::Stale,
        WriteError::SniTaken { sni, by } => FieldError::new(Field::Snis, Fault::SniTaken { sni, by }).into(),
        WriteError::CaUnknown(id) => {
            let field = match noun {
                Noun::Service => Field::UpstreamCa,
                _ => Field::CaCertificate,
            };
            FieldError::new(field, Fault::CaUnknown { id }).into()
        }
        WriteError::NameTaken => FieldError::new(Field::Name, Fault::NameTaken).into(),
        WriteError::AddressTaken(by) => FieldError::new(Field::Listener, Fault::AddressTaken { by }).into(),
        WriteError::HttpAddressTaken(by) => {
            FieldError::new(Field::HttpListener, Fault::AddressTaken { by }).into()
        }
        WriteError::CertificateUnknown(id) => {
            let fault = Fault::UnknownValue { value: id.to_string() };
            FieldError::new(Field::DefaultCertificate, fault).into()
        }
        WriteError::AlreadyDenied => FieldError::new(Field::DenyEntry, Fault::AlreadyDenied).into(),
        WriteError::ServiceUnknown(id) => {
            FieldError::new(Field::Service, Fault::ServiceUnknown { id }).into()
        }
        WriteError::UpstreamUnknown(id) => {
            FieldError::new(Field::Upstream, Fault::UpstreamUnknown { id }).into()
        }
        WriteError::ClientCertificateUnknown(id) => {
            FieldError::new(Field::ClientCertificate, Fault::CertificateUnknown { id }).into()
        }
        WriteError::NotAClientCertificate(id) => {
            FieldError::new(Field::ClientCertificate, Fault::NotAClientCertificate { id }).into()
        }
        WriteError::TooMany(most) => {
            let field = match noun {
                Noun::Service => Field::Routes,
                _ => Field::DenyEntry,
            };
            FieldError::new(field, Fault::TooLarge(Limit::Entries(most))).into()
        }
        WriteError::InUseBy { noun, id } => Problem::InUse { noun, id },
        WriteError::InUse(count) => match noun {
            Noun::GatewayGroup => Problem::GroupNotEmpty { count },
            _ => Problem::Stale,
        },
        WriteError::Store(error) => store_problem(error),
    }
}

/// An error with all its sources, in one line.
struct Chain<'a>(&'a (dyn std::error::Error + 'static));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}
