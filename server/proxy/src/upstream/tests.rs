use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use domain::{ActiveCheck, HashKey, HealthChecks, Node, NodeHealth, PassiveCheck};
use proptest::prelude::*;

use super::*;

/// An upstream of nodes called `a`, `b` and so on, each with a weight and a priority.
fn upstream(balancing: Balancing, nodes: &[(u32, i32)]) -> Upstream {
    let names = 'a'..='z';
    let node = |(name, (weight, priority)): (char, &(u32, i32))| Node {
        address: name.to_string().parse().unwrap(),
        weight: *weight,
        priority: *priority,
    };
    Upstream { nodes: names.zip(nodes).map(node).collect(), balancing, ..Upstream::default() }
}

fn judged(balancing: Balancing, nodes: &[(u32, i32)], unhealthy_after: u8) -> NodeSet {
    let passive = PassiveCheck { unhealthy_after, recover_after: 10, ..PassiveCheck::default() };
    let health = HealthChecks { passive: Some(passive), active: None };
    NodeSet::new(Upstream { health, ..upstream(balancing, nodes) }, None, None)
}

fn hashing() -> Balancing {
    Balancing::ConsistentHash(HashKey::ClientAddress)
}

fn tried(indices: &[usize]) -> Tried {
    Tried(indices.iter().copied().collect())
}

/// The node that is next, which then has the request no longer.
fn next(set: &NodeSet, key: u64, before: &[usize]) -> Option<usize> {
    set.choose(|| key, &tried(before), Instant::now()).map(|chosen| chosen.index())
}

/// Makes nodes ill, where one failure is enough for that.
fn make_ill(set: &NodeSet, ill: &[usize]) {
    for index in ill {
        Member::admit_although_ill(&set.members[*index]).failed("gone");
    }
}

fn counts(set: &NodeSet, turns: usize) -> Vec<usize> {
    let mut counts = vec![0; set.members.len()];
    for _ in 0..turns {
        counts[next(set, 0, &[]).expect("a node")] += 1;
    }
    counts
}

#[test]
fn equal_nodes_take_turns() {
    for number in 1..=9 {
        let set = NodeSet::new(upstream(Balancing::RoundRobin, &vec![(40, 0); number]), None, None);
        let order: Vec<usize> = (0..number * 3).map(|_| next(&set, 0, &[]).unwrap()).collect();
        for window in order.windows(number) {
            assert_eq!(window.iter().collect::<BTreeSet<_>>().len(), number, "{order:?}");
        }
    }
}

proptest! {
    #[test]
    fn a_cycle_gives_each_node_its_weight(weights in prop::collection::vec(0..=50_u32, 1..=9)) {
        let total: u32 = weights.iter().sum();
        prop_assume!(total > 0);
        let nodes: Vec<_> = weights.iter().map(|weight| (*weight, 0)).collect();
        let set = NodeSet::new(upstream(Balancing::RoundRobin, &nodes), None, None);
        let expected: Vec<usize> = weights.iter().map(|weight| *weight as usize).collect();
        prop_assert_eq!(counts(&set, total as usize), expected);
    }

    #[test]
    fn the_share_of_an_ill_node_goes_to_all_others(weights in prop::collection::vec(1..=20_u32, 3..=6), ill in 0..3_usize) {
        let nodes: Vec<_> = weights.iter().map(|weight| (*weight, 0)).collect();
        let set = judged(Balancing::RoundRobin, &nodes, 1);
        make_ill(&set, &[ill]);
        let mut expected: Vec<usize> = weights.iter().map(|weight| *weight as usize).collect();
        expected[ill] = 0;
        prop_assert_eq!(counts(&set, expected.iter().sum()), expected);
    }

    /// Requests that stay: each node holds as many as its weight says.
    #[test]
    fn least_connections_fill_up_by_weight(weights in prop::collection::vec(1..=12_u32, 1..=6)) {
        let nodes: Vec<_> = weights.iter().map(|weight| (*weight, 0)).collect();
        let set = NodeSet::new(upstream(Balancing::LeastConnections, &nodes), None, None);
        let total: u32 = weights.iter().sum();
        let held: Vec<_> = (0..total * 3).map(|_| set.choose(|| 0, &Tried::default(), Instant::now()).unwrap()).collect();
        let of = |states: Vec<NodeState>| states.iter().map(|state| state.requests).collect::<Vec<_>>();
        prop_assert_eq!(of(set.states(UnixTime(0))), weights.iter().map(|weight| u64::from(*weight) * 3).collect::<Vec<_>>());
        drop(held);
        prop_assert_eq!(of(set.states(UnixTime(0))), vec![0; weights.len()]);
    }

    #[test]
    fn a_hash_moves_only_what_it_must(keys in prop::collection::vec(any::<u64>(), 200), gone in 0..5_usize, ill in any::<bool>()) {
        let nodes = [(1, 0), (5, 0), (3, 0), (1, 0), (2, 0)];
        let set = judged(hashing(), &nodes, 1);
        let before: Vec<_> = keys.iter().map(|key| next(&set, *key, &[]).unwrap()).collect();
        let without: &[usize] = if ill { &[] } else { &[gone] };
        if ill {
            make_ill(&set, &[gone]);
        }
        for (key, before) in keys.iter().zip(&before) {
            let after = next(&set, *key, without).unwrap();
            prop_assert_eq!(after == *before, *before != gone);
            prop_assert_ne!(after, gone);
        }
        set.members[gone].condition().recover();
        for (key, before) in keys.iter().zip(&before) {
            prop_assert_eq!(next(&set, *key, &[]).unwrap(), *before);
        }
    }

    #[test]
    fn a_greater_weight_only_attracts_keys(keys in prop::collection::vec(any::<u64>(), 200), weight in 2..100_u32) {
        let lighter = NodeSet::new(upstream(hashing(), &[(7, 0), (1, 0), (3, 0)]), None, None);
        let heavier = NodeSet::new(upstream(hashing(), &[(7, 0), (weight, 0), (3, 0)]), None, None);
        for key in keys {
            let (before, after) = (next(&lighter, key, &[]), next(&heavier, key, &[]));
            prop_assert!(after == before || after == Some(1));
        }
    }
}

#[test]
fn a_freed_node_is_the_least_busy() {
    let set = NodeSet::new(upstream(Balancing::LeastConnections, &[(1, 0); 4]), None, None);
    let choose = || set.choose(|| 0, &Tried::default(), Instant::now()).unwrap();
    let mut held: Vec<_> = (0..8).map(|_| choose()).collect();
    let freed = held.swap_remove(3).index();
    assert_eq!(choose().index(), freed);
}

#[test]
fn idle_nodes_share_although_none_is_the_least_busy() {
    let set = NodeSet::new(upstream(Balancing::LeastConnections, &[(1, 0), (2, 0), (1, 0)]), None, None);
    assert_eq!(counts(&set, 400), [100, 200, 100]);
}

#[test]
fn hashes_share_by_weight() {
    let set = NodeSet::new(upstream(hashing(), &[(1, 0), (2, 0), (5, 0)]), None, None);
    let mut counts = [0_u32; 3];
    for client in 0..8_000_u32 {
        counts[next(&set, key_of(&client.to_be_bytes()), &[]).unwrap()] += 1;
    }
    for (count, expected) in counts.into_iter().zip([1_000_u32, 2_000, 5_000]) {
        assert!(count.abs_diff(expected) < 200, "{counts:?}");
    }
}

#[test]
fn only_a_hash_asks_for_a_key() {
    for balancing in [Balancing::RoundRobin, Balancing::LeastConnections] {
        let set = NodeSet::new(upstream(balancing, &[(1, 0), (1, 0)]), None, None);
        assert!(set.choose(|| panic!("it was asked for"), &Tried::default(), Instant::now()).is_some());
    }
}

/// Which of four nodes can be next: of two priorities, `d` of weight 0.
#[test]
fn priorities_illness_and_earlier_tries_decide_together() {
    for balancing in [Balancing::RoundRobin, Balancing::LeastConnections, hashing()] {
        let set = |ill: &[usize]| {
            let set = judged(balancing.clone(), &[(1, 1), (1, 9), (1, 9), (0, 9)], 1);
            make_ill(&set, ill);
            set
        };
        for (ill, before, expected) in [
            (&[][..], &[][..], &[1, 2][..]),
            (&[1], &[], &[2]),
            (&[], &[1], &[2]),
            // The lower priority, once the higher is ill or has been tried.
            (&[1, 2], &[], &[0]),
            (&[1], &[2], &[0]),
            (&[], &[1, 2], &[0]),
            (&[], &[0, 1, 2], &[]),
            // Who is ill is left alone while there is one that is not, even if that has been tried.
            (&[1, 2], &[0], &[]),
            (&[0, 3], &[1, 2], &[]),
            // All are ill: as if all were well.
            (&[0, 1, 2], &[], &[1, 2]),
            (&[0, 1, 2], &[1], &[2]),
            (&[0, 1, 2], &[1, 2], &[0]),
            (&[0, 1, 2], &[0, 1, 2], &[]),
        ] {
            let set = set(ill);
            let chosen: BTreeSet<_> = (0..64).filter_map(|key| next(&set, key_of(&[key]), before)).collect();
            assert!(chosen.iter().eq(expected), "{balancing:?}, ill {ill:?}, tried {before:?}: {chosen:?}");
        }
    }
}

#[test]
fn there_may_be_nobody() {
    for nodes in [&[][..], &[(0, 0)], &[(0, 0), (0, 5)]] {
        for balancing in [Balancing::RoundRobin, Balancing::LeastConnections, hashing()] {
            let set = judged(balancing, nodes, 1);
            assert_eq!(next(&set, 7, &[]), None, "{nodes:?}");
        }
    }
}

#[test]
fn a_node_that_failed_gets_one_request_after_its_time() {
    let set = judged(Balancing::RoundRobin, &[(1, 0), (1, 0)], 2);
    make_ill(&set, &[0]);
    assert!(!set.members[0].is_ill(), "by one failure");
    make_ill(&set, &[0]);
    let later = |seconds| Instant::now() + Duration::from_secs(seconds);
    let choose = |now| set.choose(|| 0, &tried(&[]), now).unwrap();
    for _ in 0..4 {
        assert_eq!(choose(later(8)).index(), 1);
    }
    // The counter that all share goes on, so one of two turns is the ill node's.
    let due = later(11);
    let trials: Vec<_> = (0..20).map(|_| choose(due)).filter(|chosen| chosen.index() == 0).collect();
    assert_eq!(trials.len(), 1);
    assert!(set.members[0].is_ill());
    trials[0].succeeded(404);
    assert!(!set.members[0].is_ill());
    assert_eq!(counts(&set, 10), [5, 5]);
}

#[test]
fn the_trial_of_a_hashed_node_is_a_request_with_its_own_key() {
    let set = judged(hashing(), &[(1, 0), (1, 0)], 1);
    let own = (0..).find(|key| next(&set, *key, &[]) == Some(0)).unwrap();
    let others = (0..).find(|key| next(&set, *key, &[]) == Some(1)).unwrap();
    make_ill(&set, &[0]);
    let due = Instant::now() + Duration::from_secs(11);
    let choose = |key: u64| set.choose(|| key, &tried(&[]), due).unwrap().index();
    assert_eq!((choose(others), choose(own), choose(own)), (1, 0, 1));
}

#[test]
fn statuses_count_as_the_rules_say() {
    let passive = PassiveCheck { unhealthy_after: 2, statuses: vec![503], recover_after: 10 };
    for (statuses, is_ill) in [
        (&[503, 503][..], true),
        (&[503], false),
        (&[503, 200, 503], false),
        (&[500, 502, 504], false),
        (&[503, 500, 503], false),
        (&[503, 404, 503, 503], true),
    ] {
        let health = HealthChecks { passive: Some(passive.clone()), active: None };
        let set = NodeSet::new(Upstream { health, ..upstream(Balancing::RoundRobin, &[(1, 0)]) }, None, None);
        for status in statuses {
            set.choose(|| 0, &tried(&[]), Instant::now()).unwrap().succeeded(*status);
        }
        assert_eq!(set.members[0].is_ill(), is_ill, "{statuses:?}");
    }
}

#[test]
fn without_rules_nobody_is_ill() {
    let set = NodeSet::new(upstream(Balancing::RoundRobin, &[(1, 0), (1, 0)]), None, None);
    for _ in 0..300 {
        set.choose(|| 0, &tried(&[1]), Instant::now()).unwrap().failed("gone");
    }
    assert_eq!(counts(&set, 10), [5, 5]);
}

#[test]
fn an_answer_to_an_older_request_heals_nobody() {
    let set = judged(Balancing::RoundRobin, &[(1, 0), (1, 0)], 1);
    let older = set.choose(|| 0, &tried(&[1]), Instant::now()).unwrap();
    make_ill(&set, &[0]);
    older.succeeded(200);
    assert!(set.members[0].is_ill());
}

#[test]
fn where_there_are_checks_only_they_heal() {
    let health =
        HealthChecks { active: Some(ActiveCheck::default()), passive: Some(PassiveCheck::default()) };
    let set =
        NodeSet::new(Upstream { health, ..upstream(Balancing::RoundRobin, &[(1, 0), (1, 0)]) }, None, None);
    for _ in 0..3 {
        make_ill(&set, &[0]);
    }
    let in_a_day = Instant::now() + Duration::from_secs(86_400);
    for _ in 0..4 {
        assert_eq!(set.choose(|| 0, &tried(&[]), in_a_day).unwrap().index(), 1);
    }
    Member::admit_although_ill(&set.members[0]).succeeded(200);
    assert!(set.members[0].is_ill());
}

#[test]
fn what_is_known_of_nodes_outlives_a_change() {
    let first = judged(Balancing::RoundRobin, &[(1, 0), (1, 0), (1, 0)], 1);
    make_ill(&first, &[1]);
    let in_progress = first.choose(|| 0, &tried(&[0, 1]), Instant::now()).unwrap();
    let mut changed = upstream(Balancing::LeastConnections, &[(1, 0); 4]);
    changed.health = first.upstream().health.clone();
    changed.nodes.remove(0);
    let second = NodeSet::new(changed.clone(), None, Some(&first));
    let known = |set: &NodeSet| -> Vec<_> {
        let state = |state: NodeState| {
            (state.address.to_string(), state.health == NodeHealth::Healthy, state.requests)
        };
        set.states(UnixTime(0)).into_iter().map(state).collect()
    };
    let nodes =
        |requests| [("b".to_owned(), false, 0), ("c".to_owned(), true, requests), ("d".to_owned(), true, 0)];
    assert_eq!(known(&second), nodes(1));
    drop(in_progress);
    assert_eq!(known(&second), nodes(0));
    // With nothing left that could say that it is well, it is; later rules start anew.
    let without_rules = Upstream { health: HealthChecks::default(), ..changed.clone() };
    let third = NodeSet::new(without_rules, None, Some(&second));
    assert!(known(&third).iter().all(|(_, is_well, _)| *is_well));
    let fourth = NodeSet::new(changed, None, Some(&third));
    assert!(known(&fourth).iter().all(|(_, is_well, _)| *is_well));
}

#[test]
fn states_say_since_when_and_why() {
    let set = judged(Balancing::RoundRobin, &[(1, 0), (1, 0)], 1);
    make_ill(&set, &[1]);
    let reason = "gone".to_owned();
    let state = |now, later: u64| {
        set.members[1].state(UnixTime(now), Instant::now() + Duration::from_secs(later)).health
    };
    assert_eq!(state(1_000, 0), NodeHealth::Unhealthy { since: UnixTime(1_000), reason: reason.clone() });
    assert_eq!(state(1_060, 60), NodeHealth::Unhealthy { since: UnixTime(1_000), reason });
    assert_eq!(set.states(UnixTime(1_000))[0].health, NodeHealth::Healthy);
}

#[test]
fn workers_share_turns_and_counts() {
    let set = judged(Balancing::RoundRobin, &[(1, 0), (3, 0)], 1);
    let of_workers = thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(|| counts(&set, 1_000))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
    });
    let total = |index: usize| of_workers.iter().map(|counts| counts[index]).sum::<usize>();
    assert_eq!((total(0), total(1)), (1_000, 3_000));
    assert!(set.states(UnixTime(0)).iter().all(|state| state.requests == 0));
}

#[test]
fn no_more_nodes_are_used_than_an_upstream_may_have() {
    let node = |number| Node::new(format!("node{number}").parse().unwrap());
    let nodes = (0..Upstream::MOST_NODES + 10).map(node).collect();
    let set = NodeSet::new(Upstream { nodes, ..Upstream::default() }, None, None);
    assert_eq!(counts(&set, Upstream::MOST_NODES), [1; Upstream::MOST_NODES]);
}
