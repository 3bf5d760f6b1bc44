//! What has to be true whatever happened.
//!
//! To add one, add a line to the list; the order is that of the report, the gravest first.

use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! invariants {
    ($($(#[$doc:meta])* $name:ident: $slug:literal, $sentence:literal;)*) => {
        /// One promise that the audit checks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Invariant { $($(#[$doc])* $name,)* }

        impl Invariant {
            /// All of them, in the order of the report.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in tables and JSON.
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// The promise, in a sentence.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

invariants! {
    /// At most one valid ticket and one owner.
    OneOwner: "one-owner", "A seat of a showtime has at most one owner.";
    /// The triple check of confirmed bookings.
    PaidIsSold: "paid-is-sold", "A confirmed booking is paid in full, has exactly one valid ticket for each of its seats, and owns these seats.";
    /// The triple check of rejected and cancelled ones.
    UndoneIsGone: "undone-is-gone", "A rejected or cancelled booking keeps no money, no ticket and no seat.";
    /// Rows and ledger tell the same story.
    MoneyConserved: "money-conserved", "What was captured is recognised, refunded or in flight, to the cent, and the ledger says the same as payments and refunds.";
    /// And so does whoever has the money.
    ProviderAgrees: "provider-agrees", "The provider's own record has the same charges and refunds as ours, and no booking is charged twice.";
    /// Tickets are what the revenue was made with.
    RevenueIsTotal: "revenue-is-total", "The revenue of a confirmed booking is its total, and an undone one has none.";
    /// Nothing hangs in silence.
    SagaEnds: "saga-ends", "A booking on its way has a saga that runs, waits to be started, or is listed as stuck.";
    /// Outbox, queues, dead letters.
    NoMessageLost: "no-message-lost", "No message is left in an outbox, waits in a queue for long, or died.";
    /// Everything belongs to a booking.
    NoOrphan: "no-orphan", "No charge, refund, posting, ticket or hold is without the booking or the payment that it is for.";
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl Serialize for Invariant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.slug())
    }
}
