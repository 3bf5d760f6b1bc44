//! Makes a case that fails smaller where `proptest` stops. Whatever is left out changes who draws which random number, so a bug
//! that needs an unlucky order disappears with it although nothing was mended. Hence each smaller case gets a few throws of the
//! dice to fail again.

use crate::{
    case::{Case, Run},
    workflow::{Block, Flow},
};

/// How many throws a smaller case gets.
const THROWS: u64 = 8;

/// The smallest case that still fails, by leaving out one thing after the other for as long as there is one to leave out.
pub(crate) fn smallest(mut case: Case, fails: impl Fn(&Case) -> bool) -> Case {
    while let Some(smaller) = smaller(&case).into_iter().find_map(|smaller| unlucky(&smaller, &fails)) {
        case = smaller;
    }
    case
}

/// The case with dice that make it fail, if there are any.
fn unlucky(case: &Case, fails: impl Fn(&Case) -> bool) -> Option<Case> {
    let others = (0..THROWS).map(|dice| Case { dice, ..case.clone() });
    std::iter::once(case.clone()).chain(others).find(|case| fails(case))
}

/// Every case that has one thing less.
fn smaller(case: &Case) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    if case.runs.len() > 1 {
        cases.extend(without_one(&case.runs).map(|runs| Case { runs, ..case.clone() }));
    }
    if case.clocks.len() > 1 {
        cases.extend(without_one(&case.clocks).map(|clocks| Case { clocks, ..case.clone() }));
    }
    cases.extend(without_one(&case.interventions).map(|interventions| Case { interventions, ..case.clone() }));
    cases.extend(without_one(&case.faults).map(|faults| Case { faults, ..case.clone() }));
    for (number, run) in case.runs.iter().enumerate() {
        let Run::Random(flow) = run else { continue };
        for flow in smaller_flows(flow) {
            let mut runs = case.runs.clone();
            runs[number] = Run::Random(flow);
            cases.push(Case { runs, ..case.clone() });
        }
    }
    cases
}

/// The flow without one of its blocks, or with what was inside a block in its place.
fn smaller_flows(flow: &Flow) -> Vec<Flow> {
    let mut flows: Vec<Flow> = if flow.len() > 1 { without_one(flow).collect() } else { Vec::new() };
    for (position, block) in flow.iter().enumerate() {
        let inside: &[Flow] = match block {
            Block::Choice { then: flow, .. } | Block::Loop { flow, .. } | Block::Map { flow, .. } => {
                std::slice::from_ref(flow)
            }
            Block::Parallel { branches, .. } => branches,
            Block::Task { .. } | Block::Pass { .. } | Block::Wait { .. } | Block::Stop { .. } => &[],
        };
        for inner in inside {
            let mut hoisted = flow.clone();
            hoisted.splice(position..=position, inner.iter().cloned());
            flows.push(hoisted);
        }
    }
    flows
}

fn without_one<T: Clone>(all: &[T]) -> impl Iterator<Item = Vec<T>> + use<'_, T> {
    (0..all.len()).map(|left_out| {
        let kept = all.iter().enumerate().filter(|(position, _)| *position != left_out);
        kept.map(|(_, one)| one.clone()).collect()
    })
}
