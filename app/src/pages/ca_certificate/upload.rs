//! Reads the multipart body of the revocation lists' form (RFC 7578) into bounded fields.

use domain::{Fault, Field, FieldError, Limit, Problem};
use multer::Multipart;

use super::revocation::stale_from_code;
use crate::backend::RevocationChange;
use crate::components::field_id;
use crate::pages::ssl_certificate::parse::shortened;

/// The most that a field other than the lists may hold, in bytes: ids and codes are far shorter.
const TEXT_LIMIT: usize = 256;

/// The form, as it came.
#[derive(Debug, Default)]
pub(super) struct RevocationForm {
    pub(super) group: String,
    pub(super) id: String,
    stale: String,
    /// What was uploaded; `None` if it is more than the limit.
    lists: Option<Vec<u8>>,
}

impl RevocationForm {
    /// Reads a form to its end.
    ///
    /// # Errors
    /// [`Problem::WrongContentType`] for a body that is no multipart form, or has a field that this form has not, or one
    /// twice, or a text that is too long; [`Problem::TooLarge`] for one that was not read to its end.
    pub(super) async fn read(mut multipart: Multipart<'_>) -> Result<Self, Problem> {
        let mut form = Self { lists: Some(Vec::new()), ..Self::default() };
        let mut seen = Vec::new();
        while let Some(mut field) = multipart.next_field().await.map_err(|error| unreadable(&error))? {
            let name = field.name().map(str::to_owned).filter(|name| !seen.contains(name));
            let name = name.ok_or(Problem::WrongContentType)?;
            let is_file = name == field_id(Field::RevocationLists);
            let limit = if is_file { RevocationChange::LIMIT } else { TEXT_LIMIT };
            let mut value = Some(Vec::new());
            while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(&error))? {
                value = value.filter(|value| value.len() + chunk.len() <= limit);
                if let Some(value) = &mut value {
                    value.extend_from_slice(&chunk);
                }
            }
            form.put(&name, value)?;
            seen.push(name);
        }
        Ok(form)
    }

    fn put(&mut self, name: &str, value: Option<Vec<u8>>) -> Result<(), Problem> {
        if name == field_id(Field::RevocationLists) {
            self.lists = value;
            return Ok(());
        }
        let text = value.and_then(|value| String::from_utf8(value).ok()).ok_or(Problem::WrongContentType)?;
        let place = match name {
            "group" => &mut self.group,
            "id" => &mut self.id,
            name if name == field_id(Field::StaleRevocationLists) => &mut self.stale,
            _ => return Err(Problem::WrongContentType),
        };
        text.trim().clone_into(place);
        Ok(())
    }

    /// What it asks for. No file means that the lists stay: there is a form of its own for taking them away.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with each field that cannot be used.
    pub(super) fn change(self) -> Result<RevocationChange, Problem> {
        let mut errors = Vec::new();
        let stale = stale_from_code(&self.stale);
        if stale.is_none() {
            let fault = match self.stale.as_str() {
                "" => Fault::Required,
                other => Fault::UnknownValue { value: shortened(other) },
            };
            errors.push(FieldError::new(Field::StaleRevocationLists, fault));
        }
        let lists = self.lists.unwrap_or_else(|| {
            let limit = Limit::Bytes(RevocationChange::LIMIT as u64);
            errors.push(FieldError::new(Field::RevocationLists, Fault::TooLarge(limit)));
            Vec::new()
        });
        if !errors.is_empty() {
            return Err(Problem::Invalid(errors));
        }
        Ok(RevocationChange { lists: Some(lists).filter(|lists| !lists.is_empty()), stale })
    }
}

fn unreadable(error: &multer::Error) -> Problem {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::StreamReadFailed(_) => {
            Problem::TooLarge { limit: RevocationChange::LIMIT as u64 }
        }
        _ => Problem::WrongContentType,
    }
}
