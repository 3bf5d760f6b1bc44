//! Succeed: ends its flow with its input.

use crate::{
    execution::{Progress, Turn},
    model::Next,
};

pub(super) fn execute(turn: &mut Turn<'_, '_>) -> Progress {
    turn.pass_through(None, Next::End)
}
