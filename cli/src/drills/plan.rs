//! Who buys what and when: everything about the customers that chance decides, decided by the seed beforehand.

use std::time::Duration;

use rand::{RngExt as _, SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use usher_drills::definition::{Load, file::Pick};

/// One customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// In the order of the plan.
    pub number: usize,
    /// When they come.
    pub at: Duration,
    /// What they ask for, and then for what else when that is taken: places in the hall.
    pub wishes: Vec<Vec<usize>>,
    /// How they pay.
    pub method: String,
    /// How often they send a request at once.
    pub copies: usize,
    /// Whether they cancel what was confirmed.
    pub cancels: bool,
    /// Decides their pauses.
    pub chance: u64,
}

/// How often somebody in a storm presses the button.
const STORM: usize = 4;

/// The customers of a load, the first to come first.
pub fn plan(load: &Load, seed: u64) -> Vec<Buyer> {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let window = u64::try_from(load.over.as_millis()).unwrap_or(u64::MAX).max(1);
    let mut times: Vec<u64> = (0..load.buyers).map(|_| chance.random_range(0..window)).collect();
    times.sort_unstable();
    let weights: u32 = load.pay.iter().map(|(_, weight)| weight).sum();
    let buyers = times.into_iter().enumerate().map(|(number, at)| Buyer {
        number,
        at: Duration::from_millis(at),
        wishes: (0..=load.other_seats).map(|wish| seats(load, number, wish, &mut chance)).collect(),
        method: method(load, chance.random_range(0..weights.max(1))),
        copies: if chance.random_range(0..100) < u32::from(load.storm) { STORM } else { 1 },
        cancels: chance.random_range(0..100) < u32::from(load.cancel),
        chance: chance.random(),
    });
    buyers.collect()
}

fn seats(load: &Load, number: usize, wish: u32, chance: &mut ChaCha8Rng) -> Vec<usize> {
    let first = number * load.seats_each;
    match load.pick {
        Pick::Own if wish == 0 => (first..first + load.seats_each).collect(),
        Pick::Same if wish == 0 => (0..load.seats_each).collect(),
        _ => {
            let mut hall: Vec<usize> = (0..load.hall).collect();
            let (seats, _) = hall.partial_shuffle(chance, load.seats_each);
            seats.to_vec()
        }
    }
}

fn method(load: &Load, drawn: u32) -> String {
    let mut left = drawn;
    for (method, weight) in &load.pay {
        if left < *weight {
            return method.clone();
        }
        left -= weight;
    }
    load.pay.first().map_or_else(|| "pm_ok".to_owned(), |(method, _)| method.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(pick: Pick) -> Load {
        Load {
            buyers: 200,
            over: Duration::from_secs(2),
            hall: 400,
            seats_each: 2,
            pick,
            pay: vec![("pm_ok".to_owned(), 3), ("pm_declined".to_owned(), 1)],
            patience: Duration::from_secs(1),
            tries: 1,
            storm: 20,
            other_seats: 1,
            cancel: 10,
        }
    }

    #[test]
    fn a_seed_is_a_plan() {
        assert_eq!(plan(&load(Pick::Any), 7), plan(&load(Pick::Any), 7));
        assert_ne!(plan(&load(Pick::Any), 7), plan(&load(Pick::Any), 8));
    }

    #[test]
    fn customers_come_in_order_and_pay_by_weight() {
        let buyers = plan(&load(Pick::Any), 7);
        assert!(buyers.is_sorted_by_key(|buyer| buyer.at) && buyers[199].at < Duration::from_secs(2));
        let declined = buyers.iter().filter(|buyer| buyer.method == "pm_declined").count();
        assert!((20..90).contains(&declined), "{declined}");
        assert!(buyers.iter().all(|buyer| buyer.wishes.len() == 2 && buyer.wishes[0].len() == 2));
        assert!(buyers.iter().any(|buyer| buyer.copies == STORM) && buyers.iter().any(|buyer| buyer.cancels));
    }

    #[test]
    fn everybody_has_their_own_seats_or_all_want_the_same() {
        let mut own: Vec<usize> = plan(&load(Pick::Own), 7).iter().flat_map(|buyer| buyer.wishes[0].clone()).collect();
        own.sort_unstable();
        assert_eq!(own, (0..400).collect::<Vec<_>>());
        assert!(plan(&load(Pick::Same), 7).iter().all(|buyer| buyer.wishes[0] == [0, 1]));
    }
}
