//! A small saga for each state type, and what has to come of it.
//!
//! Each enters the state in question twice: `X1` in the transition of the start, `X2` in that of a timer; then comes a task.
//! Whatever point a process dies at, it so dies in the middle of that state type.

use serde_json::{Map, Value, json};

/// Stands for the queue, as in the product's own definitions.
const QUEUE: &str = "${Queue}";

/// What a worker answers.
fn done() -> Value {
    json!({ "done": true })
}

/// A saga and its end.
pub struct Machine {
    pub saga: &'static str,
    /// The states that make up the type in question, given their name and the next.
    middle: fn(&str, &str) -> Value,
    /// What the state leaves under its own name.
    result: Option<Value>,
    /// How many tasks each pass through it has done in the end.
    tasks: usize,
}

impl Machine {
    /// The queue of its tasks.
    pub fn queue(&self) -> String {
        format!("work-{}", self.saga)
    }

    /// The definition.
    pub fn definition(&self) -> String {
        let mut states = Map::new();
        for part in [(self.middle)("X1", "Pause"), (self.middle)("X2", "Work")] {
            states.extend(part.as_object().unwrap().clone());
        }
        states.insert("Pause".to_owned(), json!({ "Type": "Wait", "Seconds": 1, "Next": "X2" }));
        let mut work = task("Work", "succeed");
        work["Next"] = json!("Last");
        states.insert("Work".to_owned(), work);
        states.insert("Last".to_owned(), self.last());
        json!({ "StartAt": "X1", "States": states }).to_string().replace(QUEUE, &self.queue())
    }

    fn last(&self) -> Value {
        match self.saga {
            "fail" => json!({ "Type": "Fail", "Error": "Broken", "Cause": "on purpose" }),
            "succeed" => json!({ "Type": "Succeed" }),
            _ => json!({ "Type": "Pass", "End": true }),
        }
    }

    /// Status, output and error of every execution.
    pub fn outcome(&self) -> (&'static str, Option<Value>, Option<&'static str>) {
        if self.saga == "fail" {
            return ("FAILED", None, Some("Broken"));
        }
        let mut output = json!({ "Work": done() });
        if let Some(result) = &self.result {
            output["X1"] = result.clone();
            output["X2"] = result.clone();
        }
        ("SUCCEEDED", Some(output), None)
    }

    /// How many effects an execution has.
    pub fn effects(&self) -> usize {
        2 * self.tasks + 1
    }
}

/// All of them.
pub fn machines() -> Vec<Machine> {
    let machine = |saga, middle, result, tasks| Machine { saga, middle, result, tasks };
    vec![
        machine("task", |name, next| named(name, task(name, "succeed"), next), Some(done()), 1),
        machine("choice", choice, Some(json!("chosen")), 0),
        machine("pass", |name, next| named(name, json!({ "Type": "Pass", "Result": 7 }), next), Some(json!(7)), 0),
        machine("wait", |name, next| named(name, json!({ "Type": "Wait", "Seconds": 2 }), next), None, 0),
        machine("parallel", parallel, Some(json!([done(), "waited"])), 1),
        machine("map", map, Some(json!([done(), done(), done()])), 3),
        machine(
            "succeed",
            |name, next| named(name, inside(name, &json!({ "Type": "Succeed" })), next),
            Some(json!([{}])),
            0,
        ),
        machine("fail", fail, None, 0),
        machine("retry", retry, Some(done()), 1),
        machine("catch", catch, Some(json!({ "Error": "SeatUnavailable", "Cause": "no" })), 1),
    ]
}

/// A task that its worker answers in this manner.
fn task(name: &str, manner: &str) -> Value {
    json!({
        "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": { "QueueUrl": QUEUE, "MessageBody": {
            "token.$": "$$.Task.Token", "attempt.$": "$$.State.RetryCount", "execution.$": "$$.Execution.Id",
            "step": name, "manner": manner, "input.$": "$" } },
        "TimeoutSeconds": 6000, "ResultPath": format!("$.{name}"),
    })
}

/// One state under its name, with its result in place and its way on.
fn named(name: &str, mut state: Value, next: &str) -> Value {
    if state["Type"] != "Wait" {
        state["ResultPath"] = json!(format!("$.{name}"));
    }
    state["Next"] = json!(next);
    json!({ name: state })
}

/// A Parallel with this single state in it.
fn inside(name: &str, state: &Value) -> Value {
    let inner = format!("{name}Inner");
    let branch = json!({ "StartAt": inner, "States": { inner.as_str(): state } });
    json!({ "Type": "Parallel", "Parameters": {}, "Branches": [branch] })
}

fn choice(name: &str, next: &str) -> Value {
    let chosen = format!("{name}Chosen");
    json!({
        name: { "Type": "Choice", "Choices": [{ "Variable": "$.absent", "IsPresent": false, "Next": chosen }] },
        chosen.as_str(): { "Type": "Pass", "Result": "chosen", "ResultPath": format!("$.{name}"), "Next": next },
    })
}

/// A flow of a single task.
fn only_task(name: &str) -> Value {
    let mut task = task(name, "succeed");
    task["ResultPath"] = json!("$");
    task["End"] = json!(true);
    json!({ "StartAt": name, "States": { name: task } })
}

fn parallel(name: &str, next: &str) -> Value {
    let (rest, rested) = (format!("{name}Rest"), format!("{name}Rested"));
    let branches = json!([
        only_task(&format!("{name}Task")),
        { "StartAt": rest, "States": {
            rest.as_str(): { "Type": "Wait", "Seconds": 1, "Next": rested },
            rested.as_str(): { "Type": "Pass", "Result": "waited", "End": true } } },
    ]);
    named(name, json!({ "Type": "Parallel", "Branches": branches }), next)
}

fn map(name: &str, next: &str) -> Value {
    let (all, path) = (format!("{name}All"), format!("$.{name}"));
    json!({
        name: { "Type": "Pass", "Result": [1, 2, 3], "ResultPath": path, "Next": all },
        all.as_str(): {
            "Type": "Map", "ItemsPath": path, "MaxConcurrency": 2, "ItemProcessor": only_task(&format!("{name}Each")),
            "ResultPath": path, "Next": next,
        },
    })
}

fn fail(name: &str, next: &str) -> Value {
    let mut caught = inside(name, &json!({ "Type": "Fail", "Error": "Inner" }));
    caught["Catch"] = json!([{ "ErrorEquals": ["Inner"], "ResultPath": format!("$.{name}"), "Next": next }]);
    named(name, caught, next)
}

fn retry(name: &str, next: &str) -> Value {
    let mut retried = task(name, "fail-first");
    retried["Retry"] = json!([{ "ErrorEquals": ["Usher.Transient"], "IntervalSeconds": 1, "MaxAttempts": 2 }]);
    named(name, retried, next)
}

fn catch(name: &str, next: &str) -> Value {
    let mut caught = task(name, "reject");
    caught["Catch"] = json!([{ "ErrorEquals": ["SeatUnavailable"], "ResultPath": format!("$.{name}"), "Next": next }]);
    named(name, caught, next)
}
