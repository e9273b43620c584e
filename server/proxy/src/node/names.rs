//! Where nodes are that are known by name.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use domain::ServerName;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long an answer is believed: the system's resolver does not say how long it holds.
const FRESH: Duration = Duration::from_secs(10);
/// How long a failure is believed, so that a name that is gone is not looked up for each request.
const FAILED: Duration = Duration::from_secs(1);
/// How many names are remembered.
const NAMES: usize = 1_024;
/// How many addresses of a name are tried.
const ADDRESSES: usize = 8;

/// A worker's memory of names, and the one way to look them up.
#[derive(Debug, Default)]
pub(super) struct Names(RefCell<HashMap<ServerName, Rc<Mutex<Option<Known>>>>>);

/// What a look-up has found.
#[derive(Debug, Clone)]
struct Known {
    found: Result<Rc<[IpAddr]>, Rc<str>>,
    until: Instant,
}

impl Names {
    /// The addresses of a name, in the order of the system's preference, at least one. Whoever asks for a name that is being
    /// looked up waits for the same answer.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn look_up(&self, name: &ServerName) -> Result<Rc<[IpAddr]>, Rc<str>> {
        self.look_up_by(name, || async {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
        .await
    }

    async fn look_up_by<F>(&self, name: &ServerName, ask: impl FnOnce() -> F) -> Result<Rc<[IpAddr]>, Rc<str>>
    where
        F: Future<Output = io::Result<Vec<IpAddr>>>,
    {
        let place = self.place_of(name);
        let mut known = place.lock().await;
        if let Some(known) = known.as_ref().filter(|known| known.until > Instant::now()) {
            return known.found.clone();
        }
        let found = match ask().await {
            Ok(addresses) if addresses.is_empty() => Err(Rc::from("the name has no address")),
            Ok(addresses) => Ok(addresses.into_iter().take(ADDRESSES).collect()),
            Err(error) => Err(Rc::from(error.to_string())),
        };
        let until = Instant::now() + if found.is_ok() { FRESH } else { FAILED };
        *known = Some(Known { found: found.clone(), until });
        found
    }

    fn place_of(&self, name: &ServerName) -> Rc<Mutex<Option<Known>>> {
        let mut names = self.0.borrow_mut();
        if let Some(place) = names.get(name) {
            return Rc::clone(place);
        }
        if names.len() >= NAMES {
            // Those whose time is over, or all but those that are being looked up: that happens only where there are more
            // names than are ever needed at a time.
            let now = Instant::now();
            names.retain(|_, place| {
                place.try_lock().map_or(true, |known| known.as_ref().is_none_or(|known| known.until > now))
            });
            if names.len() >= NAMES {
                names.retain(|_, place| Rc::strong_count(place) > 1);
            }
        }
        let place = Rc::default();
        names.insert(name.clone(), Rc::clone(&place));
        place
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::net::Ipv4Addr;

    use tokio::time::{advance, sleep};

    use super::*;

    struct Resolver {
        names: Names,
        asked: Cell<usize>,
    }

    impl Resolver {
        fn new() -> Self {
            Self { names: Names::default(), asked: Cell::new(0) }
        }

        async fn look_up(
            &self,
            name: &str,
            answer: io::Result<Vec<IpAddr>>,
        ) -> Result<Rc<[IpAddr]>, Rc<str>> {
            let ask = || async {
                self.asked.set(self.asked.get() + 1);
                sleep(Duration::from_millis(1)).await;
                answer
            };
            self.names.look_up_by(&name.parse().expect("a name"), ask).await
        }
    }

    fn addresses(count: u8) -> io::Result<Vec<IpAddr>> {
        Ok((0..count).map(|last| Ipv4Addr::new(127, 0, 0, last).into()).collect())
    }

    #[tokio::test]
    async fn the_system_is_asked() {
        let found = Names::default().look_up(&"localhost".parse().expect("a name")).await.expect("addresses");
        assert!(found.iter().all(IpAddr::is_loopback), "{found:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_is_looked_up_once_by_however_many_and_again_when_its_time_is_over() {
        let resolver = Resolver::new();
        let (one, other) =
            tokio::join!(resolver.look_up("a", addresses(1)), resolver.look_up("a", addresses(1)));
        assert_eq!((one.clone(), resolver.asked.get()), (other, 1));
        advance(FRESH - Duration::from_millis(10)).await;
        assert_eq!((resolver.look_up("a", addresses(2)).await, resolver.asked.get()), (one, 1));
        advance(Duration::from_millis(10)).await;
        assert_eq!(resolver.look_up("a", addresses(2)).await.map(|found| found.len()), Ok(2));
    }

    #[tokio::test(start_paused = true)]
    async fn failures_are_forgotten_soon() {
        let resolver = Resolver::new();
        assert!(resolver.look_up("a", Err(io::ErrorKind::NotFound.into())).await.is_err());
        assert!(resolver.look_up("a", addresses(1)).await.is_err());
        advance(FAILED).await;
        assert!(resolver.look_up("a", addresses(0)).await.is_err());
        advance(FAILED).await;
        assert_eq!(resolver.look_up("a", addresses(200)).await.map(|found| found.len()), Ok(ADDRESSES));
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_names_are_remembered() {
        let resolver = Resolver::new();
        for number in 0..NAMES + 10 {
            let _ = resolver.look_up(&format!("a{number}"), addresses(1)).await;
            assert!(resolver.names.0.borrow().len() <= NAMES);
        }
    }
}
