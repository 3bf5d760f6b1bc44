//! `POST /api/sagas/{id}/{act}`: an act on a saga.
//!
//! One that is dry-run is looked at and answered with what it would touch. Another is written down under the number of its
//! idempotency key, so that a try after a crash finds it, and answered `202` with where it stands.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use usher_core::{ids::ActId, problem::Kind};
use usher_operations::{Act, Ask};

use super::act::{ActView, NewAct, answer, person, problem};
use crate::{
    auth::Operator,
    extract::Body,
    idempotency::{self, IdempotencyKey, once},
    problem::Problem,
    selection::{Wrong, unprocessable},
    state::AppState,
};

/// Act on a saga
///
/// `redrive`: go on from the state in which it failed, timed out or was stopped, with `input` instead of what that state had.
/// `undo`: go back, wherever it stands: seats free, money back, tickets invalid, the customer told. `retry`: try the present step
/// now. `skip`: end a wait of the definition. `complete`: go on as if the step in which it failed were done, because it was, by
/// other means; needs `evidence`. `stop`: end it where it stands; needs `undo`, and without undo a second person.
#[utoipa::path(post, path = "/api/sagas/{id}/{act}", tag = "operation", security(("bearer" = [])), request_body = NewAct,
    params(
        ("id" = String, Path, description = "The execution's name: `bkg_...`, `can_...`, `pcn_...`, `rfd_...` or `sho_...`."),
        ("act" = String, Path, description = "`redrive`, `undo`, `retry`, `skip`, `complete` or `stop`."),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 200, description = "The dry run: what it would touch.", body = Object),
        (status = 202, description = "It is written down; follow `Location` to see whether it worked.", body = ActView),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such saga, or no such act."),
        (status = 409, description = "`conflict`: the saga moved (`saga`), does not allow it (`possible`), something is in the way (`obstacles`), or another act is not over (`act`)."),
        (status = 422, description = "`unprocessable` (see `errors`), `engine-cannot`, or `idempotency-key-reused`."),
    ))]
pub(crate) async fn perform(
    State(state): State<AppState>,
    Operator(caller): Operator,
    key: IdempotencyKey,
    Path((name, verb)): Path<(String, String)>,
    Body(body): Body<NewAct>,
) -> Result<Response, Problem> {
    let act = wanted(&verb, &body)?;
    if body.dry_run {
        let preview = state.operations.preview(&name, &act).await.map_err(problem)?;
        return Ok(Json(preview).into_response());
    }
    let Some(expected_version) = body.expected_version else {
        let text = "Say which version of the saga you saw. A dry run tells it.";
        return Err(unprocessable(&[Wrong::at("#/expected_version", text)]));
    };
    let claim = key.claim(caller.user, &format!("POST /api/sagas/{{id}}/{verb}"), &(&name, &body));
    let ask = Ask {
        id: ActId::from(idempotency::number(&claim)),
        name,
        act,
        reason: body.reason,
        ticket: body.ticket,
        by: person(caller),
        expected_version,
        despite_obstacles: body.despite_obstacles,
    };
    let asking = Box::pin(state.operations.ask(ask));
    once(&state, claim, async { answer(202, asking.await.map_err(problem)?) }).await
}

/// The act that is named, with what of the body belongs to it. What belongs to another is refused.
fn wanted(verb: &str, body: &NewAct) -> Result<Act, Problem> {
    let given = [
        ("input", body.input.is_some(), "redrive"),
        ("output", body.output.is_some(), "complete"),
        ("evidence", body.evidence.is_some(), "complete"),
        ("undo", body.undo.is_some(), "stop"),
    ];
    let misplaced = given.iter().filter(|(_, is_given, of)| *is_given && *of != verb);
    let wrongs: Vec<Wrong> =
        misplaced.map(|(member, ..)| Wrong::at(format!("#/{member}"), "It belongs to another act.")).collect();
    if !wrongs.is_empty() {
        return Err(unprocessable(&wrongs));
    }
    match (verb, body.undo) {
        ("redrive", _) => Ok(Act::Redrive { input: body.input.clone() }),
        ("undo", _) | ("stop", Some(true)) => Ok(Act::Undo),
        ("retry", _) => Ok(Act::Retry),
        ("skip", _) => Ok(Act::Skip),
        ("complete", _) => {
            Ok(Act::Complete { output: body.output.clone(), evidence: body.evidence.clone().unwrap_or_default() })
        }
        ("stop", Some(false)) => Ok(Act::Stop),
        ("stop", None) => Err(unprocessable(&[Wrong::at("#/undo", "Say whether to undo, too.")])),
        _ => Err(Problem::new(Kind::NotFound, "There is no such act.")),
    }
}
