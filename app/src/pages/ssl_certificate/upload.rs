//! Reads the multipart body of a certificate form (RFC 7578) into bounded fields.

use domain::{Fault, FieldError, Limit, Problem, Secret};
use multer::Multipart;

use super::control::{BODY_LIMIT, Control};

/// The fields of a form, none of them parsed yet.
#[derive(Debug, Default)]
pub(super) struct Upload {
    /// Wiped when dropped, as one of them is a private key.
    fields: Vec<(Control, Secret)>,
    /// Fields that ran over the limit; their values were thrown away.
    too_large: Vec<FieldError>,
}

impl Upload {
    /// Reads a form to its end.
    ///
    /// # Errors
    /// [`Problem::TooLarge`] over [`BODY_LIMIT`]; [`Problem::WrongContentType`] for a body that is no multipart form, or
    /// has a field that no form of ours has, or one twice that does not repeat. A single field over its limit is not an
    /// error yet: see [`Upload::too_large`].
    pub(super) async fn read(mut multipart: Multipart<'_>) -> Result<Self, Problem> {
        let mut upload = Self::default();
        let mut total = 0;
        while let Some(mut field) = multipart.next_field().await.map_err(|error| unreadable(&error))? {
            let control = field.name().and_then(Control::named).ok_or(Problem::WrongContentType)?;
            let before = upload.take(control);
            if before.is_some() && !control.repeats() {
                return Err(Problem::WrongContentType);
            }
            // Reserved at once: growing would leave copies of a key behind.
            let mut value = Vec::with_capacity(control.limit());
            if let Some(before) = before {
                value.extend_from_slice(before.expose());
                value.push(b'\n');
            }
            let mut size = value.len();
            while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(&error))? {
                total += chunk.len() as u64;
                size += chunk.len();
                if size <= control.limit() {
                    value.extend_from_slice(&chunk);
                }
            }
            let mut value = Secret::new(value);
            if size > control.limit() {
                value = Secret::default();
                upload.note_too_large(control)?;
            }
            upload.fields.push((control, value));
        }
        if total > BODY_LIMIT {
            return Err(Problem::TooLarge { limit: BODY_LIMIT });
        }
        Ok(upload)
    }

    fn note_too_large(&mut self, control: Control) -> Result<(), Problem> {
        let limit = control.limit() as u64;
        let field = control.field().ok_or(Problem::TooLarge { limit })?;
        self.too_large.push(FieldError::new(field, Fault::TooLarge(Limit::Bytes(limit))));
        Ok(())
    }

    /// The fields that ran over the limit.
    pub(super) fn too_large(&self) -> &[FieldError] {
        &self.too_large
    }

    /// What a control held so far, taken out.
    fn take(&mut self, control: Control) -> Option<Secret> {
        let place = self.fields.iter().position(|(name, _)| *name == control)?;
        Some(self.fields.swap_remove(place).1)
    }

    /// Whether the form has this control, whatever stands in it.
    pub(super) fn has(&self, control: Control) -> bool {
        self.value(control).is_some()
    }

    /// What a control holds; `None` if the form has no such control. What repeats stands on lines of its own.
    fn value(&self, control: Control) -> Option<&Secret> {
        self.fields.iter().find(|(name, _)| *name == control).map(|(_, value)| value)
    }

    /// The bytes of a control; empty if there are none.
    pub(super) fn bytes(&self, control: Control) -> &[u8] {
        self.value(control).map(Secret::expose).unwrap_or_default()
    }

    /// The text of a control without the space around it. What is not UTF-8 becomes U+FFFD, which nothing accepts.
    pub(super) fn text(&self, control: Control) -> String {
        String::from_utf8_lossy(self.bytes(control)).trim().to_owned()
    }

    /// The bytes of a control that must not be copied where they are not wiped.
    pub(super) fn secret(&self, control: Control) -> Secret {
        self.value(control).cloned().unwrap_or_default()
    }
}

fn unreadable(error: &multer::Error) -> Problem {
    match error {
        // The stream itself fails when the client goes away, where nobody reads the answer, or when a layer in front of us
        // stops a body that is too large.
        multer::Error::StreamSizeExceeded { .. } | multer::Error::StreamReadFailed(_) => {
            Problem::TooLarge { limit: BODY_LIMIT }
        }
        _ => Problem::WrongContentType,
    }
}

#[cfg(test)]
mod tests {
    use domain::Field;
    use futures_util::stream;

    use super::*;
    use crate::pages::ssl_certificate::control::{FIELD_LIMIT, READ_LIMIT};

    const BOUNDARY: &str = "----postern";

    /// A body as browsers write it: one part a field, files with a name and a type.
    fn body(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, file, value) in parts {
            body.extend_from_slice(
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"").as_bytes(),
            );
            if let Some(file) = file {
                body.extend_from_slice(
                    format!("; filename=\"{file}\"\r\nContent-Type: application/x-x509-ca-cert").as_bytes(),
                );
            }
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(value);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        body
    }

    /// Reads `body` in pieces of `piece` bytes, as the network may deliver it.
    fn read_in(body: &[u8], piece: usize) -> Result<Upload, Problem> {
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
            body.chunks(piece).map(|piece| Ok(piece.to_vec())).collect();
        let limit = multer::SizeLimit::new().whole_stream(READ_LIMIT);
        let multipart = Multipart::with_constraints(
            stream::iter(pieces),
            BOUNDARY,
            multer::Constraints::new().size_limit(limit),
        );
        futures_util::FutureExt::now_or_never(Upload::read(multipart)).expect("all of the body is there")
    }

    fn read(body: &[u8]) -> Result<Upload, Problem> {
        read_in(body, 8 * 1024)
    }

    #[test]
    fn reads_files_and_texts_however_they_are_cut() {
        let body = body(&[
            ("group", None, b"default"),
            ("certificate", Some("server.crt"), b"\x30\x82\r\n--not-the-boundary\0"),
            ("private_key", Some(""), b""),
            ("snis", None, " test.com \n".as_bytes()),
        ]);
        for piece in [1, 7, 100_000] {
            let upload = read_in(&body, piece).expect("readable");
            assert_eq!(upload.text(Control::Group), "default");
            assert_eq!(upload.bytes(Control::Certificate), b"\x30\x82\r\n--not-the-boundary\0");
            assert!(upload.secret(Control::PrivateKey).is_empty());
            assert_eq!(upload.text(Control::Snis), "test.com");
            assert_eq!(upload.text(Control::Depth), "");
            assert_eq!(upload.too_large(), []);
        }
    }

    #[test]
    fn a_field_may_hold_64_kib_and_not_one_byte_more() {
        let full = vec![b'x'; FIELD_LIMIT];
        let upload = read(&body(&[("certificate", Some("a"), &full)])).expect("readable");
        assert_eq!(upload.bytes(Control::Certificate).len(), FIELD_LIMIT);
        assert_eq!(upload.too_large(), []);

        let over = vec![b'x'; FIELD_LIMIT + 1];
        for (name, field) in [
            ("certificate", Field::Certificate),
            ("private_key_text", Field::PrivateKey),
            ("ca_certificate", Field::CaCertificate),
            ("snis", Field::Snis),
        ] {
            let upload = read(&body(&[(name, None, &over), ("group", None, b"default")])).expect("readable");
            let limit = Fault::TooLarge(Limit::Bytes(65_536));
            assert_eq!(upload.too_large(), [FieldError::new(field, limit)], "{name}");
            assert!(upload.bytes(Control::named(name).expect("known")).is_empty());
            assert_eq!(upload.text(Control::Group), "default", "what follows is still read");
        }
        assert_eq!(read(&body(&[("group", None, &over)])).err(), Some(Problem::TooLarge { limit: 65_536 }));
    }

    #[test]
    fn what_is_ticked_stands_on_lines_within_one_bound() {
        let ticked = |id: &'static [u8]| ("ca_certificate_id", None, id);
        let upload = read(&body(&[ticked(b"a"), ("group", None, b"g"), ticked(b"b")])).expect("readable");
        assert_eq!(upload.text(Control::CaCertificateId), "a\nb");
        let long = vec![b'x'; FIELD_LIMIT / 2];
        let many = ("ca_certificate_id", None, long.as_slice());
        let upload = read(&body(&[many, many, many])).expect("readable");
        let limit = Fault::TooLarge(Limit::Bytes(65_536));
        assert_eq!(upload.too_large().first(), Some(&FieldError::new(Field::CaCertificate, limit)));
    }

    #[test]
    fn an_allow_list_may_be_longer_than_a_certificate() {
        let list = vec![b'x'; FIELD_LIMIT + 1];
        let upload = read(&body(&[("allow_list", None, &list)])).expect("readable");
        assert_eq!((upload.too_large(), upload.bytes(Control::AllowList).len()), (&[][..], list.len()));
    }

    #[test]
    fn all_fields_together_are_bounded() {
        for size in [2 << 20, 9 << 20] {
            let huge = vec![b'x'; size];
            let result = read(&body(&[("certificate", Some("a"), &huge)]));
            assert_eq!(result.err(), Some(Problem::TooLarge { limit: BODY_LIMIT }), "{size}");
        }
    }

    #[test]
    fn refuses_what_no_form_of_ours_sends() {
        for (what, body) in [
            ("an unknown field", body(&[("certificate_", None, b"x")])),
            ("a field twice", body(&[("snis", None, b"a.com"), ("snis", None, b"b.com")])),
            ("no multipart", b"group=default".to_vec()),
            ("nothing", Vec::new()),
            ("a form that is cut off", body(&[("snis", None, b"test.com")])[..70].to_vec()),
            ("a field without a name", format!("--{BOUNDARY}\r\n\r\nx\r\n--{BOUNDARY}--\r\n").into_bytes()),
        ] {
            assert_eq!(read(&body).err(), Some(Problem::WrongContentType), "{what}");
        }
    }

    #[test]
    fn shows_no_key_when_it_is_debugged() {
        let upload = read(&body(&[("private_key", Some("k"), b"MIIEowIBAAKCAQEA")])).expect("readable");
        assert!(!format!("{upload:?}").contains("77, 73"));
        assert!(!format!("{upload:?}").contains("MIIE"));
    }
}
