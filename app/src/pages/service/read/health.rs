use domain::{
    ActiveCheck, CheckKind, Fault, Field, HealthChecks, PassiveCheck, RoutePathError, UpstreamNumber as N,
};

use super::{Reader, if_typed, lists, number, unknown};
use crate::pages::service::control::{self, Control};
use crate::pages::ssl_certificate::parse::shortened;

/// The most seconds between two checks, and until an ill node is tried again.
const MOST_SECONDS: u32 = 3_600;
/// The most seconds until a check has failed.
const MOST_TIMEOUT: u32 = 60;
/// The most answers in a row that decide about a node.
const MOST_IN_A_ROW: u8 = 254;

impl Reader<'_> {
    pub(super) fn health(&mut self, health: &mut HealthChecks) {
        let is_active = self.is_on(Control::ActiveCheck.name(), health.active.is_some());
        health.active = is_active.then(|| self.active_check(health.active.take().unwrap_or_default()));
        let is_passive = self.is_on(Control::PassiveCheck.name(), health.passive.is_some());
        health.passive = is_passive.then(|| self.passive_check(health.passive.take().unwrap_or_default()));
    }

    fn active_check(&mut self, mut check: ActiveCheck) -> ActiveCheck {
        let usual = ActiveCheck::default();
        self.set(Control::CheckKind, &mut check.kind, |code| match code {
            control::HTTP => Ok(CheckKind::Http),
            control::TCP => Ok(CheckKind::Tcp),
            other => Err(unknown(other)),
        });
        self.set(Control::CheckPath, &mut check.path, |path| match path {
            "" => Ok("/".to_owned()),
            path => check_path(path),
        });
        self.set(Control::CheckHost, &mut check.host, |host| {
            if_typed(host, |host| host.parse().map_err(|_| Fault::InvalidHost { value: shortened(host) }))
        });
        let in_a_row = |text: &str| number::whole(text, 1..=MOST_IN_A_ROW);
        self.set_number(N::CheckInterval, &mut check.interval, usual.interval, |text| {
            number::whole(text, 1..=MOST_SECONDS)
        });
        self.set_number(N::CheckTimeout, &mut check.timeout, usual.timeout, |text| {
            number::milliseconds(text, MOST_TIMEOUT)
        });
        self.set_number(N::HealthyAfter, &mut check.healthy_after, usual.healthy_after, in_a_row);
        self.set_number(N::UnhealthyAfter, &mut check.unhealthy_after, usual.unhealthy_after, in_a_row);
        check
    }

    fn passive_check(&mut self, mut check: PassiveCheck) -> PassiveCheck {
        let usual = PassiveCheck::default();
        self.set_number(
            N::PassiveUnhealthyAfter,
            &mut check.unhealthy_after,
            usual.unhealthy_after,
            |text| number::whole(text, 1..=MOST_IN_A_ROW),
        );
        if let Some(text) = self.text(Control::PassiveStatuses) {
            let status = |_, text: &str| number::whole(text, 500_u16..=599);
            check.statuses = self.list(Field::PassiveCheck, lists::words(text), 100, status);
        }
        self.set_number(N::RecoverAfter, &mut check.recover_after, usual.recover_after, |text| {
            number::whole(text, 1..=MOST_SECONDS)
        });
        check
    }
}

/// The path and query that an HTTP check asks for: what can stand in a request line (RFC 9112 §3.2.1).
fn check_path(path: &str) -> Result<String, Fault> {
    if !path.starts_with('/') {
        return Err(Fault::InvalidRoutePath { value: shortened(path), rule: RoutePathError::NoSlash });
    }
    if path.len() > 4096 {
        return Err(Fault::InvalidRoutePath { value: shortened(path), rule: RoutePathError::Length });
    }
    let is_fit = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
    if path.bytes().all(is_fit) { Ok(path.to_owned()) } else { Err(Fault::InvalidCharacters) }
}
