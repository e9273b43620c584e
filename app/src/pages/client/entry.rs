//! Which entry of a deny-list names a client's certificate.

use domain::{DenyEntry, Fingerprint};

/// Characters of the longest label.
pub(super) const LONGEST_LABEL: usize = 128;
/// What stands at the end of a name that was cut.
const CUT: char = '…';

/// The entry that denies a certificate: by issuer and serial number, which no copy of the certificate escapes; by its
/// SHA-256 where the issuer's name is not known as a whole.
pub(crate) fn entry_for(serial: &str, issuer: &str, fingerprint: Fingerprint) -> DenyEntry {
    let by_serial = format!("serial:{serial} issuer:{issuer}").parse().ok();
    by_serial.filter(|_| !issuer.ends_with(CUT)).unwrap_or(DenyEntry::Certificate(fingerprint))
}

/// What an entry may be called: a name, as far as there is room for it.
pub(super) fn label(name: &str) -> String {
    name.trim().chars().filter(|character| !character.is_control()).take(LONGEST_LABEL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_denied_by_its_issuer_and_number() {
        let entry = entry_for("5a:1f", "CN=ROOT CA,O=X", Fingerprint([1; 32]));
        assert_eq!(entry.to_string(), "serial:5a:1f issuer:CN=ROOT CA,O=X");
    }

    #[test]
    fn a_name_that_is_not_whole_decides_nothing() {
        let fingerprint = Fingerprint([1; 32]);
        for issuer in ["", " CN=A", "CN=A\nB", "CN=AAAA…", &"x".repeat(513)] {
            assert_eq!(
                entry_for("5a", issuer, fingerprint),
                DenyEntry::Certificate(fingerprint),
                "{issuer:?}"
            );
        }
        assert_eq!(entry_for("", "CN=A", fingerprint), DenyEntry::Certificate(fingerprint));
    }

    #[test]
    fn labels_are_of_one_line_and_not_long() {
        assert_eq!(label(" DEVICE\n-7 "), "DEVICE-7");
        assert_eq!(label(&"设".repeat(200)).chars().count(), LONGEST_LABEL);
    }
}
