//! Where nodes are that are known by name.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use domain::ServerName;
use tokio::sync::watch;
use tokio::task::spawn_local;
use tokio::time::{Instant, timeout};

/// How long an answer is believed: the system's resolver does not say how long it holds.
const FRESH: Duration = Duration::from_secs(10);
/// How long a failure is believed, so that a name that is gone is not looked up for each request.
const FAILED: Duration = Duration::from_secs(1);
/// How long anybody waits for a look-up. The system's resolver cannot be stopped: it goes on behind it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many names are remembered.
const NAMES: usize = 1_024;
/// How many addresses of a name are tried.
const ADDRESSES: usize = 8;

/// A worker's memory of names, and the one way to look them up.
#[derive(Debug, Default)]
pub(super) struct Names(RefCell<HashMap<ServerName, Rc<Place>>>);

/// Where those who ask for a name wait for what is found.
type Place = watch::Sender<State>;

type Found = Result<Rc<[IpAddr]>, Rc<str>>;

/// What is known of a name.
#[derive(Debug, Default)]
enum State {
    #[default]
    New,
    /// It is being looked up.
    Asked,
    /// It is still being looked up, and nobody waits for it any more.
    Late,
    Known {
        found: Found,
        until: Instant,
    },
}

impl State {
    fn is_due(&self) -> bool {
        match self {
            Self::New => true,
            Self::Asked | Self::Late => false,
            Self::Known { until, .. } => *until <= Instant::now(),
        }
    }
}

impl Names {
    /// The addresses of a name, in the order of the system's preference, at least one. Whoever asks for a name that is being
    /// looked up waits for the same answer; the look-up goes on if all of them go away.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn look_up(&self, name: &ServerName) -> Found {
        self.look_up_by(name, || {
            let name = name.clone();
            async move {
                let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
                Ok(found.map(|address| address.ip()).collect())
            }
        })
        .await
    }

    async fn look_up_by<F>(&self, name: &ServerName, ask: impl FnOnce() -> F) -> Found
    where
        F: Future<Output = io::Result<Vec<IpAddr>>> + 'static,
    {
        let place = self.place_of(name);
        if place.borrow().is_due() {
            place.send_replace(State::Asked);
            spawn_local(find(Rc::clone(&place), ask()));
        }
        let mut told = place.subscribe();
        let state = told.wait_for(|state| !matches!(state, State::Asked)).await;
        match &*state.expect("its sender is held here") {
            State::Known { found, .. } => found.clone(),
            State::New | State::Asked | State::Late => Err(Rc::from("the name was not found in time")),
        }
    }

    fn place_of(&self, name: &ServerName) -> Rc<Place> {
        let mut names = self.0.borrow_mut();
        if let Some(place) = names.get(name) {
            return Rc::clone(place);
        }
        if names.len() >= NAMES {
            // Those whose time is over, or all but those that are being looked up: that happens only where there are more
            // names than are ever needed at a time.
            names.retain(|_, place| !place.borrow().is_due());
            if names.len() >= NAMES {
                names.retain(|_, place| Rc::strong_count(place) > 1);
            }
        }
        let place = Rc::default();
        names.insert(name.clone(), Rc::clone(&place));
        place
    }
}

/// Waits for a look-up to its end, however long that is, so that there is never more than one of a name.
async fn find(place: Rc<Place>, looking: impl Future<Output = io::Result<Vec<IpAddr>>>) {
    let mut looking = pin!(looking);
    let found = match timeout(PATIENCE, &mut looking).await {
        Ok(found) => found,
        Err(_) => {
            place.send_replace(State::Late);
            looking.await
        }
    };
    let found: Found = match found {
        Ok(addresses) if addresses.is_empty() => Err(Rc::from("the name has no address")),
        Ok(addresses) => Ok(addresses.into_iter().take(ADDRESSES).collect()),
        Err(error) => Err(Rc::from(error.to_string())),
    };
    let until = Instant::now() + if found.is_ok() { FRESH } else { FAILED };
    place.send_replace(State::Known { found, until });
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::net::Ipv4Addr;

    use tokio::task::LocalSet;
    use tokio::time::{advance, sleep};

    use super::*;

    struct Resolver {
        names: Names,
        asked: Rc<Cell<usize>>,
        /// How long it takes.
        delay: Duration,
    }

    impl Resolver {
        fn new() -> Self {
            Self { names: Names::default(), asked: Rc::default(), delay: Duration::from_millis(1) }
        }

        async fn look_up(&self, name: &str, answer: io::Result<Vec<IpAddr>>) -> Found {
            let (asked, delay) = (Rc::clone(&self.asked), self.delay);
            let ask = || async move {
                asked.update(|asked| asked + 1);
                sleep(delay).await;
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
        LocalSet::new()
            .run_until(async {
                let found =
                    Names::default().look_up(&"localhost".parse().expect("a name")).await.expect("addresses");
                assert!(found.iter().all(IpAddr::is_loopback), "{found:?}");
            })
            .await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_is_looked_up_once_by_however_many_and_again_when_its_time_is_over() {
        LocalSet::new()
            .run_until(async {
                let resolver = Resolver::new();
                let (one, other) =
                    tokio::join!(resolver.look_up("a", addresses(1)), resolver.look_up("a", addresses(1)));
                assert_eq!((one.clone(), resolver.asked.get()), (other, 1));
                advance(FRESH - Duration::from_millis(10)).await;
                assert_eq!((resolver.look_up("a", addresses(2)).await, resolver.asked.get()), (one, 1));
                advance(Duration::from_millis(10)).await;
                assert_eq!(resolver.look_up("a", addresses(2)).await.map(|found| found.len()), Ok(2));
            })
            .await;
    }

    #[tokio::test(start_paused = true)]
    async fn failures_are_forgotten_soon() {
        LocalSet::new()
            .run_until(async {
                let resolver = Resolver::new();
                assert!(resolver.look_up("a", Err(io::ErrorKind::NotFound.into())).await.is_err());
                assert!(resolver.look_up("a", addresses(1)).await.is_err());
                advance(FAILED).await;
                assert!(resolver.look_up("a", addresses(0)).await.is_err());
                advance(FAILED).await;
                assert_eq!(
                    resolver.look_up("a", addresses(200)).await.map(|found| found.len()),
                    Ok(ADDRESSES)
                );
            })
            .await;
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_names_are_remembered() {
        LocalSet::new()
            .run_until(async {
                let resolver = Resolver::new();
                for number in 0..NAMES + 10 {
                    let _ = resolver.look_up(&format!("a{number}"), addresses(1)).await;
                    assert!(resolver.names.0.borrow().len() <= NAMES);
                }
            })
            .await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_up_goes_on_when_nobody_waits_and_is_the_only_one() {
        LocalSet::new()
            .run_until(async {
                let resolver = Resolver { delay: Duration::from_secs(5), ..Resolver::new() };
                for _ in 0..4 {
                    let waits = timeout(Duration::from_secs(1), resolver.look_up("a", addresses(1)));
                    assert!(waits.await.is_err());
                }
                assert_eq!(resolver.look_up("a", addresses(2)).await.map(|found| found.len()), Ok(1));
                assert_eq!(resolver.asked.get(), 1);
            })
            .await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_resolver_that_stands_still_is_not_waited_for_nor_asked_again() {
        LocalSet::new()
            .run_until(async {
                let resolver = Resolver { delay: PATIENCE + Duration::from_secs(60), ..Resolver::new() };
                let start = Instant::now();
                for _ in 0..4 {
                    assert!(resolver.look_up("a", addresses(1)).await.is_err());
                    assert!(start.elapsed() < PATIENCE + Duration::from_secs(1));
                }
                sleep(Duration::from_secs(61)).await;
                assert_eq!(resolver.look_up("a", addresses(2)).await.map(|found| found.len()), Ok(1));
                assert_eq!(resolver.asked.get(), 1);
            })
            .await;
    }
}
