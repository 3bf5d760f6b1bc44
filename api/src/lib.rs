//! The HTTP front: one file an endpoint.
//!
//! Promises: whatever goes wrong is answered as an RFC 9457 [`problem`] with a page that explains it; a mutation that is
//! repeated under its `Idempotency-Key` happens once; nobody sees, or learns of, what belongs to somebody else; and no
//! token, password, mail address or body reaches a log.
//!
//! [`router`] has every route on one page. To add one, write `routes/<resource>/<verb>.rs` and add its line there.

pub mod router;

pub mod readiness;
pub mod settings;
pub mod state;

pub mod auth;
pub mod drills;
pub mod problem;

mod extract;
mod handover;
mod idempotency;
mod middleware;
mod money;
mod openapi;
mod pagination;
mod prefer;
mod routes;
mod seat_watch;
mod selection;
pub mod site;
mod ticket_reader;

pub use drills::DrillDesk;
pub use openapi::document as openapi;
pub use router::router;
pub use settings::Settings;
pub use state::{AppState, Services};
