//! `Idempotency-Key`: however often a mutation is repeated under its key, it happens once and is answered alike.
//!
//! [`once`] is for endpoints whose work has its own transactions: claim, work, store the answer. Creating a booking claims
//! its key in the transaction of the booking itself, and shares the parts. An answer is stored when something was written;
//! a problem gives the key back, because nothing was, and the client may mend the request and use the key again.

use std::future::Future;

use axum::{
    body::Body,
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool};
use usher_core::{ids::UserId, problem::Kind};
use usher_database::{
    Failure, GroupCommit,
    group_commit::Apply,
    idempotency::{self, Answer, Claim, Claimed},
};
use uuid::Uuid;

use crate::{
    problem::{self, Problem},
    state::AppState,
};

/// The header that carries the key.
pub(crate) const HEADER: &str = "idempotency-key";

/// Says that the answer is an earlier one.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest key, in bytes.
const LONGEST: usize = 255;

/// The key of a request.
#[derive(Debug, Clone)]
pub(crate) struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The claim of this key by this person for this route. Two bodies are the same when they mean the same: the
    /// fingerprint is of the parsed body, written canonically.
    pub fn claim(&self, user: UserId, route: &str, body: &impl Serialize) -> Claim {
        // What a body was parsed into can be written again.
        let canonical = serde_json::to_vec(body).unwrap_or_default();
        let fingerprint = Sha256::digest(canonical).to_vec();
        Claim { scope: format!("{user}:{route}"), key: self.0.clone(), fingerprint, resource: None }
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let missing = "Send an Idempotency-Key header: any text of your choice, the same for every try of one request.";
        let value = parts.headers.get(HEADER).ok_or_else(|| Problem::new(Kind::IdempotencyKeyMissing, missing))?;
        let printable = value.as_bytes().iter().all(|byte| matches!(byte, b' '..=b'~'));
        match value.to_str() {
            Ok(key) if printable && (1..=LONGEST).contains(&key.len()) => Ok(Self(key.to_owned())),
            _ => Err(Problem::new(
                Kind::InvalidRequest,
                format!("An Idempotency-Key takes 1 to {LONGEST} printable ASCII characters."),
            )),
        }
    }
}

/// A number that is the same for every try of one request, whichever process works on it: for what is named before it is
/// written, so that a try after a crash finds what the one before it wrote.
pub(crate) fn number(claim: &Claim) -> Uuid {
    let mut digest = Sha256::new();
    digest.update(claim.scope.as_bytes());
    digest.update([0]);
    digest.update(claim.key.as_bytes());
    let mut number = [0; 16];
    number.copy_from_slice(&digest.finalize()[..16]);
    Uuid::from_bytes(number)
}

/// Does `work` once for the claim and stores its answer. A repetition gets that answer, or is told to wait.
pub(crate) async fn once(
    state: &AppState,
    claim: Claim,
    work: impl Future<Output = Result<Answer, Problem>>,
) -> Result<Response, Problem> {
    let mut transaction = state.pool.begin().await?;
    let claimed = idempotency::claim(&mut transaction, &[&claim], state.ambient.now()).await?.pop();
    transaction.commit().await?;
    match claimed {
        Some(Claimed::Done(answer)) => Ok(replay(answer)),
        Some(Claimed::Running) => Err(in_use()),
        Some(Claimed::Mismatch) => Err(reused()),
        Some(Claimed::Fresh | Claimed::TakenOver(_)) | None => match work.await {
            Ok(answer) => {
                state.answers.store(&claim, &answer).await;
                Ok(response(answer))
            }
            Err(problem) => {
                give_back(&state.pool, &claim).await;
                Err(problem)
            }
        },
    }
}

/// Somebody works on the key.
pub(crate) fn in_use() -> Problem {
    let detail = "The first request with this key is not answered yet. Repeat this one for the same answer.";
    Problem::new(Kind::IdempotencyKeyInUse, detail).retry_after(1)
}

/// The key belongs to another body.
pub(crate) fn reused() -> Problem {
    Problem::new(Kind::IdempotencyKeyReused, "This key came with another body before. A new request takes a new key.")
}

/// An earlier answer, marked as such.
pub(crate) fn replay(answer: Answer) -> Response {
    let mut response = response(answer);
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// An answer as it is stored, on its way to the client.
pub(crate) fn response(Answer { status, body }: Answer) -> Response {
    let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let location = location(status, &body);
    let media_type = if status.as_u16() < 400 { "application/json" } else { problem::MEDIA_TYPE };
    let mut response = Response::new(if body.is_null() { Body::empty() } else { Body::from(body.to_string()) });
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().extend(location.map(|location| (header::LOCATION, location)));
    response
}

/// Where the thing that was made is found. It follows from the body, so it needs no place in the store.
fn location(status: StatusCode, body: &Value) -> Option<HeaderValue> {
    let id = body.get("id").filter(|_| matches!(status, StatusCode::CREATED | StatusCode::ACCEPTED))?.as_str()?;
    let resource = match id.split_once('_')?.0 {
        "act" => "acts",
        "bat" => "batches",
        "bkg" => "bookings",
        "hld" => "holds",
        "rfd" => "refunds",
        _ => return None,
    };
    HeaderValue::from_str(&format!("/api/{resource}/{id}")).ok()
}

/// Gives the key back, because nothing was written under it. Should that fail, it is free when its lease ends.
pub(crate) async fn give_back(pool: &PgPool, claim: &Claim) {
    let released = async {
        let mut connection = pool.acquire().await?;
        idempotency::release(&mut connection, &claim.scope, &claim.key).await
    };
    if let Err(error) = released.await {
        tracing::debug!(error = %error, "an idempotency key was not given back");
    }
}

/// Stores answers, many in one transaction. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Answers(GroupCommit<Stored, ()>);

#[derive(Debug)]
struct Stored {
    scope: String,
    key: String,
    answer: Answer,
}

impl Answers {
    /// `pool` leads to where keys are claimed.
    pub fn start(pool: PgPool) -> Self {
        Self(GroupCommit::spawn(pool, "store-answer", StoreAnswers))
    }

    /// Stores the answer for every repetition. Should that fail, the client has its answer all the same, and a repetition
    /// takes over when the lease ends.
    pub async fn store(&self, claim: &Claim, answer: &Answer) {
        let stored = Stored { scope: claim.scope.clone(), key: claim.key.clone(), answer: answer.clone() };
        let done: Result<(), Failure> = self.0.submit(stored).await;
        if let Err(failure) = done {
            tracing::warn!(error = %failure, "an answer was given but not stored for its idempotency key");
        }
    }
}

struct StoreAnswers;

impl Apply<Stored, ()> for StoreAnswers {
    fn autocommits(&self) -> bool {
        true
    }

    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        stored: &'a [Stored],
    ) -> BoxFuture<'a, Result<Vec<()>, sqlx::Error>> {
        Box::pin(async move {
            let answers: Vec<_> =
                stored.iter().map(|stored| (stored.scope.as_str(), stored.key.as_str(), &stored.answer)).collect();
            idempotency::finish_all(connection, &answers).await?;
            Ok(vec![(); stored.len()])
        })
    }
}
