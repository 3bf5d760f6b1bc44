//! What a state's data look like on their way through it, step by step, as far as they get.

use serde_json::{Map, Value};

use crate::{
    evaluation::{self, FlowFailure},
    execution::Turn,
    model::{Kind, QueryLanguage},
    states::map,
};

/// The steps in front of the work.
pub(super) fn before(turn: &Turn<'_, '_>) -> Map<String, Value> {
    let mut seen = Map::from_iter([("input".to_owned(), turn.place.input.clone())]);
    // The first step that fails ends the way; why it does is found out when the state itself runs.
    drop(follow(turn, &mut seen));
    seen
}

/// The steps behind the work. The input is given, because leaving a state uses up the turn's own.
pub(super) fn after(
    turn: &Turn<'_, '_>,
    mut input: Value,
    result: &Value,
    seen: &mut Map<String, Value>,
) -> Result<(), FlowFailure> {
    let (data, scope) = (&turn.state.data, turn.scope());
    if !matches!(turn.state.kind, Kind::Pass { result: None }) {
        seen.insert("result".to_owned(), result.clone());
    }
    if turn.state.query_language == QueryLanguage::Jsonata {
        return Ok(());
    }
    let selected = match &data.result_selector {
        Some(template) => evaluation::fill(template, &scope.over(result))?,
        None => result.clone(),
    };
    seen.insert("afterResultSelector".to_owned(), selected.clone());
    let placed = data.result.place(&mut input, selected)?;
    seen.insert("afterResultPath".to_owned(), placed);
    Ok(())
}

fn follow(turn: &Turn<'_, '_>, seen: &mut Map<String, Value>) -> Result<(), FlowFailure> {
    let (data, scope) = (&turn.state.data, turn.scope());
    let mut see = |name: &str, value: Value| seen.insert(name.to_owned(), value);
    let jsonata = turn.state.query_language == QueryLanguage::Jsonata;
    let effective = data.effective_input(&scope)?;
    if !jsonata {
        see("afterInputPath", effective.clone().into_owned());
    }
    match &turn.state.kind {
        Kind::Task(_) | Kind::Parallel(_) | Kind::Pass { .. } if jsonata => {
            if let Some(template) = &data.parameters {
                see("afterArguments", evaluation::fill(template, &scope)?);
            }
        }
        Kind::Task(_) | Kind::Parallel(_) | Kind::Pass { .. } => {
            see("afterParameters", data.arguments(&scope)?.into_owned());
        }
        Kind::Map(map) => {
            let inner = scope.over(&effective);
            if !map.has_item_reader {
                let items = map::items(turn.state.query_language, map, &inner)?.into_owned();
                if map.item_selector.is_some() {
                    let inputs = (0..items.len()).map(|index| map::item_input(turn, map, Some(&items), index));
                    see("afterItemSelector", inputs.filter_map(Result::ok).collect());
                }
                let name = if jsonata { "afterItemsPointer" } else { "afterItemsPath" };
                see(name, Value::Array(items));
            }
            let at_once = evaluation::whole(map.max_concurrency.as_ref(), "MaxConcurrency", 0, &inner)?;
            see("maxConcurrency", at_once.unwrap_or(0).into());
            let count = map.tolerated_failure_count.as_ref();
            if let Some(count) = evaluation::whole(count, "ToleratedFailureCount", 0, &inner)? {
                see("toleratedFailureCount", count.into());
            }
            if let Some(percentage) = &map.tolerated_failure_percentage {
                let share = evaluation::percentage(percentage, "ToleratedFailurePercentage", &inner)?;
                see("toleratedFailurePercentage", share.into());
            }
        }
        Kind::Choice(_) | Kind::Wait(_) | Kind::Succeed | Kind::Fail(_) => {}
    }
    Ok(())
}
