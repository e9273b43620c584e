//! Which requests go to which service.

mod path;

use serde::{Deserialize, Serialize};

pub use self::path::{RoutePath, RoutePathError};
use crate::{ObjectName, ServiceId, Sni, Status, Timeouts, UpstreamChoice};

/// Requests that are to go somewhere (APISIX: `route`). Of several routes that match a request, the one with the most
/// exact host decides, then the most exact path, then the greatest priority, then the smallest id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Its name, for people.
    #[serde(default)]
    pub name: Option<ObjectName>,
    /// The hosts; empty: those of its service. Here a wildcard covers any number of labels.
    #[serde(default)]
    pub hosts: Vec<Sni>,
    /// The paths, at least one, at most [`Route::MOST_PATHS`].
    pub paths: Vec<RoutePath>,
    /// The methods; empty: all.
    #[serde(default)]
    pub methods: Vec<Method>,
    /// The greater decides, of routes with the same path.
    #[serde(default)]
    pub priority: i32,
    /// The service that it belongs to.
    #[serde(default)]
    pub service: Option<ServiceId>,
    /// Where its requests go; `None`: where its service says. A route without a service must have one.
    #[serde(default)]
    pub upstream: Option<UpstreamChoice>,
    /// How long nodes may take; `None`: as the upstream says.
    #[serde(default)]
    pub timeouts: Option<Timeouts>,
    /// Whether only clients with a verified certificate may use it: all others get 400, whatever the SSL certificate of the
    /// host asks for.
    #[serde(default)]
    pub requires_client_certificate: bool,
    /// A disabled route is as if absent.
    #[serde(default = "enabled")]
    pub status: Status,
}

fn enabled() -> Status {
    Status::Enabled
}

impl Route {
    /// The most paths of a route.
    pub const MOST_PATHS: usize = 256;

    /// A route for these paths of a service, with nothing special.
    pub fn of_service(service: ServiceId, paths: Vec<RoutePath>) -> Self {
        Self {
            name: None,
            hosts: Vec::new(),
            paths,
            methods: Vec::new(),
            priority: 0,
            service: Some(service),
            upstream: None,
            timeouts: None,
            requires_client_certificate: false,
            status: Status::Enabled,
        }
    }
}

macro_rules! methods {
    ($($variant:ident $name:literal,)*) => {
        /// A method that a route can ask for (APISIX's list, without CONNECT: a gateway makes no tunnels).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Method {
            $(#[doc = $name] #[serde(rename = $name)] $variant,)*
        }

        impl Method {
            /// All of them, in the order of forms.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As it stands in a request.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

methods! {
    Get "GET",
    Post "POST",
    Put "PUT",
    Delete "DELETE",
    Patch "PATCH",
    Head "HEAD",
    Options "OPTIONS",
    Trace "TRACE",
    Purge "PURGE",
}
