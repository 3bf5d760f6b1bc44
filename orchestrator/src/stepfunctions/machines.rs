//! Where the state machines are, and which version new executions get.
//!
//! A program starts the version whose description carries the hash of the definition that it was built with. So while a
//! new release is rolled out, old and new processes each start what their workers know, and a deployment changes nothing
//! for those that run. Where there is no such version - somebody else deployed, or the server knows none - new executions
//! get what the state machine holds, and it is looked up again a little later.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use aws_sdk_sfn::Client;
use usher_workflows::orchestrator::OrchestratorError;

use super::{
    fault::Fault,
    settings::{Settings, machine_name},
};

/// How long to do without the right version before looking for it again.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

/// How many versions are looked at, newest first: who runs a program that is older than these deploys rarely, or starts late.
const VERSIONS: usize = 20;

/// What the description of a version begins with.
const HASH: &str = "sha256:";

/// Where a saga is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Machine {
    /// The state machine: for lists, and for the names of its executions.
    pub arn: String,
    /// What is started: a version of it, or itself.
    pub start: String,
    /// When to look for a better version.
    until: Option<Instant>,
}

impl Machine {
    /// The ARN of an execution: that of its state machine, of another kind and with its name at the end. Region and account
    /// are whatever the state machine's are.
    pub fn execution(&self, name: &str) -> String {
        format!("{}:{name}", self.arn.replacen(":stateMachine:", ":execution:", 1))
    }
}

#[derive(Debug)]
pub(super) struct Machines {
    client: Client,
    stage: String,
    sagas: Vec<(String, String)>,
    known: Mutex<HashMap<String, Arc<Machine>>>,
}

impl Machines {
    pub fn new(client: Client, settings: &Settings) -> Self {
        let known = Mutex::new(HashMap::new());
        Self { client, stage: settings.stage.clone(), sagas: settings.sagas.clone(), known }
    }

    /// The names of all sagas.
    pub fn sagas(&self) -> impl Iterator<Item = &str> {
        self.sagas.iter().map(|(name, _)| name.as_str())
    }

    /// Where a saga is.
    pub async fn of(&self, saga: &str) -> Result<Arc<Machine>, OrchestratorError> {
        if let Some(known) = self.known(saga) {
            return Ok(known);
        }
        let Some((_, hash)) = self.sagas.iter().find(|(name, _)| name == saga) else {
            return Err(OrchestratorError::Refused(format!("there is no saga `{saga}`")));
        };
        let name = machine_name(&self.stage, saga);
        let Some(arn) = find(&self.client, &name).await.map_err(Fault::said)? else {
            let text = format!("there is no state machine {name}: run `usher workflow deploy --stage {}`", self.stage);
            return Err(OrchestratorError::Unavailable(text));
        };
        let (start, until) = match version(&self.client, &arn, hash).await {
            Ok(Some(version)) => (version, None),
            Ok(None) => {
                tracing::warn!(
                    saga,
                    hash,
                    "this program's definition is not deployed; what is deployed is started instead"
                );
                (arn.clone(), Some(Instant::now() + LOOK_AGAIN))
            }
            Err(fault) => {
                tracing::warn!(saga, ?fault, "versions cannot be read; what is deployed last is started");
                (arn.clone(), Some(Instant::now() + LOOK_AGAIN))
            }
        };
        let machine = Arc::new(Machine { arn, start, until });
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(saga.to_owned(), Arc::clone(&machine));
        Ok(machine)
    }

    /// Looks the saga up again next time.
    pub fn forget(&self, saga: &str) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(saga);
    }

    fn known(&self, saga: &str) -> Option<Arc<Machine>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let machine = known.get(saga)?;
        machine.until.is_none_or(|until| Instant::now() < until).then(|| Arc::clone(machine))
    }
}

/// The ARN of the state machine with this name.
pub(super) async fn find(client: &Client, name: &str) -> Result<Option<String>, Fault> {
    let mut token = None;
    loop {
        let page = client.list_state_machines().set_next_token(token).send().await;
        let page = page.map_err(|error| Fault::of("ListStateMachines", &error))?;
        if let Some(found) = page.state_machines().iter().find(|machine| machine.name() == name) {
            return Ok(Some(found.state_machine_arn().to_owned()));
        }
        token = page.next_token;
        if token.is_none() {
            return Ok(None);
        }
    }
}

/// The newest version of a state machine that was published with this definition.
pub(super) async fn version(client: &Client, machine: &str, hash: &str) -> Result<Option<String>, Fault> {
    let published = client.list_state_machine_versions().state_machine_arn(machine).send().await;
    let published = published.map_err(|error| Fault::of("ListStateMachineVersions", &error))?;
    let mut versions: Vec<&str> = published
        .state_machine_versions()
        .iter()
        .map(aws_sdk_sfn::types::StateMachineVersionListItem::state_machine_version_arn)
        .collect();
    versions.sort_by_key(|version| std::cmp::Reverse(number(version)));
    for version in versions.into_iter().take(VERSIONS) {
        let described = client.describe_state_machine().state_machine_arn(version).send().await;
        let described = described.map_err(|error| Fault::of("DescribeStateMachine", &error))?;
        if described.description().and_then(hash_of) == Some(hash) {
            return Ok(Some(version.to_owned()));
        }
    }
    Ok(None)
}

/// The number at the end of a version's ARN.
fn number(version: &str) -> u64 {
    version.rsplit(':').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// The description of a version.
pub(super) fn description(hash: &str) -> String {
    format!("{HASH}{hash}")
}

/// The hash in the description of a version.
fn hash_of(description: &str) -> Option<&str> {
    description.strip_prefix(HASH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_is_where_its_state_machine_is() {
        let arn = "arn:aws-cn:states:cn-north-1:123456789012:stateMachine:usher-dev-booking".to_owned();
        let machine = Machine { start: format!("{arn}:7"), arn, until: None };
        let expected = "arn:aws-cn:states:cn-north-1:123456789012:execution:usher-dev-booking:bkg_1";
        assert_eq!(machine.execution("bkg_1"), expected);
        assert_eq!(number(&machine.start), 7);
    }

    #[test]
    fn a_description_gives_its_hash_back() {
        assert_eq!(hash_of(&description("ab12")), Some("ab12"));
        assert_eq!(hash_of("written by a person"), None);
    }
}
