//! From blocks to a definition: names are counted, each block leads to what follows it, and every flow ends in a
//! Succeed state of its own.

use serde_json::{Map, Value, json};

use super::{Block, Flow, states};
use crate::script::Mood;

/// A definition, and how the work of its steps goes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rendered {
    pub definition: Value,
    pub moods: Vec<(String, Mood)>,
}

/// What an execution of a random definition is started with: lists to map over, how long to wait, and where one stands,
/// which tells messages of different iterations apart.
pub(crate) fn input() -> Value {
    let items = json!({ "of0": [], "of1": [10], "of2": [10, 20], "of3": [10, 20, 30] });
    json!({ "base": { "items": items, "seconds": 7, "moment": "2026-11-20T12:30:00Z" }, "path": "0" })
}

/// Renders a whole machine. The time limit ends what nothing else would.
pub(crate) fn render(flow: &Flow) -> Rendered {
    let mut renderer = Renderer::default();
    let mut definition = renderer.flow(flow);
    definition["TimeoutSeconds"] = json!(200_000);
    Rendered { definition, moods: renderer.moods }
}

#[derive(Default)]
struct Renderer {
    named: usize,
    moods: Vec<(String, Mood)>,
}

impl Renderer {
    fn name(&mut self, kind: &str) -> String {
        self.named += 1;
        format!("{kind}{}", self.named)
    }

    fn flow(&mut self, flow: &Flow) -> Value {
        let mut states = Map::new();
        let end = self.name("End");
        states.insert(end.clone(), json!({ "Type": "Succeed" }));
        let start = self.blocks(flow, end, &mut states);
        json!({ "StartAt": start, "States": states })
    }

    /// The states of the blocks, the last of which leads to `next`. Tells where they begin.
    fn blocks(&mut self, flow: &Flow, next: String, states: &mut Map<String, Value>) -> String {
        flow.iter().rev().fold(next, |next, block| self.block(block, &next, states))
    }

    fn block(&mut self, block: &Block, next: &str, states: &mut Map<String, Value>) -> String {
        let (name, state) = match block {
            Block::Task { mood, heartbeat, jsonata, rescue } => {
                let name = self.name("Task");
                self.moods.push((name.clone(), *mood));
                let state = if *jsonata { states::jsonata_task(&name) } else { states::task(&name) };
                let state = if *heartbeat { states::with_heartbeat(state) } else { state };
                let state = states::rescued(state, *rescue, next);
                (name, states::followed(state, next))
            }
            Block::Pass { jsonata } => {
                let name = self.name("Pass");
                let state = if *jsonata { states::jsonata_pass(&name) } else { states::pass(&name) };
                (name, states::followed(state, next))
            }
            Block::Wait { form } => (self.name("Wait"), states::followed(states::wait(*form), next)),
            Block::Choice { taken, then } => {
                let inside = self.blocks(then, next.to_owned(), states);
                (self.name("Choice"), states::either(*taken, &inside, next))
            }
            Block::Stop { taken, fails } => {
                let stop = self.name("Stop");
                states.insert(stop.clone(), states::stop(*fails));
                (self.name("Choice"), states::either(*taken, &stop, next))
            }
            Block::Loop { times, flow } => {
                let (count, again, variable) = (self.name("Count"), self.name("Again"), self.name("rounds"));
                let inside = self.blocks(flow, count.clone(), states);
                states.insert(count, states::followed(states::counted(&variable), &again));
                states.insert(again, states::again(&variable, *times, &inside, next));
                (self.name("Loop"), states::followed(states::uncounted(&variable), &inside))
            }
            Block::Parallel { branches, rescue } => {
                let branches: Vec<Value> = branches.iter().map(|branch| self.flow(branch)).collect();
                let name = self.name("Parallel");
                let state = states::rescued(states::parallel(&name, &branches), *rescue, next);
                (name, states::followed(state, next))
            }
            Block::Map { items, at_once, tolerated, jsonata, flow, rescue } => {
                let processor = self.flow(flow);
                let name = self.name("Map");
                let state = if *jsonata { states::jsonata_map(&name, *items) } else { states::map(&name, *items) };
                let state = states::limited(state, processor, *at_once, *tolerated);
                let state = states::rescued(state, *rescue, next);
                (name, states::followed(state, next))
            }
        };
        states.insert(name.clone(), state);
        name
    }
}
