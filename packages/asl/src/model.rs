//! What a definition says, once it is parsed: public, so that others can analyse a saga (does every step have a worker,
//! how long can it take, what undoes what) without reading JSON again. Everything that can be prepared is: paths and
//! templates are parsed, names are checked, so that stepping an execution only looks things up.

use std::collections::HashMap;

use serde_json::Value;
use time::OffsetDateTime;

pub use crate::{
    data_flow::{DataFlow, Placement, Selection},
    intrinsics::Call,
    jsonata::Query,
    path::{Path, ReferencePath},
    retry::{Catcher, JitterStrategy, Retrier},
    states::choice::{Comparand, Condition, Nature, Piece, Relation, Rule, Subject, Test},
    template::{Expression, NamedExpression, Template},
};

/// A parsed and validated definition. Immutable; share it in an `Arc`.
#[derive(Debug, Clone, PartialEq)]
pub struct StateMachine {
    pub(crate) comment: Option<String>,
    pub(crate) query_language: QueryLanguage,
    pub(crate) timeout_seconds: Option<u64>,
    pub(crate) flow: Flow,
}

/// The language of the expressions in a definition, or in one of its states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QueryLanguage {
    /// Paths, payload templates and intrinsic functions.
    #[default]
    JsonPath,
    /// JSONata, between `{%` and `%}`.
    Jsonata,
}

/// `StartAt` and `States`: of the whole machine, of a Parallel branch, of a Map's processor.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Flow {
    pub(crate) start_at: String,
    pub(crate) states: Vec<State>,
    pub(crate) index: HashMap<String, usize>,
}

impl Flow {
    /// The name of the first state.
    pub fn start_at(&self) -> &str {
        &self.start_at
    }

    /// Its states, in the order in which an execution can reach them.
    pub fn states(&self) -> impl Iterator<Item = &State> {
        self.states.iter()
    }

    /// The state of this name.
    pub fn get(&self, name: &str) -> Option<&State> {
        self.index.get(name).and_then(|position| self.states.get(*position))
    }
}

/// One state: what all types share, and its kind.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Unique in the whole machine.
    pub name: String,
    /// The language of its expressions.
    pub query_language: QueryLanguage,
    /// For people.
    pub comment: Option<String>,
    /// Input and output processing.
    pub data: DataFlow,
    /// Tried in order when the state fails.
    pub retry: Vec<Retrier>,
    /// Tried in order when no retrier goes on.
    pub catch: Vec<Catcher>,
    /// Where it leads. Absent in Choice, Succeed and Fail states.
    pub next: Option<Next>,
    /// What it does.
    pub kind: Kind,
}

/// Where a state leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// To another state of the same flow.
    State(String),
    /// Its flow is over.
    End,
}

/// The eight state types.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Passes on its input, or a fixed result.
    Pass {
        /// The `Result` field.
        result: Option<Value>,
    },
    /// Has somebody else do work.
    Task(Box<Task>),
    /// Goes different ways.
    Choice(Choice),
    /// Waits.
    Wait(Wait),
    /// Ends its flow well.
    Succeed,
    /// Ends the execution badly.
    Fail(Fail),
    /// Runs several flows at once.
    Parallel(Parallel),
    /// Runs one flow for each item.
    Map(Box<Map>),
}

/// A Task state.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// The ARN, as the definition spells it.
    pub resource: String,
    /// What the ARN means.
    pub integration: Integration,
    /// `TimeoutSeconds` or its path.
    pub timeout: Option<Amount>,
    /// `HeartbeatSeconds` or its path.
    pub heartbeat: Option<Amount>,
    /// The role to do it with.
    pub credentials: Option<Template>,
}

/// What the resource of a task means for its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Which events tell its story.
    pub family: Family,
    /// `resourceType` of its events, for instance `sqs`.
    pub resource_type: String,
    /// `resource` of its events, for instance `sendMessage.waitForTaskToken`.
    pub resource: String,
}

impl Integration {
    /// Whether the task ends when somebody hands its token back.
    pub fn waits_for_token(&self) -> bool {
        self.resource.ends_with(".waitForTaskToken")
    }
}

/// The family of history events that a task writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `ActivityScheduled` and so on.
    Activity,
    /// `LambdaFunctionScheduled` and so on.
    Lambda,
    /// `TaskScheduled` and so on.
    Service,
}

/// A number, or where to find it.
#[derive(Debug, Clone, PartialEq)]
pub enum Amount<T = u64> {
    /// Written in the definition.
    Fixed(T),
    /// Read from the state's input.
    At(Path),
    /// Computed.
    Query(Query),
}

/// A Choice state.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Tried in order; the first that holds decides.
    pub rules: Vec<Rule>,
    /// Where to go when none holds.
    pub default: Option<String>,
}

/// A Wait state.
#[derive(Debug, Clone, PartialEq)]
pub enum Wait {
    /// So many seconds from entering it.
    Seconds(Amount),
    /// Until a moment.
    Until(OffsetDateTime),
    /// Until a moment that the input names.
    UntilAt(Path),
    /// Until a moment that is computed.
    UntilQuery(Query),
}

/// A Fail state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fail {
    /// `Error` or `ErrorPath`.
    pub error: Option<Reason>,
    /// `Cause` or `CausePath`.
    pub cause: Option<Reason>,
}

/// A text, or where to find it.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// Written in the definition.
    Text(String),
    /// A path, a function that gives a text, or a JSONata expression.
    Expression(Expression),
}

/// A Parallel state.
#[derive(Debug, Clone, PartialEq)]
pub struct Parallel {
    /// Each gets its own copy of the input.
    pub branches: Vec<Flow>,
}

/// A Map state.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// What happens to each item.
    pub processor: Flow,
    /// The field that holds it: `ItemProcessor`, or `Iterator` in older definitions.
    pub processor_field: &'static str,
    /// `ItemsPath` or `Items`: where the items are; the whole input when absent.
    pub items: Option<Items>,
    /// What an iteration is given instead of the item.
    pub item_selector: Option<Template>,
    /// How many iterations run at once.
    pub max_concurrency: Option<Amount>,
    /// How many iterations may fail.
    pub tolerated_failure_count: Option<Amount>,
    /// How many of a hundred iterations may fail.
    pub tolerated_failure_percentage: Option<Amount<f64>>,
    /// Whether its iterations are executions of their own.
    pub distributed: bool,
    /// The name of its runs, when it is not the state's.
    pub label: Option<String>,
    /// Whether its items are read from elsewhere.
    pub has_item_reader: bool,
    /// Whether its outputs are written elsewhere.
    pub has_result_writer: bool,
}

/// The items of a Map state.
#[derive(Debug, Clone, PartialEq)]
pub enum Items {
    /// Read from the state's input.
    At(Path),
    /// An array with expressions in it, or one that gives the whole array.
    Template(Template),
}

impl StateMachine {
    /// The definition's comment.
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// The query language of the definition.
    pub fn query_language(&self) -> QueryLanguage {
        self.query_language
    }

    /// How long an execution may run, in seconds.
    pub fn timeout_seconds(&self) -> Option<u64> {
        self.timeout_seconds
    }

    /// The outermost flow.
    pub fn flow(&self) -> &Flow {
        &self.flow
    }

    /// The states of the outermost flow, by name, in the order in which an execution can reach them.
    pub fn states(&self) -> impl Iterator<Item = (&str, &State)> {
        self.flow.states().map(|state| (state.name.as_str(), state))
    }

    /// Every state, those inside Parallel and Map states included.
    pub fn all_states(&self) -> Vec<&State> {
        let mut found = Vec::new();
        collect(&self.flow, &mut found);
        found
    }
}

impl State {
    /// The value of its `Type` field.
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Pass { .. } => "Pass",
            Kind::Task(_) => "Task",
            Kind::Choice(_) => "Choice",
            Kind::Wait(_) => "Wait",
            Kind::Succeed => "Succeed",
            Kind::Fail(_) => "Fail",
            Kind::Parallel(_) => "Parallel",
            Kind::Map(_) => "Map",
        }
    }

    /// Whether its flow can end here.
    pub fn is_terminal(&self) -> bool {
        self.next == Some(Next::End) || matches!(self.kind, Kind::Succeed | Kind::Fail(_))
    }

    /// The names of the states it can lead to, with the field that says so.
    pub fn targets(&self) -> Vec<(String, &str)> {
        let mut targets = Vec::new();
        if let Some(Next::State(name)) = &self.next {
            targets.push(("Next".to_owned(), name.as_str()));
        }
        if let Kind::Choice(choice) = &self.kind {
            targets.extend(
                choice.rules.iter().enumerate().map(|(i, rule)| (format!("Choices/{i}/Next"), rule.next.as_str())),
            );
            targets.extend(choice.default.iter().map(|name| ("Default".to_owned(), name.as_str())));
        }
        targets.extend(
            self.catch.iter().enumerate().map(|(i, catcher)| (format!("Catch/{i}/Next"), catcher.next.as_str())),
        );
        targets
    }

    /// The flows inside it, with the field that holds them.
    pub fn flows(&self) -> Vec<(String, &Flow)> {
        match &self.kind {
            Kind::Parallel(parallel) => {
                parallel.branches.iter().enumerate().map(|(i, flow)| (format!("Branches/{i}"), flow)).collect()
            }
            Kind::Map(map) => vec![(map.processor_field.to_owned(), &map.processor)],
            _ => Vec::new(),
        }
    }
}

fn collect<'m>(flow: &'m Flow, found: &mut Vec<&'m State>) {
    for state in flow.states() {
        found.push(state);
        for (_, inner) in state.flows() {
            collect(inner, found);
        }
    }
}
