//! What others hear of tickets. To add an event, declare it, list it in [`ALL`], and run `make generate`.

use usher_database::event::{EventType, Shape, field};

/// Every event of this context.
pub const ALL: &[EventType] = &[ISSUED];

/// A booking has its tickets. Their codes, with which somebody could enter, stay out of it.
pub(crate) const ISSUED: EventType = EventType {
    name: "ticket_issued",
    version: 1,
    about: "A booking is confirmed and has its tickets: one event for all of them.",
    data: &[
        field("booking_id", Shape::Id("bkg")),
        field("user_id", Shape::Id("usr")),
        field("showtime_id", Shape::Id("sho")),
        field("tickets", Shape::List(&Shape::Object(&[field("id", Shape::Id("tkt")), field("seat", Shape::Seat)]))),
    ],
};
