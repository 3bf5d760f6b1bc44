//! Where a reader stands inside a definition.

/// A place, and the state around it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Location {
    pointer: String,
    aws: String,
    state: Option<String>,
}

impl Location {
    /// The place of a field below this one.
    pub(crate) fn child(&self, name: &str) -> Self {
        let escaped = name.replace('~', "~0").replace('/', "~1");
        Self {
            pointer: format!("{}/{escaped}", self.pointer),
            aws: format!("{}/{name}", self.aws),
            state: self.state.clone(),
        }
    }

    /// The place of an array element below this one.
    pub(crate) fn element(&self, index: usize) -> Self {
        Self {
            pointer: format!("{}/{index}", self.pointer),
            aws: format!("{}[{index}]", self.aws),
            state: self.state.clone(),
        }
    }

    /// The place of a state below this one; what is said further down is said about that state.
    pub(crate) fn state(&self, name: &str) -> Self {
        Self { state: Some(name.to_owned()), ..self.child(name) }
    }

    /// The place that a field such as `Choices/0/Next` leads to, numbers being elements.
    pub(crate) fn descend(&self, field: &str) -> Self {
        field.split('/').fold(self.clone(), |place, segment| {
            segment.parse().map_or_else(|_| place.child(segment), |index| place.element(index))
        })
    }

    /// Whether the members of the object here are states.
    pub(crate) fn is_states(&self) -> bool {
        self.pointer.ends_with("/States")
    }

    /// The place around this one.
    pub(crate) fn around(&self) -> String {
        self.pointer.rsplit_once('/').map_or("", |(around, _)| around).to_owned()
    }

    pub(crate) fn pointer(&self) -> &str {
        &self.pointer
    }

    pub(super) fn as_aws_writes_it(&self) -> &str {
        if self.aws.is_empty() { "/" } else { &self.aws }
    }

    pub(super) fn state_name(&self) -> Option<&str> {
        self.state.as_deref()
    }
}
