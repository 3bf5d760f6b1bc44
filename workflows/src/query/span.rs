//! Lengths of time as people type them: `90s`, `10m`, `1h30m`, `2d`.

use time::Duration;

const UNITS: [(char, i64); 5] = [('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// The length; nothing when the text is none. Units go from large to small, each at most once.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let (mut rest, mut seconds, mut units) = (text, 0_i64, UNITS.as_slice());
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: i64 = rest.get(..digits)?.parse().ok()?;
        let unit = rest[digits..].chars().next()?;
        let place = units.iter().position(|(letter, _)| *letter == unit)?;
        seconds = seconds.checked_add(number.checked_mul(units[place].1)?)?;
        units = &units[place + 1..];
        rest = &rest[digits + 1..];
    }
    // A century is more than anything is old, and less than what a moment can be apart from now.
    (!text.is_empty() && seconds <= 36_525 * 86_400).then(|| Duration::seconds(seconds))
}

/// The shortest text that is read as this length.
pub(super) fn text(length: Duration) -> String {
    let mut rest = length.whole_seconds();
    let mut text = String::new();
    for (letter, seconds) in UNITS {
        if rest >= seconds {
            text.push_str(&(rest / seconds).to_string());
            text.push(letter);
            rest %= seconds;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_type_them() {
        for (typed, seconds) in [("90s", 90), ("10m", 600), ("1h30m", 5_400), ("2d", 172_800), ("0s", 0)] {
            assert_eq!(parse(typed), Some(Duration::seconds(seconds)), "{typed}");
        }
        for wrong in ["", "10", "m", "10x", "5m1h", "1m1m", "-5m", "99999999999999999999s", "99999w"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(text(Duration::seconds(5_430)), "1h30m30s");
    }
}
