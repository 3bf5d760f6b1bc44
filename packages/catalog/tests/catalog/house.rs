//! A database of its own for each test, with the demo catalogue in it, on Friday, the 20th of November 2026, at ten.

use std::sync::Arc;

use time::{Duration, OffsetDateTime, macros::datetime};
use usher_catalog::{
    Catalog, Showtime,
    demo::{self, Loaded},
    showtime::Search,
};
use usher_core::ambient::{Ambient, Scripted};
use usher_postgres::testing::TestDatabase;

pub const NOW: OffsetDateTime = datetime!(2026-11-20 10:00 UTC);

pub struct House {
    pub catalog: Catalog,
    pub database: TestDatabase,
    clock: Arc<Scripted>,
}

impl House {
    /// A house without anything in it.
    pub async fn empty() -> Self {
        let database = TestDatabase::migrated(&[("catalog", &usher_catalog::schema().migrations)]).await.unwrap();
        let clock = Arc::new(Scripted::new(NOW, 1));
        Self { catalog: Catalog::new(database.pool().clone(), clock.clone()), database, clock }
    }

    /// A house with the demo catalogue.
    pub async fn open() -> Self {
        let house = Self::empty().await;
        house.load().await;
        house
    }

    pub async fn load(&self) -> Loaded {
        demo::load(self.database.pool(), &*self.clock).await.unwrap()
    }

    /// The same catalogue with nothing remembered.
    pub fn afresh(&self) -> Catalog {
        Catalog::new(self.database.pool().clone(), self.clock.clone())
    }

    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// The next showtime in the Great Hall, which has seats of every type.
    pub async fn showtime(&self) -> Arc<Showtime> {
        let search = Search { limit: 200, ..Default::default() };
        let all = self.catalog.showtimes(&search).await.unwrap();
        all.iter().find(|showtime| showtime.screen_name == "Great Hall").unwrap().clone()
    }

    pub async fn count(&self, table: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM catalog.{table}"));
        sqlx::query_scalar(query).fetch_one(self.database.pool()).await.unwrap()
    }
}
