//! The houses and their halls.

use time::macros::date;
use uuid::Uuid;

use super::id;

/// A house.
#[derive(Debug, Clone, Copy)]
pub struct House {
    /// What it is called.
    pub name: &'static str,
    /// Where it would stand.
    pub city: &'static str,
    /// What its clocks go by.
    pub time_zone: &'static str,
    /// Its halls.
    pub halls: &'static [Hall],
}

/// A hall of a house.
#[derive(Debug, Clone, Copy)]
pub struct Hall {
    /// What it is called.
    pub name: &'static str,
    /// Its seats: see [`hall`](super::hall).
    pub drawing: &'static str,
    /// A standard seat on an evening in the week, in cents.
    pub price: i64,
}

/// All of them. Add at the end, houses and halls alike: their places here are their ids.
pub const ALL: &[House] = &[
    House {
        name: "The Lantern",
        city: "Lisbon",
        time_zone: "Europe/Lisbon",
        halls: &[
            Hall { name: "Great Hall", drawing: include_str!("halls/great_hall.txt"), price: 1190 },
            Hall { name: "The Attic", drawing: include_str!("halls/attic.txt"), price: 990 },
            Hall { name: "The Cellar", drawing: include_str!("halls/cellar.txt"), price: 890 },
        ],
    },
    House {
        name: "Nightingale Picture House",
        city: "Vienna",
        time_zone: "Europe/Vienna",
        halls: &[
            Hall { name: "Room One", drawing: include_str!("halls/first_room.txt"), price: 1290 },
            Hall { name: "Room Two", drawing: include_str!("halls/second_room.txt"), price: 1150 },
            Hall { name: "The Salon", drawing: include_str!("halls/salon.txt"), price: 1490 },
        ],
    },
    House {
        name: "Northern Lights",
        city: "Helsinki",
        time_zone: "Europe/Helsinki",
        halls: &[
            Hall { name: "Big Room", drawing: include_str!("halls/big_room.txt"), price: 1350 },
            Hall { name: "Small Room", drawing: include_str!("halls/small_room.txt"), price: 1250 },
        ],
    },
];

/// The id of the house at this place of the list.
pub fn house_id(house: usize) -> Uuid {
    id(date!(2026 - 01 - 02), house as u64 + 1)
}

/// The id of the hall at this place of the house at that place.
pub fn hall_id(house: usize, hall: usize) -> Uuid {
    id(date!(2026 - 01 - 03), house as u64 * 100 + hall as u64 + 1)
}
