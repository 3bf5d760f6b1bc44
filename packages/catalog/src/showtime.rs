//! Showtimes, with everything that a booking has to know of one.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::Arc,
};

use sqlx::types::Json;
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset};
use usher_core::{
    ids::{MovieId, ScreenId, ShowtimeId, TheaterId},
    money::Money,
    seat::SeatName,
};
use usher_database::Failure;
use uuid::Uuid;

use crate::{Catalog, Prices, RefundPolicy, SeatMap, SeatType, prices::Amounts};

/// A film on a screen at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Showtime {
    /// Its id.
    pub id: ShowtimeId,
    /// What is shown.
    pub movie_id: MovieId,
    /// What that is called.
    pub movie_title: String,
    /// In which house.
    pub theater_id: TheaterId,
    /// What that is called.
    pub theater_name: String,
    /// IANA name of the zone in which people read `starts_at`.
    pub time_zone: String,
    /// In which room.
    pub screen_id: ScreenId,
    /// What that is called.
    pub screen_name: String,
    /// The seats of the room.
    pub seat_map: Arc<SeatMap>,
    /// When the lights go down.
    pub starts_at: OffsetDateTime,
    /// The same moment on the theater's clock.
    pub local_start: OffsetDateTime,
    /// When the room is free again, cleaning included.
    pub ends_at: OffsetDateTime,
    /// What the seats cost.
    pub prices: Prices,
    /// What is given back for a seat that is cancelled.
    pub refund_policy: RefundPolicy,
}

/// One seat, its type and its price.
pub type Quote = (SeatName, SeatType, Money);

/// Why seats have no price together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuoteRefused {
    /// The room has no such seats.
    #[error("there are no such seats: {0:?}")]
    UnknownSeats(Vec<SeatName>),
    /// A seat is sold once.
    #[error("seats are named more than once: {0:?}")]
    RepeatedSeats(Vec<SeatName>),
}

impl Showtime {
    /// What each of the seats costs, in the order asked.
    pub fn quote(&self, seats: &[SeatName]) -> Result<Vec<Quote>, QuoteRefused> {
        let found = seats.iter().filter_map(|name| self.seat_map.seat(name));
        let quotes: Vec<Quote> = found.map(|seat| (seat.name.clone(), seat.kind, self.prices.of(seat.kind))).collect();
        if quotes.len() < seats.len() {
            let unknown = seats.iter().filter(|name| self.seat_map.seat(name).is_none());
            return Err(QuoteRefused::UnknownSeats(unknown.cloned().collect()));
        }
        let mut seen = HashSet::with_capacity(seats.len());
        let repeated: Vec<SeatName> = seats.iter().filter(|name| !seen.insert(*name)).cloned().collect();
        if repeated.is_empty() { Ok(quotes) } else { Err(QuoteRefused::RepeatedSeats(repeated)) }
    }

    /// Whether the show has begun, and nothing is sold any more.
    pub fn has_begun(&self, now: OffsetDateTime) -> bool {
        self.starts_at <= now
    }
}

/// Which showtimes of those that have not begun, the next one first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Search {
    /// Of this movie.
    pub movie: Option<MovieId>,
    /// In this theater.
    pub theater: Option<TheaterId>,
    /// On this day, by the clock of the theater.
    pub date: Option<Date>,
    /// The last one of the page before.
    pub after: Option<ShowtimeId>,
    /// How many at most.
    pub limit: u16,
}

impl Default for Search {
    fn default() -> Self {
        Self { movie: None, theater: None, date: None, after: None, limit: 50 }
    }
}

impl Catalog {
    /// The showtimes that the search asks for, at most a minute old: one that began within it may still be among them.
    pub async fn showtimes(&self, search: &Search) -> Result<Arc<[Arc<Showtime>]>, Failure> {
        self.showtime_lists
            .get(search.clone(), || async {
                let ids = self.search(search).await?;
                self.read_showtimes(&ids).await
            })
            .await
    }

    /// One showtime, at most a minute old. Those that people book are in memory.
    pub async fn showtime(&self, id: ShowtimeId) -> Result<Option<Arc<Showtime>>, Failure> {
        self.showtimes.find(id, || async { Ok(self.read_showtimes(&[id.uuid()]).await?.first().cloned()) }).await
    }

    async fn search(&self, search: &Search) -> Result<Vec<Uuid>, Failure> {
        let (from, until) = span(search.date, self.ambient.now());
        let ids = sqlx::query_scalar!(
            "SELECT showtime.id FROM catalog.showtimes showtime
             JOIN catalog.theaters theater ON theater.id = showtime.theater_id
             WHERE showtime.starts_at > $1 AND showtime.starts_at < $2
               AND ($3::uuid IS NULL OR showtime.movie_id = $3)
               AND ($4::uuid IS NULL OR showtime.theater_id = $4)
               AND ($5::date IS NULL OR (showtime.starts_at AT TIME ZONE theater.time_zone)::date = $5)
               AND ($6::uuid IS NULL
                    OR (showtime.starts_at, showtime.id) > (SELECT starts_at, id FROM catalog.showtimes WHERE id = $6))
             ORDER BY showtime.starts_at, showtime.id LIMIT $7",
            from,
            until,
            search.movie.map(MovieId::uuid) as Option<Uuid>,
            search.theater.map(TheaterId::uuid) as Option<Uuid>,
            search.date,
            search.after.map(ShowtimeId::uuid) as Option<Uuid>,
            i64::from(search.limit),
        );
        Ok(ids.fetch_all(&self.pool).await?)
    }

    /// Those of the ids that exist, in order of time.
    async fn read_showtimes(&self, ids: &[Uuid]) -> Result<Arc<[Arc<Showtime>]>, Failure> {
        let rows = sqlx::query!(
            r#"SELECT showtime.id, showtime.movie_id, showtime.theater_id, showtime.screen_id, showtime.starts_at,
                      showtime.ends_at, showtime.prices AS "prices: Json<Amounts>", showtime.currency,
                      showtime.refund_policy AS "refund_policy: Json<RefundPolicy>",
                      movie.title, theater.name, theater.time_zone,
                      showtime.starts_at AT TIME ZONE theater.time_zone AS "local_start!"
               FROM catalog.showtimes showtime
               JOIN catalog.movies movie ON movie.id = showtime.movie_id
               JOIN catalog.theaters theater ON theater.id = showtime.theater_id
               WHERE showtime.id = ANY ($1)
               ORDER BY showtime.starts_at, showtime.id"#,
            ids,
        )
        .fetch_all(&self.pool)
        .await?;
        let mut screens = HashMap::new();
        for row in &rows {
            if let Entry::Vacant(screen) = screens.entry(row.screen_id) {
                screen.insert(self.screen(row.screen_id.into()).await?);
            }
        }
        let mut showtimes = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(Some(screen)) = screens.get(&row.screen_id) else { continue }; // A foreign key says it is there.
            let currency = row.currency.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            showtimes.push(Arc::new(Showtime {
                id: row.id.into(),
                movie_id: row.movie_id.into(),
                movie_title: row.title,
                theater_id: row.theater_id.into(),
                theater_name: row.name,
                time_zone: row.time_zone,
                screen_id: screen.id,
                screen_name: screen.name.clone(),
                seat_map: Arc::clone(&screen.seat_map),
                starts_at: row.starts_at,
                local_start: on_the_clock(row.starts_at, row.local_start),
                ends_at: row.ends_at,
                prices: Prices { currency, amounts: row.prices.0 },
                refund_policy: row.refund_policy.map(|policy| policy.0).unwrap_or_default(),
            }));
        }
        Ok(showtimes.into())
    }
}

/// The moment, in the offset of the clock that shows it so. PostgreSQL knows the zones.
fn on_the_clock(moment: OffsetDateTime, shown: PrimitiveDateTime) -> OffsetDateTime {
    let offset =
        UtcOffset::from_whole_seconds((shown.assume_utc() - moment).whole_seconds().try_into().unwrap_or_default());
    offset.map_or(moment, |offset| moment.to_offset(offset))
}

/// Between which moments a search has to look, both excluded, so that the index can be used. Somewhere on earth a date
/// begins 14 hours before it does in UTC, and ends 12 hours after.
fn span(date: Option<Date>, now: OffsetDateTime) -> (OffsetDateTime, OffsetDateTime) {
    let far = now + Duration::days(3650);
    date.map_or((now, far), |date| {
        let begins = date.midnight().assume_utc();
        (now.max(begins.saturating_sub(Duration::hours(15))), begins.saturating_add(Duration::hours(24 + 13)))
    })
}
