//! A state machine in a terminal, with the way that one execution took through it.
//!
//! States stand below one another in the order of the definition, each with what it leads to. Whoever reads it sees at the
//! left how often a state was entered (`*`, or a number), and where the execution stands (`>`).

use std::fmt::Write as _;

use usher_asl::{StateMachine, graph::arrows, graph::mermaid};

/// A machine, drawn in both ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// As Mermaid.
    pub diagram: String,
    /// In characters.
    pub text: String,
}

/// A definition with the way that was taken; nothing when it is no definition.
pub fn of(definition: &str, path: &[String], stands: &[String]) -> Option<Drawn> {
    let machine = StateMachine::parse(definition).ok()?;
    Some(Drawn { diagram: diagram(&machine, path, stands), text: text(&machine, path, stands) })
}

/// The drawing. `path` are the states that were entered, `stands` those it is in.
pub fn text(machine: &StateMachine, path: &[String], stands: &[String]) -> String {
    let states = machine.all_states();
    let width = states.iter().map(|state| state.name.chars().count()).max().unwrap_or_default();
    let mut drawing = String::new();
    for state in states {
        let entered = path.iter().filter(|name| **name == state.name).count();
        let mark = match (stands.contains(&state.name), entered) {
            (true, _) => ">".to_owned(),
            (false, 0) => " ".to_owned(),
            (false, 1) => "*".to_owned(),
            (false, more) => more.to_string(),
        };
        let mut ways = Vec::new();
        for arrow in arrows(state) {
            let taken = path.windows(2).any(|pair| pair[0] == state.name && pair[1] == arrow.to);
            let label = if arrow.label.is_empty() { String::new() } else { format!(" [{}]", arrow.label) };
            ways.push(format!("{} {}{label}", if taken { "==>" } else { "-->" }, arrow.to));
        }
        if state.is_terminal() {
            let taken = stands.is_empty() && path.last().is_some_and(|last| *last == state.name);
            ways.push(if taken { "==> end".to_owned() } else { "--> end".to_owned() });
        }
        let first = ways.first().cloned().unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(drawing, "{mark:>2} {:width$} {first}", state.name);
        for way in ways.iter().skip(1) {
            let _ = writeln!(drawing, "   {:width$} {way}", "");
        }
    }
    drawing + "\n > it stands here   * it was here   ==> it went this way"
}

/// The machine as Mermaid, with the states that were entered and those it stands in marked.
pub fn diagram(machine: &StateMachine, path: &[String], stands: &[String]) -> String {
    let mut text = mermaid(machine);
    text.push_str("  classDef entered fill:#cde8d5,stroke:#2f7d4f\n  classDef stands fill:#fde3b5,stroke:#b26a00,stroke-width:3px\n");
    let mut seen: Vec<&String> = Vec::new();
    for state in path.iter().filter(|state| !stands.contains(state)) {
        if !seen.contains(&state) {
            seen.push(state);
            let _ = writeln!(text, "  class {state} entered");
        }
    }
    for state in stands {
        let _ = writeln!(text, "  class {state} stands");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_that_was_taken_is_seen() {
        let machine = StateMachine::parse(
            r#"{"StartAt": "Charge", "States": {
                "Charge": {"Type": "Task", "Resource": "r", "Next": "Issue", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Refund"}]},
                "Issue": {"Type": "Pass", "End": true},
                "Refund": {"Type": "Task", "Resource": "r", "End": true}}}"#,
        )
        .unwrap();
        let path = ["Charge", "Refund"].map(str::to_owned);
        let expected = " * Charge --> Issue\n          ==> Refund [catch States.ALL]\n   Issue  --> end\n > Refund --> end\n\
            \n > it stands here   * it was here   ==> it went this way";
        assert_eq!(text(&machine, &path, &path[1..]), expected);
        let diagram = diagram(&machine, &path, &path[1..]);
        assert!(diagram.contains("class Charge entered\n") && diagram.contains("class Refund stands\n"), "{diagram}");
    }
}
