//! Functions that turn texts into other texts: Base64 and digests.

use base64::{Engine, engine::general_purpose::STANDARD};
use md5::{Digest, Md5};
use serde_json::Value;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::Inputs;

/// The longest text that AWS encodes or digests, in characters.
const LONGEST: usize = 10_000;

pub(super) fn base64_encode(inputs: &Inputs<'_>) -> Result<Value, String> {
    Ok(STANDARD.encode(bounded(inputs.text(0)?)?).into())
}

pub(super) fn base64_decode(inputs: &Inputs<'_>) -> Result<Value, String> {
    let bytes = STANDARD.decode(bounded(inputs.text(0)?)?).map_err(|error| format!("this is not Base64: {error}"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned().into())
}

/// Anything but a text is digested as its JSON.
pub(super) fn hash(inputs: &Inputs<'_>) -> Result<Value, String> {
    let data = match inputs.get(0) {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    digest(&data, inputs.text(1)?).map(Into::into)
}

/// A text as what `algorithm` makes of it, in hexadecimal digits.
pub(crate) fn digest(data: &str, algorithm: &str) -> Result<String, String> {
    let data = bounded(data)?.as_bytes();
    Ok(match algorithm {
        "MD5" => hex(&Md5::digest(data)),
        "SHA-1" => hex(&Sha1::digest(data)),
        "SHA-256" => hex(&Sha256::digest(data)),
        "SHA-384" => hex(&Sha384::digest(data)),
        "SHA-512" => hex(&Sha512::digest(data)),
        other => return Err(format!("'{other}' is not one of MD5, SHA-1, SHA-256, SHA-384 and SHA-512")),
    })
}

fn bounded(text: &str) -> Result<&str, String> {
    if text.chars().nth(LONGEST).is_some() {
        Err(format!("a text has at most {LONGEST} characters here"))
    } else {
        Ok(text)
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    halves.filter_map(|half| DIGITS.get(usize::from(half))).map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::call;

    #[test]
    fn base64_goes_both_ways() {
        assert_eq!(call("States.Base64Encode('Data to encode')", &json!({})), Ok(json!("RGF0YSB0byBlbmNvZGU=")));
        assert_eq!(call("States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", &json!({})), Ok(json!("Data to encode")));
        assert!(call("States.Base64Decode('!')", &json!({})).is_err());
        assert!(call("States.Base64Encode($)", &json!("x".repeat(10_001))).is_err());
    }

    #[test]
    fn digests_match_known_ones() {
        for (algorithm, digest) in [
            ("MD5", "900150983cd24fb0d6963f7d28e17f72"),
            ("SHA-1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ] {
            assert_eq!(call(&format!("States.Hash('abc', '{algorithm}')"), &json!({})), Ok(json!(digest)));
        }
        assert!(call("States.Hash('abc', 'CRC')", &json!({})).is_err());
    }
}
