//! What is shown on a day: worked out from the day alone, so that every day looks the same whenever it is asked for.
//!
//! Each hall opens at its own minute after ten, shows one film after the other with time to clean between them, and
//! begins its last before half past ten in the evening. The order of the films turns from day to day and hall to hall.

use time::{Date, Duration, PrimitiveDateTime, Time, Weekday, macros::time};
use uuid::Uuid;

use super::{id, movies, theaters};
use crate::{
    policy::{Fee, RefundPolicy, Window},
    prices::Amounts,
};

/// Advertisements before, cleaning after.
const AROUND: u16 = 25;

/// When the first hall opens. Each further one opens ten minutes later, so that the foyer does not fill at once.
const OPENS: Time = time!(10:00);

/// Nothing begins later.
const LAST: Time = time!(22:30);

/// From here on a seat costs what it costs.
const EVENING: Time = time!(17:00);

/// A showtime as it is planned, by the clock of the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Show {
    /// Made of day, hall and place in the day.
    pub id: Uuid,
    /// The film.
    pub movie: Uuid,
    /// The hall.
    pub screen: Uuid,
    /// When it begins.
    pub starts: PrimitiveDateTime,
    /// How long the hall is taken.
    pub minutes: i32,
    /// What the seats cost, in cents.
    pub prices: Amounts,
}

/// All shows of a day in all halls.
pub fn of(day: Date) -> Vec<Show> {
    let halls = theaters::ALL.iter().enumerate().flat_map(|(house, of)| {
        of.halls.iter().enumerate().map(move |(hall, of)| (theaters::hall_id(house, hall), of.price))
    });
    (0_u16..).zip(halls).flat_map(|(number, (screen, price))| in_hall(day, number, screen, price)).collect()
}

fn in_hall(day: Date, number: u16, screen: Uuid, price: i64) -> Vec<Show> {
    let (first, last) = (day.with_time(OPENS), day.with_time(LAST));
    let mut starts = first.saturating_add(Duration::minutes(10 * i64::from(number % 6)));
    let mut shows = Vec::new();
    while starts <= last {
        let slot = shows.len();
        // Five has no divisor in common with twelve: a hall shows all films before it repeats one.
        let turn = day.to_julian_day().unsigned_abs() as usize + 3 * usize::from(number) + 5 * slot;
        let film = turn % movies::ALL.len();
        let minutes = movies::ALL.get(film).map_or(120, |film| film.minutes + AROUND).next_multiple_of(5);
        shows.push(Show {
            id: id(day, u64::from(number) * 100 + slot as u64 + 1),
            movie: movies::film_id(film),
            screen,
            starts,
            minutes: i32::from(minutes),
            prices: prices(price, starts),
        });
        starts = starts.saturating_add(Duration::minutes(i64::from(minutes)));
    }
    shows
}

/// Three euros less before the evening, one and a half more at the weekend; the better rows cost four more, and whoever
/// comes with somebody in a wheelchair pays half.
fn prices(price: i64, starts: PrimitiveDateTime) -> Amounts {
    let matinee = if starts.time() < EVENING { -300 } else { 0 };
    let weekend = if matches!(starts.weekday(), Weekday::Saturday | Weekday::Sunday) { 150 } else { 0 };
    let standard = price + matinee + weekend;
    Amounts { standard, premium: standard + 400, accessible: standard, companion: standard / 2 }
}

/// Everything until the day before, a tenth kept until two hours before, and half until the start.
pub fn refund_policy() -> RefundPolicy {
    let window = |minutes_before, fee| Window { minutes_before, fee };
    RefundPolicy {
        windows: vec![window(24 * 60, Fee::None), window(2 * 60, Fee::Share(1000)), window(0, Fee::Share(5000))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use time::macros::date;

    #[test]
    fn every_hall_has_several_shows_and_no_two_share_a_moment() {
        for day in (0..400).map(|day| date!(2026 - 11 - 20) + Duration::days(day)) {
            let shows = of(day);
            let halls: HashSet<_> = shows.iter().map(|show| show.screen).collect();
            assert_eq!(halls.len(), 8);
            for hall in halls {
                let shows: Vec<_> = shows.iter().filter(|show| show.screen == hall).collect();
                assert!(shows.len() >= 4, "{day}");
                for pair in shows.windows(2) {
                    assert!(pair[0].starts + Duration::minutes(pair[0].minutes.into()) <= pair[1].starts);
                    assert_ne!(pair[0].movie, pair[1].movie);
                }
            }
            let ids: HashSet<_> = shows.iter().map(|show| show.id).collect();
            assert_eq!(ids.len(), shows.len());
        }
    }

    #[test]
    fn prices_are_what_the_foyer_says() {
        let friday_evening = prices(1000, date!(2026 - 11 - 20).with_time(time!(20:00)));
        assert_eq!(friday_evening, Amounts { standard: 1000, premium: 1400, accessible: 1000, companion: 500 });
        let sunday_noon = prices(1000, date!(2026 - 11 - 22).with_time(time!(12:00)));
        assert_eq!(sunday_noon, Amounts { standard: 850, premium: 1250, accessible: 850, companion: 425 });
    }
}
