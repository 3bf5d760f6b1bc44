//! Asking for a booking: the claim of its idempotency key, the booking, its event and the command that starts its saga, in
//! one transaction. After it the customer has an answer that survives anything; before it nothing has happened.

use futures::future::BoxFuture;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use time::OffsetDateTime;
use usher_core::{
    ambient::SharedAmbient,
    ids::{BookingId, HoldId, ShowtimeId, UserId},
    money::Money,
    seat::SeatName,
};
use usher_database::{
    event::trace,
    group_commit::Apply,
    idempotency::{self, Answer, Claimed},
    outbox::{self, Kind, Message},
};
use uuid::Uuid;

use crate::events;

/// A booking that somebody asks for. The caller has checked it against the catalogue.
#[derive(Debug, Clone)]
pub struct Request {
    /// The idempotency key's claim; its resource is the booking's id.
    pub claim: idempotency::Claim,
    /// The id the booking gets if the key is new.
    pub id: BookingId,
    /// Whose it is.
    pub user_id: UserId,
    /// What it is for.
    pub showtime_id: ShowtimeId,
    /// The seats with their prices.
    pub seats: Vec<(SeatName, Money)>,
    /// Their sum.
    pub total: Money,
    /// The provider's name for a way of paying.
    pub payment_method: String,
    /// The hold to take over.
    pub hold_id: Option<HoldId>,
    /// The saga to start, and what it starts with.
    pub saga: &'static str,
    /// The execution's input.
    pub input: Value,
}

/// What became of the request.
#[derive(Debug, Clone, PartialEq)]
pub enum Requested {
    /// The booking is written; start its saga.
    Written,
    /// An earlier owner of the key died after writing this booking; go on with it.
    TakenOver(Option<BookingId>),
    /// Somebody is working on this key.
    Running,
    /// The key was answered.
    Done(Answer),
    /// The key belongs to another body.
    Mismatch,
}

pub(crate) struct RequestBookings {
    pub ambient: SharedAmbient,
}

impl Apply<Request, Requested> for RequestBookings {
    fn autocommits(&self) -> bool {
        true
    }

    /// Takes every key for new. Almost all are, and for the others the keys' table refuses the whole statement.
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        requests: &'a [Request],
    ) -> BoxFuture<'a, Result<Vec<Requested>, sqlx::Error>> {
        Box::pin(async move {
            let requests: Vec<&Request> = requests.iter().collect();
            self.write(connection, &requests, &requests, self.ambient.now()).await?;
            Ok(requests.iter().map(|_| Requested::Written).collect())
        })
    }

    /// Claims the keys first, and writes the bookings of those that are new.
    fn apply_again<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        requests: &'a [Request],
    ) -> BoxFuture<'a, Result<Vec<Requested>, sqlx::Error>> {
        Box::pin(async move {
            let now = self.ambient.now();
            let mut transaction = connection.begin().await?;
            let claims: Vec<_> = requests.iter().map(|request| &request.claim).collect();
            let claimed = idempotency::claim(&mut transaction, &claims, now).await?;
            let fresh: Vec<&Request> = requests
                .iter()
                .zip(&claimed)
                .filter(|(_, claimed)| **claimed == Claimed::Fresh)
                .map(|(request, _)| request)
                .collect();
            self.write(&mut transaction, &[], &fresh, now).await?;
            transaction.commit().await?;
            let outcome = |claimed| match claimed {
                Claimed::Fresh => Requested::Written,
                Claimed::TakenOver(resource) => Requested::TakenOver(resource.and_then(|id| id.parse().ok())),
                Claimed::Running => Requested::Running,
                Claimed::Done(answer) => Requested::Done(answer),
                Claimed::Mismatch => Requested::Mismatch,
            };
            Ok(claimed.into_iter().map(outcome).collect())
        })
    }
}

impl RequestBookings {
    /// Writes bookings with their messages, and the claims of those whose keys were not claimed before.
    async fn write(
        &self,
        connection: &mut PgConnection,
        unclaimed: &[&Request],
        requests: &[&Request],
        now: OffsetDateTime,
    ) -> Result<(), sqlx::Error> {
        // Arrays of arrays have to be rectangular in PostgreSQL, so seats and prices travel as one text each.
        let joined = |part: fn(&(SeatName, Money)) -> String| -> Vec<String> {
            requests.iter().map(|request| request.seats.iter().map(part).collect::<Vec<_>>().join(",")).collect()
        };
        let holds: Vec<Option<Uuid>> = requests.iter().map(|request| request.hold_id.map(HoldId::uuid)).collect();
        let claims = idempotency::Columns::of(unclaimed.iter().map(|request| &request.claim), now);
        let messages = requests.iter().flat_map(|request| self.messages(request)).collect::<Vec<_>>();
        let messages = outbox::Columns::of(&messages, now);
        sqlx::query!(
            "WITH claimed AS (
               INSERT INTO usher.idempotency (scope, key, fingerprint, resource, leased_until, expires_at)
               SELECT scope, key, fingerprint, resource, $15, $16
               FROM unnest($11::text[], $12::text[], $13::bytea[], $14::text[]) AS new (scope, key, fingerprint, resource)
               ORDER BY scope, key
             ), told AS (
               INSERT INTO usher.outbox (id, kind, topic, payload, due_at, written_at)
               SELECT id, kind, topic, payload, due_at, $10
               FROM unnest($17::uuid[], $18::text[], $19::text[], $20::jsonb[], $21::timestamptz[]) AS new (id, kind, topic, payload, due_at)
             )
             INSERT INTO bookings.bookings
               (id, user_id, showtime_id, seats, prices, total, currency, payment_method, hold_id, created_at, updated_at)
             SELECT id, user_id, showtime_id, string_to_array(seats, ','), string_to_array(prices, ',')::bigint[], total, currency,
               payment_method, hold_id, $10, $10
             FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::uuid[])
               AS new (id, user_id, showtime_id, seats, prices, total, currency, payment_method, hold_id)",
            &requests.iter().map(|request| request.id.uuid()).collect::<Vec<_>>(),
            &requests.iter().map(|request| request.user_id.uuid()).collect::<Vec<_>>(),
            &requests.iter().map(|request| request.showtime_id.uuid()).collect::<Vec<_>>(),
            &joined(|(seat, _)| seat.to_string()),
            &joined(|(_, price)| price.amount.to_string()),
            &requests.iter().map(|request| request.total.amount).collect::<Vec<_>>(),
            &requests.iter().map(|request| request.total.currency.to_string()).collect::<Vec<_>>(),
            &requests.iter().map(|request| request.payment_method.clone()).collect::<Vec<_>>(),
            &holds as &[Option<Uuid>],
            now,
            &claims.scopes,
            &claims.keys,
            &claims.fingerprints,
            &claims.resources as &[Option<String>],
            claims.leased_until,
            claims.expires_at,
            &messages.ids,
            &messages.kinds,
            &messages.topics,
            &messages.payloads,
            &messages.due,
        )
        .execute(connection)
        .await?;
        Ok(())
    }

    fn messages(&self, request: &Request) -> [Message; 2] {
        let seats: Vec<_> = request.seats.iter().map(|(seat, _)| seat).collect();
        let data = json!({ "booking_id": request.id, "showtime_id": request.showtime_id, "seats": seats, "total": request.total });
        let traceparent = request.input.get("traceparent").and_then(|text| text.as_str()?.parse().ok());
        let _working = traceparent.map(|context| trace::enter(&request.id.to_string(), context));
        [
            start(request.id.uuid(), request.saga, &request.id.to_string(), &request.input),
            events::CREATED.message(&*self.ambient, &request.id.to_string(), data),
        ]
    }
}

/// The command that starts an execution. Its row has the number of the booking or the cancellation, so that whoever
/// handed it over can discard it.
pub fn start(id: Uuid, saga: &str, name: &str, input: &Value) -> Message {
    Message { id, kind: Kind::Start, topic: saga.to_owned(), payload: json!({ "name": name, "input": input }) }
}
