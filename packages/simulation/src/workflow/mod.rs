//! Random definitions. A [`Block`] is one or a few states in a row; a flow is a list of blocks, and blocks have flows
//! inside. Names, transitions and data come out right by themselves, so every draw and everything it shrinks to is a
//! valid definition.
//!
//! A new kind of block is a variant, a line in [`flow`], and its states in `render`.

mod render;
mod states;

use proptest::{collection::vec, prelude::*};
pub(crate) use render::{Rendered, input, render};

use crate::script::Mood;

/// A list of blocks.
pub type Flow = Vec<Block>;

/// One or a few states.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the words of the States Language")]
pub enum Block {
    /// Work for somebody.
    Task { mood: Mood, heartbeat: bool, jsonata: bool, rescue: Rescue },
    /// Moves data about.
    Pass { jsonata: bool },
    /// Waits, told how long in one of four ways.
    Wait { form: WaitForm },
    /// Goes into the flow or round it.
    Choice { taken: bool, then: Flow },
    /// Runs the flow so many times, counted by a variable.
    Loop { times: u8, flow: Flow },
    /// Ends the flow, well or badly, if it is taken.
    Stop { taken: bool, fails: bool },
    /// Runs flows side by side.
    Parallel { branches: Vec<Flow>, rescue: Rescue },
    /// Runs a flow for each item.
    Map { items: u8, at_once: u8, tolerated: u8, jsonata: bool, flow: Flow, rescue: Rescue },
}

/// How a Wait state is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the fields of the States Language")]
pub enum WaitForm {
    Seconds(u16),
    SecondsPath,
    Timestamp,
    Jsonata,
}

/// What a state does about failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rescue {
    /// `MaxAttempts` of its retrier; 0 for no retrier.
    pub retries: u8,
    /// Whether delays are spread.
    pub jitter: bool,
    /// Whether what remains is caught.
    pub caught: bool,
}

fn rescue() -> impl Strategy<Value = Rescue> {
    (0_u8..4, any::<bool>(), any::<bool>()).prop_map(|(retries, jitter, caught)| Rescue { retries, jitter, caught })
}

fn error() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["Declined", "Usher.Transient", "States.Timeout"])
}

/// Any mood. Most work succeeds, or flows would end at their first task.
pub(crate) fn mood() -> impl Strategy<Value = Mood> {
    prop_oneof![
        8 => Just(Mood::Succeeds),
        2 => error().prop_map(|error| Mood::Fails { error }),
        3 => (1_u8..4, error()).prop_map(|(times, error)| Mood::Flaky { times, error }),
        2 => (1_u8..50).prop_map(|seconds| Mood::Slow { seconds }),
        1 => Just(Mood::Silent),
    ]
}

/// Any flow.
pub(crate) fn flow() -> impl Strategy<Value = Flow> {
    let wait = prop_oneof![
        (0_u16..4_000).prop_map(WaitForm::Seconds),
        Just(WaitForm::SecondsPath),
        Just(WaitForm::Timestamp),
        Just(WaitForm::Jsonata),
    ];
    let task = (mood(), any::<bool>(), any::<bool>(), rescue())
        .prop_map(|(mood, heartbeat, jsonata, rescue)| Block::Task { mood, heartbeat, jsonata, rescue });
    let leaf = prop_oneof![
        6 => task,
        2 => any::<bool>().prop_map(|jsonata| Block::Pass { jsonata }),
        2 => wait.prop_map(|form| Block::Wait { form }),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(taken, fails)| Block::Stop { taken, fails }),
    ];
    let block = leaf.prop_recursive(2, 10, 3, |inner| {
        let flow = vec(inner, 1..3);
        let shape = (0_u8..4, 0_u8..3, 0_u8..3, any::<bool>());
        prop_oneof![
            2 => (any::<bool>(), flow.clone()).prop_map(|(taken, then)| Block::Choice { taken, then }),
            2 => (1_u8..4, flow.clone()).prop_map(|(times, flow)| Block::Loop { times, flow }),
            3 => (vec(flow.clone(), 1..4), rescue()).prop_map(|(branches, rescue)| Block::Parallel { branches, rescue }),
            3 => (shape, flow, rescue()).prop_map(|((items, at_once, tolerated, jsonata), flow, rescue)| {
                Block::Map { items, at_once, tolerated, jsonata, flow, rescue }
            }),
        ]
    });
    vec(block, 1..5)
}
