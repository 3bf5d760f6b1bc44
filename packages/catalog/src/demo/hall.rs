//! Halls as they are drawn: a line for each row, the screen above the first.
//!
//! `s` is a standard seat, `p` a premium one, `a` a place for a wheelchair, `c` the seat beside it, `.` an aisle, and an
//! empty line a walkway. Rows are lettered from the front, seats numbered from the left.

use crate::{
    InvalidSeatMap, SeatMap, SeatType,
    seat_map::{Plan, PlannedRow, PlannedSeat},
};

/// The seat map that the drawing shows.
pub fn read(drawing: &str) -> Result<SeatMap, InvalidSeatMap> {
    let lines = (0..).zip(drawing.lines()).filter(|(_, line)| !line.is_empty());
    let rows = lines.zip(0..).map(|((y, line), row)| {
        let places = (0..).zip(line.chars().map(kind)).filter_map(|(x, kind)| Some((x, kind?)));
        let seats = places.zip(1..).map(|((x, kind), number)| PlannedSeat { number, x, kind });
        PlannedRow { letters: letters(row), y, seats: seats.collect() }
    });
    Plan { rows: rows.collect() }.try_into()
}

const fn kind(sign: char) -> Option<SeatType> {
    match sign {
        's' => Some(SeatType::Standard),
        'p' => Some(SeatType::Premium),
        'a' => Some(SeatType::Accessible),
        'c' => Some(SeatType::Companion),
        _ => None,
    }
}

/// A to Z, then AA, AB and so on.
fn letters(row: u8) -> String {
    let letter = |number: u8| char::from(b'A' + number % 26);
    if row < 26 { letter(row).to_string() } else { [letter(row / 26 - 1), letter(row)].iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_becomes_a_seat_map() {
        let map = read("ac.s\n\n.pp\n").unwrap();
        let seats: Vec<_> = map.seats().map(|seat| (seat.name.to_string(), seat.x, seat.y, seat.kind)).collect();
        assert_eq!(
            seats,
            [
                ("A1".to_owned(), 0, 0, SeatType::Accessible),
                ("A2".to_owned(), 1, 0, SeatType::Companion),
                ("A3".to_owned(), 3, 0, SeatType::Standard),
                ("B1".to_owned(), 1, 2, SeatType::Premium),
                ("B2".to_owned(), 2, 2, SeatType::Premium),
            ]
        );
    }

    #[test]
    fn rows_go_on_after_z() {
        assert_eq!([0, 25, 26, 27, 51, 52].map(letters), ["A", "Z", "AA", "AB", "AZ", "BA"]);
    }

    #[test]
    fn a_drawing_without_seats_is_no_hall() {
        assert_eq!(read("...\n"), Err(InvalidSeatMap::Empty));
    }
}
