//! Succeed: ends its flow with its input.

use crate::{
    execution::{Progress, Turn},
    model::Next,
};

pub(super) fn execute(turn: &mut Turn<'_, '_>) -> Progress {
    let data = &turn.state.data;
    turn.pass_through(data.assign.as_ref(), &data.output, Next::End)
}
