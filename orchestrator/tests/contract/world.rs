//! What a case needs of an adapter: the port, what workers see, and time.

use async_trait::async_trait;
use serde_json::{Value, json};
use usher_workflows::{
    envelope::TaskToken,
    orchestrator::{Execution, Orchestrator, Status},
};

/// The saga of the cases.
pub const SAGA: &str = "test";

/// A request as a worker sees it.
pub struct Request {
    pub token: TaskToken,
    pub attempt: u64,
    pub body: Value,
}

#[async_trait]
pub trait World: Sync {
    /// The adapter.
    fn port(&self) -> &dyn Orchestrator;

    /// The next request, waited for, and taken out of the queue.
    async fn request(&self) -> Request;

    /// Whether no request is there, nor comes soon.
    async fn is_quiet(&self) -> bool;

    /// Lets whatever is between the engine and its list catch up.
    async fn settle(&self);

    async fn start(&self, name: &str) {
        self.port().start(SAGA, name, json!({ "name": name })).await.unwrap();
    }

    async fn execution(&self, name: &str) -> Execution {
        self.port().describe(SAGA, name).await.unwrap().unwrap()
    }

    /// Waits until an execution has ended.
    async fn ended(&self, name: &str) -> Execution {
        loop {
            let execution = self.execution(name).await;
            if execution.status != Status::Running {
                return execution;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// One task that is tried three times, and a way out when it is rejected.
pub fn definition(queue: &str) -> String {
    json!({
        "StartAt": "Work", "TimeoutSeconds": 3600,
        "States": {
            "Work": {
                "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                "Parameters": { "QueueUrl": queue, "MessageBody": {
                    "token.$": "$$.Task.Token", "name.$": "$$.Execution.Name", "entered_at.$": "$$.State.EnteredTime",
                    "execution.$": "$$.Execution.Id", "attempt.$": "$$.State.RetryCount", "input.$": "$" } },
                "TimeoutSeconds": 60, "HeartbeatSeconds": 20, "ResultPath": "$.result",
                "Retry": [{ "ErrorEquals": ["Usher.Transient"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1 }],
                "Catch": [{ "ErrorEquals": ["SeatUnavailable"], "ResultPath": "$.failure", "Next": "Undone" }],
                "Next": "Done",
            },
            "Done": { "Type": "Pass", "Parameters": { "outcome": "done", "result.$": "$.result" }, "End": true },
            "Undone": { "Type": "Pass", "Parameters": { "outcome": "undone" }, "End": true },
        },
    })
    .to_string()
}
