//! The tests of the interpreter: one file a subject, one binary.

#![expect(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "helpers of tests may stop the test")]

mod choice;
mod conformance;
mod context;
mod data_flow;
mod jsonata;
mod lifecycle;
mod map;
mod map_distributed;
mod parallel;
mod properties;
mod retry_catch;
mod saga;
mod support;
mod task;
mod test_state;
mod validation;
mod validation_distributed;
mod validation_jsonata;
mod validation_random;
mod validation_saga;
mod validation_targets;
mod validation_text;
mod variables;
mod wait;
