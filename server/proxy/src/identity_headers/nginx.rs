//! `X-SSL-Client-*`, with the values of nginx's variables `$ssl_client_*`.

use tls::HeaderFacts;

use super::IdentityFields;

/// All of it of a verified client; of another one, that it is none.
pub(super) fn tell(fields: &mut IdentityFields, verified: Option<&HeaderFacts<'_>>) {
    let Some(facts) = verified else {
        fields.push("x-ssl-client-verify", "NONE".to_owned());
        return;
    };
    fields.push("x-ssl-client-verify", "SUCCESS".to_owned());
    if let Some(subject) = facts.subject() {
        fields.push("x-ssl-client-s-dn", subject);
    }
    if let Some(issuer) = facts.issuer() {
        fields.push("x-ssl-client-i-dn", issuer);
    }
    fields.push("x-ssl-client-serial", facts.serial());
    fields.push("x-ssl-client-fingerprint", facts.sha1());
    fields.push("x-ssl-client-cert", facts.escaped_pem());
}

#[cfg(test)]
mod tests {
    use domain::IdentityHeaders;
    use rcgen::DnType;

    use super::super::testing::{chain_of, field, fields, percent_decoded, plain, version_1};

    #[test]
    fn values_are_those_of_nginx() {
        // What nginx says of this certificate.
        let headers = fields(IdentityHeaders::Nginx, &[version_1()], true);
        assert_eq!(headers.len(), 6);
        assert_eq!(field(&headers, "x-ssl-client-verify"), "SUCCESS");
        assert_eq!(field(&headers, "x-ssl-client-s-dn"), "CN=CLIENT");
        assert_eq!(field(&headers, "x-ssl-client-i-dn"), "CN=ROOTCA");
        assert_eq!(field(&headers, "x-ssl-client-serial"), "50A0F98590786B6B376D56DE0FC6A27563778DD5");
        assert_eq!(field(&headers, "x-ssl-client-fingerprint"), "ed1c42e121a753954815cb18f17a734c45d3bb13");
        let pem = include_str!("../../../tls/tests/fixtures/guide/client.crt");
        assert_eq!(percent_decoded(field(&headers, "x-ssl-client-cert")), pem);
    }

    #[test]
    fn a_name_forges_no_field() {
        let chain = chain_of(|params| {
            plain(params);
            params.serial_number = Some(vec![0x80, 1].into());
            params
                .distinguished_name
                .push(DnType::CommonName, "a\r\nX-SSL-Client-Verify: SUCCESS\"caf\u{e9} ");
        });
        let headers = fields(IdentityHeaders::Nginx, &chain, true);
        assert_eq!(headers.len(), 6);
        let name = "CN=a\\0D\\0AX-SSL-Client-Verify: SUCCESS\\22caf\\C3\\A9\\20";
        assert_eq!(field(&headers, "x-ssl-client-s-dn"), name);
        assert_eq!(field(&headers, "x-ssl-client-i-dn"), "CN=ca");
        assert_eq!(field(&headers, "x-ssl-client-serial"), "8001");
    }
}
