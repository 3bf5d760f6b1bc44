//! How many of what, decided before anything is written.

use time::{Duration, OffsetDateTime};
use usher_core::ambient::{Ambient, Scripted};
use uuid::Uuid;

use super::Fill;

/// What becomes of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Paid for and used.
    Confirmed,
    /// Confirmed, and a part of the price was given back as a kindness.
    Goodwill,
    /// Cancelled by the customer, and all or most of the money is back.
    Cancelled,
    /// Cancelled, but the provider refused the refund: it was paid out by hand.
    PaidOut,
    /// The bank said no.
    Declined,
    /// Somebody else was quicker.
    SeatsGone,
    /// Its undo could not give the money back: `FAILED`, for a person.
    Stuck,
    /// No worker ever took its first step: `TIMED_OUT`.
    TimedOut,
    /// Stopped by an operator: `ABORTED`.
    Aborted,
}

/// How many of ten thousand bookings meet each fate; the rest is confirmed. What needs a person is rare, as it is.
const SHARES: [(Fate, u64); 8] = [
    (Fate::Cancelled, 350),
    (Fate::Declined, 300),
    (Fate::SeatsGone, 150),
    (Fate::Goodwill, 100),
    (Fate::PaidOut, 5),
    (Fate::Stuck, 2),
    (Fate::Aborted, 1),
    (Fate::TimedOut, 1),
];

/// Days over which showtimes are spread: executions are kept for longer.
const DAYS: u64 = 60;

/// Showtimes of a screen on one day, two and three quarter hours each, from ten in the morning.
pub const DAILY: u64 = 5;

/// From the beginning of one to the beginning of the next.
pub const SLOT: Duration = Duration::minutes(165);

/// How long before the first showtime of a day somebody books for it.
pub const AHEAD: Duration = Duration::DAY;

/// Everything that follows from what was asked for.
#[derive(Debug, Clone)]
pub struct Plan {
    pub now: OffsetDateTime,
    pub seed: u64,
    pub bookings: u64,
    /// Seats of a hall, and how many of them are sold for each showtime.
    pub hall: u16,
    pub sold: u16,
    party: u16,
    smooth: bool,
    pub upcoming: bool,
    pub screens: u64,
    pub days: u64,
}

/// One booking, as far as it is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    pub fate: Fate,
    pub seats: u16,
    /// Which showtime, in the order of their beginnings.
    pub showtime: u64,
    /// The first of its seats.
    pub first_seat: u16,
    /// The place of the booking among those of its showtime.
    pub place: u32,
}

impl Plan {
    /// Works it out. The number of showtimes is exact: who sits where is decided twice, here and when it is written.
    pub fn new(fill: &Fill, ambient: &dyn Ambient) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "64 of the 128 random bits")]
        let seed = fill.seed.unwrap_or_else(|| ambient.random() as u64);
        let mut plan = Self {
            now: ambient.now(),
            seed,
            bookings: fill.bookings,
            hall: fill.hall,
            sold: if fill.full { fill.hall } else { (fill.hall - fill.hall / 10).max(fill.party) },
            party: fill.party,
            smooth: fill.smooth,
            upcoming: fill.upcoming,
            screens: 1,
            days: 1,
        };
        let showtimes = plan.bookings().last().map_or(1, |last| last.showtime + 1);
        plan.screens = showtimes.div_ceil(DAILY * DAYS);
        plan.days = showtimes.div_ceil(DAILY * plan.screens);
        plan
    }

    /// Every booking, in the order in which they are made.
    pub fn bookings(&self) -> impl Iterator<Item = Planned> {
        let dice = Dice::new(self.seed);
        let (sold, party, smooth) = (self.sold, self.party, self.smooth);
        let (mut showtime, mut first_seat, mut place) = (0, 0, 0);
        (0..self.bookings).map(move |_| {
            let seats = party_of(&dice, party);
            let fate = if smooth { Fate::Confirmed } else { fate(dice.below(10_000)) };
            if first_seat + seats > sold {
                (showtime, first_seat, place) = (showtime + 1, 0, 0);
            }
            let planned = Planned { fate, seats, showtime, first_seat, place };
            first_seat += seats;
            place += 1;
            planned
        })
    }

    /// When the showtime of this number begins.
    pub fn starts_at(&self, showtime: u64) -> OffsetDateTime {
        let (day, slot) = (showtime / (DAILY * self.screens), showtime / self.screens % DAILY);
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let first_day = if self.upcoming {
            self.now.date() + Duration::days(2)
        } else {
            self.now.date() - Duration::days(number(self.days))
        };
        let opens = (first_day + Duration::days(number(day))).midnight().assume_utc() + Duration::hours(7);
        opens + SLOT * i32::try_from(slot).unwrap_or_default()
    }

    /// On which of the screens the showtime of this number is.
    pub const fn screen(&self, showtime: u64) -> u64 {
        showtime % self.screens
    }

    /// When the booking at this place of a showtime was asked for: in the past, whatever the showtime is.
    pub fn created_at(&self, planned: &Planned) -> OffsetDateTime {
        let starts_at = self.starts_at(planned.showtime);
        let lead = if self.upcoming { starts_at - self.now + AHEAD + AHEAD } else { AHEAD };
        starts_at - lead + Duration::seconds(10) * planned.place
    }
}

fn fate(mut number: u64) -> Fate {
    for (fate, share) in SHARES {
        match number.checked_sub(share) {
            Some(rest) => number = rest,
            None => return fate,
        }
    }
    Fate::Confirmed
}

/// Two are a party more often than one or four.
fn party_of(dice: &Dice, most: u16) -> u16 {
    let wish = match dice.below(10) {
        0..3 => 1,
        3..8 => 2,
        8 => 3,
        _ => 4,
    };
    if most > 4 && dice.below(50) == 0 { most } else { most.min(wish) }
}

/// Chance that repeats itself.
#[derive(Debug)]
pub struct Dice(Scripted);

impl Dice {
    /// The same seed, the same chance.
    pub fn new(seed: u64) -> Self {
        Self(Scripted::new(OffsetDateTime::UNIX_EPOCH, seed))
    }

    /// A number below `limit`.
    pub fn below(&self, limit: u64) -> u64 {
        let drawn = self.0.random() % u128::from(limit.max(1));
        u64::try_from(drawn).unwrap_or_default()
    }

    /// An id of that moment: 48 bits of milliseconds and 80 of chance, like every other.
    pub fn id(&self, at: OffsetDateTime) -> Uuid {
        let milliseconds = u128::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        Uuid::from_u128(milliseconds << 80 | self.0.random() >> 48)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(fill: &Fill) -> Plan {
        Plan::new(fill, &Scripted::new(time::macros::datetime!(2026-11-20 12:34 UTC), 1))
    }

    fn asked() -> Fill {
        Fill {
            bookings: 20_000,
            hall: 100,
            full: false,
            party: 4,
            smooth: false,
            upcoming: false,
            histories: 0,
            seed: Some(7),
            yes: false,
        }
    }

    #[test]
    fn nobody_sits_on_anybodys_lap_and_everything_is_over() {
        let plan = plan(&asked());
        let mut last = (0, 0);
        for planned in plan.bookings() {
            let end = planned.first_seat + planned.seats;
            assert!(end <= plan.sold && (1..=4).contains(&planned.seats));
            assert!((planned.showtime, planned.first_seat) >= last, "{planned:?}");
            last = (planned.showtime, end);
            assert!(plan.created_at(&planned) < plan.starts_at(planned.showtime));
            assert!(plan.starts_at(planned.showtime) < plan.now);
        }
        assert!(plan.starts_at(0) > plan.now - Duration::days(62));
    }

    #[test]
    fn showtimes_to_come_were_booked_before_today() {
        let plan = plan(&Fill { upcoming: true, ..asked() });
        for planned in plan.bookings() {
            assert!(plan.created_at(&planned) < plan.now - Duration::HOUR);
            assert!(plan.starts_at(planned.showtime) > plan.now + Duration::DAY);
        }
    }

    #[test]
    fn every_fate_is_met() {
        let plan = plan(&asked());
        for (fate, share) in SHARES {
            let met = plan.bookings().filter(|planned| planned.fate == fate).count() as u64;
            let expected = share * plan.bookings / 10_000;
            assert!(met * 4 > expected && met < expected * 2 + 10, "{fate:?}: {met}, not {expected}");
        }
        let smooth = self::plan(&Fill { smooth: true, ..asked() });
        assert!(smooth.bookings().all(|planned| planned.fate == Fate::Confirmed));
    }
}
