//! Many at once, each doing one thing after the other until all are done: a closed loop, as customers are.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hdrhistogram::Histogram;
use serde::Serialize;
use tokio::{task::JoinSet, time::Instant};

/// How fast a crowd was.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Pace {
    pub per_second: f64,
    pub p50_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
}

/// Does `work` for every number below `count`, `concurrency` at once. The first failure ends it.
pub async fn crowd<Work, Done>(concurrency: usize, count: usize, work: Work) -> anyhow::Result<Pace>
where
    Work: Fn(usize) -> Done + Clone + Send + 'static,
    Done: Future<Output = anyhow::Result<()>> + Send,
{
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut members = JoinSet::new();
    for _ in 0..concurrency {
        let (next, work) = (Arc::clone(&next), work.clone());
        members.spawn(async move {
            let mut latencies = Histogram::<u64>::new(3)?;
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return anyhow::Ok(latencies);
                }
                let begun = Instant::now();
                work(index).await?;
                latencies.record(u64::try_from(begun.elapsed().as_micros())?)?;
            }
        });
    }
    let mut all = Histogram::<u64>::new(3)?;
    while let Some(latencies) = members.join_next().await {
        all.add(latencies??)?;
    }
    Ok(Pace::new(begun.elapsed(), &all))
}

impl Pace {
    #[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "measurements")]
    fn new(took: Duration, latencies: &Histogram<u64>) -> Self {
        let quantile = |q: f64| latencies.value_at_quantile(q) as f64 / 1000.0;
        Self {
            per_second: latencies.len() as f64 / took.as_secs_f64(),
            p50_ms: quantile(0.50),
            p95_ms: quantile(0.95),
            p99_ms: quantile(0.99),
        }
    }
}
