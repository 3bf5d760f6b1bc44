//! Draws a machine as a Mermaid state diagram, for documents: what leads where, what is caught, what runs inside what.

use std::fmt::Write;

use crate::model::{Flow, Kind, Next, State, StateMachine};

/// The machine as the text of a Mermaid `stateDiagram-v2`. Catches are labelled with the errors they take.
pub fn mermaid(machine: &StateMachine) -> String {
    let mut drawing = Drawing { text: String::from("stateDiagram-v2\n"), names: Vec::new() };
    drawing.names = machine.all_states().into_iter().map(|state| state.name.clone()).collect();
    drawing.flow(machine.flow(), 1);
    drawing.text
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
            self.line(depth, &format!("{id}: {}", label(&state.name)));
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
        if let Kind::Choice(choice) = &state.kind {
            for (position, rule) in choice.rules.iter().enumerate() {
                self.arrow(depth, &id, &rule.next, &format!("rule {}", position + 1));
            }
            if let Some(default) = &choice.default {
                self.arrow(depth, &id, default, "otherwise");
            }
        }
        if let Some(Next::State(next)) = &state.next {
            self.arrow(depth, &id, next, "");
        }
        if state.is_terminal() {
            self.line(depth, &format!("{id} --> [*]"));
        }
        for catcher in &state.catch {
            self.arrow(depth, &id, &catcher.next, &format!("catch {}", catcher.error_equals.join(", ")));
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
        let expected = "stateDiagram-v2\n  [*] --> Charge\n  Charge: Charge\n  Charge --> state1_\n  \
            Charge --> Rejected: catch States.ALL\n  state \"Both ways\" as state1_ {\n    [*] --> A\n    A: A\n    A --> [*]\n    \
            --\n    [*] --> B\n    B: B\n    B --> [*]\n  }\n  state1_ --> [*]\n  Rejected: Rejected\n  Rejected --> [*]\n";
        assert_eq!(mermaid(&machine), expected);
    }
}
