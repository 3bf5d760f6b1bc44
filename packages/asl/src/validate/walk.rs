//! Walks the states of a document, for what the model does not keep.

use serde_json::{Map, Value};

use crate::problem::Location;

/// One state as it is written.
pub(crate) struct Written<'d> {
    /// Its name.
    pub name: &'d str,
    /// Its members.
    pub members: &'d Map<String, Value>,
    /// The state of the outermost flow that it is, or is inside of.
    pub outermost: &'d str,
    /// Where it stands.
    pub location: Location,
    /// Whether its expressions are written in JSONata; else they are JSONPath.
    pub is_jsonata: bool,
}

impl<'d> Written<'d> {
    /// A member that is a text.
    pub fn text(&self, name: &str) -> Option<&'d str> {
        self.members.get(name)?.as_str()
    }

    /// Whether it is a Map whose iterations are executions of their own.
    pub fn is_distributed(&self) -> bool {
        let processor = self.members.get("ItemProcessor").or_else(|| self.members.get("Iterator"));
        self.text("Type") == Some("Map")
            && processor
                .and_then(|value| value.pointer("/ProcessorConfig/Mode"))
                .is_some_and(|mode| mode == "DISTRIBUTED")
    }
}

/// Calls `visit` for every state, those inside of others included.
pub(crate) fn states<'d>(document: &'d Value, visit: &mut dyn FnMut(&Written<'d>)) {
    flow(
        document,
        &Location::default(),
        Surroundings { outermost: None, is_jsonata: is_jsonata(document, false) },
        visit,
    );
}

/// What a state has from around it.
#[derive(Clone, Copy)]
struct Surroundings<'d> {
    outermost: Option<&'d str>,
    is_jsonata: bool,
}

fn flow<'d>(flow: &'d Value, place: &Location, around: Surroundings<'d>, visit: &mut dyn FnMut(&Written<'d>)) {
    let Some(Value::Object(states)) = flow.get("States") else { return };
    for (name, state) in states {
        let Value::Object(members) = state else { continue };
        let location = place.child("States").state(name);
        let outermost = around.outermost.unwrap_or(name);
        let within = Surroundings { outermost: Some(outermost), ..around };
        for field in ["ItemProcessor", "Iterator"] {
            if let Some(inner) = members.get(field) {
                self::flow(inner, &location.child(field), within, visit);
            }
        }
        for (index, branch) in members.get("Branches").and_then(Value::as_array).into_iter().flatten().enumerate() {
            self::flow(branch, &location.child("Branches").element(index), within, visit);
        }
        visit(&Written { name, members, outermost, location, is_jsonata: is_jsonata(state, around.is_jsonata) });
    }
}

fn is_jsonata(value: &Value, inherited: bool) -> bool {
    value.get("QueryLanguage").and_then(Value::as_str).map_or(inherited, |language| language == "JSONata")
}
