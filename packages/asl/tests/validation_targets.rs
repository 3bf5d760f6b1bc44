//! What the language allows and one of those who run it does not.

use serde_json::{Value, json};
use usher_asl::{Code, Problem, SEND_AND_WAIT, StateMachine, Target};

use crate::support::player::single;

fn refused_by(target: Target, state: &Value) -> Vec<Problem> {
    StateMachine::parse_for(&single(state.clone()).to_string(), target).err().unwrap_or_default()
}

fn task(resource: &str) -> Value {
    json!({ "Type": "Task", "Resource": resource, "Parameters": { "QueueUrl": "q", "MessageBody.$": "$" } })
}

#[test]
fn the_embedded_engine_sends_messages_and_waits_for_their_answers() {
    assert_eq!(refused_by(Target::Embedded, &task(SEND_AND_WAIT)), []);
    for resource in [
        "arn:aws:lambda:eu-central-1:111111111111:function:f",
        "arn:aws:states:eu-central-1:111111111111:activity:a",
        "arn:aws:states:::sqs:sendMessage",
        "arn:aws:states:::dynamodb:getItem",
    ] {
        let found = refused_by(Target::Embedded, &task(resource));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].code, found[0].path.as_str()), (Code::UnsupportedByTarget, "/States/S/Resource"));
        assert_eq!(found[0].message, format!("The embedded engine does not run '{resource}'"));
        assert_eq!(refused_by(Target::Any, &task(resource)), []);
    }
}

#[test]
fn the_embedded_engine_needs_a_queue_and_a_body() {
    let found = refused_by(Target::Embedded, &json!({ "Type": "Task", "Resource": SEND_AND_WAIT, "Parameters": {} }));
    let paths: Vec<_> = found.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["/States/S/Parameters/QueueUrl", "/States/S/Parameters/MessageBody"]);
    let found = refused_by(Target::Embedded, &json!({ "Type": "Task", "Resource": SEND_AND_WAIT }));
    assert_eq!(found[0].path, "/States/S/Parameters");
}

#[test]
fn the_embedded_engine_has_no_roles_and_no_child_executions() {
    let mut with_role = task(SEND_AND_WAIT);
    with_role["Credentials"] = json!({ "RoleArn": "arn:aws:iam::111111111111:role/r" });
    assert_eq!(refused_by(Target::Embedded, &with_role)[0].path, "/States/S/Credentials");
    let distributed = json!({ "Type": "Map", "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED" },
        "StartAt": "In", "States": { "In": { "Type": "Pass", "End": true } } } });
    let found = refused_by(Target::Embedded, &distributed);
    assert_eq!(found[0].path, "/States/S/ItemProcessor/ProcessorConfig");
    assert_eq!(found[0].message, "The embedded engine does not run distributed Map states");
    assert_eq!(refused_by(Target::Aws, &distributed), []);
}

#[test]
fn aws_knows_resources_by_their_arn() {
    assert_eq!(refused_by(Target::Any, &task("work")), []);
    let found = refused_by(Target::Aws, &task("work"));
    assert_eq!(
        (found[0].code, found[0].message.as_str()),
        (Code::InvalidResource, "Value is not a valid resource ARN")
    );
}

#[test]
fn express_workflows_wait_for_nobody() {
    for (resource, pattern) in
        [("arn:aws:states:::states:startExecution.sync:2", ".sync"), (SEND_AND_WAIT, ".waitForTaskToken")]
    {
        let found = refused_by(Target::AwsExpress, &task(resource));
        let said = format!("Express state machine does not support '{pattern}' service integration");
        assert_eq!(found[0].message, said);
        assert_eq!(refused_by(Target::Aws, &task(resource)), []);
    }
}
