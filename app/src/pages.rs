//! One folder per noun: list, form, detail, and `api` with this noun's server functions.

pub mod ssl_certificate;
