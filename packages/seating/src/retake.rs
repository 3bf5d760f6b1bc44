//! A payment that arrives when the hold has gone: the same seats again, in one statement, if they are still to be had.
//!
//! A hold whose time is over keeps its seats until somebody else takes them, and is simply sold. This is the rest: somebody
//! else took a seat and did not keep it, so that the row is gone or is theirs and expired. Then the booking takes all of its
//! seats anew, under a new epoch, or none. What was released stays released: an undo is never overtaken. Of a showtime that
//! was called off nothing is taken anew: the sweep over its bookings could have passed.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_database::failure::overtaken;
use uuid::Uuid;

use crate::settle::Sell;

/// Takes the seats of these sales anew and sells them, and answers the holds that got theirs.
pub(crate) async fn retake(
    connection: &mut PgConnection,
    sales: &[&Sell],
    now: OffsetDateTime,
) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
    let rows: Vec<(&Sell, &str)> =
        sales.iter().flat_map(|sale| sale.seats.iter().map(|seat| (*sale, seat.as_str()))).collect();
    // Rows are locked in one order by everybody: first the hold, then its seats, sorted.
    let retaken = sqlx::query!(
        r#"WITH asked AS (
             SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[]) AS asked (showtime_id, seat, hold_id, epoch)
           ), blocked AS (
             SELECT asked.hold_id FROM asked JOIN seating.claims USING (showtime_id, seat)
             WHERE claims.hold_id <> asked.hold_id AND (claims.expires_at IS NULL OR claims.expires_at > $5)
           ), taken AS (
             UPDATE seating.holds SET state = 'sold', epoch = nextval('seating.epochs'), ended_at = $5
             FROM (SELECT showtime_id, hold_id, epoch, array_agg(seat) AS seats FROM asked GROUP BY showtime_id, hold_id, epoch) AS sale
             WHERE holds.id = sale.hold_id AND holds.epoch = sale.epoch AND holds.state = 'held'
               AND holds.showtime_id = sale.showtime_id AND holds.seats @> sale.seats AND holds.seats <@ sale.seats
               AND holds.booking_id IS NOT NULL AND holds.id NOT IN (SELECT hold_id FROM blocked)
               AND NOT EXISTS (SELECT FROM seating.closures WHERE closures.showtime_id = holds.showtime_id)
             RETURNING holds.id, holds.epoch, sale.epoch AS asked_epoch
           ), claimed AS (
             INSERT INTO seating.claims AS claims (showtime_id, seat, hold_id, epoch, expires_at)
             SELECT asked.showtime_id, asked.seat, taken.id, taken.epoch, NULL
             FROM asked JOIN taken ON taken.id = asked.hold_id ORDER BY asked.showtime_id, asked.seat
             ON CONFLICT (showtime_id, seat) DO UPDATE
             SET hold_id = excluded.hold_id, epoch = excluded.epoch, expires_at = NULL
             WHERE claims.hold_id = excluded.hold_id OR claims.expires_at <= $5
             RETURNING hold_id
           )
           SELECT id AS "hold_id!", asked_epoch AS "epoch!",
             (SELECT count(*) FROM claimed WHERE claimed.hold_id = taken.id) AS "claimed!"
           FROM taken"#,
        &rows.iter().map(|(sale, _)| sale.showtime_id.uuid()).collect::<Vec<_>>(),
        &rows.iter().map(|(_, seat)| (*seat).to_owned()).collect::<Vec<_>>(),
        &rows.iter().map(|(sale, _)| sale.hold_id.uuid()).collect::<Vec<_>>(),
        &rows.iter().map(|(sale, _)| sale.epoch).collect::<Vec<_>>(),
        now,
    );
    let needed: HashMap<Uuid, usize> = sales.iter().map(|sale| (sale.hold_id.uuid(), sale.seats.len())).collect();
    let mut won = Vec::new();
    for row in retaken.fetch_all(connection).await? {
        if usize::try_from(row.claimed).ok() != needed.get(&row.hold_id).copied() {
            return Err(overtaken()); // Another process took a seat between the statement's look and its write.
        }
        won.push((row.hold_id, row.epoch));
    }
    Ok(won)
}
