//! The sagas and what their parts have to agree on.
//!
//! A saga is a States Language file beside this crate; [`definitions`] embeds them. Each of its tasks is a [`step`], asked for
//! in an [`envelope`], with the payloads of [`booking`], [`refund`] and [`showtime`], and answered with an output or a
//! [`error::StepError`]. Whoever starts, watches or answers executions does it through the [`orchestrator`] port, and puts
//! into them what [`payload`] allows. [`query`] is how people find
//! them, and [`delivery`] what they read of the workers' part.

pub mod booking;
pub mod definitions;
pub mod delivery;
pub mod envelope;
pub mod error;
pub mod orchestrator;
pub mod payload;
pub mod query;
pub mod refund;
pub mod showtime;
pub mod step;
