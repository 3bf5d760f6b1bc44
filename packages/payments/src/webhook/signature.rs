//! Whether a webhook comes from the provider, and now: Stripe's scheme, `t=<unix time>,v1=<HMAC-SHA256 of "t.body">` in hex.
//!
//! Over the bytes as they came; a body that was parsed and printed again is another body. The time is part of what is
//! signed, so that a recorded request is worth nothing after five minutes. Two secrets may be active at once, which is how
//! one is replaced without losing an event; a header may carry several signatures for the same reason.

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret as _, SecretString};
use time::OffsetDateTime;

/// The header that carries it.
pub const HEADER: &str = "Stripe-Signature";

/// How far the time of the signature may lie from ours, in seconds: the tolerance that providers advise. More lengthens the
/// time in which a recorded request can be played back; less refuses what queued for a moment or clocks that differ.
pub const TOLERANCE: i64 = 300;

/// The secrets that are shared with the provider: usually one, two while one is being replaced.
#[derive(Debug, Clone, Default)]
pub struct Secrets(Vec<SecretString>);

impl Secrets {
    /// These secrets; empty ones are left out, because anybody could sign with them.
    pub fn new(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        Self(secrets.into_iter().filter(|secret| !secret.expose_secret().is_empty()).collect())
    }
}

/// Why a webhook is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    /// The header is missing or not of the scheme.
    #[error("the signature is missing or malformed")]
    Malformed,
    /// No active secret made any of its signatures.
    #[error("the signature does not match")]
    Mismatch,
    /// It was made more than five minutes ago, or ahead.
    #[error("the signature is too old or from the future")]
    OutOfTime,
    /// There is no secret to check it with.
    #[error("no secret is set for webhooks")]
    NoSecret,
}

/// The value of the header for a body that is sent now.
pub fn sign(secret: &str, now: OffsetDateTime, body: &[u8]) -> String {
    let time = now.unix_timestamp();
    let tag = hmac::sign(&key(secret), &signed(&time.to_string(), body));
    let digits = tag.as_ref().iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let hex: String = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
    format!("t={time},v1={hex}")
}

/// Believes the body, or says why not.
pub fn verify(header: &str, body: &[u8], secrets: &Secrets, now: OffsetDateTime) -> Result<(), Forged> {
    if secrets.0.is_empty() {
        return Err(Forged::NoSecret);
    }
    let (mut time, mut tags) = (None, Vec::new());
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", value)) => time = Some(value),
            Some(("v1", value)) => tags.extend(bytes(value)),
            _ => {} // Older and newer schemes stand beside it.
        }
    }
    let (Some(time), false) = (time, tags.is_empty()) else { return Err(Forged::Malformed) };
    let at: i64 = time.parse().map_err(|_| Forged::Malformed)?;
    let signed = signed(time, body);
    // `hmac::verify` compares in constant time.
    let matches = |secret: &SecretString| {
        let key = key(secret.expose_secret());
        tags.iter().any(|tag| hmac::verify(&key, &signed, tag).is_ok())
    };
    if !secrets.0.iter().any(matches) {
        return Err(Forged::Mismatch);
    }
    let age = now.unix_timestamp().saturating_sub(at);
    if age.saturating_abs() > TOLERANCE { Err(Forged::OutOfTime) } else { Ok(()) }
}

fn key(secret: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())
}

fn signed(time: &str, body: &[u8]) -> Vec<u8> {
    [time.as_bytes(), b".", body].concat()
}

/// Bytes out of hexadecimal digits.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = hex.chars().map(|digit| digit.to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;

    const BODY: &[u8] = br#"{"id": "evt_1"}"#;

    fn now() -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap()
    }

    fn secrets(secrets: &[&str]) -> Secrets {
        Secrets::new(secrets.iter().map(|secret| SecretString::from(*secret)))
    }

    #[test]
    fn the_scheme_is_the_published_one() {
        // Made with `printf '1795000000.{"id": "evt_1"}' | openssl dgst -sha256 -hmac whsec_test`.
        let published = "t=1795000000,v1=2a33f7c61f083459d8e1933ded580e7b06f387450c3ce7c32a619eb503461e0b";
        assert_eq!(sign("whsec_test", now(), BODY), published);
        assert_eq!(verify(published, BODY, &secrets(&["whsec_test"]), now()), Ok(()));
    }

    #[test]
    fn either_of_two_secrets_will_do_and_no_third() {
        let active = secrets(&["old", "new"]);
        for secret in ["old", "new"] {
            assert_eq!(verify(&sign(secret, now(), BODY), BODY, &active, now()), Ok(()), "{secret}");
        }
        assert_eq!(verify(&sign("stolen", now(), BODY), BODY, &active, now()), Err(Forged::Mismatch));
        let both = format!("{},{}", sign("stolen", now(), BODY), sign("new", now(), BODY).split_once(',').unwrap().1);
        assert_eq!(verify(&both, BODY, &active, now()), Ok(()));
    }

    #[test]
    fn another_body_another_time_and_no_signature_are_refused() {
        let (active, header) = (secrets(&["s"]), sign("s", now(), BODY));
        assert_eq!(verify(&header, br#"{"id":"evt_1"}"#, &active, now()), Err(Forged::Mismatch));
        let later = header.replace("t=1795000000", "t=1795000001");
        assert_eq!(verify(&later, BODY, &active, now()), Err(Forged::Mismatch));
        for header in ["", "t=1795000000", "v1=00", "t=x,v1=00", "t=1795000000,v1=0g", "t=1795000000,v0=00"] {
            assert_eq!(verify(header, BODY, &active, now()), Err(Forged::Malformed), "{header}");
        }
        assert_eq!(verify(&header, BODY, &Secrets::default(), now()), Err(Forged::NoSecret));
        assert_eq!(verify(&sign("", now(), BODY), BODY, &secrets(&[""]), now()), Err(Forged::NoSecret));
    }

    #[test]
    fn five_minutes_either_way_are_allowed() {
        let (active, header) = (secrets(&["s"]), sign("s", now(), BODY));
        for (seconds, expected) in
            [(-301, Err(Forged::OutOfTime)), (-300, Ok(())), (300, Ok(())), (301, Err(Forged::OutOfTime))]
        {
            assert_eq!(verify(&header, BODY, &active, now() + Duration::seconds(seconds)), expected, "{seconds}");
        }
    }
}
