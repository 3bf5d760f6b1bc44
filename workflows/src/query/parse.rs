//! From the pieces of a text to conditions, with a word on what would be right where something is wrong.

use std::{collections::BTreeSet, fmt::Display, ops::Range, str::FromStr};

use serde_json::Value;
use usher_core::ids::{BookingId, PaymentId, ShowtimeId, UserId};

use super::{
    Comparison, Condition, ErrorName, PaymentName, Query, QueryError, Term,
    field::{self, FIELDS, nearest},
    lex::{self, Piece, Raw},
    span,
};
use crate::{definitions::SAGAS, orchestrator::Status, step::STEPS};

/// Where something is wrong, and what.
type Wrong = (Range<usize>, String);

impl FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        let parsed = lex::terms(text).and_then(|terms| terms.iter().map(term).collect::<Result<Vec<_>, _>>());
        parsed.map(|terms| Self { terms }).map_err(|(at, message)| QueryError { query: text.to_owned(), at, message })
    }
}

fn term(raw: &Raw) -> Result<Term, Wrong> {
    let not = raw.not;
    let condition = match &raw.field {
        Some((name, operator)) => known(name, operator, raw),
        None => bare(raw),
    }?;
    Ok(Term { not, condition })
}

/// A value without a field: an id says by itself where it belongs.
fn bare(raw: &Raw) -> Result<Condition, Wrong> {
    let [value] = raw.values.as_slice() else {
        return Err((raw.at.clone(), "a list needs a field before it".to_owned()));
    };
    let field = match value.text.split('_').next() {
        Some("bkg") => "booking",
        Some("can" | "pcn" | "rfd") => "name",
        Some("sho") => "showtime",
        Some("pay") => "payment",
        Some("usr") => "user",
        _ => {
            let fields = FIELDS.map(|field| field.name).join(", ");
            return Err((value.at.clone(), format!("`{}` is no id; name a field: {fields}", value.text)));
        }
    };
    condition(field, ":", &raw.values)
}

fn known(name: &Piece, operator: &'static str, raw: &Raw) -> Result<Condition, Wrong> {
    let field = field::find(&name.text).map_err(|near| {
        let fields = || format!("the fields are {}", FIELDS.map(|field| field.name).join(", "));
        let help = near.map_or_else(fields, |near| format!("did you mean `{near}`?"));
        (name.at.clone(), format!("there is no field `{}`; {help}", name.text))
    })?;
    let is_compared = operator != ":";
    if is_compared && !field.compared {
        return Err((raw.at.clone(), format!("`{}` takes `:`, such as {}", field.name, field.example)));
    }
    if field.compared && raw.values.len() > 1 {
        return Err((raw.at.clone(), format!("`{}` takes one value, such as {}", field.name, field.example)));
    }
    condition(field.name, operator, &raw.values)
}

fn condition(field: &str, operator: &'static str, values: &[Piece]) -> Result<Condition, Wrong> {
    let wrong = |value: &Piece, expected: &str| (value.at.clone(), format!("`{}` is not {expected}", value.text));
    let comparison = Comparison::of(operator);
    Ok(match field {
        "status" => Condition::Status(statuses(values)?),
        "saga" => Condition::Saga(words(values, "a saga", &SAGAS.iter().map(|saga| saga.name))?),
        "step" => Condition::Step(steps(values)?),
        "age" => {
            let length = |value: &Piece| {
                span::parse(&value.text).ok_or_else(|| wrong(value, "a length of time, such as 90s, 10m, 1h30m or 2d"))
            };
            Condition::Age(comparison, values.first().map(length).transpose()?.unwrap_or_default())
        }
        "attempt" => {
            let number = |value: &Piece| value.text.parse().map_err(|_| wrong(value, "a number of attempts"));
            Condition::Attempt(comparison, values.first().map(number).transpose()?.unwrap_or_default())
        }
        "error" => Condition::Error(values.iter().map(|value| ErrorName::new(&value.text)).collect()),
        "booking" => Condition::Booking(parsed::<BookingId>(values)?),
        "user" => Condition::User(parsed::<UserId>(values)?),
        "seat" => Condition::Seat(parsed(values)?),
        "showtime" => Condition::Showtime(parsed::<ShowtimeId>(values)?),
        "payment" => Condition::Payment(values.iter().map(payment).collect::<Result<_, _>>()?),
        "version" => {
            let hash = |value: &Piece| {
                let hash = value.text.to_ascii_lowercase();
                let fits = (4..=64).contains(&hash.len()) && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
                if fits { Ok(hash) } else { Err(wrong(value, "the beginning of a hash: 4 to 64 of 0-9 and a-f")) }
            };
            Condition::Version(values.iter().map(hash).collect::<Result<_, _>>()?)
        }
        _ => Condition::Name(values.iter().map(|value| value.text.clone()).collect()),
    })
}

fn parsed<T: FromStr<Err: Display>>(values: &[Piece]) -> Result<Vec<T>, Wrong> {
    values
        .iter()
        .map(|value| value.text.parse().map_err(|error: T::Err| (value.at.clone(), error.to_string())))
        .collect()
}

fn statuses(values: &[Piece]) -> Result<Vec<Status>, Wrong> {
    const WORDS: [&str; 6] = ["running", "succeeded", "failed", "timed_out", "aborted", "unhappy"];
    let mut statuses = Vec::new();
    for word in words(values, "a status", &WORDS)? {
        match word.to_ascii_uppercase().parse() {
            Ok(status) => statuses.push(status),
            Err(_) => statuses.extend([Status::Failed, Status::TimedOut, Status::Aborted]),
        }
    }
    statuses.dedup();
    Ok(statuses)
}

/// Each value as one of the words, in whatever case it was typed.
fn words<'w>(
    values: &[Piece],
    what: &str,
    known: &(impl IntoIterator<Item = &'w str> + Clone),
) -> Result<Vec<String>, Wrong> {
    let word = |value: &Piece| {
        let mut all = known.clone().into_iter();
        if let Some(word) = all.find(|word| word.eq_ignore_ascii_case(&value.text)) {
            return Ok(word.to_owned());
        }
        let help = nearest(&value.text, known.clone()).map_or_else(
            || format!("it is one of {}", known.clone().into_iter().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        Err((value.at.clone(), format!("`{}` is not {what}; {help}", value.text)))
    };
    values.iter().map(word).collect()
}

/// States of the definitions, also by the names of their steps; what is quoted is taken as it is.
fn steps(values: &[Piece]) -> Result<Vec<String>, Wrong> {
    let states = states();
    let state = |value: &Piece| {
        if value.quoted {
            return Ok(value.text.clone());
        }
        if let Some(step) = STEPS.iter().find(|step| step.name == value.text) {
            return Ok(step.state.to_owned());
        }
        words(std::slice::from_ref(value), "a state or a step", &states.iter().map(String::as_str))
            .map(|words| words.concat())
    };
    values.iter().map(state).collect()
}

/// Every state of the present definitions.
fn states() -> BTreeSet<String> {
    let of = |definition: &str| -> Vec<String> {
        let definition: Value = serde_json::from_str(definition).unwrap_or_default();
        definition["States"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
    };
    SAGAS.iter().flat_map(|saga| of(saga.definition)).collect()
}

fn payment(value: &Piece) -> Result<PaymentName, Wrong> {
    if let Some((execution, _)) = value.text.split_once('/') {
        return Ok(PaymentName::Reference(execution.to_owned()));
    }
    let id: Result<PaymentId, _> = value.text.parse();
    id.map(PaymentName::Id).map_err(|error| (value.at.clone(), error.to_string()))
}
