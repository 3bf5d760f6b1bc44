//! Points in time as the snapshot and the context object write them. A snapshot holds whole microseconds since 1970,
//! which is what PostgreSQL keeps too; the interpreter cuts every time it is given to that grain, so that a snapshot
//! read back behaves exactly as one that never left memory.

use serde::{Deserialize, Deserializer, Serializer};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

const MICROSECOND: i128 = 1_000;

/// Cuts a time to whole microseconds, in UTC.
pub(crate) fn truncate(moment: OffsetDateTime) -> OffsetDateTime {
    from_micros(to_micros(moment)).unwrap_or(moment)
}

/// `seconds` after `moment`, or the end of time when that overflows.
pub(crate) fn after(moment: OffsetDateTime, seconds: u64) -> OffsetDateTime {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    moment.saturating_add(Duration::seconds(seconds))
}

/// The form in which the context object shows a time: UTC, milliseconds, `Z`.
pub(crate) fn display(moment: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    moment.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}

/// Reads a timestamp as the States Language wants it: RFC 3339 with an upper-case T, and Z or an offset.
pub(crate) fn parse(text: &str) -> Option<OffsetDateTime> {
    let upper_case = text.as_bytes().get(10) == Some(&b'T') && !text.ends_with('z');
    upper_case.then(|| OffsetDateTime::parse(text, &Rfc3339).ok()).flatten()
}

fn to_micros(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos().div_euclid(MICROSECOND)).unwrap_or(i64::MAX)
}

fn from_micros(micros: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros).saturating_mul(MICROSECOND)).ok()
}

/// For `#[serde(with)]`: a time as whole microseconds since 1970.
pub(crate) fn serialize<S: Serializer>(moment: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(to_micros(*moment))
}

/// For `#[serde(with)]`: reads what [`serialize`] wrote.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OffsetDateTime, D::Error> {
    let micros = i64::deserialize(deserializer)?;
    from_micros(micros).ok_or_else(|| serde::de::Error::custom("a time beyond what the calendar holds"))
}

/// The same for a time that may be absent.
pub(crate) mod option {
    use super::{Deserialize, Deserializer, OffsetDateTime, Serializer, from_micros, to_micros};

    #[expect(clippy::ref_option, reason = "serde hands the field over by reference")]
    pub(crate) fn serialize<S: Serializer>(moment: &Option<OffsetDateTime>, serializer: S) -> Result<S::Ok, S::Error> {
        match moment {
            Some(moment) => serializer.serialize_some(&to_micros(*moment)),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<OffsetDateTime>, D::Error> {
        Ok(Option::<i64>::deserialize(deserializer)?.and_then(from_micros))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn timestamps_need_an_upper_case_t_and_a_zone() {
        assert_eq!(parse("2016-03-14T01:59:00Z"), Some(datetime!(2016-03-14 01:59 UTC)));
        assert_eq!(parse("2016-03-14T01:59:00.123456789Z").map(OffsetDateTime::nanosecond), Some(123_456_789));
        assert_eq!(parse("2012-10-09T19:00:55+01:00"), Some(datetime!(2012-10-09 18:00:55 UTC)));
        for wrong in ["2016-03-14 01:59:00Z", "2016-03-14T01:59:00", "2016-13-05T21:29:29Z", "2016-03-14t01:59:00Z", ""]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_survive_the_snapshot() {
        let moment = truncate(datetime!(2026-11-20 10:00:00.123456789 +02:00));
        assert_eq!(from_micros(to_micros(moment)), Some(moment));
        assert_eq!(display(moment), "2026-11-20T08:00:00.123Z");
    }
}
