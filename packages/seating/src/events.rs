//! What others hear of seats. To add an event, declare it, list it in [`ALL`], and run `make generate`.

use usher_database::event::{EventType, Shape, field};

/// Every event of this context.
pub const ALL: &[EventType] = &[RESERVED];

/// A booking has its seats.
pub(crate) const RESERVED: EventType = EventType {
    name: "seat_reserved",
    version: 1,
    about: "A booking has its seats: one event for all of them.",
    data: &[
        field("booking_id", Shape::Id("bkg")),
        field("showtime_id", Shape::Id("sho")),
        field("seats", Shape::List(&Shape::Seat)),
    ],
};
