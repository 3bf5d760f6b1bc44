//! What an error of AWS means for us, and what a person can do about it.
//!
//! Errors go by their code and not by their type, because the same code comes with several operations, and servers that
//! speak the protocol answer with codes where AWS's model has none. An answer that never came is no answer: neither a
//! time-out nor a broken connection says that something did not happen.

use std::error::Error;

use aws_sdk_sfn::{
    config::http::HttpResponse,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
};
use usher_workflows::orchestrator::OrchestratorError;

use super::bucket::CLOSED;

/// What came instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The token's attempt is over. A cursor can be meant as well.
    Token,
    /// No such execution.
    NoExecution,
    /// An execution of this name exists.
    Exists,
    /// No such state machine.
    NoMachine(String),
    /// Too many calls for now.
    Throttled(String),
    /// Away, or nobody knows: try again.
    Away(String),
    /// Nothing works until a person has repaired something; then everything does.
    Barred(String),
    /// The execution's status does not allow it.
    Conflict(String),
    /// Can never succeed.
    Refused(String),
}

impl Fault {
    /// Sorts an error of the call with this name.
    pub fn of<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let whole = || DisplayErrorContext(error).to_string();
        match error {
            SdkError::TimeoutError(_) => Self::Away(format!("no answer to {operation} in time")),
            SdkError::ServiceError(service) => {
                let meta = service.err().meta();
                let status = service.raw().status().as_u16();
                Self::answered(operation, status, meta.code().unwrap_or_default(), meta.message().unwrap_or_default())
            }
            SdkError::ResponseError(response) => {
                let status = response.raw().status().as_u16();
                Self::Away(format!("the answer to {operation} (status {status}) cannot be read: {}", whole()))
            }
            _ => Self::unsent(operation, &whole()),
        }
    }

    /// Sorts an error that was answered.
    fn answered(operation: &str, status: u16, code: &str, message: &str) -> Self {
        let said = if code.is_empty() {
            format!("{operation}: status {status} {message}")
        } else {
            format!("{operation}: {code}: {message}")
        };
        match code {
            "TaskTimedOut" | "TaskDoesNotExist" | "InvalidToken" => Self::Token,
            "ExecutionDoesNotExist" => Self::NoExecution,
            "ExecutionAlreadyExists" => Self::Exists,
            "StateMachineDoesNotExist" | "StateMachineDeleting" => Self::NoMachine(said),
            "ExecutionNotRedrivable" | "ConflictException" => Self::Conflict(message.to_owned()),
            "ExecutionLimitExceeded" => Self::Throttled(format!(
                "{said}; too many executions are open: have the quota raised, or find out why they do not end"
            )),
            "ThrottlingException"
            | "Throttling"
            | "ThrottledException"
            | "TooManyRequestsException"
            | "RequestLimitExceeded"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "SlowDown"
            | "KmsThrottlingException" => Self::Throttled(said),
            "AccessDeniedException"
            | "AccessDenied"
            | "UnauthorizedOperation"
            | "NotAuthorized"
            | "KmsAccessDeniedException" => Self::Barred(format!(
                "{said}; allow states:{operation} to the role of this process (docs/aws.md lists what each role needs)"
            )),
            "ExpiredToken" | "ExpiredTokenException" => Self::Barred(format!(
                "{said}; the credentials have expired: sign in again, or look why the role's are not renewed"
            )),
            "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "IncompleteSignature"
            | "InvalidAccessKeyId" => Self::Barred(format!(
                "{said}; the credentials are not known: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or the role of the machine"
            )),
            "RequestTimeTooSkewed" | "RequestExpired" => Self::skewed(&said),
            "InvalidSignatureException" | "SignatureDoesNotMatch"
                if message.contains("expired") || message.contains("current") =>
            {
                Self::skewed(&said)
            }
            "InvalidSignatureException" | "SignatureDoesNotMatch" => {
                Self::Barred(format!("{said}; the secret key does not belong to the access key"))
            }
            "KmsInvalidStateException" | "OptInRequired" => {
                Self::Barred(format!("{said}; the account or its key is not enabled"))
            }
            "ServiceUnavailable"
            | "ServiceUnavailableException"
            | "InternalFailure"
            | "InternalServerError"
            | "InternalError"
            | "RequestTimeout" => Self::Away(said),
            _ if status == 429 => Self::Throttled(said),
            _ if status >= 500 => Self::Away(said),
            _ if status == 401 || status == 403 => {
                Self::Barred(format!("{said}; look at the credentials and at what the role allows"))
            }
            _ => Self::Refused(said),
        }
    }

    fn skewed(said: &str) -> Self {
        Self::Barred(format!("{said}; the clock of this machine is wrong: let it be set by NTP"))
    }

    /// Sorts an error of a request that was not answered.
    fn unsent(operation: &str, whole: &str) -> Self {
        let lower = whole.to_lowercase();
        if lower.contains("missing region") || lower.contains("region must be set") {
            Self::Barred("no region is set: set AWS_REGION, or a profile that has one".to_owned())
        } else if lower.contains("credential") || lower.contains("identity") {
            Self::Barred(format!(
                "no credentials for {operation}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or the role of the machine ({whole})"
            ))
        } else {
            Self::Away(format!(
                "{operation} did not reach Step Functions: look at the region, the endpoint (USHER_AWS_ENDPOINT) and the network ({whole})"
            ))
        }
    }

    /// In the words of the port. What a person has to repair counts as away: nothing is wrong with the request, and once it
    /// is repaired the message or the outbox row is still there. It is logged here, where the reason is known.
    pub fn said(self) -> OrchestratorError {
        match self {
            Self::Token => OrchestratorError::TokenDead,
            Self::NoExecution => OrchestratorError::NotFound,
            Self::Exists => OrchestratorError::Conflict("it exists already".to_owned()),
            Self::Throttled(reason) => OrchestratorError::Busy { wait: CLOSED, reason },
            Self::Away(text) => OrchestratorError::Unavailable(text),
            Self::NoMachine(text) => OrchestratorError::Unavailable(format!("{text}; run `usher workflow deploy`")),
            Self::Barred(text) => {
                tracing::error!(reason = text, "Step Functions cannot be used until this is repaired");
                OrchestratorError::Unavailable(text)
            }
            Self::Conflict(text) => OrchestratorError::Conflict(text),
            Self::Refused(text) => OrchestratorError::Refused(text),
        }
    }
}
