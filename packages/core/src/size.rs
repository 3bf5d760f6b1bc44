//! How large something is as JSON, without writing it down.
//!
//! Whoever must not pass on what is large - into a saga, onto a queue - asks here first.

use std::io;

use serde::Serialize;

/// The most bytes of JSON that travel whole, in a saga or in a message. Step Functions carries 256 KiB from state to state
/// and SQS as much in a message, so a quarter leaves room for the envelope and for four steps that each add something; and
/// AWS counts every 64 KiB of a message as a request of its own.
pub const MAX_INLINE: usize = 64 * 1024;

/// The bytes of the value's JSON text. What cannot be written as JSON is larger than anything that can.
pub fn json_bytes(value: &impl Serialize) -> usize {
    let mut count = Count(0);
    serde_json::to_writer(&mut count, value).map_or(usize::MAX, |()| count.0)
}

struct Count(usize);

impl io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::json_bytes;

    #[test]
    fn the_count_is_the_length_of_the_text() {
        for value in
            [json!(null), json!({ "seats": ["A1", "Ä\"2"], "total": { "amount": -1250 } }), json!("x".repeat(70_000))]
        {
            assert_eq!(json_bytes(&value), value.to_string().len());
        }
        assert_eq!(json_bytes(&std::collections::HashMap::from([((1, 2), 3)])), usize::MAX);
    }
}
