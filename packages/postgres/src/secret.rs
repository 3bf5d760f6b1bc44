//! Randomness for passwords and for names that must not collide between processes. It comes from the operating system
//! and not from `Ambient`, because nothing here may be repeatable: two test runs with one seed still need two servers.

use std::{fmt::Write as _, fs::File, io, io::Read as _};

/// `bytes` random bytes as lower-case hexadecimal digits.
pub(crate) fn random_hex(bytes: usize) -> io::Result<String> {
    let mut raw = vec![0_u8; bytes];
    File::open("/dev/urandom")?.read_exact(&mut raw)?;
    Ok(raw.iter().fold(String::with_capacity(bytes * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

#[cfg(test)]
mod tests {
    use super::random_hex;

    #[test]
    fn is_long_enough_and_differs_each_time() {
        let (one, two) = (random_hex(16).unwrap(), random_hex(16).unwrap());
        assert_eq!(one.len(), 32);
        assert_ne!(one, two);
    }
}
