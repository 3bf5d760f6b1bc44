//! The states themselves, as JSON. Whatever a state finds is added to the data under the state's name.

use serde_json::{Value, json};
use usher_asl::SEND_AND_WAIT;

use super::{Rescue, WaitForm};

pub(super) fn task(name: &str) -> Value {
    json!({ "Type": "Task", "Resource": SEND_AND_WAIT, "TimeoutSeconds": 150, "ResultPath": format!("$.{name}"),
        "Parameters": { "QueueUrl": "work", "MessageBody": {
            "task_token.$": "$$.Task.Token", "execution.$": "$$.Execution.Id", "step": name,
            "attempt.$": "$$.State.RetryCount", "input.$": "$" } } })
}

pub(super) fn jsonata_task(name: &str) -> Value {
    json!({ "Type": "Task", "QueryLanguage": "JSONata", "Resource": SEND_AND_WAIT, "TimeoutSeconds": "{% 100 + 50 %}",
        "Output": merged(name, "$states.result"), "Arguments": {
        "QueueUrl": "work", "MessageBody": {
            "task_token": "{% $states.context.Task.Token %}", "execution": "{% $states.context.Execution.Id %}",
            "step": name, "attempt": "{% $states.context.State.RetryCount %}", "input": "{% $states.input %}" } } })
}

pub(super) fn with_heartbeat(mut state: Value) -> Value {
    state["HeartbeatSeconds"] = json!(20);
    state
}

pub(super) fn pass(name: &str) -> Value {
    let text = "States.Format('{}-{}', $.path, $$.State.Name)";
    json!({ "Type": "Pass", "Parameters": { "of.$": "$.path", "text.$": text },
            "ResultPath": format!("$.{name}") })
}

pub(super) fn jsonata_pass(name: &str) -> Value {
    json!({ "Type": "Pass", "QueryLanguage": "JSONata", "Output": merged(name, "$count($keys($states.input))") })
}

pub(super) fn wait(form: WaitForm) -> Value {
    match form {
        WaitForm::Seconds(seconds) => json!({ "Type": "Wait", "Seconds": seconds }),
        WaitForm::SecondsPath => json!({ "Type": "Wait", "SecondsPath": "$.base.seconds" }),
        WaitForm::Timestamp => json!({ "Type": "Wait", "TimestampPath": "$.base.moment" }),
        WaitForm::Jsonata => {
            json!({ "Type": "Wait", "QueryLanguage": "JSONata", "Seconds": "{% $states.input.base.seconds * 2 %}" })
        }
    }
}

/// Goes one way if it is taken, else the other.
pub(super) fn either(taken: bool, inside: &str, past: &str) -> Value {
    json!({ "Type": "Choice", "Default": past,
            "Choices": [{ "Variable": "$.path", "IsPresent": taken, "Next": inside }] })
}

pub(super) fn stop(fails: bool) -> Value {
    if fails {
        json!({ "Type": "Fail", "Error": "Stopped", "Cause": "The flow ends here." })
    } else {
        json!({ "Type": "Succeed" })
    }
}

/// Begins to count rounds.
pub(super) fn uncounted(variable: &str) -> Value {
    json!({ "Type": "Pass", "Assign": { variable: 0 } })
}

/// Counts one round.
pub(super) fn counted(variable: &str) -> Value {
    json!({ "Type": "Pass", "Assign": { format!("{variable}.$"): format!("States.MathAdd(${variable}, 1)") } })
}

/// Goes round again until the rounds are over.
pub(super) fn again(variable: &str, times: u8, inside: &str, past: &str) -> Value {
    json!({ "Type": "Choice", "Default": past,
            "Choices": [{ "Variable": format!("${variable}"), "NumericLessThan": times, "Next": inside }] })
}

pub(super) fn parallel(name: &str, branches: &[Value]) -> Value {
    json!({ "Type": "Parallel", "Branches": branches, "ResultPath": format!("$.{name}"),
            "ResultSelector": { "branches.$": "States.ArrayLength($)" } })
}

pub(super) fn map(name: &str, items: u8) -> Value {
    json!({ "Type": "Map", "ItemsPath": format!("$.base.items.of{items}"), "ResultPath": format!("$.{name}"),
            "ItemSelector": { "base.$": "$.base", "item.$": "$$.Map.Item.Value",
                              "path.$": "States.Format('{}.{}', $.path, $$.Map.Item.Index)" } })
}

pub(super) fn jsonata_map(name: &str, items: u8) -> Value {
    json!({ "Type": "Map", "QueryLanguage": "JSONata", "Items": format!("{{% $states.input.base.items.of{items} %}}"),
            "ItemSelector": { "base": "{% $states.input.base %}", "item": "{% $states.context.Map.Item.Value %}",
                              "path": "{% $states.input.path & '.' & $states.context.Map.Item.Index %}" },
            "Output": merged(name, "$count($states.result)") })
}

pub(super) fn limited(mut state: Value, processor: Value, at_once: u8, tolerated: u8) -> Value {
    state["ItemProcessor"] = processor;
    state["MaxConcurrency"] = json!(at_once);
    state["ToleratedFailureCount"] = json!(tolerated);
    state
}

pub(super) fn rescued(mut state: Value, rescue: Rescue, next: &str) -> Value {
    if rescue.retries > 0 {
        let jitter = if rescue.jitter { "FULL" } else { "NONE" };
        let errors = ["Usher.Transient", "States.Timeout", "States.HeartbeatTimeout"];
        state["Retry"] = json!([{ "ErrorEquals": errors, "IntervalSeconds": 3,
            "MaxAttempts": rescue.retries, "BackoffRate": 2, "MaxDelaySeconds": 60, "JitterStrategy": jitter }]);
    }
    if rescue.caught {
        state["Catch"] = if state["QueryLanguage"] == "JSONata" {
            json!([{ "ErrorEquals": ["States.ALL"], "Output": merged("caught", "$states.errorOutput"), "Next": next }])
        } else {
            json!([{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.caught", "Next": next }])
        };
    }
    state
}

pub(super) fn followed(mut state: Value, next: &str) -> Value {
    state["Next"] = json!(next);
    state
}

/// The input with one member more, in JSONata.
fn merged(name: &str, expression: &str) -> String {
    format!("{{% $merge([$states.input, {{'{name}': {expression}}}]) %}}")
}
