//! What travels in messages and histories is read by operators and kept for months: no secrets, no personal data, and
//! nothing so large that a queue refuses it.

use serde_json::Value;

use crate::{
    problem::{Anchor, Code, Location, Problem, Problems},
    validate::walk,
};

/// The most that the fixed part of a message may have, in bytes. SQS takes 256 KiB; the rest is for the saga's data.
const LARGEST: usize = 64 * 1024;

/// Parts of names, in lower case and without separators, that belong to data of persons.
const PERSONAL: &[&str] = &[
    "address",
    "birth",
    "email",
    "firstname",
    "fullname",
    "iban",
    "lastname",
    "mailaddress",
    "passport",
    "phone",
    "surname",
];

/// The same for secrets.
const SECRET: &[&str] = &["apikey", "cardnumber", "credential", "cvc", "cvv", "password", "secret", "token"];

/// The receipt that a waiting task cannot do without.
const TASK_TOKEN: &[&str] = &["$$.Task.Token", "{% $states.context.Task.Token %}"];

pub(super) fn check(document: &Value, problems: &Problems) {
    walk::states(document, &mut |state| {
        for field in ["Parameters", "Arguments", "Assign", "Output", "Result", "ResultSelector"] {
            if let Some(value) = state.members.get(field) {
                members(value, &state.location.child(field), problems);
            }
        }
        for field in ["Parameters", "Arguments"] {
            let Some(body) = state.members.get(field).and_then(|parameters| parameters.get("MessageBody")) else {
                continue;
            };
            let size = body.to_string().len();
            if size > LARGEST {
                let message = format!("The fixed part of the message has {size} bytes; at most {LARGEST} are allowed");
                let place = state.location.child(field);
                let problem = Problem::with_field(Code::SagaPayload, &place, "MessageBody", message);
                problems.add(problem.help("store it, and send the id".to_owned()));
            }
        }
    });
}

fn members(value: &Value, location: &Location, problems: &Problems) {
    match value {
        Value::Object(inner) => {
            for (name, member) in inner {
                if let Some(what) = offence(name, member) {
                    let message = format!("'{name}' looks like {what}, which must not travel in a saga");
                    let help = "send the id, and let the step read the rest where it is kept".to_owned();
                    let problem = Problem::with_field(Code::SagaPayload, location, name, message).help(help);
                    problems.add(Problem { anchor: Anchor::Name, ..problem });
                }
                members(member, &location.child(name), problems);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                members(element, &location.element(index), problems);
            }
        }
        _ => {}
    }
}

fn offence(name: &str, value: &Value) -> Option<&'static str> {
    if value.as_str().is_some_and(|text| TASK_TOKEN.contains(&text)) {
        return None;
    }
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    if has(SECRET) {
        Some("a secret")
    } else if has(PERSONAL) {
        Some("personal data")
    } else {
        None
    }
}
