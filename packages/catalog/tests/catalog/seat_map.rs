//! Seat maps of random halls: what is drawn is found, and what contradicts itself is refused.

use proptest::{collection::btree_set, prelude::*, sample::select};
use usher_catalog::{
    InvalidSeatMap, SeatMap, SeatType,
    seat_map::{Plan, PlannedRow, PlannedSeat},
};
use usher_core::seat::SeatName;

/// Up to twelve rows with up to thirty seats, aisles and walkways anywhere.
fn halls() -> impl Strategy<Value = Plan> {
    let seat = (btree_set(0_u16..60, 1..30), any::<prop::sample::Index>());
    (prop::collection::vec(seat, 1..12), btree_set(0_u16..40, 12)).prop_map(|(rows, ys)| {
        let rows = rows.into_iter().zip(ys).zip('A'..).map(|(((xs, kind), y), letter)| PlannedRow {
            letters: letter.to_string(),
            y,
            seats: (1..)
                .zip(xs)
                .map(|(number, x)| PlannedSeat { number, x, kind: *kind.get(&SeatType::ALL) })
                .collect(),
        });
        Plan { rows: rows.collect() }
    })
}

fn read(plan: &Plan) -> Result<SeatMap, InvalidSeatMap> {
    plan.clone().try_into()
}

proptest! {
    #[test]
    fn every_seat_of_the_plan_is_found_by_its_name(plan in halls()) {
        let map = read(&plan).unwrap();
        prop_assert_eq!(map.len(), plan.rows.iter().map(|row| row.seats.len()).sum::<usize>());
        prop_assert_eq!(map.seats().count(), map.len());
        for (row, planned) in map.rows().iter().zip(&plan.rows) {
            prop_assert_eq!(&*row.letters, &planned.letters);
            for (seat, drawn) in row.seats.iter().zip(&planned.seats) {
                prop_assert_eq!(map.seat(&seat.name), Some(seat));
                prop_assert_eq!((seat.number, seat.x, seat.y, seat.kind), (drawn.number, drawn.x, planned.y, drawn.kind));
                prop_assert_eq!(seat.name.to_string(), format!("{}{}", planned.letters, drawn.number));
            }
        }
        prop_assert_eq!(map.seat(&"ZZ1".parse::<SeatName>().unwrap()), None);
    }

    #[test]
    fn a_seat_map_reads_back_from_json(plan in halls()) {
        let map = read(&plan).unwrap();
        let json = serde_json::to_value(&map).unwrap();
        prop_assert_eq!(serde_json::from_value::<SeatMap>(json).unwrap(), map.clone());
        prop_assert_eq!(Plan::from(map), plan);
    }

    #[test]
    fn a_name_or_a_place_given_twice_is_refused(mut plan in halls(), at in any::<prop::sample::Index>(), by_name in any::<bool>()) {
        let row = at.index(plan.rows.len());
        let copied = plan.rows[row].seats[0].clone();
        let copy = if by_name { PlannedSeat { x: 100, ..copied } } else { PlannedSeat { number: 999, ..copied } };
        plan.rows[row].seats.push(copy);
        let letters = &plan.rows[row].letters;
        let expected = if by_name {
            InvalidSeatMap::SameName(format!("{letters}1").parse().unwrap())
        } else {
            InvalidSeatMap::SamePlace(format!("{letters}999").parse().unwrap())
        };
        prop_assert_eq!(read(&plan), Err(expected));
    }

    #[test]
    fn letters_and_numbers_that_make_no_name_are_refused(mut plan in halls(), letters in select(vec!["", "a", "ABC", "Ä", "1", " "])) {
        plan.rows[0].letters = letters.to_owned();
        prop_assert!(matches!(read(&plan), Err(InvalidSeatMap::Malformed(_))));
    }
}

#[test]
fn a_hall_has_a_seat_and_not_too_many() {
    assert_eq!(read(&Plan { rows: vec![] }), Err(InvalidSeatMap::Empty));
    let row = |y: u16| PlannedRow {
        letters: String::from_iter([
            char::from(b'A' + u8::try_from(y / 26).unwrap()),
            char::from(b'A' + u8::try_from(y % 26).unwrap()),
        ]),
        y,
        seats: (0..100).map(|x| PlannedSeat { number: x + 1, x, kind: SeatType::Standard }).collect(),
    };
    assert_eq!(read(&Plan { rows: (0..50).map(row).collect() }).unwrap().len(), 5000);
    assert_eq!(read(&Plan { rows: (0..51).map(row).collect() }), Err(InvalidSeatMap::TooLarge(5100)));
}

#[test]
fn json_that_is_no_seat_map_is_refused_when_it_is_read() {
    for json in [
        r#"{"rows":[]}"#,
        r#"{"rows":[{"letters":"A","y":0,"seats":[{"number":0,"x":0,"type":"standard"}]}]}"#,
        r#"{"rows":[{"letters":"A","y":0,"seats":[{"number":1,"x":0,"type":"throne"}]}]}"#,
        r#"{"rows":[{"letters":"A","y":-1,"seats":[{"number":1,"x":0,"type":"standard"}]}]}"#,
    ] {
        assert!(serde_json::from_str::<SeatMap>(json).is_err(), "{json}");
    }
}
