//! What the broker and the library report, sorted: can the same call succeed later, and what can a person do?

use std::{io, sync::Arc};

use lapin::{
    ErrorKind,
    protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError},
};

use crate::error::{MessagingError, Trouble};

/// Says what was tried, and adds a remedy where there is one.
pub(super) fn failed(what: &str) -> impl Fn(lapin::Error) -> MessagingError + use<'_> {
    move |error| sort(what, error)
}

/// An error of the library. It says all that its sources say, so they are left out.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Reported(lapin::Error);

fn sort(what: &str, error: lapin::Error) -> MessagingError {
    let trouble = Trouble::new(what);
    let remedy = remedy(error.kind());
    let refused = is_refused(error.kind());
    let trouble = trouble.because(Arc::new(Reported(error)));
    let trouble = match remedy {
        Some(remedy) => trouble.remedy(remedy),
        None => trouble,
    };
    if refused { MessagingError::Refused(trouble) } else { MessagingError::Unavailable(trouble) }
}

/// Whether the queue or exchange is not there (any more): what is declared again may be there the next time.
pub(super) fn is_missing(error: &lapin::Error) -> bool {
    soft(error.kind()) == Some(&AMQPSoftError::NOTFOUND)
}

/// Whether somebody else has what only one may have.
pub(super) fn is_locked(error: &lapin::Error) -> bool {
    soft(error.kind()) == Some(&AMQPSoftError::RESOURCELOCKED)
}

fn soft(kind: &ErrorKind) -> Option<&AMQPSoftError> {
    let ErrorKind::ProtocolError(error) = kind else { return None };
    let AMQPErrorKind::Soft(soft) = error.kind() else { return None };
    Some(soft)
}

/// Access can be granted, a queue can be made, a broker can come back. Another shape of a queue, and a broker that speaks
/// another protocol, stay.
fn is_refused(kind: &ErrorKind) -> bool {
    let precondition = soft(kind) == Some(&AMQPSoftError::PRECONDITIONFAILED);
    precondition || matches!(kind, ErrorKind::InvalidProtocolVersion(_) | ErrorKind::SerialisationError(_))
}

fn remedy(kind: &ErrorKind) -> Option<&'static str> {
    const GRANT: &str = "grant the user configure, write and read on the virtual host: `rabbitmqctl set_permissions`";
    Some(match kind {
        ErrorKind::ProtocolError(error) => match error.kind() {
            AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED) => {
                // The broker says the same about a wrong password.
                if error.get_message().as_str().to_lowercase().contains("login") {
                    "check the user and the password in the address of the broker"
                } else {
                    GRANT
                }
            }
            AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND) => "somebody deleted it; it is made again on the next call",
            AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED) => {
                "it exists with other properties: let it run empty, delete it, and Usher makes it as it should be"
            }
            AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED) => {
                "the virtual host is missing or the user may not enter it: `rabbitmqctl add_vhost`, `rabbitmqctl set_permissions`"
            }
            AMQPErrorKind::Hard(AMQPHardError::INTERNALERROR) => {
                "the broker stumbled, as it may over a queue that was made this moment; it will be tried again, and its log says more"
            }
            AMQPErrorKind::Hard(AMQPHardError::CONNECTIONFORCED) => "the broker is stopping; it will be tried again",
            _ => return None,
        },
        ErrorKind::IOError(error) if error.kind() == io::ErrorKind::InvalidData => {
            let said = error.to_string();
            if said.contains("UnknownIssuer") || said.contains("unknown issuer") {
                "nobody whom this machine trusts vouches for the broker: set USHER_AMQP_CA to the certificate of its authority, or look who answers there"
            } else if said.contains("certificate") {
                "look at the broker's certificate: it may be over, or for another host than the one in the address"
            } else {
                "TLS and a broker without it, or the other way round: amqps is 5671 as a rule, and amqp 5672"
            }
        }
        ErrorKind::IOError(_) => {
            "check the address of the broker (amqps where it wants TLS), that it runs, and that nothing in between keeps us from it"
        }
        ErrorKind::MissingHeartbeatError => "the broker hangs or the network lost it; it will be tried again",
        ErrorKind::InvalidProtocolVersion(_) | ErrorKind::ParsingError(_) => {
            "the address leads to something that is no AMQP 0-9-1 broker, or to one that wants amqps"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lapin::protocol::AMQPError;

    fn protocol(kind: AMQPErrorKind, message: &str) -> MessagingError {
        sort("the queue `q` cannot be made", ErrorKind::ProtocolError(AMQPError::new(kind, message.into())).into())
    }

    #[test]
    fn every_refusal_comes_with_a_remedy() {
        let access = protocol(AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED), "access to queue 'q' refused");
        assert!(access.is_transient() && access.to_string().contains("set_permissions"), "{access}");
        let login = protocol(
            AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED),
            "ACCESS_REFUSED - Login was refused using PLAIN",
        );
        assert!(login.is_transient() && login.to_string().contains("password"), "{login}");
        let shape = protocol(AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED), "inequivalent arg 'x-queue-type'");
        assert!(!shape.is_transient() && shape.to_string().contains("delete it"), "{shape}");
        let host = protocol(AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED), "vhost nowhere not found");
        assert!(host.is_transient() && host.to_string().contains("add_vhost"), "{host}");
    }
}
