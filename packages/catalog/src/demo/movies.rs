//! Twelve movies that nobody made.

use time::{Date, macros::date};
use uuid::Uuid;

use super::id;

/// Slug and name of each genre.
pub const GENRES: &[(&str, &str)] = &[
    ("adventure", "Adventure"),
    ("animation", "Animation"),
    ("comedy", "Comedy"),
    ("crime", "Crime"),
    ("documentary", "Documentary"),
    ("drama", "Drama"),
    ("family", "Family"),
    ("mystery", "Mystery"),
    ("romance", "Romance"),
    ("science-fiction", "Science fiction"),
    ("thriller", "Thriller"),
];

/// A film of the demo catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Film {
    /// What it is called.
    pub title: &'static str,
    /// What it is about.
    pub synopsis: &'static str,
    /// How long it is.
    pub minutes: u16,
    /// From which age.
    pub rating: &'static str,
    /// Slugs of [`GENRES`].
    pub genres: &'static [&'static str],
    /// When it was first shown.
    pub released: Date,
}

/// All of them. Add at the end: the place here is the id.
pub const ALL: &[Film] = &[
    Film {
        title: "A Cartographer of Clouds",
        synopsis: "Ilse has drawn the sky every morning for forty years, and nobody ever asked for a map of it. Then a \
                   small aeroplane goes missing, and hers is the only one.",
        minutes: 118,
        rating: "6+",
        genres: &["adventure", "drama"],
        released: date!(2026 - 10 - 30),
    },
    Film {
        title: "Grandmother Goes Orbital",
        synopsis: "The lottery prize was meant to be a cruise. Eighty-one, unimpressed and armed with knitting needles, \
                   Rosalind takes command of the first holiday in space the moment the captain faints.",
        minutes: 97,
        rating: "All",
        genres: &["comedy", "science-fiction", "family"],
        released: date!(2026 - 11 - 13),
    },
    Film {
        title: "The Parrot Testifies",
        synopsis: "One murder, five heirs, and a witness who repeats everything it has heard but never says from whom. A \
                   courtroom comedy of feathers and motive.",
        minutes: 104,
        rating: "12+",
        genres: &["crime", "comedy"],
        released: date!(2026 - 09 - 18),
    },
    Film {
        title: "Every Tuesday the Sea",
        synopsis: "In a village two hundred kilometres inland, the tide comes in once a week. The ferryman who lost his \
                   licence there and the geologist sent to disprove it share the only boat.",
        minutes: 126,
        rating: "6+",
        genres: &["romance", "mystery"],
        released: date!(2026 - 10 - 09),
    },
    Film {
        title: "Left on Platform Zero",
        synopsis: "A station between two stations, a clock without hands, and a suitcase that is heavier each time it is \
                   picked up. Whoever boards the last train must leave something behind.",
        minutes: 111,
        rating: "16+",
        genres: &["thriller", "mystery"],
        released: date!(2026 - 11 - 06),
    },
    Film {
        title: "The Last Honest Pickpocket",
        synopsis: "He always returned the wallets, with a note on how to carry them better. When one of them holds the \
                   plans of a bank robbery, honesty becomes a question of timing.",
        minutes: 108,
        rating: "12+",
        genres: &["crime", "drama"],
        released: date!(2026 - 08 - 28),
    },
    Film {
        title: "Moss",
        synopsis: "Three years, one square metre of forest floor, no narrator. The slowest chase ever filmed, and the audience \
                   at the first screening stood up and cheered for a snail.",
        minutes: 84,
        rating: "All",
        genres: &["documentary"],
        released: date!(2026 - 05 - 22),
    },
    Film {
        title: "The Bakers' Truce",
        synopsis: "Two bakeries, one street, four generations of sabotage. The night before the flood both ovens go out \
                   but one, and by sunrise four hundred people want bread.",
        minutes: 101,
        rating: "All",
        genres: &["comedy", "drama", "family"],
        released: date!(2026 - 10 - 16),
    },
    Film {
        title: "Salt and Static",
        synopsis: "The operator of an Arctic radio mast begins to receive her own reports, a day before she sends them. In \
                   the one for tomorrow, somebody else is speaking.",
        minutes: 133,
        rating: "16+",
        genres: &["science-fiction", "thriller"],
        released: date!(2026 - 11 - 20),
    },
    Film {
        title: "Captain Marmalade and the Very Small Storm",
        synopsis: "A toy boat, a bathtub and a thunderstorm no bigger than a teacup. It only wants to go home, which is \
                   behind the washing machine, where no sailor has ever been.",
        minutes: 78,
        rating: "All",
        genres: &["animation", "family", "adventure"],
        released: date!(2026 - 11 - 13),
    },
    Film {
        title: "The Understudy of Porto Vento",
        synopsis: "For thirty years she has learnt every part and played none. On the evening the whole company is stuck on the \
                   ferry, the curtain rises all the same.",
        minutes: 115,
        rating: "6+",
        genres: &["drama", "romance"],
        released: date!(2026 - 09 - 04),
    },
    Film {
        title: "Nobody Inspects the Inspector",
        synopsis: "A ministry sends its strictest man to an island that has filed no paperwork since 1911. The islanders have \
                   a weekend to invent a century.",
        minutes: 142,
        rating: "6+",
        genres: &["comedy", "mystery"],
        released: date!(2026 - 07 - 17),
    },
];

/// The id of the film at this place of the list.
pub fn film_id(film: usize) -> Uuid {
    id(date!(2026 - 01 - 01), film as u64 + 1)
}
