use domain::{Fault, Field, Method, Route, RouteId, RoutePath, Status, Versioned};

use super::{Reader, lists, unknown};
use crate::pages::service::control::{self, RouteControl};
use crate::pages::service::fields::Fields;
use crate::pages::ssl_certificate::parse::shortened;

type Stored = [Versioned<RouteId, Route>];

/// The rows that are routes: a row without paths is none, unless something else was typed there into a new one. To empty
/// the paths of a route is how it is deleted where no script runs.
pub(super) fn used_rows(fields: &Fields) -> Vec<usize> {
    let has = |row, control: RouteControl| {
        fields.sent(&control.name(row)).is_some_and(|text| !text.trim().is_empty())
    };
    let is_used = |row: &usize| {
        has(*row, RouteControl::Paths) || (!has(*row, RouteControl::Id) && has(*row, RouteControl::Methods))
    };
    fields.rows().into_iter().filter(is_used).collect()
}

impl Reader<'_> {
    /// The routes. Those that the form has an id for keep what it does not show of them.
    pub(super) fn routes(&mut self, stored: &Stored) -> Vec<(Option<RouteId>, Route)> {
        if self.fields.rows().is_empty() {
            return stored.iter().map(|route| (Some(route.id.clone()), route.value.clone())).collect();
        }
        used_rows(self.fields).into_iter().map(|row| self.route(row, stored)).collect()
    }

    fn route(&mut self, row: usize, stored: &Stored) -> (Option<RouteId>, Route) {
        let id = self.fields.sent(&RouteControl::Id.name(row)).unwrap_or_default();
        let before = stored.iter().find(|route| route.id.as_str() == id);
        let mut route = before.map_or_else(new_route, |before| before.value.clone());
        let faults = fill(&mut route, self.fields, row);
        route.requires_client_certificate =
            self.is_on(&RouteControl::Verified.name(row), route.requires_client_certificate);
        for fault in faults {
            self.wrong(Field::Routes, Fault::InRoute { number: row + 1, fault: Box::new(fault) });
        }
        (before.map(|before| before.id.clone()), route)
    }
}

fn new_route() -> Route {
    Route {
        name: None,
        hosts: Vec::new(),
        paths: Vec::new(),
        methods: Vec::new(),
        priority: 0,
        service: None,
        upstream: None,
        timeouts: None,
        requires_client_certificate: false,
        status: Status::Enabled,
    }
}

/// Puts what stands in a row into a route; what is wrong with it comes back.
fn fill(route: &mut Route, fields: &Fields, row: usize) -> Vec<Fault> {
    let text = |control: RouteControl| fields.sent(&control.name(row)).map(str::trim);
    let mut faults = Vec::new();
    let paths = lists::lines(text(RouteControl::Paths).unwrap_or_default());
    if paths.is_empty() {
        faults.push(Fault::Required);
    }
    match lists::parsed(paths, Route::MOST_PATHS, |_, text| path(text)) {
        Ok(paths) => route.paths = paths,
        Err(wrong) => faults.extend(wrong),
    }
    if let Some(methods) = text(RouteControl::Methods) {
        match lists::parsed(lists::words(methods), Method::ALL.len(), |_, name| method(name)) {
            Ok(methods) => route.methods = methods,
            Err(wrong) => faults.extend(wrong),
        }
    }
    match text(RouteControl::Priority) {
        None => {}
        Some("") => route.priority = 0,
        Some(priority) => match priority.parse() {
            Ok(priority) => route.priority = priority,
            Err(_) => faults.push(Fault::NotANumber),
        },
    }
    match text(RouteControl::Status) {
        None => {}
        Some(control::ENABLED) => route.status = Status::Enabled,
        Some(control::DISABLED) => route.status = Status::Disabled,
        Some(other) => faults.push(unknown(other)),
    }
    faults
}

fn path(text: &str) -> Result<RoutePath, Fault> {
    text.parse().map_err(|rule| Fault::InvalidRoutePath { value: shortened(text), rule })
}

fn method(name: &str) -> Result<Method, Fault> {
    let found = Method::ALL.iter().find(|method| method.name().eq_ignore_ascii_case(name));
    found.copied().ok_or_else(|| unknown(name))
}
