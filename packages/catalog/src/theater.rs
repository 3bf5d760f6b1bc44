//! Theaters and their screens.

use std::sync::Arc;

use sqlx::types::Json;
use usher_core::ids::{ScreenId, TheaterId};
use usher_database::Failure;

use crate::{Catalog, SeatMap};

/// A house with screens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theater {
    /// Its id.
    pub id: TheaterId,
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub city: String,
    /// IANA name of the zone that its clocks go by.
    pub time_zone: String,
}

/// A room with seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    /// Its id.
    pub id: ScreenId,
    /// Whose it is.
    pub theater_id: TheaterId,
    /// What it is called.
    pub name: String,
    /// Its seats.
    pub seat_map: Arc<SeatMap>,
}

impl Catalog {
    /// All theaters in the order of city and name, at most five minutes old.
    pub async fn theaters(&self) -> Result<Arc<[Arc<Theater>]>, Failure> {
        self.theaters
            .get((), || async {
                let theaters = sqlx::query_as!(
                    Theater,
                    "SELECT id, name, city, time_zone FROM catalog.theaters ORDER BY city, name, id"
                );
                Ok(theaters.fetch_all(&self.pool).await?.into_iter().map(Arc::new).collect())
            })
            .await
    }

    /// One theater, at most five minutes old.
    pub async fn theater(&self, id: TheaterId) -> Result<Option<Arc<Theater>>, Failure> {
        Ok(self.theaters().await?.iter().find(|theater| theater.id == id).cloned())
    }

    /// The screens of a theater in the order of their names; none when there is no such theater.
    pub async fn screens(&self, theater: TheaterId) -> Result<Arc<[Arc<Screen>]>, Failure> {
        self.screen_lists
            .get(theater, || async {
                let ids = sqlx::query_scalar!(
                    "SELECT id FROM catalog.screens WHERE theater_id = $1 ORDER BY name, id",
                    theater.uuid(),
                )
                .fetch_all(&self.pool)
                .await?;
                let mut screens = Vec::with_capacity(ids.len());
                for id in ids {
                    screens.extend(self.screen(id.into()).await?);
                }
                Ok(screens.into())
            })
            .await
    }

    /// One screen, at most five minutes old. Whoever asks for a screen gets the same seat map, not a copy.
    pub async fn screen(&self, id: ScreenId) -> Result<Option<Arc<Screen>>, Failure> {
        self.screens
            .find(id, || async {
                let row = sqlx::query!(
                r#"SELECT theater_id, name, seat_map AS "seat_map: Json<SeatMap>" FROM catalog.screens WHERE id = $1"#,
                id.uuid(),
            )
            .fetch_optional(&self.pool)
            .await?;
                Ok(row.map(|row| {
                    let seat_map = Arc::new(row.seat_map.0);
                    Arc::new(Screen { id, theater_id: row.theater_id.into(), name: row.name, seat_map })
                }))
            })
            .await
    }
}
