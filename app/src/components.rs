//! The pieces that pages are made of. None of them calls the server.

mod badge;
mod brand;
mod command;
mod copy_button;
mod dialog;
mod field;
mod file_field;
mod get_form;
mod messages;
mod page;
mod pagination;
mod submit_button;
mod time;

pub use badge::{Badge, BadgeKind};
pub use brand::Brand;
pub use command::Command;
pub use copy_button::CopyButton;
pub use dialog::Dialog;
pub(crate) use field::in_textarea;
pub use field::{
    FieldErrors, RadioField, SelectField, SwitchField, TextAreaField, TextField, error_id, field_id,
    has_error,
};
pub use file_field::FileField;
pub use get_form::GetForm;
pub use messages::{Alert, EmptyState, ErrorSummary};
pub use page::{ButtonLink, ConfirmPage, PageHeader, ProblemPage};
pub use pagination::Pagination;
pub use submit_button::SubmitButton;
pub use time::Time;
