//! Every cell of the crash matrix, side by side in one database; afterwards the audit of everything.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use futures::future::join_all;
use tokio::task::JoinHandle;
use usher::matrix::{Cell, Next, Way, cells};
use usher_bookings::Status;
use usher_core::{
    faults::{Act, Order, Point},
    ids::BookingId,
};
use usher_workers::steps;
use usher_workflows::orchestrator::{Execution, Filter, OrchestratorError};

use crate::world::{PATIENCE, World, eventually};

/// A pause that lasts until it is taken back.
const LONG: u64 = 3_600_000;

/// A world with many cells, and the workers of a process that can be ended.
struct Matrix {
    world: World,
    orders: Mutex<Vec<Order>>,
    workers: Mutex<Vec<JoinHandle<()>>>,
}

impl Matrix {
    /// A hall with a seat for each booking, and workers that are not the world's.
    async fn new(seats: usize) -> Self {
        let mut world = World::with_steps(&[], Vec::new()).await;
        world.move_to(world.hall("Crash matrix", seats).await).await;
        let matrix = Self { world, orders: Mutex::default(), workers: Mutex::default() };
        matrix.start_workers();
        matrix
    }

    fn start_workers(&self) {
        let worker = self.world.worker();
        let draining = self.world.lifecycle.as_ref().unwrap().draining();
        let started = steps::all().into_iter().map(|step| tokio::spawn(worker.clone().run(step, draining.clone())));
        *self.workers.lock().unwrap() = started.collect();
    }

    /// Ends the workers' process, and starts another.
    async fn restart_workers(&self) {
        let workers = std::mem::take(&mut *self.workers.lock().unwrap());
        workers.iter().for_each(JoinHandle::abort);
        for worker in workers {
            assert!(worker.await.unwrap_err().is_cancelled());
        }
        self.start_workers();
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Order>)) {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut orders);
        self.world.services.faults.set(orders.clone(), "up", 1);
    }

    fn order(&self, order: Order) {
        self.change(|orders| orders.push(order));
    }

    fn release(&self, id: &str) {
        self.change(|orders| orders.retain(|order| order.id != id));
    }

    async fn hit(&self, id: &str) {
        let hit = eventually(async || {
            let hits = self.world.services.faults.hits();
            hits.iter().any(|hits| hits.order == id && hits.count > 0).then_some(())
        });
        hit.await.unwrap_or_else(|| panic!("{id}: its step was never reached"));
    }

    fn crash(&self, cell: &Cell, about: &str) {
        let name = cell.name();
        let act = match cell.next {
            Next::Restart | Next::Redeliver => Act::Pause { order: name.clone(), milliseconds: LONG },
            Next::Redrive | Next::Cancel => Act::Crash,
        };
        let (saga, step) = (Some(cell.saga.to_owned()), Some(cell.step.to_owned()));
        let order = Order::at(name, cell.point(), act);
        self.order(Order { saga, step, booking: Some(about.to_owned()), times: Some(1), ..order });
    }

    /// Leads a booking to the step, and answers it once the worker has met its fate.
    async fn reach(&self, cell: &Cell, seat: &str) -> BookingId {
        let world = &self.world;
        if cell.way == Way::CalledOff {
            let showtime = world.hall(&cell.name(), 2).await;
            let id = world.book_at(showtime, &["A1"], "pm_ok").await;
            world.until(id, &[Status::Confirmed]).await;
            self.crash(cell, &showtime.to_string());
            world.call_off_show(showtime).await;
            self.hit(&cell.name()).await;
            return id;
        }
        let id = world.request(&[seat], "pm_ok", None).await;
        if matches!(cell.way, Way::Booking | Way::BookingTurnedRound) {
            self.crash(cell, &id.to_string());
        }
        if cell.way == Way::BookingTurnedRound {
            let turning = format!("turning {}", cell.name());
            let pause = Act::Pause { order: turning.clone(), milliseconds: LONG };
            let order = Order::at(turning.clone(), Point::AfterEffect, pause);
            self.order(Order { step: Some("charge-payment".to_owned()), booking: Some(id.to_string()), ..order });
            world.start(id).await;
            self.hit(&turning).await;
            world.cancel(id).await;
            self.release(&turning);
        } else {
            world.start(id).await;
        }
        if matches!(cell.way, Way::Cancellation | Way::Refund) {
            world.until(id, &[Status::Confirmed]).await;
            self.crash(cell, &id.to_string());
            match cell.way {
                Way::Cancellation => drop(world.cancel(id).await),
                _ => drop(world.goodwill(id, 100).await),
            }
        }
        self.hit(&cell.name()).await;
        id
    }

    /// The execution that a cell is about.
    async fn execution(&self, cell: &Cell, id: BookingId) -> Execution {
        let about = match cell.way {
            Way::CalledOff => self.world.booking(id).await.showtime_id.to_string(),
            _ => id.to_string(),
        };
        let filter = Filter { saga: Some(cell.saga.to_owned()), limit: 1000, ..Filter::default() };
        let items = self.world.services.orchestrator().list(&filter).await.unwrap().items;
        let found = items.into_iter().find(|execution| execution.input.to_string().contains(&about));
        found.unwrap_or_else(|| panic!("{}: no execution", cell.name()))
    }

    /// What happens next, but for restarts, which happen to all at once.
    async fn go_on(&self, cell: &Cell, id: BookingId) {
        let (orchestrator, name) = (self.world.services.orchestrator(), cell.name());
        match cell.next {
            Next::Restart => self.release(&name),
            Next::Redeliver => {
                // Somebody else sees it through, and only then the first one wakes up.
                self.end(cell, id).await;
                self.release(&name);
            }
            Next::Redrive => {
                let execution = self.execution(cell, id).await;
                match orchestrator.stop(cell.saga, &execution.name, "Matrix", "stopped by a test").await {
                    Ok(()) => orchestrator.redrive(cell.saga, &execution.name).await.unwrap(),
                    // Its last step had reported: there is nothing left to redrive.
                    Err(OrchestratorError::Conflict(_)) => {}
                    Err(error) => panic!("{name}: {error}"),
                }
            }
            Next::Cancel => drop(self.world.cancel(id).await),
        }
    }

    async fn end(&self, cell: &Cell, id: BookingId) {
        let wanted: Status = cell.ends().parse().unwrap();
        let ended = eventually(async || (self.world.booking(id).await.status == wanted).then_some(())).await;
        if ended.is_none() {
            let booking = self.world.booking(id).await;
            let execution = self.execution(cell, id).await;
            panic!("{} is {:?}, not {wanted}, after {PATIENCE:?}: {execution:?}", cell.name(), booking.status);
        }
    }

    /// Plays cells side by side: all are led to their step, then something happens to each, then all have to end.
    async fn play(&self, cells: &[Cell], first_seat: usize) -> Vec<BookingId> {
        let reached = join_all(cells.iter().enumerate().map(async |(index, cell)| {
            let id = self.reach(cell, &self.world.seat(first_seat + index)).await;
            if cell.next != Next::Restart {
                self.go_on(cell, id).await;
            }
            id
        }));
        let ids = reached.await;
        if cells.iter().any(|cell| cell.next == Next::Restart) {
            self.restart_workers().await;
            for (cell, id) in cells.iter().zip(&ids) {
                self.go_on(cell, *id).await;
            }
        }
        join_all(cells.iter().zip(&ids).map(|(cell, id)| self.end(cell, *id))).await;
        ids
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_ends_as_it_has_to_and_the_audit_is_clean() {
    let cells = cells().unwrap();
    let matrix = Matrix::new(cells.len()).await;
    let (restarts, others): (Vec<Cell>, Vec<Cell>) = cells.into_iter().partition(|cell| cell.next == Next::Restart);
    let mut played = matrix.play(&others, 0).await;
    played.extend(matrix.play(&restarts, others.len()).await);
    assert_eq!(played.len(), others.len() + restarts.len());
    let hits: BTreeMap<String, u64> =
        matrix.world.services.faults.hits().into_iter().map(|hits| (hits.order, hits.count)).collect();
    for cell in others.iter().chain(&restarts) {
        assert_eq!(hits.get(&cell.name()), Some(&1), "{} was hit once", cell.name());
    }
    let report = matrix.world.settle().await;
    assert!(report.checked.bookings >= played.len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_shows_every_cell() {
    let document = usher::matrix::document().unwrap();
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/crash-matrix.md");
    assert_eq!(std::fs::read_to_string(committed).unwrap(), document, "run `make generate` and commit");
}
