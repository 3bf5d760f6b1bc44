//! What services answer, as far as mocked results are held against it: the integrations that this project and its
//! recordings use. Fields that are not listed are not looked at. A new action is a line in [`ACTIONS`].

use serde_json::Value;

use crate::model::Integration;

/// What a field holds.
enum Shape {
    Any,
    Flag,
    List(&'static Shape),
    Map(&'static Shape),
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
use Shape::{Any, Flag, List, Map, Number, Object, OneOf, Text};

const ATTRIBUTE: Shape = Object(&[
    Field("B", Text, Sometimes),
    Field("BOOL", Flag, Sometimes),
    Field("BS", List(&Text), Sometimes),
    Field("L", List(&Any), Sometimes),
    Field("M", Map(&Any), Sometimes),
    Field("N", Text, Sometimes),
    Field("NS", List(&Text), Sometimes),
    Field("NULL", Flag, Sometimes),
    Field("S", Text, Sometimes),
    Field("SS", List(&Text), Sometimes),
]);

const UNITS: Shape = Object(&[
    Field("CapacityUnits", Number, Sometimes),
    Field("ReadCapacityUnits", Number, Sometimes),
    Field("WriteCapacityUnits", Number, Sometimes),
]);

const CAPACITY: Shape = Object(&[
    Field("CapacityUnits", Number, Sometimes),
    Field("GlobalSecondaryIndexes", Map(&UNITS), Sometimes),
    Field("LocalSecondaryIndexes", Map(&UNITS), Sometimes),
    Field("ReadCapacityUnits", Number, Sometimes),
    Field("Table", UNITS, Sometimes),
    Field("TableName", Text, Sometimes),
    Field("WriteCapacityUnits", Number, Sometimes),
]);

const COLLECTION: Shape = Object(&[
    Field("ItemCollectionKey", Map(&ATTRIBUTE), Sometimes),
    Field("SizeEstimateRangeGB", List(&Number), Sometimes),
]);

/// An item that was changed.
const ITEM_CHANGED: &[Field] = &[
    Field("Attributes", Map(&ATTRIBUTE), Sometimes),
    Field("ConsumedCapacity", CAPACITY, Sometimes),
    Field("ItemCollectionMetrics", COLLECTION, Sometimes),
];

const ITEM_READ: &[Field] =
    &[Field("ConsumedCapacity", CAPACITY, Sometimes), Field("Item", Map(&ATTRIBUTE), Sometimes)];

const ENTRY: Shape = Object(&[
    Field("ErrorCode", Text, Sometimes),
    Field("ErrorMessage", Text, Sometimes),
    Field("EventId", Text, Sometimes),
]);

const EVENTS_PUT: &[Field] = &[Field("Entries", List(&ENTRY), Sometimes), Field("FailedEntryCount", Number, Sometimes)];

const EXECUTION_STARTED: &[Field] = &[Field("ExecutionArn", Text, Always), Field("StartDate", Text, Always)];

const EXECUTION_STATUS: &[&str] = &["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"];

/// A nested execution that was waited for: the answer of `DescribeExecution`.
const EXECUTION: &[Field] = &[
    Field("Cause", Text, Sometimes),
    Field("Error", Text, Sometimes),
    Field("ExecutionArn", Text, Always),
    Field("Input", Any, Sometimes),
    Field("Name", Text, Sometimes),
    Field("Output", Any, Sometimes),
    Field("RedriveCount", Number, Sometimes),
    Field("StartDate", Text, Always),
    Field("StateMachineArn", Text, Always),
    Field("Status", OneOf(EXECUTION_STATUS), Always),
    Field("StopDate", Text, Sometimes),
];

const INVOKED: &[Field] = &[
    Field("ExecutedVersion", Text, Sometimes),
    Field("FunctionError", Text, Sometimes),
    Field("LogResult", Text, Sometimes),
    Field("Payload", Any, Sometimes),
    Field("StatusCode", Number, Sometimes),
];

const MESSAGE_PUBLISHED: &[Field] = &[Field("MessageId", Text, Sometimes), Field("SequenceNumber", Text, Sometimes)];

const MESSAGE_SENT: &[Field] = &[
    Field("MD5OfMessageAttributes", Text, Sometimes),
    Field("MD5OfMessageBody", Text, Sometimes),
    Field("MD5OfMessageSystemAttributes", Text, Sometimes),
    Field("MessageId", Text, Sometimes),
    Field("SequenceNumber", Text, Sometimes),
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

const OBJECT_READ: &[Field] = &[
    Field("AcceptRanges", Text, Sometimes),
    Field("Body", Any, Sometimes),
    Field("BucketKeyEnabled", Flag, Sometimes),
    Field("CacheControl", Text, Sometimes),
    Field("ContentDisposition", Text, Sometimes),
    Field("ContentEncoding", Text, Sometimes),
    Field("ContentLanguage", Text, Sometimes),
    Field("ContentLength", Number, Sometimes),
    Field("ContentRange", Text, Sometimes),
    Field("ContentType", Text, Sometimes),
    Field("DeleteMarker", Flag, Sometimes),
    Field("ETag", Text, Sometimes),
    Field("Expiration", Text, Sometimes),
    Field("LastModified", Text, Sometimes),
    Field("Metadata", Map(&Text), Sometimes),
    Field("MissingMeta", Number, Sometimes),
    Field("PartsCount", Number, Sometimes),
    Field("StorageClass", OneOf(STORAGE_CLASSES), Sometimes),
    Field("TagCount", Number, Sometimes),
    Field("VersionId", Text, Sometimes),
];

/// Every action that is known: service, action, fields of the answer.
const ACTIONS: &[(&str, &str, &[Field])] = &[
    ("aws-sdk:s3", "getObject", OBJECT_READ),
    ("dynamodb", "deleteItem", ITEM_CHANGED),
    ("dynamodb", "getItem", ITEM_READ),
    ("dynamodb", "putItem", ITEM_CHANGED),
    ("dynamodb", "updateItem", ITEM_CHANGED),
    ("events", "putEvents", EVENTS_PUT),
    ("lambda", "invoke", INVOKED),
    ("sns", "publish", MESSAGE_PUBLISHED),
    ("sqs", "sendMessage", MESSAGE_SENT),
    ("states", "startExecution", EXECUTION_STARTED),
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
            Map(member) => {
                wanted(value.is_object(), "an object")?;
                let members = value.as_object().into_iter().flatten();
                members.into_iter().try_for_each(|(key, found)| member.check(key, found, strict))
            }
            List(item) => {
                wanted(value.is_array(), "an array")?;
                value.as_array().into_iter().flatten().try_for_each(|found| item.check(name, found, strict))
            }
        }
    }
}
