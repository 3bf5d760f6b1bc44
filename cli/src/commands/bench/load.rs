//! Customers: each books one seat after the other and waits for the final answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, bail};
use hdrhistogram::Histogram;
use reqwest::{Client, header};
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::Instant};

use super::{product::Product, report::Round};

/// Everything the customers need.
pub struct Load {
    client: Client,
    url: String,
    token: String,
    seats: Arc<Vec<(String, String)>>,
    next: Arc<AtomicUsize>,
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
        let rows: Vec<(String, String)> = seats(&client, &url).await?;
        Ok(Self { client, url, token, seats: Arc::new(rows), next: Arc::default() })
    }

    /// Books a few seats so that caches and connections are there.
    pub async fn warm_up(&mut self) -> anyhow::Result<()> {
        self.book_many(32, 1_000).await?;
        Ok(())
    }

    /// One round: `bookings` by `concurrency` customers.
    pub async fn round(&mut self, product: &Product, concurrency: usize, bookings: usize) -> anyhow::Result<Round> {
        // What sessions have not reported yet is reported within a second of their next quiet moment.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let before = product.usage().await?;
        let begun = Instant::now();
        let latencies = self.book_many(concurrency, bookings).await?;
        let took = begun.elapsed();
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let after = product.usage().await?;
        Ok(Round::new(concurrency, took, &latencies, (before, after), product.peak_memory()?))
    }

    async fn book_many(&self, concurrency: usize, bookings: usize) -> anyhow::Result<Histogram<u64>> {
        let first = self.next.fetch_add(bookings, Ordering::Relaxed);
        if first + bookings > self.seats.len() {
            bail!("the demo catalogue has only {} seats", self.seats.len());
        }
        let next = Arc::new(AtomicUsize::new(first));
        let mut customers = JoinSet::new();
        for _ in 0..concurrency {
            let (client, url, token) = (self.client.clone(), self.url.clone(), self.token.clone());
            let (seats, next) = (Arc::clone(&self.seats), Arc::clone(&next));
            customers.spawn(async move {
                let mut latencies = Histogram::<u64>::new(3)?;
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= first + bookings {
                        return anyhow::Ok(latencies);
                    }
                    let (showtime, seat) = &seats[index];
                    let begun = Instant::now();
                    book(&client, &url, &token, showtime, seat).await?;
                    latencies.record(u64::try_from(begun.elapsed().as_micros())?)?;
                }
            });
        }
        let mut all = Histogram::<u64>::new(3)?;
        while let Some(latencies) = customers.join_next().await {
            all.add(latencies??)?;
        }
        Ok(all)
    }
}

async fn book(client: &Client, url: &str, token: &str, showtime: &str, seat: &str) -> anyhow::Result<()> {
    let response = client
        .post(format!("{url}/api/bookings"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
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

/// Every free seat of the demo catalogue, one showtime after the other.
async fn seats(client: &Client, url: &str) -> anyhow::Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut page = format!("{url}/api/showtimes?limit=100");
        if let Some(cursor) = &cursor {
            page.push_str("&cursor=");
            page.push_str(cursor);
        }
        let page: Value = client.get(page).send().await?.error_for_status()?.json().await?;
        for showtime in page["items"].as_array().context("no showtimes")? {
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
