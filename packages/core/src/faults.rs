//! Faults on order: places where a drill makes the product fail, in the product itself.
//!
//! A place asks [`Faults::at`] what is to go wrong there. While no drill is on, which is nearly always, that is one relaxed
//! load of a flag that nobody writes (`usher bench-faults` measures it). What is ordered comes from whoever watches the lease of the
//! drill (`packages/drills`), and goes with [`Faults::clear`]: this module knows neither a clock nor a database.
//!
//! [`order`] is what can be ordered, [`skewed`] is a clock that can be put wrong. To add a place, add a variant to
//! [`Point`], ask there, and say in `docs/drills.md` what it teaches.

pub mod order;
pub mod skewed;

mod ordered;

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

pub use order::{Act, Order, Point, What};
use ordered::Ordered;
pub use skewed::Skewed;

use crate::ambient::SharedAmbient;

/// What a point is about to do something with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The saga's name.
    pub saga: &'a str,
    /// The execution's name.
    pub execution: &'a str,
    /// The step.
    pub step: &'a str,
    /// The booking that it is about, if it is about one.
    pub booking: Option<&'a str>,
}

impl<'a> Subject<'a> {
    /// A queue of which only the step is known.
    pub const fn queue(step: &'a str) -> Self {
        Self { saga: "", execution: "", step, booking: None }
    }
}

/// How often an order struck, for the report of the drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// The order.
    pub order: String,
    /// How often.
    pub count: u64,
}

/// The faults of one process. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    on: AtomicBool,
    skew: Arc<AtomicI64>,
    ordered: RwLock<Option<Ordered>>,
}

impl Faults {
    /// Whether anything is ordered.
    #[inline]
    pub fn is_on(&self) -> bool {
        self.0.on.load(Ordering::Relaxed)
    }

    /// What goes wrong here with this, if anything. Counts as a hit.
    #[inline]
    pub fn at(&self, point: Point, subject: &Subject<'_>) -> Option<Act> {
        if self.is_on() { self.draw(point, subject, |_| true) } else { None }
    }

    /// The same where only some acts make sense: others are neither drawn nor counted.
    #[inline]
    pub fn at_for(&self, point: Point, subject: &Subject<'_>, suits: fn(&Act) -> bool) -> Option<Act> {
        if self.is_on() { self.draw(point, subject, suits) } else { None }
    }

    #[cold]
    fn draw(&self, point: Point, subject: &Subject<'_>, suits: fn(&Act) -> bool) -> Option<Act> {
        let ordered = self.0.ordered.read().unwrap_or_else(PoisonError::into_inner);
        ordered.as_ref()?.draw(point, subject, suits)
    }

    /// Replaces what is ordered. Orders that were there before keep their counts. `role` is what this process is there
    /// for, and `seed` decides who is hit where an order hits a share.
    pub fn set(&self, orders: Vec<Order>, role: &str, seed: u64) {
        let mine: Vec<Order> = orders.into_iter().filter(|order| order.concerns(role)).collect();
        let skew = mine.iter().find_map(|order| match order.what {
            What::SkewClock { milliseconds } => Some(milliseconds),
            _ => None,
        });
        let mut ordered = self.0.ordered.write().unwrap_or_else(PoisonError::into_inner);
        let before = ordered.take();
        let now = Ordered::new(mine, seed, before);
        self.0.on.store(!now.is_empty(), Ordering::Relaxed);
        *ordered = Some(now);
        drop(ordered);
        self.0.skew.store(skew.unwrap_or_default(), Ordering::Relaxed);
    }

    /// Ends every fault. What was counted can still be read.
    pub fn clear(&self) {
        self.0.on.store(false, Ordering::Relaxed);
        self.0.skew.store(0, Ordering::Relaxed);
        if let Some(ordered) = &mut *self.0.ordered.write().unwrap_or_else(PoisonError::into_inner) {
            ordered.end();
        }
    }

    /// Forgets everything, so that the next drill counts from zero.
    pub fn forget(&self) {
        self.clear();
        *self.0.ordered.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether this order holds: whoever pauses because of it asks now and then.
    pub fn holds(&self, order: &str) -> bool {
        let ordered = self.0.ordered.read().unwrap_or_else(PoisonError::into_inner);
        self.is_on() && ordered.as_ref().is_some_and(|ordered| ordered.holds(order))
    }

    /// How many database connections are to be kept from everybody else.
    pub fn hogged_connections(&self) -> u32 {
        if !self.is_on() {
            return 0;
        }
        let ordered = self.0.ordered.read().unwrap_or_else(PoisonError::into_inner);
        ordered.as_ref().map_or(0, Ordered::hogged)
    }

    /// Counts a hit of something that has no place of its own in the code, such as a clock or a pool.
    pub fn struck(&self, order: &str) {
        if let Some(ordered) = &*self.0.ordered.read().unwrap_or_else(PoisonError::into_inner) {
            ordered.struck(order);
        }
    }

    /// How often each order struck.
    pub fn hits(&self) -> Vec<Hits> {
        self.0.ordered.read().unwrap_or_else(PoisonError::into_inner).as_ref().map_or_else(Vec::new, Ordered::hits)
    }

    /// The clock of this process: right, unless one is ordered that is not.
    pub fn clock(&self, ambient: SharedAmbient) -> SharedAmbient {
        Arc::new(Skewed::new(ambient, Arc::clone(&self.0.skew)))
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, OffsetDateTime};

    use super::*;
    use crate::ambient::Scripted;

    const RESERVE: Subject<'static> =
        Subject { saga: "booking", execution: "bkg_1", step: "reserve-seats", booking: Some("bkg_1") };

    fn crash(id: &str) -> Order {
        Order::at(id, Point::BeforeToken, Act::Crash)
    }

    #[test]
    fn nothing_happens_until_something_is_ordered_and_after_it_is_taken_back() {
        let faults = Faults::default();
        assert_eq!(faults.at(Point::BeforeToken, &RESERVE), None);
        faults.set(vec![crash("a")], "worker", 1);
        assert_eq!(faults.at(Point::BeforeToken, &RESERVE), Some(Act::Crash));
        assert_eq!(faults.at(Point::BeforeAck, &RESERVE), None, "another place");
        faults.clear();
        assert_eq!(faults.at(Point::BeforeToken, &RESERVE), None);
        assert_eq!(faults.hits(), [Hits { order: "a".to_owned(), count: 1 }], "what happened stays known");
        faults.forget();
        assert_eq!(faults.hits(), []);
    }

    #[test]
    fn an_order_hits_whom_it_is_about() {
        let faults = Faults::default();
        let about = |change: fn(&mut Order)| {
            let mut order = crash("a");
            change(&mut order);
            faults.forget();
            faults.set(vec![order], "worker", 1);
            faults.at(Point::BeforeToken, &RESERVE).is_some()
        };
        assert!(about(|order| order.step = Some("reserve-seats".to_owned())));
        assert!(!about(|order| order.step = Some("charge-payment".to_owned())));
        assert!(about(|order| order.saga = Some("booking".to_owned())));
        assert!(!about(|order| order.saga = Some("refund".to_owned())));
        assert!(about(|order| order.booking = Some("bkg_1".to_owned())));
        assert!(!about(|order| order.booking = Some("bkg_2".to_owned())));
        assert!(about(|order| order.role = Some("worker".to_owned())));
        assert!(!about(|order| order.role = Some("engine".to_owned())));
    }

    #[test]
    fn an_order_ends_by_its_counts_also_when_it_is_repeated() {
        let faults = Faults::default();
        let order = Order { each: Some(1), times: Some(2), ..crash("a") };
        let other = |execution| Subject { execution, ..RESERVE };
        faults.set(vec![order.clone()], "worker", 1);
        assert!(faults.at(Point::BeforeToken, &other("one")).is_some());
        assert!(faults.at(Point::BeforeToken, &other("one")).is_none(), "once each");
        faults.set(vec![order, crash("b")], "worker", 1);
        assert!(faults.at(Point::BeforeToken, &other("two")).is_some());
        assert_eq!(faults.hits()[0], Hits { order: "a".to_owned(), count: 2 });
        assert!(faults.at(Point::BeforeToken, &other("three")).is_some(), "the other order goes on");
        assert_eq!(faults.hits()[1].count, 1);
    }

    #[test]
    fn a_share_is_a_share_and_the_seed_decides_which() {
        let drawn = |seed| {
            let faults = Faults::default();
            faults.set(vec![Order { percent: 30, ..crash("a") }], "worker", seed);
            (0..1000).map(|_| faults.at(Point::BeforeToken, &RESERVE).is_some()).collect::<Vec<_>>()
        };
        let hits = drawn(7).into_iter().filter(|hit| *hit).count();
        assert!((200..400).contains(&hits), "{hits} of 1000");
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
    }

    #[test]
    fn a_clock_goes_wrong_and_right_again() {
        let faults = Faults::default();
        let clock = faults.clock(Arc::new(Scripted::new(OffsetDateTime::UNIX_EPOCH, 1)));
        let skew = Order { what: What::SkewClock { milliseconds: -90_000 }, ..crash("a") };
        faults.set(vec![skew], "worker", 1);
        assert_eq!(clock.now(), OffsetDateTime::UNIX_EPOCH - Duration::seconds(90));
        faults.clear();
        assert_eq!(clock.now(), OffsetDateTime::UNIX_EPOCH);
    }

    #[test]
    fn a_pause_ends_with_its_order() {
        let faults = Faults::default();
        faults.set(vec![crash("a")], "worker", 1);
        assert!(faults.holds("a") && !faults.holds("b"));
        faults.set(Vec::new(), "worker", 1);
        assert!(!faults.holds("a"));
    }

    #[test]
    fn orders_travel_as_json() {
        let orders = vec![
            Order {
                step: Some("reserve-seats".to_owned()),
                ..Order::at("a", Point::Receive, Act::Duplicate { copies: 2 })
            },
            Order { what: What::HogConnections { connections: 40 }, ..crash("b") },
        ];
        let text = serde_json::to_string(&orders).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Order>>(&text).unwrap(), orders);
        let faults = Faults::default();
        faults.set(orders, "worker", 1);
        assert_eq!(faults.hogged_connections(), 40);
    }
}
