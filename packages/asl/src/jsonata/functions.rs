//! What Step Functions adds to JSONata, and what it takes away: clock and randomness come in from outside, and `$eval`
//! is not there.

use std::{cell::Cell, rc::Rc};

use jsonata_core::{
    ast::AstNode,
    evaluator::{Evaluator, EvaluatorError},
    value::JValue,
};
use serde_json::Value;
use time::OffsetDateTime;

use super::values;
use crate::{intrinsics, moment, scope::Scope, size};

type Answer = Result<JValue, EvaluatorError>;
type Function = Box<dyn Fn(&[JValue]) -> Answer>;

/// Registers everything that `text` mentions.
pub(super) fn register(evaluator: &mut Evaluator, scope: &Scope<'_>, text: &str) -> Result<(), String> {
    let mut add = |name: &str, function: Function| {
        if text.contains(name) {
            evaluator.register_fn_override(name, function).map_err(|error| error.message().to_owned())
        } else {
            Ok(())
        }
    };
    let now = scope.now;
    add("eval", Box::new(|_| Err(failure("Function $eval is not supported."))))?;
    add("hash", Box::new(hash))?;
    add("millis", Box::new(move |_| Ok(JValue::Number(millis(now)))))?;
    add("now", Box::new(move |arguments| formatted(now, arguments)))?;
    add("pad", Box::new(pad))?;
    add("parse", Box::new(parse))?;
    add("partition", Box::new(partition))?;
    add("range", Box::new(range))?;
    if ["random", "shuffle", "uuid"].iter().any(|name| text.contains(name)) {
        // The host's randomness is lent for this step only; the engine wants functions that own what they use.
        let dice = Rc::new(Dice(Cell::new(scope.random.next())));
        let (thrower, shuffler) = (Rc::clone(&dice), Rc::clone(&dice));
        add("random", Box::new(move |arguments| random(&thrower, arguments)))?;
        add("shuffle", Box::new(move |arguments| shuffle(&shuffler, arguments)))?;
        add("uuid", Box::new(move |_| Ok(JValue::string(intrinsics::random_uuid(|| dice.throw())))))?;
    }
    Ok(())
}

fn failure(message: impl Into<String>) -> EvaluatorError {
    EvaluatorError::EvaluationError(message.into())
}

/// In the engine's words: what it says of its own functions.
fn mismatch(position: usize, function: &str) -> EvaluatorError {
    failure(format!("T0410: Argument {position} of function \"{function}\" does not match function signature"))
}

fn whole(arguments: &[JValue], position: usize, function: &str) -> Result<i64, EvaluatorError> {
    let value = arguments.get(position).and_then(JValue::as_f64).map(round);
    value.ok_or_else(|| mismatch(position + 1, function))
}

#[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
fn round(number: f64) -> i64 {
    number.round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "JSONata counts in floats")]
fn float(number: i64) -> f64 {
    number as f64
}

/// `$partition(array, size)`: the array in pieces of that size.
fn partition(arguments: &[JValue]) -> Answer {
    let items = arguments.first().and_then(JValue::as_array).ok_or_else(|| mismatch(1, "partition"))?;
    let size = usize::try_from(whole(arguments, 1, "partition")?).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| mismatch(2, "partition"))?;
    Ok(JValue::array(items.chunks(size).map(|piece| JValue::array(piece.to_vec())).collect()))
}

/// `$range(first, last, step)`: a sequence, so that one item alone is not an array (recorded).
fn range(arguments: &[JValue]) -> Answer {
    let (first, last) = (whole(arguments, 0, "range")?, whole(arguments, 1, "range")?);
    let step = whole(arguments, 2, "range")?;
    intrinsics::numbers(first, last, step)
        .map(|numbers| JValue::sequence(numbers.into_iter().map(|number| JValue::Number(float(number))).collect()))
        .map_err(failure)
}

/// `$hash(data, algorithm)`.
fn hash(arguments: &[JValue]) -> Answer {
    let text = |position: usize| {
        let value = arguments.get(position).and_then(JValue::as_str);
        value.ok_or_else(|| mismatch(position + 1, "hash"))
    };
    intrinsics::digest(text(0)?, text(1)?).map(JValue::string).map_err(failure)
}

/// `$pad(text, width, filling)`: the engine's own would fill the memory if asked to.
fn pad(arguments: &[JValue]) -> Answer {
    let text = arguments.first().filter(|text| !text.is_undefined());
    let Some(text) = text else { return Ok(JValue::Undefined) };
    let text = text.as_str().ok_or_else(|| mismatch(1, "pad"))?;
    let width = whole(arguments, 1, "pad")?;
    let filling = arguments.get(2).and_then(JValue::as_str).filter(|filling| !filling.is_empty()).unwrap_or(" ");
    let columns = usize::try_from(width.unsigned_abs()).ok().filter(|columns| *columns <= size::LIMIT);
    let columns = columns.ok_or_else(|| mismatch(2, "pad"))?;
    let missing = columns.saturating_sub(text.chars().count());
    let filled: String = filling.chars().cycle().take(missing).collect();
    Ok(JValue::string(if width < 0 { filled + text } else { text.to_owned() + &filled }))
}

/// `$parse(text)`: the JSON that the text holds.
fn parse(arguments: &[JValue]) -> Answer {
    let text = arguments.first().and_then(JValue::as_str).ok_or_else(|| mismatch(1, "parse"))?;
    let value: Value = serde_json::from_str(text).map_err(|error| failure(error.to_string()))?;
    Ok(values::from_json(&value))
}

/// `$random()` and `$random(seed)`: from 0 to below 1.
#[expect(clippy::float_arithmetic, reason = "the function gives a fraction")]
fn random(dice: &Dice, arguments: &[JValue]) -> Answer {
    let draw = match arguments.first().filter(|seed| !seed.is_undefined()) {
        None => dice.throw(),
        Some(_) => Dice(Cell::new(whole(arguments, 0, "random")?.cast_unsigned())).throw(),
    };
    // The upper 53 bits fill the fraction of a float exactly.
    Ok(JValue::Number(float((draw >> 11).cast_signed()) / float(1 << 53)))
}

fn shuffle(dice: &Dice, arguments: &[JValue]) -> Answer {
    let mut items = arguments.first().and_then(JValue::as_array).cloned().ok_or_else(|| mismatch(1, "shuffle"))?;
    for end in (1..items.len()).rev() {
        let draw = dice.throw() % (end as u64 + 1);
        items.swap(end, usize::try_from(draw).unwrap_or(end));
    }
    Ok(JValue::sequence(items))
}

fn millis(now: OffsetDateTime) -> f64 {
    float(i64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX))
}

/// `$now()`, and `$now(picture, zone)` by way of the function that formats any moment.
fn formatted(now: OffsetDateTime, arguments: &[JValue]) -> Answer {
    if arguments.is_empty() {
        return Ok(JValue::string(moment::display(now)));
    }
    let mut evaluator = Evaluator::new();
    let mut parts = vec![AstNode::Number(millis(now))];
    parts.extend(arguments.iter().filter_map(|argument| argument.as_str().map(AstNode::string)));
    let call = AstNode::Function { name: "fromMillis".to_owned(), args: parts, is_builtin: true };
    evaluator.evaluate(&call, &JValue::Undefined)
}

/// A generator that is seeded once (SplitMix64).
struct Dice(Cell<u64>);

impl Dice {
    fn throw(&self) -> u64 {
        let seed = self.0.get();
        self.0.set(seed.wrapping_add(intrinsics::GOLDEN));
        intrinsics::scramble(seed)
    }
}
