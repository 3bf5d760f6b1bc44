//! Sagas on AWS Step Functions, Standard.
//!
//! `adapter` is the port; what it is told by AWS is sorted in `fault`, what it may ask is
//! held back in `bucket` and counted in `counting`, where the
//! state machines are is found in `machines`, and their history is put into the words of the port in `history`. [`deploy`]
//! brings the definitions there. Nothing here builds an address: every ARN and every queue's URL is taken from an answer.

mod adapter;
mod bucket;
mod counting;
pub mod deploy;
mod fault;
mod history;
mod machines;
mod settings;

pub use adapter::StepFunctions;
pub use settings::{Rate, Rates, Settings};
