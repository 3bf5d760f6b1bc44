//! `GET /api/bookings/{id}/events`: a booking's progress as server-sent events.
//!
//! The present state comes at once, then each change, until an end. What a client missed while it was away needs no
//! replay: the present state is all there is to know.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, stream};
use time::OffsetDateTime;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use usher_bookings::{Booking, Status};
use usher_core::ids::BookingId;
use usher_database::Failure;

use super::{own, view::BookingView};
use crate::{auth::Caller, extract::Id, problem::Problem, state::AppState};

/// How often to look at a booking whose announcement may have been lost.
const LOOK: Duration = Duration::from_secs(2);

/// How often to say that the line is alive: proxies cut what is silent for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Watch a booking
///
/// Server-sent events named `booking`, each with the whole booking as JSON; its `id` is when the booking last moved. The
/// stream ends after `confirmed`, `rejected` or `cancelled`.
#[utoipa::path(get, path = "/api/bookings/{id}/events", tag = "bookings", security(("bearer" = [])),
    params(("id" = String, Path, description = "`bkg_...`")), responses(
    (status = 200, description = "The present state, then each change.", content_type = "text/event-stream", body = BookingView),
    (status = 404, description = "`not-found`: no such booking of yours."),
))]
pub(crate) async fn events(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id<BookingId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, Problem> {
    own(&state, caller.user, id).await?;
    let announcements = state.bookings.watch().of(id);
    let follower = Follower { state, id, announcements, told: None };
    let changes = stream::unfold(Some(follower), async |follower| follower?.next().await);
    Ok(Sse::new(changes).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

struct Follower {
    state: AppState,
    id: BookingId,
    announcements: watch::Receiver<Option<Status>>,
    told: Option<(Status, OffsetDateTime)>,
}

impl Follower {
    /// The next state that differs from the last one told, and who follows on; nobody does after an end, or when this
    /// process is on its way out. A database that is away is waited for: the client cannot do better.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Option<Self>)> {
        loop {
            if self.told.is_some() && matches!(timeout(LOOK, self.announcements.changed()).await, Ok(Err(_))) {
                sleep(LOOK).await; // Nobody announces any more; looking is all that is left.
            }
            if self.state.settings.ready.is_draining() {
                return None;
            }
            let Ok(found) = self.look().await else {
                sleep(LOOK).await;
                continue;
            };
            let (booking, view) = found?;
            let now = (booking.status, booking.updated_at);
            if self.told != Some(now) {
                self.told = Some(now);
                let id = booking.updated_at.unix_timestamp_nanos().to_string();
                let event = Event::default().event("booking").id(id).json_data(view).ok()?;
                return Some((Ok(event), (!booking.status.is_final()).then_some(self)));
            }
        }
    }

    async fn look(&self) -> Result<Option<(Booking, BookingView)>, Failure> {
        let Some(booking) = self.state.bookings.get(self.id).await? else { return Ok(None) };
        let view = BookingView::with_tickets(&self.state, &booking).await?;
        Ok(Some((booking, view)))
    }
}
