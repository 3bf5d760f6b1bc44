//! Who is to run a definition. The language is the same for all, but none runs all of it.

use std::{fmt, str::FromStr};

use serde_json::Value;

use super::{
    resources,
    walk::{self, Written},
};
use crate::problem::{Code, Location, Problem, Problems, Severity};

/// Who is to run a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    /// Nobody in particular: what the language allows.
    #[default]
    Any,
    /// AWS Step Functions, as a Standard workflow.
    Aws,
    /// AWS Step Functions, as an Express workflow.
    AwsExpress,
    /// The engine inside Usher, which sends messages to its queues and waits for their answers.
    Embedded,
}

/// The one resource that the embedded engine runs: a message with a task token, answered by whoever got it.
pub const SEND_AND_WAIT: &str = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";

impl Target {
    const ALL: [Self; 4] = [Self::Any, Self::Aws, Self::AwsExpress, Self::Embedded];
}

impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Any => "any",
            Self::Aws => "aws",
            Self::AwsExpress => "aws-express",
            Self::Embedded => "embedded",
        })
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|target| target.to_string() == text)
            .ok_or_else(|| "any, aws, aws-express or embedded".to_owned())
    }
}

pub(super) fn check(document: &Value, target: Target, problems: &Problems) {
    walk::states(document, &mut |state| match target {
        Target::Any => resources::check(state, Severity::Warning, problems),
        Target::Aws => resources::check(state, Severity::Error, problems),
        Target::AwsExpress => {
            resources::check(state, Severity::Error, problems);
            express(state, problems);
        }
        Target::Embedded => embedded(state, problems),
    });
}

/// Nobody waits for long in an Express workflow.
fn express(state: &Written<'_>, problems: &Problems) {
    let Some(resource) = state.text("Resource").filter(|_| state.text("Type") == Some("Task")) else { return };
    let pattern = [".sync", ".waitForTaskToken"].into_iter().find(|pattern| resource.contains(pattern));
    let message = match pattern {
        Some(pattern) => format!("Express state machine does not support '{pattern}' service integration"),
        None if resource.contains(":activity:") => "Express state machine does not support activities".to_owned(),
        None => return,
    };
    problems.add(Problem::with_field(Code::SchemaValidationFailed, &state.location, "Resource", message));
}

fn embedded(state: &Written<'_>, problems: &Problems) {
    let refuse = |location: &Location, field: &str, what: &str, help: &str| {
        let message = format!("The embedded engine does not run {what}");
        let problem = Problem::with_field(Code::UnsupportedByTarget, location, field, message);
        problems.add(problem.help(help.to_owned()));
    };
    if state.is_distributed() {
        let field = if state.members.contains_key("Iterator") { "Iterator" } else { "ItemProcessor" };
        let help = "use the mode INLINE, or let a task start an execution for each item";
        refuse(&state.location.child(field), "ProcessorConfig", "distributed Map states", help);
    }
    if state.members.contains_key("Credentials") {
        refuse(
            &state.location,
            "Credentials",
            "tasks with credentials of their own",
            "it has no roles; leave the field out",
        );
    }
    match state.text("Resource") {
        Some(SEND_AND_WAIT) => message(state, problems),
        Some(resource) => {
            let help = format!("it runs {SEND_AND_WAIT} only; on AWS there is the rest");
            refuse(&state.location, "Resource", &format!("'{resource}'"), &help);
        }
        None => {}
    }
}

/// A queue and a body, or at least expressions that may give them.
fn message(state: &Written<'_>, problems: &Problems) {
    let (field, suffix) = if state.is_jsonata { ("Arguments", "") } else { ("Parameters", ".$") };
    let location = state.location.child(field);
    match state.members.get(field) {
        Some(Value::Object(parameters)) => {
            for name in ["QueueUrl", "MessageBody"] {
                if !parameters.contains_key(name) && !parameters.contains_key(&format!("{name}{suffix}")) {
                    problems.add(Problem::missing(&location, name));
                }
            }
        }
        Some(_) => {}
        None => problems.add(Problem::missing(&state.location, field)),
    }
}
