use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Parts that are locked apart, so that workers seldom meet.
const SHARDS: usize = 16;

/// How many connections each client has. Holds no more addresses than there are connections.
#[derive(Debug)]
pub(crate) struct Addresses {
    hasher: RandomState,
    shards: [Mutex<HashMap<IpAddr, u32>>; SHARDS],
}

/// One connection of a client, for as long as it lives.
#[derive(Debug)]
pub(crate) struct Slot {
    addresses: Arc<Addresses>,
    client: IpAddr,
}

impl Addresses {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { hasher: RandomState::new(), shards: Default::default() })
    }

    /// Counts one more connection of a client, unless it has `most` of them.
    pub(crate) fn take(self: &Arc<Self>, address: IpAddr, most: u32) -> Option<Slot> {
        let client = client(address);
        let mut shard = self.shard(client);
        let connections = shard.entry(client).or_insert(0);
        if *connections >= most {
            return None;
        }
        *connections += 1;
        Some(Slot { addresses: Arc::clone(self), client })
    }

    fn shard(&self, client: IpAddr) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
        let number = self.hasher.hash_one(client) as usize % SHARDS;
        self.shards[number].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Entry::Occupied(mut entry) = self.addresses.shard(self.client).entry(self.client) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

/// What counts as one client: an IPv4 address, or the IPv6 /64 that a subscriber is given (RFC 6177 §2).
fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect(text)
    }

    fn size(addresses: &Addresses) -> usize {
        addresses.shards.iter().map(|shard| shard.lock().expect("not poisoned").len()).sum()
    }

    #[test]
    fn each_client_has_a_bound_of_its_own() {
        let addresses = Addresses::new();
        let first = addresses.take(ip("192.0.2.1"), 2).expect("room");
        let _second = addresses.take(ip("::ffff:192.0.2.1"), 2).expect("room");
        assert!(addresses.take(ip("192.0.2.1"), 2).is_none());
        assert!(addresses.take(ip("192.0.2.2"), 2).is_some());
        drop(first);
        assert!(addresses.take(ip("192.0.2.1"), 2).is_some());
    }

    #[test]
    fn an_ipv6_client_is_its_64() {
        let addresses = Addresses::new();
        let _first = addresses.take(ip("2001:db8:0:1::1"), 1).expect("room");
        assert!(addresses.take(ip("2001:db8:0:1:ffff::2"), 1).is_none());
        assert!(addresses.take(ip("2001:db8:0:2::1"), 1).is_some());
    }

    #[test]
    fn clients_without_connections_are_forgotten() {
        let addresses = Addresses::new();
        let slots: Vec<_> =
            (0..100).map(|last| addresses.take(IpAddr::from([192, 0, 2, last]), 1).expect("room")).collect();
        assert_eq!(size(&addresses), 100);
        drop(slots);
        assert_eq!(size(&addresses), 0);
    }
}
