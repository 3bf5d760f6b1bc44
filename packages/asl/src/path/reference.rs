//! Where a result is put: a path of names and indexes into a document, creating the objects on the way that are
//! missing.

use serde_json::{Map, Value};

use super::{Path, Root, Step};

/// The `ResultPath` of a state.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferencePath {
    path: Path,
}

impl ReferencePath {
    /// Parses a reference path: it must start from `$` and point to one place.
    pub fn parse(text: &str) -> Result<Self, String> {
        let path = Path::parse(text)?;
        if path.root != Root::Input || !path.is_definite() || path.length {
            return Err(format!(
                "'{text}' is not a reference path: only names and indexes below '$' can be written to"
            ));
        }
        Ok(Self { path })
    }

    /// The path as the definition spells it.
    pub fn text(&self) -> &str {
        self.path.text()
    }

    /// Whether the result takes the place of the whole document.
    pub(crate) fn is_whole(&self) -> bool {
        self.path.steps.is_empty()
    }

    /// Whether [`Self::insert`] would succeed. The error says which step could not be taken.
    pub(crate) fn check(&self, document: &Value) -> Result<(), String> {
        let mut place = document;
        for (position, step) in self.path.steps.iter().enumerate() {
            place = match (step, place) {
                (Step::Member(name), Value::Object(members)) => match members.get(name) {
                    Some(member) => member,
                    // What is created on the way are objects, which indexes cannot be applied to.
                    None if self.path.steps.iter().skip(position).all(|step| matches!(step, Step::Member(_))) => {
                        return Ok(());
                    }
                    None => return Err(format!("Unable to apply ReferencePath {} to input {place}", self.text())),
                },
                (Step::Index(index), Value::Array(items)) => usize::try_from(*index)
                    .ok()
                    .and_then(|index| items.get(index))
                    .ok_or_else(|| self.no_element(*index))?,
                (_, found) => return Err(format!("Unable to apply ReferencePath {} to input {found}", self.text())),
            };
        }
        Ok(())
    }

    /// Puts `value` into `document`. The error says which step could not be taken; the document may be changed then.
    pub(crate) fn insert(&self, document: &mut Value, value: Value) -> Result<(), String> {
        let mut place = document;
        for step in &self.path.steps {
            place = match (step, place) {
                (Step::Member(name), Value::Object(members)) => {
                    members.entry(name.as_str()).or_insert_with(|| Value::Object(Map::new()))
                }
                (Step::Index(index), Value::Array(items)) => usize::try_from(*index)
                    .ok()
                    .and_then(|index| items.get_mut(index))
                    .ok_or_else(|| self.no_element(*index))?,
                (_, found) => return Err(format!("Unable to apply ReferencePath {} to input {found}", self.text())),
            };
        }
        *place = value;
        Ok(())
    }

    fn no_element(&self, index: i64) -> String {
        format!("Unable to apply ReferencePath {}: the array has no element {index}", self.text())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn put(path: &str, mut document: Value, value: Value) -> Result<Value, String> {
        let path = ReferencePath::parse(path)?;
        path.check(&document)?;
        path.insert(&mut document, value)?;
        Ok(document)
    }

    #[test]
    fn results_go_where_the_path_says() {
        assert_eq!(put("$", json!({ "a": 1 }), json!(2)), Ok(json!(2)));
        assert_eq!(put("$.b.c", json!({ "a": 1 }), json!(2)), Ok(json!({ "a": 1, "b": { "c": 2 } })));
        assert_eq!(put("$.a[0]", json!({ "a": [1, 2] }), json!(3)), Ok(json!({ "a": [3, 2] })));
        assert!(put("$.a", json!("text"), json!(2)).unwrap_err().contains("Unable to apply ReferencePath $.a"));
        assert!(put("$.a[5]", json!({ "a": [] }), json!(2)).is_err());
    }

    #[test]
    fn only_one_place_can_be_written() {
        for wrong in ["$.a[*]", "$$.Task", "$x", "$..a", "$.a.length()"] {
            assert!(ReferencePath::parse(wrong).is_err(), "{wrong}");
        }
    }
}
