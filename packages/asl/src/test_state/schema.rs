//! What services answer, as far as mocked results are held against it: the integrations that this project and its
//! recordings use. Fields that are not listed are not looked at. A new action is a line in [`ACTIONS`].

use serde_json::Value;

use crate::model::Integration;

/// What a field holds.
enum Shape {
    Any,
    Flag,
    List(&'static Shape),
    Number,
    Object(&'static [Field]),
    OneOf(&'static [&'static str]),
    Text,
}

/// A field: its name, what it holds, and whether it is always there.
struct Field(&'static str, Shape, Needed);

#[derive(PartialEq)]
enum Needed {
    Always,
    Sometimes,
}

use Needed::{Always, Sometimes};
use Shape::{Any, Flag, List, Number, Object, OneOf, Text};

const CAPACITY: &[Field] = &[
    Field("CapacityUnits", Number, Sometimes),
    Field("ReadCapacityUnits", Number, Sometimes),
    Field("TableName", Text, Sometimes),
    Field("WriteCapacityUnits", Number, Sometimes),
];

const ENTRY: Shape = Object(&[
    Field("ErrorCode", Text, Sometimes),
    Field("ErrorMessage", Text, Sometimes),
    Field("EventId", Text, Sometimes),
]);

const EXECUTION_STATUS: &[&str] = &["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"];

/// A nested execution that was waited for: the answer of `DescribeExecution`.
const EXECUTION: &[Field] = &[
    Field("Cause", Text, Sometimes),
    Field("Error", Text, Sometimes),
    Field("ExecutionArn", Text, Always),
    Field("Input", Any, Sometimes),
    Field("Name", Text, Sometimes),
    Field("Output", Any, Sometimes),
    Field("StartDate", Text, Always),
    Field("StateMachineArn", Text, Always),
    Field("Status", OneOf(EXECUTION_STATUS), Always),
    Field("StopDate", Text, Sometimes),
];

const STORAGE_CLASSES: &[&str] = &[
    "DEEP_ARCHIVE",
    "EXPRESS_ONEZONE",
    "FSX_OPENZFS",
    "GLACIER",
    "GLACIER_IR",
    "INTELLIGENT_TIERING",
    "ONEZONE_IA",
    "OUTPOSTS",
    "REDUCED_REDUNDANCY",
    "SNOW",
    "STANDARD",
    "STANDARD_IA",
];

/// Every action that is known: service, action, fields of the answer.
const ACTIONS: &[(&str, &str, &[Field])] = &[
    (
        "aws-sdk:s3",
        "getObject",
        &[
            Field("Body", Any, Sometimes),
            Field("ContentLength", Number, Sometimes),
            Field("ContentType", Text, Sometimes),
            Field("DeleteMarker", Flag, Sometimes),
            Field("ETag", Text, Sometimes),
            Field("LastModified", Text, Sometimes),
            Field("PartsCount", Number, Sometimes),
            Field("StorageClass", OneOf(STORAGE_CLASSES), Sometimes),
            Field("VersionId", Text, Sometimes),
        ],
    ),
    (
        "dynamodb",
        "deleteItem",
        &[Field("Attributes", Object(&[]), Sometimes), Field("ConsumedCapacity", Object(CAPACITY), Sometimes)],
    ),
    (
        "dynamodb",
        "getItem",
        &[Field("ConsumedCapacity", Object(CAPACITY), Sometimes), Field("Item", Object(&[]), Sometimes)],
    ),
    (
        "dynamodb",
        "putItem",
        &[Field("Attributes", Object(&[]), Sometimes), Field("ConsumedCapacity", Object(CAPACITY), Sometimes)],
    ),
    (
        "dynamodb",
        "updateItem",
        &[Field("Attributes", Object(&[]), Sometimes), Field("ConsumedCapacity", Object(CAPACITY), Sometimes)],
    ),
    ("events", "putEvents", &[Field("Entries", List(&ENTRY), Sometimes), Field("FailedEntryCount", Number, Sometimes)]),
    (
        "lambda",
        "invoke",
        &[
            Field("ExecutedVersion", Text, Sometimes),
            Field("FunctionError", Text, Sometimes),
            Field("LogResult", Text, Sometimes),
            Field("Payload", Any, Sometimes),
            Field("StatusCode", Number, Sometimes),
        ],
    ),
    ("sns", "publish", &[Field("MessageId", Text, Sometimes), Field("SequenceNumber", Text, Sometimes)]),
    (
        "sqs",
        "sendMessage",
        &[
            Field("MD5OfMessageAttributes", Text, Sometimes),
            Field("MD5OfMessageBody", Text, Sometimes),
            Field("MD5OfMessageSystemAttributes", Text, Sometimes),
            Field("MessageId", Text, Sometimes),
            Field("SequenceNumber", Text, Sometimes),
        ],
    ),
    ("states", "startExecution", &[Field("ExecutionArn", Text, Always), Field("StartDate", Text, Always)]),
    ("states", "startExecution.sync", EXECUTION),
    ("states", "startExecution.sync:2", EXECUTION),
];

/// Whether `result` looks like what the service answers. The answer of whoever holds a token can be anything.
pub(super) fn check(integration: &Integration, result: &Value, strict: bool) -> Result<(), String> {
    let action = ACTIONS
        .iter()
        .find(|(service, action, _)| *service == integration.resource_type && *action == integration.resource);
    match (action, result) {
        (Some((_, _, fields)), Value::Object(_)) => object(fields, result, strict),
        _ => Ok(()),
    }
}

fn object(fields: &[Field], value: &Value, strict: bool) -> Result<(), String> {
    for Field(name, shape, needed) in fields {
        match value.get(name) {
            Some(found) => shape.check(name, found, strict)?,
            None if strict && *needed == Always => return Err(format!("Required field '{name}' is missing")),
            None => {}
        }
    }
    Ok(())
}

impl Shape {
    fn check(&self, name: &str, value: &Value, strict: bool) -> Result<(), String> {
        let wanted = |fits: bool, what: &str| {
            if fits { Ok(()) } else { Err(format!("Field '{name}' must be {what}")) }
        };
        match self {
            Any => Ok(()),
            Flag => wanted(value.is_boolean(), "a boolean"),
            Number => wanted(value.is_number(), "a number"),
            Text => wanted(value.is_string(), "a string"),
            OneOf(known) => {
                wanted(value.is_string(), "a string")?;
                let expected = value.as_str().is_some_and(|text| known.contains(&text));
                if expected { Ok(()) } else { Err(format!("Field '{name}' is not an expected value")) }
            }
            Object(fields) => {
                wanted(value.is_object(), "an object")?;
                object(fields, value, strict)
            }
            List(item) => {
                wanted(value.is_array(), "an array")?;
                value.as_array().into_iter().flatten().try_for_each(|found| item.check(name, found, strict))
            }
        }
    }
}
