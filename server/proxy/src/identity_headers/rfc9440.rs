//! `Client-Cert` and `Client-Cert-Chain` (RFC 9440).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;

use super::IdentityFields;

/// The leaf, and the other certificates that the client presented, in its order (§2.2, §2.3).
pub(super) fn tell(
    fields: &mut IdentityFields,
    leaf: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
) {
    fields.push("client-cert", byte_sequence(leaf));
    if !intermediates.is_empty() {
        let list: Vec<String> = intermediates.iter().map(|certificate| byte_sequence(certificate)).collect();
        fields.push("client-cert-chain", list.join(", "));
    }
}

/// RFC 9651 §3.3.5.
fn byte_sequence(bytes: &[u8]) -> String {
    format!(":{}:", STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use domain::IdentityHeaders;

    use super::super::testing::{Ca, chain_of, decoded, field, fields, plain};

    #[test]
    fn the_leaf_and_the_chain_are_sent_whole() {
        let chain = chain_of(plain);
        let headers = fields(IdentityHeaders::Rfc9440, &chain, true);
        assert_eq!(headers.len(), 1);
        assert_eq!(decoded(field(&headers, "client-cert")), chain[0].as_ref());
    }

    #[test]
    fn intermediates_are_a_list_in_their_order() {
        let (one, other) = (Ca::new("one"), Ca::new("other"));
        let chain = [&chain_of(plain)[..], &[one.der(), other.der()]].concat();
        let headers = fields(IdentityHeaders::Rfc9440, &chain, true);
        assert_eq!(decoded(field(&headers, "client-cert")), chain[0].as_ref());
        let list: Vec<Vec<u8>> = field(&headers, "client-cert-chain").split(", ").map(decoded).collect();
        assert_eq!(list, [chain[1].to_vec(), chain[2].to_vec()]);
    }

    #[test]
    fn a_chain_that_is_too_long_is_left_out() {
        let ca = Ca::new("one").der();
        let chain = [chain_of(plain), vec![ca; 100]].concat();
        let headers = fields(IdentityHeaders::Rfc9440, &chain, true);
        assert_eq!(headers.len(), 1);
        assert_eq!(decoded(field(&headers, "client-cert")), chain[0].as_ref());
    }
}
