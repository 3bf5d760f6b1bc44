//! A case: what runs, on how many engines, and what goes wrong. Everything about a run follows from it; a seed is only
//! the number under which a case is drawn.

use std::fmt;

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};
use usher_workflows::{
    definitions::{BOOKING, CANCELLATION, Saga},
    step::STEPS,
};

use crate::{
    fault::{Fault, faults},
    script::{Mood, Script},
    workflow::{Flow, Rendered, flow, mood, render},
};

/// All that a run follows from.
#[derive(Clone, PartialEq)]
pub struct Case {
    /// One execution each.
    pub runs: Vec<Run>,
    /// How far the clock of each engine is ahead, in milliseconds; there is one engine a clock.
    pub clocks: Vec<i32>,
    /// What people do meanwhile.
    pub interventions: Vec<Intervention>,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// Decides delays, tokens, and who takes what.
    pub dice: u64,
}

/// A person stops an execution, or sends it on from where it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intervention {
    /// After so many seconds.
    pub after: u16,
    /// Which execution, counted round.
    pub run: u8,
    /// Sends it on instead of stopping it.
    pub redrives: bool,
}

/// One execution.
#[derive(Debug, Clone, PartialEq)]
pub enum Run {
    /// Of a random definition.
    Random(Flow),
    /// Of a saga of the house, with a mood for each of its steps.
    House {
        /// Which.
        saga: Saga,
        /// In the order of `usher_workflows::step::STEPS`.
        moods: Vec<Mood>,
    },
}

/// An execution that is about to be asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prepared {
    pub saga: String,
    pub definition: String,
    pub input: Value,
    pub script: Script,
    /// Whether its steps move money.
    pub is_house: bool,
}

impl Run {
    /// With a definition, under a name that no other run of the case has.
    pub(crate) fn prepare(&self, number: usize) -> Prepared {
        match self {
            Self::Random(flow) => {
                let Rendered { definition, moods } = render(flow);
                Prepared {
                    saga: format!("random-{number}"),
                    definition: definition.to_string(),
                    input: crate::workflow::input(),
                    script: Script::new(moods),
                    is_house: false,
                }
            }
            Self::House { saga, moods } => Prepared {
                saga: format!("{}-{number}", saga.name),
                definition: saga.with_queues(str::to_owned),
                input: json!({ "booking_id": format!("bkg_{number}") }),
                script: Script::new(STEPS.iter().map(|step| step.name.to_owned()).zip(moods.iter().copied())),
                is_house: true,
            },
        }
    }
}

/// Any case.
pub fn case() -> impl Strategy<Value = Case> {
    let house = (prop::sample::select(vec![BOOKING, BOOKING, CANCELLATION]), vec(house_mood(), STEPS.len()))
        .prop_map(|(saga, moods)| Run::House { saga, moods });
    let run = prop_oneof![4 => flow().prop_map(Run::Random), 1 => house];
    let intervention = (0_u16..2_000, any::<u8>(), prop::bool::weighted(0.7))
        .prop_map(|(after, run, redrives)| Intervention { after, run, redrives });
    let interventions = prop_oneof![2 => Just(Vec::new()), 1 => vec(intervention, 0..4)];
    (vec(run, 1..4), vec(-2_000..2_000, 1..4), interventions, faults(), any::<u64>())
        .prop_map(|(runs, clocks, interventions, faults, dice)| Case { runs, clocks, interventions, faults, dice })
}

/// The moods that a step of the house can have: its errors are names that the definitions know.
fn house_mood() -> impl Strategy<Value = Mood> {
    mood().prop_map(|mood| match mood {
        Mood::Slow { seconds } => Mood::Slow { seconds: 1 + seconds % 15 },
        Mood::Fails { error: "States.Timeout" } => Mood::Fails { error: "SeatUnavailable" },
        Mood::Fails { .. } => Mood::Fails { error: "PaymentDeclined" },
        other => other,
    })
}

/// For people: definitions as they stand in a file, then what surrounds them.
impl fmt::Debug for Case {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, run) in self.runs.iter().enumerate() {
            let prepared = run.prepare(number);
            match run {
                Run::Random(_) => writeln!(out, "{}: {}", prepared.saga, prepared.definition)?,
                Run::House { .. } => writeln!(out, "{}: as it is in workflows/", prepared.saga)?,
            }
            writeln!(out, "  {:?}", prepared.script)?;
        }
        writeln!(out, "clocks: {:?} ms", self.clocks)?;
        for Intervention { after, run, redrives } in &self.interventions {
            let what = if *redrives { "redrive" } else { "stop" };
            writeln!(out, "{what} execution {} after {after} s", usize::from(*run) % self.runs.len().max(1))?;
        }
        for fault in &self.faults {
            writeln!(out, "fault: {:?} at occasion {}", fault.kind, fault.occasion)?;
        }
        write!(out, "dice: {}", self.dice)
    }
}
