//! What others hear of bookings. To add an event, declare it, list it in [`ALL`], and run `make generate`.

use usher_database::event::{EventType, Field, Shape, field};

/// Every event of this context.
pub const ALL: &[EventType] = &[CREATED, REJECTED, CANCELLED];

/// A booking was asked for.
pub(crate) const CREATED: EventType = EventType {
    name: "booking.created",
    version: 1,
    about: "A booking was asked for.",
    data: &[
        field("booking_id", Shape::Id("bkg")),
        field("showtime_id", Shape::Id("sho")),
        field("seats", Shape::List(&Shape::Seat)),
        field("total", Shape::Money),
    ],
};

/// A booking came to nothing.
pub(crate) const REJECTED: EventType = EventType {
    name: "booking.rejected",
    version: 1,
    about: "A booking came to nothing, and all of it is undone.",
    data: CLOSED,
};

/// The customer wanted out.
pub(crate) const CANCELLED: EventType = EventType {
    name: "booking.cancelled",
    version: 1,
    about: "The customer wanted out of a booking, and all of it is undone.",
    data: CLOSED,
};

const CLOSED: &[Field] = &[field("booking_id", Shape::Id("bkg")), field("showtime_id", Shape::Id("sho"))];
