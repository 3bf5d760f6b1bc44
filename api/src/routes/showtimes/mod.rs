//! When and where a film is shown, and which seats there are.

pub(crate) mod best;
pub(crate) mod cancel;
pub(crate) mod cancellation;
pub(crate) mod events;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod seats;

use serde::Serialize;
use time::OffsetDateTime;
use usher_catalog::SeatType;
use usher_core::ids::{MovieId, ScreenId, ShowtimeId, TheaterId};
use utoipa::ToSchema;

use crate::money::Money;

/// A film on a screen at a time.
#[derive(Serialize, ToSchema)]
pub(crate) struct Showtime {
    #[schema(value_type = String, example = "sho_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: ShowtimeId,
    #[schema(value_type = String)]
    movie_id: MovieId,
    movie_title: String,
    #[schema(value_type = String)]
    theater_id: TheaterId,
    theater_name: String,
    /// IANA name of the zone of the theater.
    time_zone: String,
    #[schema(value_type = String)]
    screen_id: ScreenId,
    screen_name: String,
    #[serde(with = "time::serde::rfc3339")]
    starts_at: OffsetDateTime,
    /// Of a standard seat; the seats have theirs.
    price: Money,
    seats_total: usize,
    /// How many seats were free a moment ago.
    seats_free: usize,
}

impl Showtime {
    fn new(showtime: &usher_catalog::Showtime, occupied: i64) -> Self {
        let seats_total = showtime.seat_map.len();
        Self {
            id: showtime.id,
            movie_id: showtime.movie_id,
            movie_title: showtime.movie_title.clone(),
            theater_id: showtime.theater_id,
            theater_name: showtime.theater_name.clone(),
            time_zone: showtime.time_zone.clone(),
            screen_id: showtime.screen_id,
            screen_name: showtime.screen_name.clone(),
            starts_at: showtime.starts_at,
            price: showtime.prices.of(SeatType::Standard).into(),
            seats_total,
            seats_free: seats_total.saturating_sub(usize::try_from(occupied).unwrap_or_default()),
        }
    }
}
