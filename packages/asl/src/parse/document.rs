//! Reads JSON and notices a name that is given twice in one object. A plain reader keeps the last one silently, which
//! would drop a state that somebody copied and forgot to rename.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::problem::{Location, Problems};

/// Reads a text as JSON.
pub(super) fn read(text: &str, problems: &Problems) -> Option<Value> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seed = Seed { location: Location::default(), problems };
    let read = seed.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| problems.report(&Location::default(), format!("This is not JSON: {error}"))).ok()
}

struct Seed<'p> {
    location: Location,
    problems: &'p Problems,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(item) =
            items.next_element_seed(Seed { location: self.location.element(read.len()), problems: self.problems })?
        {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let member =
                members.next_value_seed(Seed { location: self.location.child(&name), problems: self.problems })?;
            if read.contains_key(&name) {
                self.problems.report_field(&self.location, &name, format!("The name '{name}' is given twice"));
            }
            read.insert(name, member);
        }
        Ok(Value::Object(read))
    }
}
