//! How a seat is named on tickets, in requests and in the database: row letters and a number, such as `A1` or `AB12`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The name of a seat within its screen. Sorted as text; the seat map knows the order in the room.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SeatName(String);

/// A text that cannot name a seat.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a seat: it takes one or two capital letters for the row and a number from 1 to 999, such as A1")]
pub struct MalformedSeat(String);

impl SeatName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SeatName {
    type Err = MalformedSeat;

    fn from_str(text: &str) -> Result<Self, MalformedSeat> {
        let row = text.bytes().take_while(u8::is_ascii_uppercase).count();
        let number = &text.as_bytes()[row..];
        let well_formed = (1..=2).contains(&row)
            && (1..=3).contains(&number.len())
            && number[0] != b'0'
            && number.iter().all(u8::is_ascii_digit);
        if well_formed { Ok(Self(text.to_owned())) } else { Err(MalformedSeat(text.chars().take(16).collect())) }
    }
}

impl TryFrom<String> for SeatName {
    type Error = MalformedSeat;

    fn try_from(text: String) -> Result<Self, MalformedSeat> {
        text.parse()
    }
}

impl From<SeatName> for String {
    fn from(seat: SeatName) -> Self {
        seat.0
    }
}

impl fmt::Display for SeatName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SeatName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rows_and_numbers_name_a_seat() {
        for text in ["A1", "Z999", "AB12"] {
            assert_eq!(text.parse::<SeatName>().unwrap().as_str(), text);
        }
        for text in ["", "A", "1", "A0", "A01", "a1", "ABC1", "A1000", "A1 ", "Ä1", "A-1"] {
            assert!(text.parse::<SeatName>().is_err(), "{text}");
        }
    }
}
