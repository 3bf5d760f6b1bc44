//! What a Task runs has a name that AWS can resolve. Other names are of use in tests and drafts, so only a warning is given
//! for them; for [`super::Target::Aws`] they are errors.

use super::walk::Written;
use crate::problem::{Code, Problem, Problems, Severity};

pub(super) fn check(state: &Written<'_>, severity: Severity, problems: &Problems) {
    if let (Some("Task"), Some(resource)) = (state.text("Type"), state.text("Resource"))
        && !["arn:", "{%"].iter().any(|start| resource.starts_with(start))
    {
        let message = "Value is not a valid resource ARN";
        let problem = Problem::with_field(Code::InvalidResource, &state.location, "Resource", message);
        let help = "for instance arn:aws:states:::sqs:sendMessage.waitForTaskToken".to_owned();
        problems.add(Problem { severity, ..problem.help(help) });
    }
}
