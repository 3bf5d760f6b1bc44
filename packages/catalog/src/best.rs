//! The best seats that are left for so many people, and seats that a choice would leave alone.
//!
//! The best seats are side by side, in the middle of a row two thirds of the way back. A choice that leaves a single seat
//! between itself and somebody else is worse than any that does not, because nobody buys that seat; and places for
//! wheelchairs and the seats beside them go to others last. Where no row has enough seats together, the party is
//! split into the fewest groups, as near to each other as they can be.

use std::collections::HashSet;

use usher_core::seat::SeatName;

use crate::{Row, Seat, SeatMap, SeatType};

/// Seats that were found for a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// As many as were asked for.
    pub seats: Vec<SeatName>,
    /// Whether all of them are side by side.
    pub together: bool,
}

/// The best seats for so many people, of one type or of any; nothing when there are not enough.
pub fn best(
    map: &SeatMap,
    is_taken: impl Fn(&SeatName) -> bool,
    count: usize,
    kind: Option<SeatType>,
) -> Option<Found> {
    let mut taken: HashSet<&SeatName> = map.seats().map(|seat| &seat.name).filter(|name| is_taken(name)).collect();
    let (mut ideal, mut left, mut seats) = (middle(map), count, Vec::with_capacity(count));
    while left > 0 {
        let window = (1..=left).rev().find_map(|size| {
            let windows = map.rows().iter().flat_map(|row| windows(row, &taken, size, kind));
            windows.min_by_key(|window| (window.rank(ideal, &taken), window.seats[0].name.clone()))
        })?;
        ideal = window.place();
        left -= window.seats.len();
        for seat in window.seats {
            taken.insert(&seat.name);
            seats.push(seat.name.clone());
        }
    }
    let together = windows_of(map, &seats);
    (count > 0).then_some(Found { seats, together })
}

/// The free seats that the choice leaves alone: with a free seat beside them before, and with none after.
pub fn left_alone(map: &SeatMap, is_taken: impl Fn(&SeatName) -> bool, chosen: &[SeatName]) -> Vec<SeatName> {
    let free_before = |seat: &Seat| !is_taken(&seat.name);
    let free_after = |seat: &Seat| free_before(seat) && !chosen.contains(&seat.name);
    let alone =
        map.rows().iter().flat_map(|row| row.seats.iter().map(move |seat| (row, seat))).filter(|(row, seat)| {
            free_after(seat) && neighbours(row, seat).any(free_before) && !neighbours(row, seat).any(free_after)
        });
    alone.map(|(_, seat)| seat.name.clone()).collect()
}

/// Seats side by side that could be taken.
struct Window<'a> {
    row: &'a Row,
    seats: &'a [Seat],
}

/// Twice the place on the grid, so that the middle between two seats is a whole number.
type Place = (i64, i64);

impl Window<'_> {
    fn place(&self) -> Place {
        let (first, last) = (&self.seats[0], &self.seats[self.seats.len() - 1]);
        (i64::from(first.x) + i64::from(last.x), 2 * i64::from(first.y))
    }

    /// The lower the better: seats left alone, then places that others need, then how far from the ideal. A row further
    /// away counts more than a seat to the side.
    fn rank(&self, ideal: Place, taken: &HashSet<&SeatName>) -> (usize, usize, i64) {
        let is_free = |seat: &Seat| !taken.contains(&seat.name);
        let stays = |seat: &Seat| is_free(seat) && !self.seats.contains(seat);
        let alone = self.row.seats.iter().filter(|seat| {
            stays(seat) && neighbours(self.row, seat).any(is_free) && !neighbours(self.row, seat).any(stays)
        });
        let needed = self.seats.iter().filter(|seat| is_for_wheelchairs(seat.kind)).count();
        let (x, y) = self.place();
        (alone.count(), needed, (x - ideal.0).pow(2) + 3 * (y - ideal.1).pow(2))
    }
}

const fn is_for_wheelchairs(kind: SeatType) -> bool {
    matches!(kind, SeatType::Accessible | SeatType::Companion)
}

fn neighbours<'a>(row: &'a Row, seat: &'a Seat) -> impl Iterator<Item = &'a Seat> {
    row.seats.iter().filter(|other| other.x.abs_diff(seat.x) == 1)
}

/// Every choice of so many free seats side by side in a row.
fn windows<'a>(
    row: &'a Row,
    taken: &HashSet<&SeatName>,
    size: usize,
    kind: Option<SeatType>,
) -> impl Iterator<Item = Window<'a>> {
    row.seats.windows(size).filter_map(move |seats| {
        let together = seats.windows(2).all(|pair| pair[0].x + 1 == pair[1].x);
        let free = seats.iter().all(|seat| !taken.contains(&seat.name) && kind.is_none_or(|kind| seat.kind == kind));
        (together && free).then_some(Window { row, seats })
    })
}

/// Whether the seats are side by side in the order of their row.
fn windows_of(map: &SeatMap, names: &[SeatName]) -> bool {
    let seats: Vec<_> = names.iter().filter_map(|name| map.seat(name)).collect();
    seats.windows(2).all(|pair| pair[0].y == pair[1].y && pair[0].x + 1 == pair[1].x)
}

/// The middle of the room from side to side, two thirds of the way back.
fn middle(map: &SeatMap) -> Place {
    let span = |of: fn(&Seat) -> u16| {
        let all = || map.seats().map(of).map(i64::from);
        (all().min().unwrap_or_default(), all().max().unwrap_or_default())
    };
    let ((left, right), (front, back)) = (span(|seat| seat.x), span(|seat| seat.y));
    (left + right, 2 * front + (back - front) * 4 / 3)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::demo::hall;

    fn names(seats: &[SeatName]) -> Vec<&str> {
        seats.iter().map(SeatName::as_str).collect()
    }

    fn pick(drawing: &str, taken: &[&str], count: usize) -> Option<(Vec<String>, bool)> {
        let map = hall::read(drawing).unwrap();
        let found = best(&map, |seat| taken.contains(&seat.as_str()), count, None)?;
        Some((found.seats.iter().map(ToString::to_string).collect(), found.together))
    }

    #[test]
    fn the_middle_of_a_row_well_back_comes_first() {
        let empty = "sssssss\nsssssss\nsssssss\nsssssss\n";
        assert_eq!(pick(empty, &[], 3), Some((vec!["C3".into(), "C4".into(), "C5".into()], true)));
    }

    #[test]
    fn no_seat_is_left_alone_where_that_can_be() {
        // Two of five: the middle would leave a single seat on both sides or on one.
        assert_eq!(pick("sssss\n", &[], 2), Some((vec!["A1".into(), "A2".into()], true)));
        let map = hall::read("sssss\n").unwrap();
        let chosen = ["A2", "A3"].map(|seat| seat.parse().unwrap());
        assert_eq!(names(&left_alone(&map, |_| false, &chosen)), ["A1"]);
        assert!(left_alone(&map, |seat| seat.as_str() == "A1", &chosen).is_empty(), "it was not free before");
        assert!(
            left_alone(&map, |seat| seat.as_str() == "A2", &["A3".parse().unwrap()]).is_empty(),
            "A1 was alone before"
        );
    }

    #[test]
    fn places_for_wheelchairs_go_last_and_to_who_asks_for_them() {
        assert_eq!(pick("ss.acac.ss\n", &[], 2), Some((vec!["A1".into(), "A2".into()], true)));
        assert_eq!(pick("s.ac\n", &["A1"], 2), Some((vec!["A2".into(), "A3".into()], true)));
        let map = hall::read("ss.acac.ss\n").unwrap();
        let found = best(&map, |_| false, 1, Some(SeatType::Accessible)).unwrap();
        assert_eq!(names(&found.seats), ["A3"]);
    }

    #[test]
    fn a_party_is_split_only_when_it_must_be() {
        let (seats, together) = pick("ss.ss\nss.ss\n", &["A1", "B2"], 3).unwrap();
        assert_eq!((seats.len(), together), (3, false));
        assert_eq!(pick("ss\n", &["A1"], 2), None);
    }

    proptest! {
        #[test]
        fn what_is_found_is_free_and_together_wherever_that_can_be(
            rows in proptest::collection::vec("[s.p]{1,14}", 1..8), taken in proptest::collection::hash_set(0..100_usize, 0..60), count in 1..9_usize,
        ) {
            let Ok(map) = hall::read(&rows.join("\n")) else { return Ok(()) };
            let taken: HashSet<_> = map.seats().enumerate().filter(|(index, _)| taken.contains(index)).map(|(_, seat)| seat.name.clone()).collect();
            let free = map.len() - taken.len();
            let Some(found) = best(&map, |seat| taken.contains(seat), count, None) else {
                prop_assert!(free < count);
                return Ok(());
            };
            let distinct: HashSet<_> = found.seats.iter().collect();
            prop_assert_eq!((distinct.len(), found.seats.len()), (count, count));
            prop_assert!(found.seats.iter().all(|seat| !taken.contains(seat) && map.seat(seat).is_some()));
            let borrowed = taken.iter().collect();
            let possible = map.rows().iter().any(|row| windows(row, &borrowed, count, None).next().is_some());
            prop_assert_eq!(found.together, possible);
        }
    }
}
