//! `GET /api/showtimes/{id}/seats/events`: which seats are free, as it changes.
//!
//! As with bookings, the present state comes first and then each change, so a client that was away needs no replay.

use std::{collections::BTreeMap, convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{Stream, stream};
use tokio::{sync::watch, time::timeout};
use usher_core::ids::ShowtimeId;
use usher_seating::read::Occupancy;
use utoipa::ToSchema;

use super::seats::state_of;
use crate::{extract::Id, problem::Problem, seat_watch::Occupied, state::AppState};

/// How often a comment is sent, so that nobody in between takes the line for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How often to see whether this process is on its way out.
const LOOK: Duration = Duration::from_millis(500);

/// Seats and what they are now: `free`, `held` or `sold`.
#[derive(ToSchema)]
#[schema(example = json!({"A1": "held", "A2": "free"}))]
#[expect(dead_code, reason = "it describes what the stream writes")]
pub(crate) struct SeatChanges(BTreeMap<String, String>);

/// Watch the seats of a showtime
///
/// Server-sent events. The first is `seats`: every seat that is not free. Each `change` after it has the seats that became
/// something else. `seats` comes again when the line was cut and you ask anew. A change shows within half a second.
#[utoipa::path(get, path = "/api/showtimes/{id}/seats/events", tag = "catalog",
    params(("id" = String, Path, description = "`sho_...`")), responses(
    (status = 200, description = "The stream.", body = SeatChanges, content_type = "text/event-stream"),
    (status = 404, description = "`not-found`"),
))]
pub(crate) async fn events(
    State(state): State<AppState>,
    Id(id): Id<ShowtimeId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, Problem> {
    state.catalog.showtime(id).await?.ok_or_else(|| Problem::not_found("showtime"))?;
    let seats = state.seat_watch.of(id);
    let changes = stream::unfold(Follower { state, seats, told: None }, Follower::next);
    Ok(Sse::new(changes).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

struct Follower {
    state: AppState,
    seats: watch::Receiver<Option<Occupied>>,
    told: Option<Occupied>,
}

impl Follower {
    /// The next difference from what was told, and who follows on; nobody does when this process is on its way out.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            if self.state.settings.ready.is_draining() {
                return None;
            }
            let Some(seen) = self.seats.borrow_and_update().clone() else {
                drop(timeout(LOOK, self.seats.changed()).await);
                continue;
            };
            let (name, changes) = match &self.told {
                None => ("seats", seen.iter().map(|(seat, now)| (seat.clone(), state_of(Some(*now)))).collect()),
                Some(told) => ("change", difference(told, &seen)),
            };
            if self.told.is_some() && changes.is_empty() {
                drop(timeout(LOOK, self.seats.changed()).await);
                continue;
            }
            self.told = Some(seen);
            let event = Event::default().event(name).json_data(&changes).ok()?;
            return Some((Ok(event), self));
        }
    }
}

fn difference(told: &Occupied, seen: &Occupied) -> BTreeMap<usher_core::seat::SeatName, &'static str> {
    let freed = told.keys().filter(|seat| !seen.contains_key(*seat)).map(|seat| (seat.clone(), state_of(None)));
    let changed = |(seat, now): (&_, &Occupancy)| {
        (told.get(seat) != Some(now)).then(|| (Clone::clone(seat), state_of(Some(*now))))
    };
    freed.chain(seen.iter().filter_map(changed)).collect()
}
