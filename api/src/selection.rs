//! The seats that somebody asks for, checked against the showtime and given their prices: the same for a hold and a booking.
//!
//! The catalogue is in memory, so this costs no round trip. Whether a seat is free is not asked: only taking it tells.

use std::{collections::HashSet, sync::Arc};

use serde::Serialize;
use usher_catalog::Showtime;
use usher_core::{
    ids::ShowtimeId,
    money::{Currency, Money},
    problem::Kind,
    seat::SeatName,
};

use crate::{problem::Problem, state::AppState};

/// One thing that is wrong with a body, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Wrong {
    /// JSON pointer into the body, as RFC 9457 shows it.
    pub pointer: String,
    /// What is wrong there.
    pub detail: String,
}

impl Wrong {
    pub fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// A body that asks for something impossible, with everything that is wrong at once.
pub(crate) fn unprocessable(wrongs: &[Wrong]) -> Problem {
    let details: Vec<_> = wrongs.iter().map(|wrong| wrong.detail.as_str()).collect();
    Problem::new(Kind::Unprocessable, details.join(" ")).with("errors", wrongs)
}

/// Seats of one showtime that exist, each once, with their prices.
#[derive(Debug)]
pub(crate) struct Selection {
    pub showtime: Arc<Showtime>,
    pub seats: Vec<(SeatName, Money)>,
    pub total: Money,
}

impl Selection {
    /// Checks what was asked for. `wrongs` are what is known to be wrong with the body already.
    pub async fn check(
        state: &AppState,
        showtime_id: ShowtimeId,
        asked: &[String],
        mut wrongs: Vec<Wrong>,
    ) -> Result<Self, Problem> {
        let showtime = state.catalog.showtime(showtime_id).await?;
        let showtime = showtime.ok_or_else(|| Problem::new(Kind::NotFound, "There is no such showtime."))?;
        wrongs.extend(wrong_count(asked.len(), state.settings.max_seats));
        let mut seen = HashSet::with_capacity(asked.len());
        let mut seats = Vec::with_capacity(asked.len());
        // What is far too long is not looked at seat by seat.
        for (index, text) in asked.iter().take(state.settings.max_seats).enumerate() {
            match text.parse::<SeatName>().ok().and_then(|name| showtime.seat_map.seat(&name)) {
                Some(seat) if seen.insert(&seat.name) => {
                    seats.push((seat.name.clone(), showtime.prices.of(seat.kind)));
                }
                Some(seat) => wrongs.push(Wrong::at(pointer(index), format!("Seat {} is named twice.", seat.name))),
                None => {
                    let shown: String = text.chars().take(16).collect();
                    wrongs.push(Wrong::at(pointer(index), format!("There is no seat `{shown}` in this room.")));
                }
            }
        }
        if !wrongs.is_empty() {
            return Err(unprocessable(&wrongs));
        }
        if showtime.has_begun(state.ambient.now()) {
            return Err(Problem::new(Kind::ShowtimeClosed, "The show has begun."));
        }
        let currency = seats.first().map_or(Currency::EUR, |(_, price)| price.currency);
        let total = Money::sum(currency, seats.iter().map(|(_, price)| *price));
        let total = total
            .map_err(|error| Problem::new(Kind::Internal, "The prices of the seats do not add up.").because(error))?;
        Ok(Self { showtime, seats, total })
    }
}

fn wrong_count(asked: usize, most: usize) -> Option<Wrong> {
    match asked {
        0 => Some(Wrong::at("#/seats", "Choose at least one seat.")),
        _ if asked > most => Some(Wrong::at("#/seats", format!("Choose at most {most} seats."))),
        _ => None,
    }
}

fn pointer(index: usize) -> String {
    format!("#/seats/{index}")
}
