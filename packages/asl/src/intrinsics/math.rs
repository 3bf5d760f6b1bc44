//! Functions over numbers.

use serde_json::Value;

use super::Inputs;

/// Both arguments are rounded first, half towards positive infinity (recorded: -1.5 counts as -1).
pub(super) fn add(inputs: &Inputs<'_>) -> Result<Value, String> {
    let (first, second) = (inputs.integer(0)?, inputs.integer(1)?);
    first.checked_add(second).map(Into::into).ok_or_else(|| format!("{first} + {second} is too large"))
}

/// A whole number from the first (inclusive) to the second (exclusive); with a seed, always the same one.
pub(super) fn random(inputs: &Inputs<'_>) -> Result<Value, String> {
    let (start, end) = (inputs.integer(0)?, inputs.integer(1)?);
    let span = end.checked_sub(start).and_then(|span| u64::try_from(span).ok()).filter(|span| *span > 0);
    let span = span.ok_or_else(|| format!("{start} must be less than {end}"))?;
    let draw = match inputs.values.len() {
        2 => inputs.random.next(),
        _ => scramble(inputs.integer(2)?.cast_unsigned()),
    };
    let offset = i64::try_from(draw % span).map_err(|_| "the numbers are too far apart".to_owned())?;
    Ok((start + offset).into())
}

/// A number as a whole one.
pub(super) fn rounded(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().and_then(half_up))
}

#[expect(clippy::float_arithmetic, reason = "JSON numbers are floats; money never passes through here")]
#[expect(clippy::cast_possible_truncation, reason = "the bounds are checked")]
fn half_up(number: f64) -> Option<i64> {
    let rounded = (number + 0.5).floor();
    (rounded.abs() < 9e18).then_some(rounded as i64)
}

/// The step between two seeds of a sequence: 2^64 divided by the golden ratio.
pub(crate) const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Spreads a seed over all 64 bits (the finaliser of SplitMix64).
pub(crate) fn scramble(seed: u64) -> u64 {
    let mixed = seed.wrapping_add(GOLDEN);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::call;

    #[test]
    fn sums_round_half_up() {
        for (number, rounded) in [("0.5", 1), ("-0.5", 0), ("-2.5", -2), ("1.5", 2), ("-1.49", -1), ("7", 7)] {
            assert_eq!(call(&format!("States.MathAdd({number}, 0)"), &json!({})), Ok(json!(rounded)), "{number}");
        }
        assert!(call("States.MathAdd(9223372036854775807, 1)", &json!({})).is_err());
        assert!(call("States.MathAdd(1e300, 1)", &json!({})).is_err());
        assert!(call("States.MathAdd('1', 1)", &json!({})).is_err());
    }

    #[test]
    fn random_numbers_stay_inside_and_seeds_repeat() {
        let drawn = call("States.MathRandom(10, 20)", &json!({})).unwrap().as_i64().unwrap();
        assert!((10..20).contains(&drawn));
        let seeded = || call("States.MathRandom(0, 1000, 42)", &json!({})).unwrap();
        assert_eq!(seeded(), seeded());
        assert!(call("States.MathRandom(5, 5)", &json!({})).is_err());
    }
}
