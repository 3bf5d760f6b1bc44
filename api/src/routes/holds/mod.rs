//! Seats kept for somebody who is still deciding.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod extend;
pub(crate) mod get;

use serde::Serialize;
use time::OffsetDateTime;
use usher_core::{
    ids::{HoldId, ShowtimeId},
    problem::Kind,
    seat::SeatName,
};
use usher_seating::{Fenced, Hold};
use utoipa::ToSchema;

use crate::problem::Problem;

/// Seats kept until a moment.
#[derive(Serialize, ToSchema)]
#[schema(as = Hold)]
pub(crate) struct HoldView {
    #[schema(value_type = String, example = "hld_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: HoldId,
    /// Grows with each extension.
    epoch: i64,
    #[schema(value_type = String)]
    showtime_id: ShowtimeId,
    #[schema(value_type = Vec<String>, example = json!(["A1", "A2"]))]
    seats: Vec<SeatName>,
    /// By the clock of the server.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// Whether the one extension was used.
    extended: bool,
}

impl From<Hold> for HoldView {
    fn from(hold: Hold) -> Self {
        Self {
            id: hold.id,
            epoch: hold.epoch,
            showtime_id: hold.showtime_id,
            seats: hold.seats,
            expires_at: hold.expires_at,
            extended: hold.extended,
        }
    }
}

impl From<Fenced> for Problem {
    fn from(fenced: Fenced) -> Self {
        match fenced {
            Fenced::Unknown => Self::not_found("hold"),
            Fenced::Expired => Self::new(Kind::HoldExpired, "The hold's time is over. Choose your seats again."),
            Fenced::NotExtendable => Self::new(Kind::Conflict, "A hold can be extended once."),
            Fenced::Lost => {
                Self::new(Kind::Conflict, "The hold went over to a booking, or its seats to somebody else.")
            }
        }
    }
}
