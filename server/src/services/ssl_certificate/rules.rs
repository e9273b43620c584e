use app::backend::NewPeerVerification;
use domain::{CertificateType, Fault, Field, FieldError, Limit, PathPattern, PeerVerificationMode};
use proxy::ExemptPaths;

/// How many identities one allow-list may have.
const IDENTITY_LIMIT: usize = 1_000;

/// What is wrong with the rules of a policy, its CAs aside.
pub(super) fn faults(wanted: &NewPeerVerification, certificate_type: CertificateType) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if let Some(fault) = exempt_paths(wanted, certificate_type) {
        faults.push(FieldError::new(Field::ExemptPaths, fault));
    }
    if let Some(fault) = allow_list(wanted, certificate_type) {
        faults.push(FieldError::new(Field::AllowList, fault));
    }
    faults
}

/// With peer verification off they are kept for when it is switched on again; the other modes have no use for them.
fn exempt_paths(wanted: &NewPeerVerification, certificate_type: CertificateType) -> Option<Fault> {
    let patterns = &wanted.exempt_paths;
    if patterns.is_empty() {
        return None;
    }
    if certificate_type == CertificateType::Client {
        return Some(Fault::NotForClientType);
    }
    if matches!(wanted.mode, PeerVerificationMode::Optional | PeerVerificationMode::ReportOnly) {
        return Some(Fault::ExemptPathsNotRequired);
    }
    if patterns.len() > PathPattern::MOST {
        return Some(Fault::TooLarge(Limit::Entries(PathPattern::MOST as u64)));
    }
    ExemptPaths::compile(patterns).err()
}

fn allow_list(wanted: &NewPeerVerification, certificate_type: CertificateType) -> Option<Fault> {
    if wanted.allow_list.is_empty() {
        return None;
    }
    if certificate_type == CertificateType::Client {
        return Some(Fault::NotForClientType);
    }
    let too_many = wanted.allow_list.len() > IDENTITY_LIMIT;
    too_many.then_some(Fault::TooLarge(Limit::Entries(IDENTITY_LIMIT as u64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exempt(mode: PeerVerificationMode, patterns: &[&str]) -> NewPeerVerification {
        let exempt_paths = patterns.iter().map(|it| it.parse().expect("a pattern")).collect();
        NewPeerVerification { mode, exempt_paths, ..NewPeerVerification::default() }
    }

    #[test]
    fn exempt_paths_belong_to_mode_required_and_must_compile() {
        use PeerVerificationMode::{Off, Optional, ReportOnly, Required};
        let server = |wanted: &NewPeerVerification| faults(wanted, CertificateType::Server);
        assert_eq!(server(&exempt(Required, &["^/health$"])), []);
        assert_eq!(server(&exempt(Off, &["^/health$"])), []);
        for mode in [Optional, ReportOnly] {
            let expected = FieldError::new(Field::ExemptPaths, Fault::ExemptPathsNotRequired);
            assert_eq!(server(&exempt(mode, &["^/health$"])), [expected], "{mode:?}");
        }
        let found = server(&exempt(Required, &["^/a", "("]));
        assert!(matches!(found[0].fault, Fault::InvalidPathPattern { number: 2, .. }), "{found:?}");
        let many = vec!["/a"; PathPattern::MOST + 1];
        assert_eq!(server(&exempt(Required, &many))[0].fault, Fault::TooLarge(Limit::Entries(64)));
    }

    #[test]
    fn a_client_certificate_has_no_rules() {
        let mut wanted = exempt(PeerVerificationMode::Off, &["/a"]);
        wanted.allow_list = vec!["cn:device".parse().expect("an identity")];
        let found = faults(&wanted, CertificateType::Client);
        let fields: Vec<Field> = found.iter().map(|error| error.field).collect();
        assert_eq!(fields, [Field::ExemptPaths, Field::AllowList]);
    }

    #[test]
    fn an_allow_list_has_a_bound() {
        let wanted = NewPeerVerification {
            allow_list: vec!["cn:device".parse().expect("an identity"); IDENTITY_LIMIT + 1],
            ..NewPeerVerification::default()
        };
        let expected = FieldError::new(Field::AllowList, Fault::TooLarge(Limit::Entries(1_000)));
        assert_eq!(faults(&wanted, CertificateType::Server), [expected]);
    }
}
