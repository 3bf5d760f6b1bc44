//! Who an execution is.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::moment;

/// Given when an execution is started, and shown by the context object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// ARN or id.
    #[serde(rename = "e")]
    pub execution_id: String,
    /// The name it was started with.
    #[serde(rename = "n")]
    pub execution_name: String,
    /// ARN or id of its state machine.
    #[serde(rename = "m")]
    pub state_machine_id: String,
    /// The name of its state machine.
    #[serde(rename = "k")]
    pub state_machine_name: String,
    /// The role it runs with.
    #[serde(rename = "r", default, skip_serializing_if = "String::is_empty")]
    pub role_arn: String,
    /// When it was started.
    #[serde(rename = "t", with = "moment")]
    pub started_at: OffsetDateTime,
}

#[cfg(test)]
impl Default for Identity {
    fn default() -> Self {
        Self {
            execution_id: "arn:aws:states:eu-central-1:000000000000:execution:booking:bkg_1".into(),
            execution_name: "bkg_1".into(),
            state_machine_id: "arn:aws:states:eu-central-1:000000000000:stateMachine:booking".into(),
            state_machine_name: "booking".into(),
            role_arn: "arn:aws:iam::000000000000:role/saga".into(),
            started_at: OffsetDateTime::UNIX_EPOCH,
        }
    }
}
