//! What would happen to an execution that stands in a state when its definition is exchanged.

use serde::Serialize;
use serde_json::Value;

use super::{Compared, FieldChange, Subject};

/// Whether an execution that stands in a state could go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "goes_on", rename_all = "lowercase")]
pub enum Standing {
    /// It would not notice before it leaves the state.
    Free,
    /// It could, but something has to be known.
    Care {
        /// What.
        reason: String,
    },
    /// It could not.
    Stuck {
        /// Why.
        reason: String,
    },
}

pub(super) fn of_removed() -> Standing {
    stuck("the state is gone")
}

/// The worst of what the changes of a state mean.
pub(super) fn of(before: &Compared, after: &Compared, changes: &[FieldChange]) -> Standing {
    if before.place != after.place {
        return stuck("the state is inside of another one now");
    }
    if before.members.get("Type") != after.members.get("Type") {
        return stuck("the state is of another type");
    }
    let count = |compared: &Compared, field| compared.members.get(field).and_then(Value::as_array).map_or(0, Vec::len);
    if count(before, "Branches") != count(after, "Branches") {
        return stuck("the branches that run were not started by it");
    }
    let has = |path: &str| changes.iter().any(|change| change.path.split('/').nth(1) == Some(path));
    if has("Resource") {
        return care("its task was sent to the old resource, which will answer");
    }
    if has("Parameters") || has("Arguments") {
        return care("its task was sent with the old parameters; only a retry has the new ones");
    }
    if count(before, "Retry") != count(after, "Retry") {
        return care("attempts are counted by position in 'Retry', and that list has another length");
    }
    if has("QueryLanguage") {
        return care("its input was prepared for the other query language");
    }
    if changes.iter().any(|change| change.subject == Subject::Time) {
        return care("the time-outs that run are the old ones; only a retry has the new ones");
    }
    Standing::Free
}

fn stuck(reason: &str) -> Standing {
    Standing::Stuck { reason: reason.to_owned() }
}

fn care(reason: &str) -> Standing {
    Standing::Care { reason: reason.to_owned() }
}
