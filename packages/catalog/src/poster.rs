//! Posters, drawn: each movie has one until somebody uploads a better one.
//!
//! A poster is a few flat shapes in four colours. Which ones follows from the words of the title and the synopsis, or else
//! from the genres; where exactly they stand follows from the id, so that a movie always looks the same and two movies
//! never look alike. To add a motif, write it in `motifs` and give it its words in [`MOTIFS`].

mod motifs;

use std::fmt::Write as _;

use crate::Movie;

/// Wide and high, in the units of the drawing.
pub const SIZE: (i64, i64) = (400, 600);

/// Four colours that go together: the ground, two for shapes, and a light one.
type Palette = [&'static str; 4];

/// Draws the shapes of a motif.
type Draw = fn(&Palette, &mut Chance) -> String;

/// Words, colours and shapes. The first line of which a word is in the title counts, then in the synopsis, then by genre.
const MOTIFS: &[(&[&str], Palette, Draw)] = &[
    (&["cloud", "sky", "aeroplane", "wind"], ["#9cc3cf", "#f6efe2", "#24566b", "#e4572e"], motifs::sky),
    (&["orbit", "space", "planet", "science-fiction"], ["#1b1f3b", "#f2b134", "#ed553b", "#f7ecd8"], motifs::orbit),
    (&["parrot", "feather", "bird", "comedy"], ["#f3d9b1", "#1f7a5c", "#d1432f", "#22313f"], motifs::bird),
    (&["sea", "tide", "ferry", "ocean", "romance"], ["#f0c9a4", "#11506a", "#d95d39", "#fbf1e0"], motifs::tide),
    (&["platform", "train", "station"], ["#20242c", "#d9a441", "#59636f", "#efe6d6"], motifs::rails),
    (&["pickpocket", "wallet", "robbery", "crime"], ["#c8b08a", "#2a2f36", "#a63a2a", "#f4ead5"], motifs::coins),
    (&["moss", "forest", "snail", "documentary"], ["#23392f", "#86a861", "#d8c27a", "#e9e4c9"], motifs::moss),
    (&["baker", "bread", "oven"], ["#e9c590", "#8a4522", "#c9773b", "#fdf3df"], motifs::loaves),
    (&["static", "radio", "signal", "thriller"], ["#d7e3e6", "#12313f", "#d8432f", "#ffffff"], motifs::mast),
    (
        &["storm", "toy boat", "bathtub", "animation", "family"],
        ["#2f6f8f", "#f5d547", "#f4f1e6", "#e2583e"],
        motifs::boat,
    ),
    (&["understudy", "theatre", "stage", "curtain"], ["#4a1322", "#8f1f33", "#c13f45", "#f6dfa6"], motifs::curtain),
    (&["inspect", "ministry", "paperwork", "mystery"], ["#dfd3bb", "#2c4a52", "#b8432f", "#fbf7ec"], motifs::papers),
    (&[], ["#2d2a32", "#ddd92a", "#8a89c0", "#fafdf6"], motifs::arches),
];

/// The movie's poster as SVG, without words: those stand beside it, where they can be read and translated.
pub fn svg(movie: &Movie) -> String {
    let (palette, draw) = motif(movie);
    let mut chance = Chance(movie.id.uuid().as_u128());
    let (width, height) = SIZE;
    let shapes = draw(&palette, &mut chance);
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" preserveAspectRatio="xMidYMid slice"><path fill="{}" d="M0 0h{width}v{height}H0z"/>{shapes}</svg>"#,
        palette[0]
    )
}

fn motif(movie: &Movie) -> (Palette, Draw) {
    let (title, synopsis) = (movie.title.to_lowercase(), movie.synopsis.to_lowercase());
    let said = |text: &str| MOTIFS.iter().find(|(words, ..)| words.iter().any(|word| text.contains(word)));
    let of_genre = || movie.genres.iter().find_map(|genre| said(genre));
    let found = said(&title).or_else(|| said(&synopsis)).or_else(of_genre).or(MOTIFS.last());
    found.map_or((["#2d2a32", "#ddd92a", "#8a89c0", "#fafdf6"], motifs::arches), |(_, palette, draw)| (*palette, *draw))
}

/// Numbers that look like chance and are always the same for one movie (splitmix64).
struct Chance(u128);

impl Chance {
    /// A number from `low` to `high`, both included.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "half of the bits are as good as all")]
        let mut bits = ((self.0 >> 64) ^ self.0) as u64;
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        let span = high.abs_diff(low) + 1;
        low.saturating_add_unsigned(bits % span)
    }
}

/// A circle.
fn disc(x: i64, y: i64, r: i64, fill: &str) -> String {
    format!(r#"<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}"/>"#)
}

/// A circle's line.
fn ring(x: i64, y: i64, r: i64, (stroke, width): (&str, i64)) -> String {
    format!(r#"<circle cx="{x}" cy="{y}" r="{r}" fill="none" stroke="{stroke}" stroke-width="{width}"/>"#)
}

/// A filled outline.
fn shape(d: &str, fill: &str) -> String {
    format!(r#"<path d="{d}" fill="{fill}"/>"#)
}

/// A line.
fn line(d: &str, (stroke, width): (&str, i64)) -> String {
    format!(
        r#"<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"/>"#
    )
}

/// What each number of a range draws, one after the other.
fn each(range: impl IntoIterator<Item = i64>, mut draw: impl FnMut(i64) -> String) -> String {
    range.into_iter().fold(String::new(), |mut all, number| {
        let _ = write!(all, "{}", draw(number)); // Writing to a string cannot fail.
        all
    })
}

#[cfg(test)]
mod tests {
    use time::macros::date;
    use uuid::Uuid;

    use super::*;
    use crate::demo::movies;

    fn movie(id: u128, title: &str, genres: &[&str]) -> Movie {
        Movie {
            id: Uuid::from_u128(id).into(),
            title: title.to_owned(),
            synopsis: String::new(),
            runtime_minutes: 90,
            rating: "All".to_owned(),
            genres: genres.iter().map(|genre| (*genre).to_owned()).collect(),
            released: date!(2026 - 11 - 20),
        }
    }

    #[test]
    fn every_film_of_the_demo_has_a_motif_of_its_own() {
        let drawn: Vec<String> = (0..movies::ALL.len())
            .map(|film| {
                let Some(of) = movies::ALL.get(film) else { return String::new() };
                let mut movie = movie(0, of.title, of.genres);
                of.synopsis.clone_into(&mut movie.synopsis);
                svg(&movie)
            })
            .collect();
        let distinct: std::collections::HashSet<_> = drawn.iter().collect();
        assert_eq!(distinct.len(), movies::ALL.len());
    }

    #[test]
    fn a_poster_is_always_the_same_and_two_differ() {
        let (one, two) = (movie(1, "Static", &[]), movie(2 << 70, "Static", &[]));
        assert_eq!(svg(&one), svg(&one));
        assert_ne!(svg(&one), svg(&two));
    }

    #[test]
    fn any_movie_has_one_and_its_words_are_not_in_it() {
        for genre in ["drama", "romance", "nonsense"] {
            let poster = svg(&movie(7, "<script>", &[genre]));
            assert!(poster.starts_with("<svg") && poster.ends_with("</svg>") && !poster.contains("script"));
        }
    }
}
