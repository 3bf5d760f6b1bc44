//! What operators do to sagas.
//!
//! Promises, for every act:
//!
//! - It is done on what was seen: an act states the version of its execution, and the second of two people who act on the
//!   same sight changes nothing and is told how it stands now.
//! - It is written down before it is done, with who, why, what was seen and what would be touched, in a [`chain`] that
//!   nobody changes unnoticed. A process that dies in between leaves an act that the next one finishes.
//! - It never reports its own success. It is `requested` until its saga has passed the step or has failed in it again, and
//!   then says which of the two, with both errors.
//!
//! To read in order: [`act`] is what can be done and when, [`preview`] what it would touch, [`ask`] how it becomes durable,
//! [`carry_out`](mod@carry_out) how it reaches the engine, [`watch`] how it turns out, [`read`] its story, [`chain`] its proof, [`batch`] does it to many. A new act is a variant in `act.rs`, and the
//! compiler names the rest.

pub mod act;
pub mod ask;
pub mod batch;
mod carry_out;
pub mod chain;
mod open;
mod operations;
pub mod preview;
pub mod read;
pub mod watch;

pub use act::{Act, Person};
pub use ask::{ActError, Ask};
pub use operations::{Operations, schema};
pub use preview::Preview;
pub use read::{ActStatus, Story};
