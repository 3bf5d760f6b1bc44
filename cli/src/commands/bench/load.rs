//! Customers: each books one seat after the other and waits for the final answer.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use reqwest::{Client, header};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use usher_telemetry::ambient;

use super::{
    crowd::{Pace, crowd},
    meter::{REPORTED, Usage},
    product::Product,
    report::Round,
    requests,
};

/// No run takes longer; what begins before its end may go off sale in the middle of it.
const LONGEST: time::Duration = time::Duration::hours(1);

/// Everything the customers need.
pub struct Load {
    site: Arc<Site>,
    /// How many of its seats were booked.
    taken: usize,
}

/// Where they book, as whom, and what.
struct Site {
    client: Client,
    url: String,
    token: String,
    seats: Vec<(String, String)>,
}

impl Load {
    /// Signs in and looks which seats there are.
    pub async fn prepare(product: &Product) -> anyhow::Result<Self> {
        let client = Client::builder().timeout(Duration::from_mins(1)).pool_max_idle_per_host(1024).build()?;
        let url = product.url.clone();
        let token: Value = client
            .post(format!("{url}/api/auth/token"))
            .json(&json!({ "email": "customer@usher.test", "password": "usher-demo" }))
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        let token = token["access_token"].as_str().context("no access token")?.to_owned();
        let seats = seats(&client, &url).await?;
        Ok(Self { site: Arc::new(Site { client, url, token, seats }), taken: 0 })
    }

    /// Books a few seats so that caches and connections are there.
    pub async fn warm_up(&mut self) -> anyhow::Result<()> {
        self.book_many(32, 1_000).await?;
        Ok(())
    }

    /// One round: `bookings` by `concurrency` customers.
    pub async fn round(&mut self, product: &Product, concurrency: usize, bookings: usize) -> anyhow::Result<Round> {
        let asked = requests::read(&self.site.client, &self.site.url).await?;
        let before = self.usage(product).await?;
        let pace = self.book_many(concurrency, bookings).await?;
        let cost = self.usage(product).await?.since(before, bookings as u64);
        let now = requests::read(&self.site.client, &self.site.url).await?;
        let requests = requests::since(&now, &asked, bookings as u64 + 2); // Each reading books once more.
        Ok(Round { concurrency, bookings, pace, cost, requests, peak_memory_mb: product.meter.peak_memory_mb()? })
    }

    /// What has been used so far; one more booking makes every session report.
    async fn usage(&mut self, product: &Product) -> anyhow::Result<Usage> {
        tokio::time::sleep(REPORTED).await;
        self.book_many(1, 1).await?;
        product.meter.usage().await
    }

    /// So many bookings by so many customers, and nothing else looked at.
    pub async fn crowd(&mut self, concurrency: usize, bookings: usize) -> anyhow::Result<Pace> {
        self.book_many(concurrency, bookings).await
    }

    async fn book_many(&mut self, concurrency: usize, bookings: usize) -> anyhow::Result<Pace> {
        let first = self.taken;
        self.taken += bookings;
        if self.taken > self.site.seats.len() {
            bail!("the demo catalogue has only {} seats", self.site.seats.len());
        }
        let site = Arc::clone(&self.site);
        crowd(concurrency, bookings, move |index| {
            let site = Arc::clone(&site);
            async move { site.book(first + index).await }
        })
        .await
    }
}

impl Site {
    /// Books one of the seats, and waits for the answer.
    async fn book(&self, index: usize) -> anyhow::Result<()> {
        let (showtime, seat) = &self.seats[index];
        let response = self
            .client
            .post(format!("{}/api/bookings", self.url))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header("idempotency-key", format!("{showtime}-{seat}"))
            .header("prefer", "wait=20")
            .json(&json!({ "showtime_id": showtime, "seats": [seat], "payment_method": "pm_ok" }))
            .send()
            .await?;
        let status = response.status();
        let body = response.bytes().await?;
        if status.as_u16() != 201 {
            bail!("a booking was answered {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(())
    }
}

/// Every free seat of the demo catalogue, one showtime after the other.
async fn seats(client: &Client, url: &str) -> anyhow::Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    let mut cursor: Option<String> = None;
    let on_sale_until = ambient::system().now() + LONGEST;
    loop {
        let mut page = format!("{url}/api/showtimes?limit=100");
        if let Some(cursor) = &cursor {
            page.push_str("&cursor=");
            page.push_str(cursor);
        }
        let page: Value = client.get(page).send().await?.error_for_status()?.json().await?;
        for showtime in page["items"].as_array().context("no showtimes")? {
            let starts_at = showtime["starts_at"].as_str().context("a showtime without a beginning")?;
            if OffsetDateTime::parse(starts_at, &Rfc3339)? < on_sale_until {
                continue;
            }
            let showtime = showtime["id"].as_str().context("a showtime without an id")?;
            let map: Value = client
                .get(format!("{url}/api/showtimes/{showtime}/seats"))
                .send()
                .await?
                .error_for_status()?
                .json()
                .await?;
            let seats = map["seats"].as_array().context("a showtime without seats")?;
            all.extend(
                seats
                    .iter()
                    .filter(|seat| seat["state"] == "free")
                    .filter_map(|seat| Some((showtime.to_owned(), seat["seat"].as_str()?.to_owned()))),
            );
        }
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() || all.len() > 60_000 {
            return Ok(all);
        }
    }
}
