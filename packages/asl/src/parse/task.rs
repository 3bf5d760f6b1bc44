//! What only Task states have.

use super::{LONGEST_SECONDS, fields::Fields};
use crate::{
    model::{Amount, Family, Integration, Task},
    problem::Problem,
};

/// Optimised integrations whose actions are few and known. A resource of another service is taken as it is.
const ACTIONS: &[(&str, &[&str])] = &[
    ("dynamodb", &["deleteItem", "getItem", "putItem", "updateItem"]),
    ("events", &["putEvents"]),
    ("lambda", &["invoke"]),
    ("sns", &["publish"]),
    ("sqs", &["sendMessage"]),
    ("states", &["startExecution"]),
];

/// How a service is waited for.
const PATTERNS: &[&str] = &["sync", "sync:2", "waitForTaskToken"];

/// Reads them. Nothing comes back when it is not clear what to run.
pub(super) fn read(fields: &Fields<'_>) -> Option<Task> {
    let timeout = fields.amount("TimeoutSeconds", "TimeoutSecondsPath", 1..=LONGEST_SECONDS);
    let heartbeat = fields.amount("HeartbeatSeconds", "HeartbeatSecondsPath", 1..=LONGEST_SECONDS);
    if let (Some(Amount::Fixed(timeout)), Some(Amount::Fixed(heartbeat))) = (&timeout, &heartbeat)
        && timeout <= heartbeat
    {
        fields.report("HeartbeatSeconds", "'HeartbeatSeconds' must be less than 'TimeoutSeconds'");
    }
    if let Some(credentials) = fields.get("Credentials").filter(|_| !fields.is_query("Credentials"))
        && credentials.get("RoleArn").or(credentials.get("RoleArn.$")).is_none()
    {
        fields.problems.add(Problem::missing(&fields.location.child("Credentials"), "RoleArn"));
    }
    let credentials = if fields.is_query("Credentials") {
        fields.template("Credentials")
    } else {
        fields.object_template("Credentials")
    };
    let resource = fields.required_text("Resource")?;
    match integration(&resource) {
        Ok(integration) => Some(Task { resource, integration, timeout, heartbeat, credentials }),
        Err(reason) => {
            fields.report("Resource", reason);
            None
        }
    }
}

/// What an ARN means. Anything that is none is taken as a service of its own name.
fn integration(resource: &str) -> Result<Integration, String> {
    if resource.is_empty() {
        return Err("The field 'Resource' must not be empty".to_owned());
    }
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let (family, resource_type, action) = match parts.as_slice() {
        ["arn", _, "lambda", _, _, function] => {
            check_function(function)?;
            (Family::Lambda, "lambda", resource)
        }
        ["arn", _, "states", _, _, activity] if activity.starts_with("activity:") => {
            (Family::Activity, "activity", resource)
        }
        ["arn", _, "states", _, _, service] => {
            let (service, action) = split_action(service).ok_or_else(|| unknown(resource))?;
            check_action(service, action).ok_or_else(|| unknown(resource))?;
            (Family::Service, service, action)
        }
        _ => (Family::Service, "", resource),
    };
    Ok(Integration { family, resource_type: resource_type.to_owned(), resource: action.to_owned() })
}

/// Cuts `sqs:sendMessage.waitForTaskToken` and `states:startExecution.sync:2` behind the service.
fn split_action(service: &str) -> Option<(&str, &str)> {
    let end = service.strip_suffix(".sync:2").map_or(service.len(), str::len);
    let colon = service.get(..end)?.rfind(':')?;
    Some((service.get(..colon)?, service.get(colon + 1..)?))
        .filter(|(service, action)| !service.is_empty() && !action.is_empty())
}

fn check_action(service: &str, action: &str) -> Option<()> {
    let (action, pattern) = action.split_once('.').map_or((action, None), |(action, pattern)| (action, Some(pattern)));
    let known = ACTIONS.iter().find(|(name, _)| *name == service).is_none_or(|(_, actions)| actions.contains(&action));
    (known && pattern.is_none_or(|pattern| PATTERNS.contains(&pattern))).then_some(())
}

fn check_function(function: &str) -> Result<(), String> {
    let qualifier = function.strip_prefix("function:").and_then(|name| name.split_once(':'));
    match qualifier {
        Some((_, qualifier))
            if qualifier.is_empty() || !qualifier.chars().all(|c| c.is_ascii_alphanumeric() || "$-_".contains(c)) =>
        {
            Err(format!("'{qualifier}' is not the version or alias of a function"))
        }
        _ => Ok(()),
    }
}

fn unknown(resource: &str) -> String {
    format!(
        "The resource provided {resource} is not recognized. The value is not a valid resource ARN, or the resource is \
         not available in this region."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_told_apart() {
        for (resource, family, resource_type, action) in [
            (
                "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                Family::Service,
                "sqs",
                "sendMessage.waitForTaskToken",
            ),
            ("arn:aws:states:::states:startExecution.sync:2", Family::Service, "states", "startExecution.sync:2"),
            ("arn:aws:states:::aws-sdk:s3:getObject", Family::Service, "aws-sdk:s3", "getObject"),
            ("foo:bar", Family::Service, "", "foo:bar"),
        ] {
            let found = integration(resource).unwrap();
            assert_eq!(
                (found.family, found.resource_type.as_str(), found.resource.as_str()),
                (family, resource_type, action)
            );
        }
        assert_eq!(integration("arn:aws:lambda:x:1:function:f:LIVE").unwrap().family, Family::Lambda);
        assert_eq!(integration("arn:aws:states:x:1:activity:a").unwrap().family, Family::Activity);
        assert!(integration("arn:aws:states:::sqs:sendMessage.waitForTaskToken").unwrap().waits_for_token());
        for wrong in [
            "",
            "arn:aws:states:::dynamodb:query",
            "arn:aws:states:::sqs",
            "arn:aws:lambda:x:1:function:f:",
            "arn:aws:states:::sqs:sendMessage.later",
        ] {
            assert!(integration(wrong).is_err(), "{wrong}");
        }
    }
}
