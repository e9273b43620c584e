//! What each control of the form is called, and what it is for.

use domain::UpstreamNumber as N;

use crate::language::Text;
use crate::pages::service::control::Control;
use crate::text::{field, service as words};

/// The label.
pub(super) fn label(control: Control) -> Text {
    match control {
        Control::UpstreamHost => words::UPSTREAM_HOST,
        Control::TlsVerify => words::TLS_VERIFY,
        Control::CheckKind => words::CHECK_KIND,
        Control::CheckPath => words::CHECK_PATH,
        Control::CheckHost => words::CHECK_HOST,
        Control::PassiveStatuses => words::PASSIVE_STATUSES,
        control => field::field(control.field()),
    }
}

/// One sentence of help.
pub(super) fn help(control: Control) -> Text {
    match control {
        Control::Name | Control::IsComplete => words::NAME_HELP,
        Control::Hosts => words::HOSTS_HELP,
        Control::IdentityHeaders => words::IDENTITY_HELP,
        Control::Upstream => words::UPSTREAM_HELP,
        Control::Scheme => words::SCHEME_HELP,
        Control::Nodes => words::NODES_HELP,
        Control::Balancing => words::BALANCING_HELP,
        Control::HashKey => words::HASH_KEY_HELP,
        Control::PassHost => words::PASS_HOST_HELP,
        Control::UpstreamHost => words::UPSTREAM_HOST_HELP,
        Control::Number(number) => number_help(number),
        Control::Retries => words::RETRIES_HELP,
        Control::TlsVerify => words::TLS_VERIFY_HELP,
        Control::UpstreamServerName => words::SERVER_NAME_HELP,
        Control::ClientCertificate => words::CLIENT_CERTIFICATE_HELP,
        Control::ActiveCheck => words::ACTIVE_HELP,
        Control::CheckKind => words::CHECK_KIND_HELP,
        Control::CheckPath => words::CHECK_PATH_HELP,
        Control::CheckHost => words::CHECK_HOST_HELP,
        Control::PassiveCheck => words::PASSIVE_HELP,
        Control::PassiveStatuses => words::PASSIVE_STATUSES_HELP,
    }
}

fn number_help(number: N) -> Text {
    match number {
        N::ConnectTimeout => words::CONNECT_HELP,
        N::SendTimeout => words::SEND_HELP,
        N::ReadTimeout => words::READ_HELP,
        N::CheckInterval => words::CHECK_INTERVAL_HELP,
        N::CheckTimeout => words::CHECK_TIMEOUT_HELP,
        N::HealthyAfter | N::UnhealthyAfter | N::PassiveUnhealthyAfter => words::IN_A_ROW_HELP,
        N::RecoverAfter => words::RECOVER_HELP,
    }
}
