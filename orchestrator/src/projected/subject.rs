//! What an execution is about, as its data says.

use serde_json::Value;

/// The business keys of an execution.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    pub booking: Option<String>,
    pub user: Option<String>,
    pub seats: Vec<String>,
    pub showtime: Option<String>,
    pub payment: Option<String>,
}

impl Subject {
    /// Found in the saga's data, as far as it has come.
    pub fn of(data: &Value) -> Self {
        let text = |pointer: &str| data.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let seat = |seat: &Value| Some(seat.get("seat")?.as_str()?.to_owned());
        Self {
            booking: text("/booking_id"),
            user: text("/user_id"),
            seats: data.get("seats").and_then(Value::as_array).into_iter().flatten().filter_map(seat).collect(),
            showtime: text("/showtime_id"),
            payment: payment(data),
        }
    }
}

/// The payment that the data names.
pub(crate) fn payment(data: &Value) -> Option<String> {
    let text = |pointer: &str| data.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    text("/payment/payment_id").or_else(|| text("/payment_id"))
}
