//! Errors of the contexts that are nobody's fault but ours, as a client may hear of them.
//!
//! A part that is away is `unavailable` and worth another try; anything else is `internal`. What a client did wrong is not
//! here: the endpoint that knows the request says so.

use usher_accounts::AccountsError;
use usher_core::problem::Kind;
use usher_database::Failure;

use super::Problem;

/// When a client should try again while the database is away: it restarts within seconds.
const AWAY: u64 = 2;

fn ours(transient: bool) -> Problem {
    if transient {
        Problem::new(Kind::Unavailable, "The database does not answer at the moment.").retry_after(AWAY)
    } else {
        Problem::new(Kind::Internal, "The request failed for a reason that is ours. Tell us the trace id.")
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        ours(failure.is_transient()).because(failure)
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        Failure::from(error).into()
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        ours(error.is_transient()).because(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_pass_is_worth_another_try_and_nothing_tells_of_the_cause() {
        let away = Problem::from(sqlx::Error::PoolTimedOut);
        assert_eq!(away.kind(), Kind::Unavailable);
        let refused = Problem::from(sqlx::Error::ColumnNotFound("secret".to_owned()));
        assert_eq!(refused.kind(), Kind::Internal);
        assert!(!refused.body(&crate::problem::Occurrence::sample()).to_string().contains("secret"));
    }
}
