//! Where the made-up bookings take place, and who made them: houses of their own, so that no seat of the demo's is taken.

use anyhow::Context as _;
use secrecy::SecretString;
use serde_json::json;
use time::{Duration, OffsetDateTime};
use usher_catalog::{
    SeatMap,
    demo::{self, hall, movies},
};
use usher_core::{
    ids::{ShowtimeId, UserId},
    seat::SeatName,
};
use uuid::Uuid;

use super::{
    copy::Rows,
    plan::{DAILY, Dice, Plan},
};
use crate::wiring::Services;

/// Seats in a row.
const ROW: u16 = 25;

/// Screens in a house.
const SCREENS: u64 = 10;

/// Bookings of a customer, on average.
const BOOKINGS_EACH: u64 = 4;

/// Customers in one COPY.
const CROWD: usize = 50_000;

/// A showtime, as far as bookings need it.
#[derive(Debug, Clone)]
pub struct Showtime {
    pub id: ShowtimeId,
    pub starts_at: OffsetDateTime,
    /// What each seat costs, in cents.
    pub price: i64,
    pub movie: &'static str,
    pub house: String,
    pub screen: String,
}

/// What is there before anybody books.
#[derive(Debug)]
pub struct World {
    pub seats: Vec<SeatName>,
    pub showtimes: Vec<Showtime>,
    pub customers: Vec<UserId>,
}

impl World {
    /// Makes it.
    pub async fn make(plan: &Plan, services: &Services) -> anyhow::Result<Self> {
        demo::load(&services.databases.catalog, &*services.ambient).await?;
        let dice = Dice::new(!plan.seed);
        let map = hall::read(&drawing(plan.hall))?;
        let showtimes = catalogue(plan, &dice, &map, services).await?;
        let customers = customers(plan, &dice, services).await?;
        Ok(Self { seats: map.seats().map(|seat| seat.name.clone()).collect(), showtimes, customers })
    }
}

fn drawing(seats: u16) -> String {
    let row = |first: u16| "s".repeat(usize::from(ROW.min(seats - first))) + "\n";
    (0..seats).step_by(usize::from(ROW)).map(row).collect()
}

async fn catalogue(plan: &Plan, dice: &Dice, map: &SeatMap, services: &Services) -> anyhow::Result<Vec<Showtime>> {
    let opened = plan.now - Duration::days(365);
    let mut houses = Rows::of("catalog.theaters", "id, name, city, time_zone");
    let mut halls = Rows::of("catalog.screens", "id, theater_id, name, seat_map");
    let mut screens: Vec<(Uuid, Uuid, String, String)> = Vec::new();
    let map = serde_json::to_string(map)?;
    for number in 0..plan.screens {
        let (house, name) = match screens.last() {
            Some((house, _, name, _)) if number % SCREENS > 0 => (*house, name.clone()),
            _ => {
                let (house, name) = (dice.id(opened), format!("Filled House {}", number / SCREENS + 1));
                houses.id(house).text(&name).text("Lisbon").text("Europe/Lisbon").end();
                (house, name)
            }
        };
        let (screen, label) = (dice.id(opened), format!("Screen {}", number % SCREENS + 1));
        halls.id(screen).id(house).text(&label).text(&map).end();
        screens.push((house, screen, name, label));
    }
    let columns = "id, movie_id, screen_id, theater_id, starts_at, ends_at, prices, currency";
    let mut rows = Rows::of("catalog.showtimes", columns);
    let mut showtimes = Vec::new();
    for number in 0..plan.screens * plan.days * DAILY {
        let screen = usize::try_from(plan.screen(number))?;
        let (house, screen, name, label) = screens.get(screen).context("a screen for each showtime")?;
        let film = usize::try_from(dice.below(movies::ALL.len() as u64))?;
        let starts_at = plan.starts_at(number);
        let price = 900 + 50 * i64::try_from(dice.below(13))?;
        let prices = json!({ "standard": price, "premium": price, "accessible": price, "companion": price });
        let id = dice.id(opened);
        rows.id(id).id(movies::film_id(film)).id(*screen).id(*house);
        rows.at(starts_at).at(starts_at + Duration::minutes(150)).shown(prices).text("EUR").end();
        showtimes.push(Showtime {
            id: id.into(),
            starts_at,
            price,
            movie: movies::ALL.get(film).map_or("", |film| film.title),
            house: name.clone(),
            screen: label.clone(),
        });
    }
    let pool = &services.databases.catalog;
    houses.write(pool).await?;
    halls.write(pool).await?;
    rows.write(pool).await?;
    Ok(showtimes)
}

/// Customers who cannot sign in: the password that all of them have was thrown away.
async fn customers(plan: &Plan, dice: &Dice, services: &Services) -> anyhow::Result<Vec<UserId>> {
    let since = plan.now - Duration::days(400);
    let run = dice.id(plan.now).simple().to_string();
    let password: SecretString = format!("{:032x}", services.ambient.random()).into();
    let first = services.accounts.register(&format!("first-{run}@filled.usher.test"), &password, "Filled In").await?;
    let hash: String = sqlx::query_scalar("SELECT password_hash FROM accounts.users WHERE id = $1")
        .bind(first.id.uuid())
        .fetch_one(&services.databases.accounts)
        .await?;
    let mut customers = vec![first.id];
    let count = usize::try_from(plan.bookings / BOOKINGS_EACH)?.max(1);
    while customers.len() < count {
        let mut rows = Rows::of("accounts.users", "id, mail, name, password_hash, role, created_at");
        for number in customers.len()..count.min(customers.len() + CROWD) {
            let id = dice.id(since);
            rows.id(id).shown(format_args!("{number}-{run}@filled.usher.test")).text("Filled In").text(&hash);
            rows.text("customer").at(since).end();
            customers.push(id.into());
        }
        rows.write(&services.databases.accounts).await?;
    }
    Ok(customers)
}
