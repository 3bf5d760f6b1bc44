//! Pass: hands on its input, a reshaped input, or a fixed result.

use serde_json::Value;

use crate::{
    data_flow::{Placement, Selection},
    execution::{Progress, Turn},
    model::{Next, QueryLanguage},
};

pub(super) fn execute(turn: &mut Turn<'_, '_>, result: Option<&Value>) -> Progress {
    let (data, state) = (&turn.state.data, turn.state);
    let result = match result {
        Some(result) => result.clone(),
        // Nothing to reshape and the whole to replace: the input moves through without a copy.
        None if data.parameters.is_none() && data.input == Selection::Whole && data.result == Placement::Replace => {
            let plain = data.assign.is_none() && data.output == Selection::Whole;
            if plain || state.query_language == QueryLanguage::Jsonata {
                let next = state.next.clone().unwrap_or(Next::End);
                return turn.pass_through(data.assign.as_ref(), &data.output, next);
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
