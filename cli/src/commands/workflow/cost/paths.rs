//! The ways through a definition: the one on which everything goes well, and one for each failure that turns it round.

use usher_asl::{
    State, StateMachine,
    graph::arrows,
    model::{Flow, Kind},
};

/// More ways than this are no longer read by anybody.
const MOST: usize = 200;

/// One way through.
#[derive(Debug, Clone)]
pub struct Way<'m> {
    /// What happens on it.
    pub name: String,
    /// The states that are entered, in order.
    pub states: Vec<&'m State>,
    /// The state whose failure turned it round, after all its retries.
    pub failing: Option<&'m State>,
    /// Whether it ends well, and not in FAILED.
    pub ends_well: bool,
}

/// Every way, the successful ones first.
pub fn ways(machine: &StateMachine) -> Vec<Way<'_>> {
    let flow = machine.flow();
    let mut good = forward(flow, flow.start_at(), Vec::new());
    let mut ways: Vec<Way<'_>> = Vec::new();
    for (position, states) in good.drain(..).enumerate() {
        let name = if position == 0 { "everything goes well".to_owned() } else { format!("well, choice {position}") };
        let ends_well = !states.last().is_some_and(|last| matches!(last.kind, Kind::Fail(_)));
        ways.push(Way { name, states, failing: None, ends_well });
    }
    let failures: Vec<Way<'_>> = ways.iter().flat_map(|way| failures(flow, way)).collect();
    for failure in failures {
        if !ways.iter().any(|way| way.name == failure.name) && ways.len() < MOST {
            ways.push(failure);
        }
    }
    ways
}

/// What happens when one of the states fails: what its catchers lead to, and FAILED for whatever none of them takes.
fn failures<'m>(flow: &'m Flow, way: &Way<'m>) -> Vec<Way<'m>> {
    let mut failures = Vec::new();
    for (position, failing) in way.states.iter().copied().enumerate() {
        let so_far = way.states.iter().copied().take(position + 1).collect::<Vec<_>>();
        for arrow in arrows(failing).into_iter().filter(|arrow| arrow.is_catch) {
            for states in forward(flow, arrow.to, so_far.clone()) {
                let name = format!("{}: {}", failing.name, arrow.label);
                failures.push(Way { name, states, failing: Some(failing), ends_well: true });
            }
        }
        let takes_all = |errors: &[String]| errors.iter().any(|error| error == "States.ALL");
        let can_fail = matches!(failing.kind, Kind::Task(_) | Kind::Parallel(_) | Kind::Map(_));
        if can_fail && !failing.catch.iter().any(|catcher| takes_all(&catcher.error_equals)) {
            let name = format!("{}: not caught, a person is needed", failing.name);
            failures.push(Way { name, states: so_far, failing: Some(failing), ends_well: false });
        }
    }
    failures
}

/// The ways on from a state on which nothing fails. A state that is entered a second time ends the way: what a loop costs
/// depends on how often it turns.
fn forward<'m>(flow: &'m Flow, from: &str, so_far: Vec<&'m State>) -> Vec<Vec<&'m State>> {
    let Some(state) = flow.get(from) else { return vec![so_far] };
    if so_far.iter().any(|entered| entered.name == state.name) {
        return vec![so_far];
    }
    let mut entered = so_far;
    entered.push(state);
    // What is inside of a Map is counted for one item, what is inside of a Parallel once for each branch.
    for (_, inner) in state.flows() {
        entered = forward(inner, inner.start_at(), entered).into_iter().next().unwrap_or_default();
    }
    let onward: Vec<&str> = arrows(state).into_iter().filter(|arrow| !arrow.is_catch).map(|arrow| arrow.to).collect();
    if onward.is_empty() {
        return vec![entered];
    }
    onward.into_iter().flat_map(|next| forward(flow, next, entered.clone())).take(MOST).collect()
}
