//! Seats against a reference model: whatever is held, claimed, taken over, extended, sold, released and waited for, in
//! whatever order, every seat has the owner that a few lines over a map say it has.

use std::{cell::RefCell, collections::BTreeMap};

use proptest::{prelude::*, test_runner::TestRunner};
use time::{Duration, OffsetDateTime};
use usher_core::ids::{BookingId, HoldId, ShowtimeId, UserId};
use usher_seating::{
    Fenced,
    claim::{Claim, Claimed},
    settle::{Released, Sell, Sold},
};

use crate::world::{World, names, owners, release_of};

const SEATS: [&str; 4] = ["A1", "A2", "A3", "A4"];

#[derive(Debug, Clone)]
enum Act {
    /// A customer keeps seats.
    Hold {
        user: usize,
        seats: Vec<&'static str>,
    },
    /// A new booking claims seats.
    Claim {
        seats: Vec<&'static str>,
    },
    /// A new booking of this customer takes over a hold, for its seats or for others.
    TakeOver {
        hold: usize,
        user: usize,
        right_seats: bool,
    },
    Extend {
        hold: usize,
    },
    GiveBack {
        hold: usize,
    },
    /// A booking sells, stating one of the epochs that its hold ever had.
    Sell {
        hold: usize,
        epoch: usize,
    },
    /// A booking gives back what it has.
    Release {
        hold: usize,
    },
    Advance {
        minutes: i64,
    },
}

fn act() -> impl Strategy<Value = Act> {
    let seats = || prop::sample::subsequence(SEATS.to_vec(), 1..=3).prop_shuffle();
    let (user, hold) = (|| 0..2_usize, || 0..100_usize);
    prop_oneof![
        4 => (user(), seats()).prop_map(|(user, seats)| Act::Hold { user, seats }),
        4 => seats().prop_map(|seats| Act::Claim { seats }),
        4 => (hold(), user(), prop::bool::weighted(0.9)).prop_map(|(hold, user, right_seats)| Act::TakeOver { hold, user, right_seats }),
        2 => hold().prop_map(|hold| Act::Extend { hold }),
        1 => hold().prop_map(|hold| Act::GiveBack { hold }),
        4 => (hold(), 0..3_usize).prop_map(|(hold, epoch)| Act::Sell { hold, epoch }),
        2 => hold().prop_map(|hold| Act::Release { hold }),
        3 => (1..6_i64).prop_map(|minutes| Act::Advance { minutes }),
    ]
}

#[derive(Debug, Clone)]
struct Hold {
    id: HoldId,
    user: usize,
    booking: Option<BookingId>,
    seats: Vec<&'static str>,
    /// Every epoch that it had, the present one last.
    epochs: Vec<i64>,
    created: OffsetDateTime,
    until: OffsetDateTime,
    extended: bool,
    released: bool,
}

impl Hold {
    fn epoch(&self) -> i64 {
        *self.epochs.last().unwrap()
    }

    fn open(&self, now: OffsetDateTime) -> bool {
        self.booking.is_none() && !self.released && self.until > now
    }
}

/// Whose a seat is: the hold, the epoch, and until when; nobody's moment is a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Owner {
    hold: HoldId,
    epoch: i64,
    until: Option<OffsetDateTime>,
}

#[derive(Default)]
struct Model {
    holds: Vec<Hold>,
    owners: BTreeMap<&'static str, Owner>,
}

impl Model {
    fn taken(&self, seats: &[&'static str], now: OffsetDateTime) -> Vec<&'static str> {
        let owned =
            |seat: &&&str| self.owners.get(**seat).is_some_and(|owner| owner.until.is_none_or(|until| until > now));
        let mut taken: Vec<_> = seats.iter().filter(owned).copied().collect();
        taken.sort_unstable();
        taken
    }

    /// Gives all seats of a hold to it, as it stands now.
    fn own(&mut self, index: usize) {
        let hold = &self.holds[index];
        let owner = Owner { hold: hold.id, epoch: hold.epoch(), until: Some(hold.until) };
        for seat in &hold.seats {
            self.owners.insert(seat, owner);
        }
    }

    fn owns_all(&self, hold: &Hold, epoch: i64) -> bool {
        hold.seats
            .iter()
            .all(|seat| self.owners.get(seat).is_some_and(|owner| owner.hold == hold.id && owner.epoch == epoch))
    }

    /// Whether a late sale gets its seats after all: nobody else has any of them, and nothing was given back.
    fn could_retake(&self, hold: &Hold, epoch: i64, now: OffsetDateTime) -> bool {
        let elsewhere = |seat: &&&str| self.owners.get(**seat).is_some_and(|owner| owner.hold != hold.id);
        let others: Vec<&'static str> = hold.seats.iter().filter(elsewhere).copied().collect();
        !hold.released && epoch == hold.epoch() && self.taken(&others, now).is_empty()
    }

    fn free(&mut self, index: usize) -> usize {
        self.holds[index].released = true;
        let (id, epoch, before) = (self.holds[index].id, self.holds[index].epoch(), self.owners.len());
        self.owners.retain(|_, owner| (owner.hold, owner.epoch) != (id, epoch));
        before - self.owners.len()
    }
}

#[test]
fn every_seat_has_the_owner_that_the_model_says() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let world = RefCell::new(runtime.block_on(World::new()));
    let processes = runtime.block_on(async { [world.borrow().seating.clone(), world.borrow().another_process()] });
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() });
    let histories = prop::collection::vec((act(), 0..2_usize), 1..40);
    runner
        .run(&histories, |history| {
            let mut world = world.borrow_mut();
            world.showtime = ShowtimeId::new(&*world.ambient);
            let users = [world.someone(), world.someone()];
            let mut play = Play { world: &mut world, users, model: Model::default(), number: 0 };
            for (act, process) in history {
                play.world.seating = processes[process].clone();
                runtime.block_on(play.perform(act))?;
                runtime.block_on(play.compare())?;
            }
            Ok(())
        })
        .unwrap();
    runtime.block_on(async { drop(world) });
}

struct Play<'a> {
    world: &'a mut World,
    users: [UserId; 2],
    model: Model,
    number: usize,
}

impl Play<'_> {
    /// Every act is an effect of its own, so that the rows are asked and not the inbox.
    fn effect(&mut self) -> String {
        self.number += 1;
        format!("{}/{}", self.world.showtime, self.number)
    }

    async fn perform(&mut self, act: Act) -> Result<(), TestCaseError> {
        match act {
            Act::Advance { minutes } => self.world.pass(Duration::minutes(minutes)),
            Act::Hold { user, seats } => self.hold(user, seats).await?,
            Act::Claim { seats } => self.claim(seats).await?,
            _ if self.model.holds.is_empty() => {}
            Act::TakeOver { hold, user, right_seats } => self.take_over(self.pick(hold), user, right_seats).await?,
            Act::Extend { hold } => self.extend(self.pick(hold)).await?,
            Act::GiveBack { hold } => self.give_back(self.pick(hold)).await?,
            Act::Sell { hold, epoch } => self.sell(self.pick(hold), epoch).await?,
            Act::Release { hold } => self.release(self.pick(hold)).await?,
        }
        Ok(())
    }

    fn pick(&self, hold: usize) -> usize {
        hold % self.model.holds.len()
    }

    fn expect_seats(
        &mut self,
        claimed: &Claimed,
        user: usize,
        booking: Option<BookingId>,
        seats: Vec<&'static str>,
    ) -> Result<(), TestCaseError> {
        let now = self.world.now();
        let taken = self.model.taken(&seats, now);
        match claimed {
            Claimed::All { hold_id, epoch, expires_at } => {
                prop_assert_eq!(taken, Vec::<&str>::new());
                prop_assert_eq!(*expires_at, now + Duration::minutes(5));
                self.model.holds.push(Hold {
                    id: *hold_id,
                    user,
                    booking,
                    seats,
                    epochs: vec![*epoch],
                    created: now,
                    until: *expires_at,
                    extended: false,
                    released: false,
                });
                self.model.own(self.model.holds.len() - 1);
            }
            Claimed::Taken { .. } => prop_assert_eq!(crate::world::taken(claimed), taken),
            Claimed::HoldUnusable => return Err(TestCaseError::fail("nothing was to be taken over")),
            Claimed::Closed => return Err(TestCaseError::fail("nobody called the showtime off")),
        }
        Ok(())
    }

    async fn hold(&mut self, user: usize, seats: Vec<&'static str>) -> Result<(), TestCaseError> {
        let now = self.world.now();
        let open = self.model.holds.iter().filter(|hold| hold.user == user && hold.open(now)).count();
        let held = self.world.seating.hold(self.users[user], self.world.showtime, names(&seats)).await.unwrap();
        prop_assert_eq!(held.is_err(), open >= 4);
        held.map_or(Ok(()), |claimed| self.expect_seats(&claimed, user, None, seats))
    }

    async fn claim(&mut self, seats: Vec<&'static str>) -> Result<(), TestCaseError> {
        let (effect, booking) = (self.effect(), self.world.booking());
        let claim = Claim { user_id: self.users[0], ..self.world.claim_of(booking, &seats) };
        let claimed = self.world.seating.claim(&effect, claim).await.unwrap();
        self.expect_seats(&claimed, 0, Some(booking), seats)
    }

    async fn take_over(&mut self, index: usize, user: usize, right_seats: bool) -> Result<(), TestCaseError> {
        let (now, effect, booking) = (self.world.now(), self.effect(), self.world.booking());
        let hold = self.model.holds[index].clone();
        let others: Vec<&str> = SEATS.into_iter().filter(|seat| !hold.seats.contains(seat)).collect();
        let seats = if right_seats { hold.seats.clone() } else { others };
        let claim = Claim { user_id: self.users[user], ..self.world.take_over_of(booking, hold.id, &seats) };
        let claimed = self.world.seating.claim(&effect, claim).await.unwrap();
        if !(hold.open(now) && hold.user == user && right_seats) {
            prop_assert_eq!(claimed, Claimed::HoldUnusable);
            return Ok(());
        }
        let until = hold.until.max((now + Duration::minutes(5)).min(hold.created + Duration::minutes(15)));
        let Claimed::All { epoch, .. } = claimed else { return Err(TestCaseError::fail(format!("{claimed:?}"))) };
        prop_assert!(epoch > hold.epoch());
        prop_assert_eq!(claimed, Claimed::All { hold_id: hold.id, epoch, expires_at: until });
        let hold = &mut self.model.holds[index];
        (hold.booking, hold.extended, hold.until) = (Some(booking), true, until);
        hold.epochs.push(epoch);
        self.model.own(index);
        Ok(())
    }

    async fn extend(&mut self, index: usize) -> Result<(), TestCaseError> {
        let (now, hold) = (self.world.now(), self.model.holds[index].clone());
        let extended = self.world.seating.extend(self.users[hold.user], hold.id).await.unwrap();
        let expected = if hold.booking.is_some() {
            Some(Fenced::Lost)
        } else if hold.until <= now {
            Some(Fenced::Expired)
        } else if hold.extended {
            Some(Fenced::NotExtendable)
        } else {
            hold.released.then_some(Fenced::Lost)
        };
        prop_assert_eq!(extended.as_ref().err(), expected.as_ref());
        if let Ok(extended) = extended {
            let until = (hold.until + Duration::minutes(5)).min(hold.created + Duration::minutes(15));
            prop_assert_eq!(extended.expires_at, until);
            let hold = &mut self.model.holds[index];
            (hold.extended, hold.until) = (true, until);
            hold.epochs.push(extended.epoch);
            self.model.own(index);
        }
        Ok(())
    }

    async fn give_back(&mut self, index: usize) -> Result<(), TestCaseError> {
        let hold = self.model.holds[index].clone();
        let given_back = self.world.seating.give_back(self.users[hold.user], hold.id).await.unwrap();
        prop_assert_eq!(given_back, if hold.booking.is_some() { Err(Fenced::Lost) } else { Ok(()) });
        if hold.booking.is_none() {
            self.model.free(index);
        }
        Ok(())
    }

    async fn sell(&mut self, index: usize, epoch: usize) -> Result<(), TestCaseError> {
        let (effect, hold) = (self.effect(), self.model.holds[index].clone());
        if hold.booking.is_none() {
            return Ok(()); // Nobody sells what a customer is still thinking about.
        }
        let epoch = hold.epochs[epoch % hold.epochs.len()];
        let now = usher_core::ambient::Ambient::now(&*self.world.ambient);
        if !self.model.owns_all(&hold, epoch) && self.model.could_retake(&hold, epoch, now) {
            return Ok(()); // It takes them anew, under an epoch that only the database knows: `late` has the tests of that.
        }
        let sale = Sell { hold_id: hold.id, epoch, showtime_id: self.world.showtime, seats: names(&hold.seats) };
        let sold = self.world.seating.sell(&effect, sale).await.unwrap();
        let owned = self.model.owns_all(&hold, epoch);
        prop_assert_eq!(sold, if owned { Sold::All } else { Sold::Lost });
        if owned {
            for seat in &hold.seats {
                self.model.owners.insert(seat, Owner { hold: hold.id, epoch, until: None });
            }
        }
        Ok(())
    }

    async fn release(&mut self, index: usize) -> Result<(), TestCaseError> {
        let Some(booking) = self.model.holds[index].booking else { return Ok(()) };
        let effect = self.effect();
        let released = self.world.seating.release(&effect, release_of(booking)).await.unwrap();
        let freed = if self.model.holds[index].released { 0 } else { self.model.free(index) };
        prop_assert_eq!(released, Released { seats: freed });
        Ok(())
    }

    async fn compare(&self) -> Result<(), TestCaseError> {
        let now = self.world.now();
        let owners = owners(self.world.database.pool(), self.world.showtime, now).await;
        let expected: BTreeMap<String, (HoldId, Option<OffsetDateTime>)> = self
            .model
            .owners
            .iter()
            .filter(|(_, owner)| owner.until.is_none_or(|until| until > now))
            .map(|(seat, owner)| ((*seat).to_owned(), (owner.hold, owner.until)))
            .collect();
        prop_assert_eq!(owners, expected);
        Ok(())
    }
}
