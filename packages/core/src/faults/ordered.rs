//! The orders that hold, and whom they have hit.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{Act, Hits, Order, Point, Subject, What};

/// What is counted of an order.
#[derive(Debug, Default)]
struct Counts {
    passed: AtomicU64,
    struck: AtomicU64,
    each: Mutex<HashMap<String, u32>>,
}

#[derive(Debug)]
pub(super) struct Ordered {
    orders: Vec<(Order, Arc<Counts>)>,
    /// The counts of every order there ever was in this drill, oldest first.
    counted: Vec<(String, Arc<Counts>)>,
    seed: u64,
}

impl Ordered {
    pub fn new(orders: Vec<Order>, seed: u64, before: Option<Self>) -> Self {
        let mut counted = before.map_or_else(Vec::new, |before| before.counted);
        let orders = orders.into_iter().map(|order| {
            let known = counted.iter().find(|(id, _)| *id == order.id).map(|(_, counts)| Arc::clone(counts));
            let counts = known.unwrap_or_else(|| {
                let counts = Arc::new(Counts::default());
                counted.push((order.id.clone(), Arc::clone(&counts)));
                counts
            });
            (order, counts)
        });
        let orders = orders.collect();
        Self { orders, counted, seed }
    }

    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    pub fn end(&mut self) {
        self.orders.clear();
    }

    pub fn draw(&self, point: Point, subject: &Subject<'_>, suits: fn(&Act) -> bool) -> Option<Act> {
        self.orders.iter().find_map(|(order, counts)| {
            let What::At { point: wanted, act } = &order.what else { return None };
            let concerned = *wanted == point && suits(act) && is_about(order, subject);
            let hits = concerned && counts.take(order, subject, self.seed);
            hits.then(|| act.clone())
        })
    }

    pub fn holds(&self, id: &str) -> bool {
        self.orders.iter().any(|(order, _)| order.id == id)
    }

    pub fn hogged(&self) -> u32 {
        let wanted = self.orders.iter().filter_map(|(order, _)| match order.what {
            What::HogConnections { connections } => Some(connections),
            _ => None,
        });
        wanted.max().unwrap_or_default()
    }

    pub fn struck(&self, id: &str) {
        if let Some((_, counts)) = self.counted.iter().find(|(known, _)| known == id) {
            counts.struck.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub fn hits(&self) -> Vec<Hits> {
        let hits = |(id, counts): &(String, Arc<Counts>)| Hits {
            order: id.clone(),
            count: counts.struck.load(Ordering::Relaxed),
        };
        self.counted.iter().map(hits).collect()
    }
}

fn is_about(order: &Order, subject: &Subject<'_>) -> bool {
    let is = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
    is(&order.saga, subject.saga)
        && is(&order.step, subject.step)
        && is(&order.booking, subject.booking.unwrap_or_default())
}

impl Counts {
    /// Whether this one is hit; counts it if so.
    fn take(&self, order: &Order, subject: &Subject<'_>, seed: u64) -> bool {
        let passed = self.passed.fetch_add(1, Ordering::Relaxed);
        if order.percent < 100 && mixed(seed ^ text(&order.id), passed) % 100 >= u64::from(order.percent) {
            return false;
        }
        if let Some(most) = order.each {
            let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
            let count = each.entry(format!("{}/{}", subject.execution, subject.step)).or_default();
            if *count >= most {
                return false;
            }
            *count += 1;
        }
        let most = order.times.unwrap_or(u64::MAX);
        let counted = |struck: u64| (struck < most).then(|| struck + 1);
        self.struck.fetch_update(Ordering::Relaxed, Ordering::Relaxed, counted).is_ok()
    }
}

/// FNV-1a, so that two orders of one drill draw differently.
fn text(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The same for the same seed and place in the row, and evenly spread.
fn mixed(seed: u64, place: u64) -> u64 {
    crate::ambient::splitmix(seed.wrapping_add(crate::ambient::splitmix(place)))
}
