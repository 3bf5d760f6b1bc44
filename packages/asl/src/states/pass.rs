//! Pass: hands on its input, a reshaped input, or a fixed result.

use serde_json::Value;

use crate::{
    data_flow::{Placement, Selection},
    execution::{Progress, Turn},
};

pub(super) fn execute(turn: &mut Turn<'_, '_>, result: Option<&Value>) -> Progress {
    let data = &turn.state.data;
    let result = match result {
        Some(result) => result.clone(),
        // Nothing to reshape and the whole to replace: the input moves through without a copy.
        None if data.parameters.is_none() && data.input == Selection::Whole && data.result == Placement::Replace => {
            if data.assign.is_none() && data.output == Selection::Whole {
                return turn.pass_through(None, turn.state.next.clone().unwrap_or(crate::model::Next::End));
            }
            turn.place.input.clone()
        }
        None => match turn.arguments() {
            Ok(arguments) => arguments,
            Err(failure) => return Progress::Failed(failure),
        },
    };
    turn.leave_with(result)
}
