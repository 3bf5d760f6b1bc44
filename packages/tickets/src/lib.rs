//! Signed tickets: one for each seat of a booking.
//!
//! Promises: a seat of a showtime has at most one valid ticket, whatever went wrong before; issuing and revoking twice is
//! the same as once; a ticket's code can be checked without asking anybody, and names nobody. To read in order: [`code`]
//! is what the customer carries, [`keys`] what makes it genuine, [`issue`] and [`revoke`] the two things that happen to
//! a ticket, [`read`] what is known of it, [`qr`] how it is drawn, [`pdf`] how it is printed, [`events`] what others hear of it, [`audit`] what proves the first promise. A new
//! operation is a file here and a method of [`Tickets`].

pub mod audit;
pub mod code;
pub mod events;
pub mod issue;
pub mod keys;
pub mod pdf;
pub mod qr;
pub mod read;
pub mod revoke;

mod tickets;

pub use code::{CodeRefused, TicketClaims, TicketCode};
pub use issue::{Issuance, Issue, IssuedTicket};
pub use keys::{Mint, Verifier};
pub use read::{Revocation, Ticket};
pub use revoke::{Revoke, Revoked};
pub use tickets::Tickets;

/// The schema of this context.
pub fn schema() -> usher_database::migrate::Schema {
    usher_database::migrate::Schema { name: "tickets", migrations: sqlx::migrate!() }
}
