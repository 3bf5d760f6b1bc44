//! A machine as a graph: what leads where, what is caught, what runs inside what. [`mermaid`] draws it for documents;
//! whoever draws it otherwise takes its [`arrows`].

use std::fmt::Write;

use crate::model::{Flow, Kind, Next, State, StateMachine};

/// The machine as the text of a Mermaid `stateDiagram-v2`. Catches are labelled with the errors they take.
pub fn mermaid(machine: &StateMachine) -> String {
    let mut drawing = Drawing { text: String::from("stateDiagram-v2\n"), names: Vec::new() };
    drawing.names = machine.all_states().into_iter().map(|state| state.name.clone()).collect();
    drawing.flow(machine.flow(), 1);
    drawing.text
}

/// One way out of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow<'m> {
    /// The state that it leads to.
    pub to: &'m str,
    /// When it is taken; empty when the state simply went well.
    pub label: String,
    /// Whether it is taken on a failure.
    pub is_catch: bool,
}

/// The ways out of a state, within its flow.
pub fn arrows(state: &State) -> Vec<Arrow<'_>> {
    let arrow = |to, label: String| Arrow { to, label, is_catch: false };
    let mut arrows = Vec::new();
    if let Kind::Choice(choice) = &state.kind {
        let rules = choice.rules.iter().enumerate();
        arrows.extend(rules.map(|(position, rule)| arrow(&rule.next, format!("rule {}", position + 1))));
        arrows.extend(choice.default.iter().map(|default| arrow(default, "otherwise".to_owned())));
    }
    if let Some(Next::State(next)) = &state.next {
        arrows.push(arrow(next, String::new()));
    }
    let caught = |errors: &[String]| format!("catch {}", errors.join(", "));
    arrows.extend(
        state
            .catch
            .iter()
            .map(|catcher| Arrow { is_catch: true, ..arrow(&catcher.next, caught(&catcher.error_equals)) }),
    );
    arrows
}

struct Drawing {
    text: String,
    /// Every state's name; its position makes an id that Mermaid accepts.
    names: Vec<String>,
}

impl Drawing {
    fn flow(&mut self, flow: &Flow, depth: usize) {
        self.line(depth, &format!("[*] --> {}", self.id(flow.start_at())));
        for state in flow.states() {
            self.state(state, depth);
        }
    }

    fn state(&mut self, state: &State, depth: usize) {
        let id = self.id(&state.name);
        let flows = state.flows();
        if flows.is_empty() {
            self.line(
                depth,
                &if id == state.name { id.clone() } else { format!("state \"{}\" as {id}", label(&state.name)) },
            );
        } else {
            self.line(depth, &format!("state \"{}\" as {id} {{", label(&state.name)));
            for (position, (_, flow)) in flows.into_iter().enumerate() {
                if position > 0 {
                    self.line(depth + 1, "--");
                }
                self.flow(flow, depth + 1);
            }
            self.line(depth, "}");
        }
        for arrow in arrows(state) {
            self.arrow(depth, &id, arrow.to, &arrow.label);
        }
        if state.is_terminal() {
            self.line(depth, &format!("{id} --> [*]"));
        }
    }

    fn arrow(&mut self, depth: usize, from: &str, to: &str, what: &str) {
        let to = self.id(to);
        let what = if what.is_empty() { String::new() } else { format!(": {}", label(what)) };
        self.line(depth, &format!("{from} --> {to}{what}"));
    }

    fn line(&mut self, depth: usize, line: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{:indent$}{line}", "", indent = depth * 2);
    }

    /// A plain name is its own id, because that reads best in the text; any other gets a number.
    fn id(&self, name: &str) -> String {
        if name.chars().all(|c| c.is_ascii_alphanumeric()) && !RESERVED.contains(&name) {
            return name.to_owned();
        }
        let position = self.names.iter().position(|other| other == name).unwrap_or(self.names.len());
        format!("state{position}_")
    }
}

/// Words that Mermaid reads as its own.
const RESERVED: &[&str] = &["as", "class", "classDef", "direction", "end", "note", "state", "style"];

/// A name as Mermaid shows it: without the characters that would end it.
fn label(name: &str) -> String {
    name.chars().map(|c| if matches!(c, '"' | ':' | ';' | '{' | '}' | '\n' | '#') { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_drawn_with_its_catches_and_branches() {
        let machine = StateMachine::parse(
            r#"{"StartAt": "Charge", "States": {
                "Charge": {"Type": "Task", "Resource": "r", "Next": "Both ways", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Rejected"}]},
                "Both ways": {"Type": "Parallel", "End": true, "Branches": [
                    {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}},
                    {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}]},
                "Rejected": {"Type": "Fail", "Error": "Rejected"}}}"#,
        )
        .unwrap();
        let expected = "stateDiagram-v2\n  [*] --> Charge\n  Charge\n  Charge --> state1_\n  \
            Charge --> Rejected: catch States.ALL\n  state \"Both ways\" as state1_ {\n    [*] --> A\n    A\n    A --> [*]\n    \
            --\n    [*] --> B\n    B\n    B --> [*]\n  }\n  state1_ --> [*]\n  Rejected\n  Rejected --> [*]\n";
        assert_eq!(mermaid(&machine), expected);
    }
}
