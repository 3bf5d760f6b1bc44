//! The registry of everything that can be wrong with a request: RFC 9457 problem types, each with its status and a page.
//!
//! To add one, add a line to the list below and a page `docs/problems/<slug>.md`; a test names the one you forgot.
//! The body is built in `api`, which knows the request; here is only what is true of every occurrence.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident: $slug:literal, $status:literal, $retryable:literal, $title:literal;)*) => {
        /// What went wrong, as a client can tell it apart.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// All of them, for the pages and the tests.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The last part of the problem's `type`, and the name of its page.
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// The HTTP status it is answered with.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// Whether the same request can succeed later, unchanged.
            pub const fn retryable(self) -> bool {
                match self { $(Self::$name => $retryable,)* }
            }

            /// One line for people, the same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

kinds! {
    /// The body or a parameter is not what the contract says.
    InvalidRequest: "invalid-request", 400, false, "The request is not valid";
    /// A mutation came without its Idempotency-Key.
    IdempotencyKeyMissing: "idempotency-key-missing", 400, false, "An Idempotency-Key header is required";
    /// No token, or one that is expired, forged or meant for somebody else.
    Unauthenticated: "unauthenticated", 401, false, "Sign in first";
    /// The mail address or the password is wrong; which of both is not told.
    WrongCredentials: "wrong-credentials", 401, false, "The mail address or the password is wrong";
    /// The provider declined the card.
    PaymentDeclined: "payment-declined", 402, false, "The payment was declined";
    /// Signed in, but this is for another role.
    Forbidden: "forbidden", 403, false, "This is not allowed with your role";
    /// Nothing here, or nothing that you may see.
    NotFound: "not-found", 404, false, "There is nothing here";
    /// The route exists, the method does not.
    MethodNotAllowed: "method-not-allowed", 405, false, "This method is not allowed here";
    /// An account with this mail address exists.
    MailTaken: "mail-taken", 409, false, "There is an account with this mail address";
    /// At least one of the seats belongs to somebody else; `seats` lists them.
    SeatsTaken: "seats-taken", 409, false, "Some of the seats are taken";
    /// The hold ended before it was used.
    HoldExpired: "hold-expired", 409, false, "The seats are no longer held for you";
    /// The state of the thing does not allow this now.
    Conflict: "conflict", 409, false, "This is not possible in the present state";
    /// More would be given back than is left of the payment.
    RefundExceedsPayment: "refund-exceeds-payment", 409, false, "Less than that is left of the payment";
    /// The same key is being worked on.
    IdempotencyKeyInUse: "idempotency-key-in-use", 409, true, "A request with this Idempotency-Key is running";
    /// The show has begun.
    ShowtimeClosed: "showtime-closed", 409, false, "This showtime is no longer on sale";
    /// More bytes than we read.
    BodyTooLarge: "body-too-large", 413, false, "The request body is too large";
    /// Not JSON.
    UnsupportedMediaType: "unsupported-media-type", 415, false, "The request body must be JSON";
    /// The body is well formed, yet asks for something impossible.
    Unprocessable: "unprocessable", 422, false, "The request cannot be carried out as it is";
    /// What was asked for cannot be done by the engine that runs the sagas; `detail` says what can.
    EngineCannot: "engine-cannot", 422, false, "The engine that runs the sagas cannot do this";
    /// The key was used for another body.
    IdempotencyKeyReused: "idempotency-key-reused", 422, false, "This Idempotency-Key was used for another request";
    /// Too many requests from this address.
    RateLimited: "rate-limited", 429, true, "Too many requests";
    /// Our mistake; the trace id leads to it.
    Internal: "internal", 500, true, "Something went wrong on our side";
    /// A part we need is away, or we are draining.
    Unavailable: "unavailable", 503, true, "The service is unavailable for a moment";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_page_and_every_page_a_kind() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/problems");
        let mut pages: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".md", ""))
            .filter(|page| page != "README")
            .collect();
        let mut slugs: Vec<String> = Kind::ALL.iter().map(|kind| kind.slug().to_owned()).collect();
        pages.sort();
        slugs.sort();
        assert_eq!(pages, slugs);
    }

    #[test]
    fn the_slug_is_how_json_names_the_kind() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.slug());
            assert!((400..600).contains(&kind.status()));
        }
    }
}
