//! Every task that waits for its token has a time-out, so that it ends, and a heartbeat, so that a dead worker is noticed
//! long before that.

use serde_json::Value;

use crate::{
    problem::{Code, Problem, Problems, Severity},
    validate::walk,
};

pub(super) fn tasks(document: &Value, severity: Severity, problems: &Problems) {
    walk::states(document, &mut |state| {
        if !state.text("Resource").is_some_and(|resource| resource.ends_with(".waitForTaskToken")) {
            return;
        }
        for (field, without) in [
            ("TimeoutSeconds", "it waits for its answer for up to a year"),
            ("HeartbeatSeconds", "a worker that died is noticed only when the time-out is over"),
        ] {
            if !state.members.contains_key(field) && !state.members.contains_key(&format!("{field}Path")) {
                let message = format!("A task that waits for its token needs '{field}'");
                let problem = Problem::with_field(Code::SagaTaskUnbounded, &state.location, field, message);
                problems.add(Problem { severity, ..problem.help(format!("without it, {without}")) });
            }
        }
    });
}
