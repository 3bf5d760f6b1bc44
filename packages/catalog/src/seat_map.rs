//! The seats of a screen: rows of seats, each with a name, a place on a grid and a type.
//!
//! The grid is what a plan of the room is drawn on: x grows to the right, y away from the screen, and a place without a
//! seat is an aisle. A map is checked when it is read, so that one that exists has no two seats with one name or place.
//! To add a type of seat, add it here, to [`Prices`](crate::Prices), and to the check in the migrations.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use usher_core::seat::{MalformedSeat, SeatName};

/// The most seats of a screen: the largest cinemas have a third of it, and a request never carries more.
const MOST_SEATS: usize = 5000;

/// What kind of seat it is, and so what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeatType {
    /// A seat.
    Standard,
    /// A better one, in the rows from which the picture is best.
    Premium,
    /// A place that a wheelchair fits in.
    Accessible,
    /// The seat beside it.
    Companion,
}

impl SeatType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Premium, Self::Accessible, Self::Companion];
}

/// One seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Row and number, as it is printed on the ticket.
    pub name: SeatName,
    /// The letters of its row.
    pub row: Arc<str>,
    /// The number in its row.
    pub number: u16,
    /// From the left, in seats.
    pub x: u16,
    /// From the front, in rows.
    pub y: u16,
    /// What kind it is.
    pub kind: SeatType,
}

/// One row of seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// One or two letters.
    pub letters: Arc<str>,
    /// From the left to the right.
    pub seats: Vec<Seat>,
}

/// All seats of a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Plan", into = "Plan")]
pub struct SeatMap {
    rows: Vec<Row>,
    places: HashMap<SeatName, (usize, usize)>,
}

/// Why a plan is not the plan of a screen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSeatMap {
    /// A screen without seats sells none.
    #[error("a seat map needs a seat")]
    Empty,
    /// More than 5,000.
    #[error("a seat map takes at most {MOST_SEATS} seats, this one has {0}")]
    TooLarge(usize),
    /// Letters and number do not make a name.
    #[error(transparent)]
    Malformed(#[from] MalformedSeat),
    /// The name is given twice.
    #[error("two seats are named {0}")]
    SameName(SeatName),
    /// The place is taken.
    #[error("seat {0} stands where another one stands")]
    SamePlace(SeatName),
}

impl SeatMap {
    /// The rows, from the front to the back.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// All seats, row by row.
    pub fn seats(&self) -> impl Iterator<Item = &Seat> {
        self.rows.iter().flat_map(|row| &row.seats)
    }

    /// The seat of this name.
    pub fn seat(&self, name: &SeatName) -> Option<&Seat> {
        let (row, seat) = *self.places.get(name)?;
        self.rows.get(row)?.seats.get(seat)
    }

    /// How many seats there are; never none.
    #[expect(clippy::len_without_is_empty, reason = "a seat map is never empty")]
    pub fn len(&self) -> usize {
        self.places.len()
    }
}

/// A seat map as JSON, in the database and on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// From the front to the back.
    pub rows: Vec<PlannedRow>,
}

/// A row of a [`Plan`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedRow {
    /// One or two capital letters.
    pub letters: String,
    /// From the front, in rows; a number left out is a walkway.
    pub y: u16,
    /// From the left to the right.
    pub seats: Vec<PlannedSeat>,
}

/// A seat of a [`PlannedRow`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedSeat {
    /// 1 to 999.
    pub number: u16,
    /// From the left, in seats; a number left out is an aisle.
    pub x: u16,
    /// What kind it is.
    #[serde(rename = "type")]
    pub kind: SeatType,
}

impl TryFrom<Plan> for SeatMap {
    type Error = InvalidSeatMap;

    fn try_from(plan: Plan) -> Result<Self, InvalidSeatMap> {
        let count = plan.rows.iter().map(|row| row.seats.len()).sum();
        match count {
            0 => return Err(InvalidSeatMap::Empty),
            1..=MOST_SEATS => {}
            _ => return Err(InvalidSeatMap::TooLarge(count)),
        }
        let (mut places, mut taken) = (HashMap::with_capacity(count), HashSet::with_capacity(count));
        let mut rows = Vec::with_capacity(plan.rows.len());
        for PlannedRow { letters, y, seats: planned } in plan.rows.into_iter().filter(|row| !row.seats.is_empty()) {
            let letters: Arc<str> = letters.into();
            let mut seats = Vec::with_capacity(planned.len());
            for PlannedSeat { number, x, kind } in planned {
                let name: SeatName = format!("{letters}{number}").parse()?;
                if places.insert(name.clone(), (rows.len(), seats.len())).is_some() {
                    return Err(InvalidSeatMap::SameName(name));
                }
                if !taken.insert((x, y)) {
                    return Err(InvalidSeatMap::SamePlace(name));
                }
                seats.push(Seat { name, row: Arc::clone(&letters), number, x, y, kind });
            }
            rows.push(Row { letters, seats });
        }
        Ok(Self { rows, places })
    }
}

impl From<SeatMap> for Plan {
    fn from(map: SeatMap) -> Self {
        let rows = map.rows.into_iter().map(|row| PlannedRow {
            letters: row.letters.as_ref().to_owned(),
            y: row.seats.first().map_or(0, |seat| seat.y),
            seats: row.seats.iter().map(|&Seat { number, x, kind, .. }| PlannedSeat { number, x, kind }).collect(),
        });
        Self { rows: rows.collect() }
    }
}
