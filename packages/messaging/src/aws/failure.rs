//! What the SDK reports, sorted: can the same call succeed later, and what can a person do?
//!
//! Nearly everything can: a queue that is missing can be made, a right granted, a clock set, credentials renewed. Only a
//! request that AWS calls invalid stays so. The codes are those of the SQS and SNS API references ("Common errors" and each
//! action's own), in the JSON protocol's spelling and in the older one that some servers still use.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sqs::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};

use crate::error::{MessagingError, Trouble};

/// What kind of failure a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The queue or topic is not there.
    Missing,
    /// We may not.
    Denied,
    /// Nobody knows us.
    Credentials,
    /// Our clock and theirs differ.
    Clock,
    /// Too much at once.
    Throttled,
    /// Theirs, or nothing is known about it.
    Theirs,
    /// The server does not know the action.
    Unsupported,
    /// The request itself.
    Invalid,
}

impl Kind {
    /// Sorts an error code, with the message for those codes that stand for several things, and the HTTP status for
    /// codes that nobody has heard of.
    pub(super) fn of(code: &str, message: &str, status: u16) -> Self {
        // Old spellings are `AWS.SimpleQueueService.NonExistentQueue` and `com.amazonaws.sqs#QueueDoesNotExist`.
        let code = code.rsplit(['.', '#']).next().unwrap_or(code);
        match code {
            "QueueDoesNotExist"
            | "NonExistentQueue"
            | "NotFound"
            | "NotFoundException"
            | "ResourceNotFoundException" => Self::Missing,
            "AccessDenied"
            | "AccessDeniedException"
            | "AuthorizationError"
            | "AuthorizationErrorException"
            | "KmsAccessDenied"
            | "KMSAccessDenied"
            | "KMSAccessDeniedException"
            | "OptInRequired"
            | "NotAuthorized" => Self::Denied,
            "RequestExpired" | "RequestTimeTooSkewed" | "SignatureNotYetCurrent" => Self::Clock,
            "SignatureDoesNotMatch" | "InvalidSignatureException"
                if message.contains("expired") || message.contains("not yet current") =>
            {
                Self::Clock
            }
            "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "InvalidSecurity"
            | "InvalidAccessKeyId"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "IncompleteSignature" => Self::Credentials,
            "Throttling"
            | "ThrottlingException"
            | "Throttled"
            | "ThrottledException"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "RequestLimitExceeded"
            | "TooManyRequestsException"
            | "KmsThrottled"
            | "KMSThrottling"
            | "KMSThrottlingException"
            | "OverLimit"
            | "SlowDown" => Self::Throttled,
            "UnsupportedOperation"
            | "InvalidAction"
            | "UnknownOperationException"
            | "UnknownOperation"
            | "NotImplemented" => Self::Unsupported,
            _ if status >= 500 || status == 429 || status == 0 => Self::Theirs,
            "InternalError" | "InternalFailure" | "InternalErrorException" | "ServiceUnavailable" => Self::Theirs,
            _ => Self::Invalid,
        }
    }

    const fn remedy(self) -> Option<&'static str> {
        match self {
            Self::Missing => {
                Some("make it with `usher aws setup --apply`, and look at the stage, the region and the account")
            }
            Self::Denied => {
                Some("allow this action in the policy of this process's role, or in the queue's own policy")
            }
            Self::Credentials => Some("renew the credentials of this process: its role, profile or AWS_* variables"),
            Self::Clock => Some("set this machine's clock: AWS takes requests that are at most five minutes old"),
            Self::Throttled => Some("it goes on by itself; raise the quota in AWS if it comes often"),
            Self::Theirs | Self::Unsupported | Self::Invalid => None,
        }
    }
}

/// What the SDK reports about an action on something, sorted.
pub(super) fn sorted<E>(action: &str, on: &str, error: &SdkError<E, HttpResponse>) -> MessagingError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let what = format!("{action} on `{on}`");
    match error {
        SdkError::ServiceError(context) => {
            let (code, message) =
                (context.err().code().unwrap_or_default(), context.err().message().unwrap_or_default());
            let status = status(error);
            if code.is_empty() {
                let trouble = Trouble::new(format!("{what}: an answer {status} without a code"));
                return if status >= 500 {
                    MessagingError::Unavailable(trouble)
                } else {
                    MessagingError::Refused(trouble)
                };
            }
            from_code(&what, code, message, status)
        }
        SdkError::ConstructionFailure(_) => {
            MessagingError::Refused(Trouble::new(format!("{what}: the request cannot be made: {}", chain(error))))
        }
        other if lacks_credentials(other) => MessagingError::Unavailable(
            Trouble::new(format!("{what}: there are no credentials: {}", chain(other)))
                .remedy("give this process a role, a profile or AWS_* variables"),
        ),
        other => MessagingError::Unavailable(
            Trouble::new(format!("{what}: AWS cannot be reached: {}", chain(other)))
                .remedy("look at the network, the region and USHER_AWS_ENDPOINT"),
        ),
    }
}

/// The same for one entry of a batch, or for anything else that has a code.
pub(super) fn from_code(what: &str, code: &str, message: &str, status: u16) -> MessagingError {
    let kind = Kind::of(code, message, status);
    let mut trouble = Trouble::new(format!("{what}: {code}: {message}"));
    if let Some(remedy) = kind.remedy() {
        trouble = trouble.remedy(remedy);
    }
    match kind {
        Kind::Invalid | Kind::Unsupported => MessagingError::Refused(trouble),
        _ => MessagingError::Unavailable(trouble),
    }
}

/// The kind of what a service answered; `None` when there was no answer of a service.
pub(super) fn kind_of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<Kind> {
    let SdkError::ServiceError(context) = error else { return None };
    let (code, message) = (context.err().code().unwrap_or_default(), context.err().message().unwrap_or_default());
    Some(Kind::of(code, message, status(error)))
}

/// The HTTP status of an answer; zero when there was none.
fn status<E>(error: &SdkError<E, HttpResponse>) -> u16 {
    error.raw_response().map_or(0, |response| response.status().as_u16())
}

fn lacks_credentials(error: &(dyn Error + 'static)) -> bool {
    error.is::<CredentialsError>() || error.source().is_some_and(lacks_credentials)
}

/// An error with all that lies below it.
fn chain(error: &(dyn Error + 'static)) -> String {
    error.source().map_or_else(|| error.to_string(), |below| format!("{error}: {}", chain(below)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_whatever_their_spelling() {
        for (code, message, status, kind) in [
            ("QueueDoesNotExist", "", 400, Kind::Missing),
            ("AWS.SimpleQueueService.NonExistentQueue", "", 400, Kind::Missing),
            ("com.amazonaws.sqs#QueueDoesNotExist", "", 400, Kind::Missing),
            ("AccessDenied", "", 403, Kind::Denied),
            ("ExpiredToken", "", 403, Kind::Credentials),
            ("InvalidSignatureException", "Signature expired: 20261120T...", 403, Kind::Clock),
            ("InvalidSignatureException", "The request signature we calculated does not match", 403, Kind::Credentials),
            ("RequestThrottled", "", 400, Kind::Throttled),
            ("InternalError", "", 400, Kind::Theirs),
            ("NobodyKnows", "", 503, Kind::Theirs),
            ("InvalidAction", "", 400, Kind::Unsupported),
            ("InvalidParameterValue", "", 400, Kind::Invalid),
        ] {
            assert_eq!(Kind::of(code, message, status), kind, "{code} {message}");
        }
    }

    #[test]
    fn what_a_person_can_mend_is_transient_and_says_how() {
        let denied =
            from_code("SendMessageBatch on `q`", "AccessDenied", "not authorized to perform: sqs:sendmessage", 403);
        assert!(denied.is_transient());
        let text = denied.to_string();
        assert!(text.contains("sqs:sendmessage") && text.contains("policy of this process's role"), "{text}");
        assert!(!from_code("SendMessageBatch on `q`", "InvalidMessageContents", "no", 400).is_transient());
    }
}
