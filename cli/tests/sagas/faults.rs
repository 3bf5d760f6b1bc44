//! What goes wrong in a world: orders of the product's own fault points, in short, and an ear on what workers are sent.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use usher_core::faults::{Act, Order, Point};
use usher_messaging::{
    error::MessagingError,
    queue::{DeadLetter, Delivery, Depth, Receipt, TaskQueue},
};

/// The worker dies at a place, the first time each step of each execution comes there; `*` is every step.
pub fn dies(point: Point, step: &str) -> Order {
    Order { each: Some(1), ..at(&format!("dies {point} {step}"), point, step, Act::Crash) }
}

/// The worker dies both before its report and before its acknowledgement.
pub fn dies_twice(step: &str) -> [Order; 2] {
    [dies(Point::BeforeToken, step), dies(Point::BeforeAck, step)]
}

/// The worker stops once the step has had its effect and before it reports, until the order is taken back.
pub fn stops_before_report(step: &str) -> Order {
    let pause = Act::Pause { order: "stops".to_owned(), milliseconds: 3_600_000 };
    at("stops", Point::AfterEffect, step, pause)
}

/// Each message is delivered this many more times, at once.
pub fn repeats(copies: u32) -> Order {
    at("repeats", Point::Receive, "*", Act::Duplicate { copies })
}

/// Batches are delivered last first.
pub fn reversed() -> Order {
    at("reversed", Point::Poll, "*", Act::Reorder)
}

fn at(id: &str, point: Point, step: &str, act: Act) -> Order {
    Order { step: Some(step.to_owned()).filter(|step| step != "*"), ..Order::at(id, point, act) }
}

/// Every request that went to a worker.
pub type Bodies = Arc<Mutex<Vec<String>>>;

/// A queue that writes down what it hands out.
pub struct Ear {
    pub inner: Arc<dyn TaskQueue>,
    pub bodies: Bodies,
}

#[async_trait]
impl TaskQueue for Ear {
    async fn send_later(&self, queue: &str, bodies: Vec<String>, delay: Duration) -> Result<(), MessagingError> {
        self.inner.send_later(queue, bodies, delay).await
    }

    async fn receive(&self, queue: &str, max: usize, wait: Duration) -> Result<Vec<Delivery>, MessagingError> {
        let deliveries = self.inner.receive(queue, max, wait).await?;
        self.bodies.lock().unwrap().extend(deliveries.iter().map(|delivery| delivery.body.clone()));
        Ok(deliveries)
    }

    async fn extend(&self, receipt: &Receipt) -> Result<bool, MessagingError> {
        self.inner.extend(receipt).await
    }

    async fn ack(&self, receipt: &Receipt) -> Result<(), MessagingError> {
        self.inner.ack(receipt).await
    }

    async fn reject(&self, receipt: &Receipt, reason: &str) -> Result<(), MessagingError> {
        self.inner.reject(receipt, reason).await
    }

    async fn give_back(&self, receipts: &[Receipt]) -> Result<(), MessagingError> {
        self.inner.give_back(receipts).await
    }

    async fn depth(&self, queue: &str) -> Result<Depth, MessagingError> {
        self.inner.depth(queue).await
    }

    async fn dead_letters(
        &self,
        queue: &str,
        cursor: Option<&str>,
        limit: i64,
    ) -> Result<Vec<DeadLetter>, MessagingError> {
        self.inner.dead_letters(queue, cursor, limit).await
    }

    async fn redrive(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        self.inner.redrive(queue, ids).await
    }

    async fn discard(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        self.inner.discard(queue, ids).await
    }
}
