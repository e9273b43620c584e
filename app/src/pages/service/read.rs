//! From the fields of a service's form to what the server is asked to do. All faults are gathered, each with its field.
//!
//! What the form does not have stays as it is stored: a route's own hosts, timeouts and upstream, and how many
//! connections are kept.

mod health;
mod lists;
mod number;
mod routes;
mod upstream;

use domain::{
    Fault, Field, FieldError, ObjectName, Problem, Service, ServiceWithRoutes, Upstream, UpstreamChoice,
};

use super::control::Control;
use super::fields::Fields;
use crate::backend::ServiceDraft;
use crate::pages::gateway_group::parse::parse_identity_headers;
use crate::pages::ssl_certificate::parse::shortened;

/// What the form asks for.
///
/// # Errors
/// [`Problem::Invalid`] with every reason why it cannot be.
pub(super) fn draft(fields: &Fields, stored: Option<&ServiceWithRoutes>) -> Result<ServiceDraft, Problem> {
    let mut reader = Reader::new(fields);
    let service = reader.service(stored.map(|stored| &stored.service.value));
    let routes = reader.routes(stored.map_or(&[][..], |stored| &stored.routes));
    match service {
        Some(service) if reader.errors.is_empty() => Ok(ServiceDraft { service, routes }),
        _ => Err(Problem::Invalid(reader.errors)),
    }
}

/// The same problem, with routes numbered as the rows of the form: the rows that were left empty are no routes.
pub(super) fn by_row(problem: Problem, fields: &Fields) -> Problem {
    let Problem::Invalid(mut errors) = problem else {
        return problem;
    };
    let rows = routes::used_rows(fields);
    for error in &mut errors {
        if let Fault::InRoute { number, .. } = &mut error.fault
            && let Some(row) = rows.get(number.saturating_sub(1))
        {
            *number = row + 1;
        }
    }
    Problem::Invalid(errors)
}

/// Reads a form, and gathers what is wrong with it.
struct Reader<'a> {
    fields: &'a Fields,
    errors: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    fn new(fields: &'a Fields) -> Self {
        Self { fields, errors: Vec::new() }
    }

    /// The service; nothing if it has no name, but then too all else is read for its faults.
    fn service(&mut self, stored: Option<&Service>) -> Option<Service> {
        let name = self.name(stored);
        let mut hosts = stored.map(|stored| stored.hosts.clone()).unwrap_or_default();
        if let Some(text) = self.text(Control::Hosts) {
            let parse =
                |_, text: &str| text.parse().map_err(|_| Fault::InvalidHost { value: shortened(text) });
            hosts = self.list(Field::Hosts, lists::words(text), Service::MOST_HOSTS, parse);
        }
        let upstream = self.upstream_choice(stored.map(|stored| &stored.upstream));
        let mut identity_headers = stored.and_then(|stored| stored.identity_headers);
        self.set(Control::IdentityHeaders, &mut identity_headers, |name| {
            if_typed(name, parse_identity_headers)
        });
        Some(Service { name: name?, hosts, upstream, identity_headers })
    }

    fn name(&mut self, stored: Option<&Service>) -> Option<ObjectName> {
        let mut name = stored.map(|stored| stored.name.clone());
        self.set(Control::Name, &mut name, |text| text.parse().map(Some));
        if name.is_none() && self.text(Control::Name).is_none() {
            self.wrong(Field::Name, Fault::Required);
        }
        name
    }

    fn upstream_choice(&mut self, stored: Option<&UpstreamChoice>) -> UpstreamChoice {
        let usual = Upstream::default();
        let (own, mut shared) = match stored {
            Some(UpstreamChoice::Own(own)) => (&**own, None),
            Some(UpstreamChoice::Shared(id)) => (&usual, Some(id.clone())),
            None => (&usual, None),
        };
        self.set(Control::Upstream, &mut shared, |id| if_typed(id, |id| id.parse().map_err(|_| unknown(id))));
        match shared {
            Some(id) => UpstreamChoice::Shared(id),
            None => UpstreamChoice::Own(Box::new(self.upstream(own))),
        }
    }

    /// What stands in a control, without the space around it; nothing if the form does not have it.
    fn text(&self, control: Control) -> Option<&'a str> {
        self.fields.sent(control.name()).map(str::trim)
    }

    /// Whether a box is ticked; as it `was` if the form does not have it.
    fn is_on(&self, name: &str, was: bool) -> bool {
        let is_complete = self.fields.is_on(Control::IsComplete.name());
        self.fields.is_on(name) || (was && !is_complete)
    }

    /// Reads a control into `value`, which stays as it is if the form does not have the control.
    fn set<T>(&mut self, control: Control, value: &mut T, parse: impl FnOnce(&str) -> Result<T, Fault>) {
        match self.text(control).map(parse) {
            Some(Ok(read)) => *value = read,
            Some(Err(fault)) => self.wrong(control.field(), fault),
            None => {}
        }
    }

    fn wrong(&mut self, field: Field, fault: Fault) {
        self.errors.push(FieldError::new(field, fault));
    }
}

/// What an optional control says; nothing if nothing stands there.
fn if_typed<T>(text: &str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    if text.is_empty() { Ok(None) } else { parse(text).map(Some) }
}

/// That a text is none of those that a control offers.
fn unknown(text: &str) -> Fault {
    Fault::UnknownValue { value: shortened(text) }
}
