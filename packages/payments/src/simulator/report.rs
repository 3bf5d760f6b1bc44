//! `GET /report?since=&cursor=`: every movement of money in the provider's own books, oldest first.

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use super::{Simulator, ids, modes::Call, refusal, unavailable};

/// Lines in one answer.
const PAGE: i64 = 1000;

/// From when on, and after which line.
#[derive(Debug, Deserialize)]
pub(super) struct From {
    #[serde(with = "time::serde::rfc3339")]
    since: OffsetDateTime,
    cursor: Option<String>,
}

/// `GET /report?since=&cursor=`
pub(super) async fn get(State(simulator): State<Simulator>, Query(from): Query<From>) -> Response {
    let Ok(after) = from.cursor.as_deref().map_or(Ok(Uuid::nil()), Uuid::parse_str) else {
        return refusal(StatusCode::UNPROCESSABLE_ENTITY, "the cursor is not one of ours");
    };
    match lines(&simulator, from.since, after).await {
        Err(error) => unavailable(&error),
        Ok((lines, next)) => Json(json!({ "lines": lines, "next": next })).into_response(),
    }
}

async fn lines(
    simulator: &Simulator,
    since: OffsetDateTime,
    after: Uuid,
) -> Result<(Vec<Value>, Option<String>), sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT movement AS "movement!", id AS "id!", reference AS "reference!", charge_reference AS "charge_reference!",
             amount AS "amount!", currency AS "currency!", at AS "at!"
           FROM (
             SELECT 'charge' AS movement, id, reference, reference AS charge_reference, amount, currency, created_at AS at
             FROM simulator.charges
             WHERE id > $2 AND (status = 'captured' OR (status = 'pending' AND captures_at <= $3))
             UNION ALL
             SELECT CASE WHEN returned THEN 'reversal' ELSE 'refund' END, refund.id, refund.reference,
               refund.charge_reference, refund.amount, charge.currency,
               CASE WHEN returned THEN coalesce(refund.turned_at, refund.turns_at) ELSE refund.created_at END
             FROM simulator.refunds AS refund
             JOIN simulator.charges AS charge ON charge.reference = refund.charge_reference
             CROSS JOIN (VALUES (false), (true)) AS both_ways (returned)
             CROSS JOIN LATERAL (
               SELECT CASE WHEN refund.turns_at <= $3 THEN refund.turns_into ELSE refund.status END AS status
             ) AS present
             WHERE refund.id > $2 AND (present.status = 'reversed' OR (present.status = 'succeeded' AND NOT returned))
           ) AS movements
           WHERE at >= $1 ORDER BY id LIMIT $4"#,
        since,
        after,
        simulator.0.ambient.now(),
        PAGE,
    );
    let mut rows = rows.fetch_all(&simulator.0.pool).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|count| count == PAGE);
    if let Some(cut) = rows.last().filter(|_| is_full).map(|row| row.id) {
        rows.retain(|row| row.id != cut); // A refund and its reversal share an id, and may be on both sides of the cut.
    }
    let next = rows.last().filter(|_| is_full).map(|row| row.id.simple().to_string());
    let is_told = |_: &_| simulator.0.modes.draw(Call::Report, &*simulator.0.ambient).is_none();
    let lines = rows.into_iter().filter(is_told).map(|row| {
        json!({
            "movement": row.movement,
            "id": if row.movement == "charge" { ids::charge(row.id) } else { ids::refund(row.id) }, // A reversal is its refund's.
            "reference": row.reference,
            "charge_reference": row.charge_reference,
            "amount": row.amount,
            "currency": row.currency,
            "at": row.at.format(&Rfc3339).unwrap_or_default(), // Only years beyond 9999 cannot be written.
        })
    });
    Ok((lines.collect(), next))
}
