//! How many iterations of a Map state run at once, and how many may fail.

use crate::{
    errors::Failure,
    evaluation,
    execution::Turn,
    model::{Amount, Map},
};

/// AWS runs at most this many iterations of an inline Map at once.
const MOST_AT_ONCE: usize = 40;

/// AWS runs at most this many iterations of a distributed Map at once.
const MOST_DISTRIBUTED: usize = 10_000;

pub(super) fn at_once(turn: &Turn<'_, '_>, map: &Map) -> Result<usize, Failure> {
    let most = if map.distributed { MOST_DISTRIBUTED } else { MOST_AT_ONCE };
    let limit = amount(turn, map.max_concurrency.as_ref(), "MaxConcurrency")?.unwrap_or(0);
    Ok(if limit == 0 { most } else { usize::try_from(limit).unwrap_or(most).min(most) })
}

pub(super) fn tolerated(turn: &Turn<'_, '_>, map: &Map, length: usize) -> Result<usize, Failure> {
    let count = amount(turn, map.tolerated_failure_count.as_ref(), "ToleratedFailureCount")?;
    let count = count.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
    let share = match &map.tolerated_failure_percentage {
        None => None,
        Some(percentage) => Some(share(turn, percentage, length)?),
    };
    Ok(count.into_iter().chain(share).min().unwrap_or(0))
}

/// How many of `length` iterations a percentage of them is.
#[expect(clippy::float_arithmetic, reason = "the percentage is a fraction in the language itself")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is between 0 and the length")]
#[expect(clippy::cast_precision_loss, reason = "no array that fits into a payload has 2^53 items")]
fn share(turn: &Turn<'_, '_>, percentage: &Amount<f64>, length: usize) -> Result<usize, Failure> {
    let scope = turn.scope();
    let effective = turn.located(turn.state.data.effective_input(&scope))?;
    let percentage =
        turn.located(evaluation::percentage(percentage, "ToleratedFailurePercentage", &scope.over(&effective)))?;
    Ok((length as f64 * percentage / 100.0).floor() as usize)
}

fn amount(turn: &Turn<'_, '_>, amount: Option<&Amount>, field: &str) -> Result<Option<u64>, Failure> {
    let scope = turn.scope();
    let effective = turn.located(turn.state.data.effective_input(&scope))?;
    turn.located(evaluation::whole(amount, field, 0, &scope.over(&effective)))
}
