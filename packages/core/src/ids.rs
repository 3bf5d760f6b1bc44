//! Every id of the product, typed and legible: `bkg_01J9ZQ...` is a booking and cannot be passed as a seat hold.
//!
//! An id is 128 bits: 48 of milliseconds, 80 of randomness, as ULID lays them out (github.com/ulid/spec), so ids sort by age.
//! PostgreSQL stores it as `uuid`; people and JSON see prefix, underscore and 26 characters of Crockford's base 32.
//! To add one, add a line to the list at the end.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use ulid::Ulid;
use uuid::Uuid;

use crate::ambient::Ambient;

/// A text that is not an id of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}: it must look like `{prefix}_` and 26 letters and digits")]
pub struct MalformedId {
    text: String,
    expected: &'static str,
    prefix: &'static str,
}

fn fresh(ambient: &dyn Ambient) -> Ulid {
    let milliseconds = ambient.now().unix_timestamp_nanos() / 1_000_000;
    Ulid::from_parts(u64::try_from(milliseconds).unwrap_or_default(), ambient.random())
}

fn parse(text: &str, prefix: &'static str, expected: &'static str) -> Result<Uuid, MalformedId> {
    let malformed = || MalformedId { text: text.chars().take(64).collect(), expected, prefix };
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or_else(malformed)?;
    if digits.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return Err(malformed()); // One spelling per id: names of executions and keys are compared as text.
    }
    Ulid::from_string(digits).map(Uuid::from).map_err(|_| malformed())
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal, $article:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, made of the time and the randomness that `ambient` gives.
            pub fn new(ambient: &dyn Ambient) -> Self {
                Self(fresh(ambient).into())
            }

            /// As PostgreSQL stores it.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut digits = [0; ulid::ULID_LEN];
                write!(f, concat!($prefix, "_{}"), Ulid::from(self.0).array_to_str(&mut digits))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;

            fn from_str(text: &str) -> Result<Self, MalformedId> {
                parse(text, $prefix, $article).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )*};
}

ids! {
    /// One call to the payment provider.
    AttemptId = "att", "an attempt id";
    /// One purchase, from the request to the tickets. Its text is also the name of its booking execution.
    BookingId = "bkg", "a booking id";
    /// A cancellation of a booking that was confirmed; names the cancellation execution.
    CancellationId = "can", "a cancellation id";
    /// Money that a customer's bank took back.
    DisputeId = "dsp", "a dispute id";
    /// One run of a drill.
    DrillId = "drl", "a drill id";
    /// One event on the bus.
    EventId = "evt", "an event id";
    /// One run of a saga.
    ExecutionId = "exe", "an execution id";
    /// Seats kept for somebody until a moment.
    HoldId = "hld", "a hold id";
    /// Something about money that a person has to look at.
    IncidentId = "inc", "an incident id";
    /// One message in a queue.
    MessageId = "msg", "a message id";
    /// One message to a customer.
    NotificationId = "ntf", "a notification id";
    /// A cancellation of some seats of a booking; names its cancellation execution.
    PartialCancellationId = "pcn", "a partial cancellation id";
    /// One payment of a booking.
    PaymentId = "pay", "a payment id";
    /// Money paid to a customer past the provider.
    PayoutId = "pyt", "a payout id";
    /// One refund of a payment.
    RefundId = "rfd", "a refund id";
    /// A film.
    MovieId = "mov", "a movie id";
    /// A room with seats.
    ScreenId = "scr", "a screen id";
    /// A film on a screen at a time.
    ShowtimeId = "sho", "a showtime id";
    /// A house with screens.
    TheaterId = "the", "a theater id";
    /// The right of one person to one seat.
    TicketId = "tkt", "a ticket id";
    /// Somebody with an account.
    UserId = "usr", "a user id";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::Scripted;
    use time::{Duration, OffsetDateTime};

    #[test]
    fn an_id_reads_back_from_its_text() {
        let ambient = Scripted::new(OffsetDateTime::UNIX_EPOCH, 1);
        let id = BookingId::new(&ambient);
        assert!(id.to_string().starts_with("bkg_"));
        assert_eq!(id.to_string().len(), 30);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(serde_json::from_str::<BookingId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    }

    #[test]
    fn ids_sort_by_age() {
        let ambient = Scripted::new(OffsetDateTime::UNIX_EPOCH, 1);
        let older = UserId::new(&ambient);
        ambient.advance(Duration::milliseconds(1));
        assert!(older < UserId::new(&ambient));
    }

    #[test]
    fn an_id_of_another_kind_is_refused_with_what_was_expected() {
        let user = UserId::new(&Scripted::new(OffsetDateTime::UNIX_EPOCH, 1)).to_string();
        let refused = user.parse::<BookingId>().unwrap_err().to_string();
        assert_eq!(
            refused,
            format!("`{user}` is not a booking id: it must look like `bkg_` and 26 letters and digits")
        );
        for text in ["", "bkg_", "bkg_0", "bkg_!!!!!!!!!!!!!!!!!!!!!!!!!!", "bkg-01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
            assert!(text.parse::<BookingId>().is_err(), "{text}");
        }
        assert!("bkg_01arz3ndektsv4rrffq69g5fav".parse::<BookingId>().is_err());
    }
}
