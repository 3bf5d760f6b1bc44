//! The Ed25519 key that makes ticket codes genuine.
//!
//! There is one, in the database, made by whichever process needs it first; the others find it. A door that works without
//! a network needs only the 32 bytes of [`Verifier::public_key`]. Replacing the key would take a key id in a new version
//! of the payload, because tickets outlive it.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sqlx::PgPool;
use usher_core::ambient::Ambient;
use usher_database::Failure;

use crate::code::{self, CodeRefused, TicketClaims, TicketCode};

/// Names the lock under which the key is made; any number that nothing else in the database locks ("usherkey").
const MAKING_THE_KEY: i64 = 0x7573_6865_726b_6579;

/// The private half: signs codes.
pub(crate) struct Signer(Ed25519KeyPair);

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(..)")
    }
}

impl Signer {
    /// The same claims give the same code: Ed25519 is deterministic (RFC 8032).
    pub(crate) fn sign(&self, claims: &TicketClaims) -> TicketCode {
        let payload = claims.payload();
        TicketCode::seal(self.0.sign(&payload).as_ref(), &payload)
    }

    pub(crate) fn verifier(&self) -> Verifier {
        Verifier(self.0.public_key().as_ref().to_vec())
    }
}

/// Makes codes of tickets whose rows somebody else writes: whoever brings them in from elsewhere, or makes them up.
#[derive(Debug)]
pub struct Mint(pub(crate) Signer);

impl Mint {
    /// The code that a door accepts for these claims.
    pub fn code(&self, claims: &TicketClaims) -> TicketCode {
        self.0.sign(claims)
    }
}

/// The public half: checks codes, offline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier(Vec<u8>);

impl Verifier {
    /// A verifier at a door, from what [`Self::public_key`] gave elsewhere.
    pub fn new(public_key: [u8; 32]) -> Self {
        Self(public_key.to_vec())
    }

    /// The raw key, 32 bytes. Not a secret.
    pub fn public_key(&self) -> &[u8] {
        &self.0
    }

    /// Whether the code was issued by us, and what it says. Whether the ticket was revoked since only the database knows.
    pub fn verify(&self, code: &str) -> Result<TicketClaims, CodeRefused> {
        let (signature, payload) = code::open(code)?;
        let key = UnparsedPublicKey::new(&ED25519, &self.0);
        key.verify(&payload, &signature).map_err(|_| CodeRefused::Forged)?;
        TicketClaims::read(&payload)
    }
}

/// The key of this database. The first caller of all makes it.
pub(crate) async fn load_or_make(pool: &PgPool, ambient: &dyn Ambient) -> Result<Signer, Failure> {
    if let Some(pkcs8) = sqlx::query_scalar!("SELECT pkcs8 FROM tickets.signing_key").fetch_optional(pool).await? {
        return read(&pkcs8);
    }
    let mut transaction = pool.begin().await?;
    // Only one process makes a key; those that waited here find it when they look again.
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", MAKING_THE_KEY).execute(&mut *transaction).await?;
    let stored = sqlx::query_scalar!("SELECT pkcs8 FROM tickets.signing_key").fetch_optional(&mut *transaction).await?;
    let pkcs8 = if let Some(pkcs8) = stored {
        pkcs8
    } else {
        let pkcs8 = make(ambient)?;
        sqlx::query!("INSERT INTO tickets.signing_key (pkcs8, created_at) VALUES ($1, $2)", &pkcs8, ambient.now())
            .execute(&mut *transaction)
            .await?;
        tracing::info!("made the key that signs tickets");
        pkcs8
    };
    transaction.commit().await?;
    read(&pkcs8)
}

/// The seed comes from the ambient entropy, so that a simulation repeats its signatures.
fn make(ambient: &dyn Ambient) -> Result<Vec<u8>, Failure> {
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(&ambient.random().to_le_bytes());
    seed[16..].copy_from_slice(&ambient.random().to_le_bytes());
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    let document = pair.to_pkcs8v1().map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    Ok(document.as_ref().to_vec())
}

fn read(pkcs8: &[u8]) -> Result<Signer, Failure> {
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(Signer(pair))
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use usher_core::{
        ambient::Scripted,
        ids::{ShowtimeId, TicketId},
    };

    use super::*;

    fn signer(seed: u64) -> Signer {
        read(&make(&Scripted::new(OffsetDateTime::UNIX_EPOCH, seed)).unwrap()).unwrap()
    }

    fn claims() -> TicketClaims {
        let ambient = Scripted::new(OffsetDateTime::UNIX_EPOCH, 9);
        TicketClaims {
            ticket: TicketId::new(&ambient),
            showtime: ShowtimeId::new(&ambient),
            starts_at: OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap(),
            seat: "AB123".parse().unwrap(),
        }
    }

    #[test]
    fn a_code_says_what_was_signed() {
        let (signer, claims) = (signer(1), claims());
        let code = signer.sign(&claims);
        assert_eq!(code, signer.sign(&claims));
        assert!(code.as_str().len() < 150, "{} characters make the QR code too fine", code.as_str().len());
        let door = Verifier::new(signer.verifier().public_key().try_into().unwrap());
        assert_eq!(door.verify(code.as_str()), Ok(claims));
    }

    #[test]
    fn no_character_of_a_code_can_be_changed() {
        let signer = signer(1);
        let (verifier, code) = (signer.verifier(), signer.sign(&claims()));
        for position in 0..code.as_str().len() {
            let mut tampered = code.as_str().as_bytes().to_vec();
            tampered[position] = if tampered[position] == b'A' { b'B' } else { b'A' };
            let refused = verifier.verify(str::from_utf8(&tampered).unwrap());
            assert!(matches!(refused, Err(CodeRefused::Forged | CodeRefused::Malformed)), "{position}: {refused:?}");
        }
    }

    #[test]
    fn what_is_not_ours_is_refused() {
        let verifier = signer(1).verifier();
        assert_eq!(verifier.verify(signer(2).sign(&claims()).as_str()), Err(CodeRefused::Forged));
        for text in ["", "A1", "not a code", "ä", "===="] {
            assert_eq!(verifier.verify(text), Err(CodeRefused::Malformed), "{text}");
        }
        assert_eq!(verifier.verify(&"A".repeat(86)), Err(CodeRefused::Forged));
    }

    #[test]
    fn a_signed_payload_of_another_version_or_length_is_refused() {
        let signer = signer(1);
        let sealed = |payload: &[u8]| TicketCode::seal(signer.0.sign(payload).as_ref(), payload);
        let mut newer = claims().payload();
        newer[0] = 2;
        let verifier = signer.verifier();
        assert_eq!(verifier.verify(sealed(&newer).as_str()), Err(CodeRefused::UnknownVersion(2)));
        assert_eq!(verifier.verify(sealed(&claims().payload()[..41]).as_str()), Err(CodeRefused::Malformed));
        assert_eq!(verifier.verify(sealed(&[]).as_str()), Err(CodeRefused::Malformed));
    }

    #[test]
    fn neither_key_nor_code_prints_itself() {
        let signer = signer(1);
        assert_eq!(format!("{signer:?} {:?}", signer.sign(&claims())), "Signer(..) TicketCode(..)");
    }
}
