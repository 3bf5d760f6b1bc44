//! What nobody can handle is put aside, with the reason, until a person decides.

use futures::{FutureExt, future::BoxFuture};
use usher_messaging::queue::{DeadLetter, Depth, MAX_RECEIVES};

use super::{
    Case,
    world::{Ability, Process, QUEUE, World, bodies},
};

pub const CASES: &[Case] = &[
    ("a message that kills its consumers becomes a dead letter", poison),
    ("an answered message of many deliveries does not", last_chance),
    ("dead letters do not hold up what lies behind them", behind_poison),
    ("a rejected message is a dead letter at once, with the reason", rejected),
    ("rejecting twice is harmless", rejected_twice),
    ("dead letters are listed in pages, oldest first", pages),
    ("each queue has its own dead letters", apart),
    ("a redriven message is delivered as if for the first time", redriven),
    ("whoever waits gets what is redriven", redriven_to_a_waiter),
    ("only the named letters of the named queue are redriven", redriven_by_name),
    ("a redriven message can die again", dies_again),
    ("only the named letters are discarded, for ever", discarded),
    ("the depth tells what waits, what is leased and what is dead", depth),
];

async fn letters(process: &Process) -> Vec<DeadLetter> {
    process.queue.dead_letters(QUEUE, None, 1000).await.unwrap()
}

/// Sends these messages and rejects them all.
async fn bury(process: &Process, numbers: std::ops::Range<usize>) {
    for number in numbers {
        process.send_numbers(number..number + 1).await;
        let delivery = process.receive().await;
        process.queue.reject(&delivery.receipt, &format!("because of {}", delivery.body)).await.unwrap();
    }
}

/// Lets so many leases of the messages in the queue run out.
async fn let_die(world: &dyn World, process: &Process, messages: usize, times: i32) {
    for _ in 0..times {
        process.receive_all(messages).await;
        world.pass(4).await;
    }
}

fn poison(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send("deadly").await;
        for receives in 1..=MAX_RECEIVES {
            let delivery = process.receive().await;
            assert_eq!(delivery.receives, receives);
            assert_eq!(letters(&process).await, []);
            world.pass(4).await;
        }
        assert_eq!(process.look().await, [], "once more would be once too often");
        let letters = letters(&process).await;
        assert_eq!(letters.len(), 1);
        assert_eq!((letters[0].body.as_str(), letters[0].receives), ("deadly", MAX_RECEIVES));
        assert!(letters[0].reason.contains(&MAX_RECEIVES.to_string()), "{}", letters[0].reason);
        world.pass(4).await;
        assert_eq!(world.process().await.look().await, []);
    }
    .boxed()
}

fn last_chance(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send("difficult").await;
        let_die(world, &process, 1, MAX_RECEIVES - 1).await;
        let delivery = process.receive().await;
        assert_eq!(delivery.receives, MAX_RECEIVES);
        process.ack(&delivery.receipt).await;
        world.pass(4).await;
        assert_eq!(process.look().await, []);
        assert_eq!(letters(&process).await, []);
    }
    .boxed()
}

fn behind_poison(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send_numbers(0..20).await;
        let_die(world, &process, 20, MAX_RECEIVES).await;
        process.send("healthy").await;
        assert_eq!(process.receive().await.body, "healthy");
        assert_eq!(process.look().await, []);
        assert_eq!(letters(&process).await.len(), 20);
    }
    .boxed()
}

fn rejected(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send("not a request").await;
        let delivery = process.receive().await;
        process.queue.reject(&delivery.receipt, "not a request: expected value at line 1").await.unwrap();
        let letters = letters(&process).await;
        assert_eq!(letters.len(), 1);
        assert_eq!((letters[0].body.as_str(), letters[0].receives), ("not a request", 1));
        assert_eq!(letters[0].reason, "not a request: expected value at line 1");
        world.pass(4).await;
        assert_eq!(process.look().await, []);
    }
    .boxed()
}

fn rejected_twice(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send("bad").await;
        let delivery = process.receive().await;
        for reason in ["first", "second"] {
            process.queue.reject(&delivery.receipt, reason).await.unwrap();
        }
        process.ack(&delivery.receipt).await;
        let letters = letters(&process).await;
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0].reason, "first");
    }
    .boxed()
}

fn pages(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        bury(&process, 0..7).await;
        let (mut cursor, mut seen) = (None, Vec::new());
        loop {
            let page = process.queue.dead_letters(QUEUE, cursor.as_deref(), 3).await.unwrap();
            assert!(page.len() <= 3);
            let Some(last) = page.last() else { break };
            cursor = Some(last.id.clone());
            seen.extend(page);
        }
        let bodies: Vec<&str> = seen.iter().map(|letter| letter.body.as_str()).collect();
        assert_eq!(bodies, ["0", "1", "2", "3", "4", "5", "6"]);
        assert!(seen.iter().all(|letter| letter.reason == format!("because of {}", letter.body)));
        assert!(seen.is_sorted_by_key(|letter| letter.died_at));
    }
    .boxed()
}

fn apart(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        bury(&process, 0..1).await;
        assert_eq!(process.queue.dead_letters("charge-payment", None, 10).await.unwrap(), []);
        assert_eq!(process.queue.depth("charge-payment").await.unwrap(), Depth::default());
    }
    .boxed()
}

fn redriven(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send("repaired").await;
        let_die(world, &process, 1, MAX_RECEIVES).await;
        assert_eq!(process.look().await, []);
        let ids: Vec<String> = letters(&process).await.into_iter().map(|letter| letter.id).collect();
        assert_eq!(process.queue.redrive(QUEUE, &ids).await.unwrap(), 1);
        assert_eq!(letters(&process).await, []);
        assert_eq!(process.queue.redrive(QUEUE, &ids).await.unwrap(), 0, "they were sent already");
        let other = world.process().await;
        let delivery = other.receive().await;
        assert_eq!((delivery.body.as_str(), delivery.receives), ("repaired", 1));
        other.ack(&delivery.receipt).await;
        world.pass(4).await;
        assert_eq!(process.look().await, []);
    }
    .boxed()
}

fn redriven_to_a_waiter(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (process, waiting) = (world.process().await, world.process().await);
        bury(&process, 0..1).await;
        let ids = [letters(&process).await.remove(0).id];
        let (delivery, redriven) = tokio::join!(waiting.receive(), process.queue.redrive(QUEUE, &ids));
        assert_eq!((delivery.body.as_str(), redriven.unwrap()), ("0", 1));
    }
    .boxed()
}

fn redriven_by_name(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        bury(&process, 0..4).await;
        let letters_before = letters(&process).await;
        let named = [letters_before[1].id.clone(), letters_before[3].id.clone(), "no such letter".to_owned()];
        assert_eq!(process.queue.redrive("charge-payment", &named).await.unwrap(), 0);
        assert_eq!(process.queue.redrive(QUEUE, &[]).await.unwrap(), 0);
        assert_eq!(process.queue.redrive(QUEUE, &named).await.unwrap(), 2);
        assert_eq!(bodies(&process.receive_all(2).await), ["1", "3"]);
        let left: Vec<String> = letters(&process).await.into_iter().map(|letter| letter.body).collect();
        assert_eq!(left, ["0", "2"]);
    }
    .boxed()
}

fn dies_again(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send("incurable").await;
        for _ in 0..2 {
            let_die(world, &process, 1, MAX_RECEIVES).await;
            assert_eq!(process.look().await, []);
            let letters = letters(&process).await;
            assert_eq!((letters.len(), letters[0].receives), (1, MAX_RECEIVES));
            assert_eq!(process.queue.redrive(QUEUE, &[letters[0].id.clone()]).await.unwrap(), 1);
        }
        assert_eq!(process.receive().await.receives, 1);
    }
    .boxed()
}

fn discarded(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        bury(&process, 0..3).await;
        let before = letters(&process).await;
        let named = [before[0].id.clone(), before[2].id.clone(), "no such letter".to_owned()];
        assert_eq!(process.queue.discard("charge-payment", &named).await.unwrap(), 0);
        assert_eq!(process.queue.discard(QUEUE, &[]).await.unwrap(), 0);
        assert_eq!(process.queue.discard(QUEUE, &named).await.unwrap(), 2);
        assert_eq!(process.queue.redrive(QUEUE, &named).await.unwrap(), 0, "they are gone");
        let left: Vec<String> = letters(&process).await.into_iter().map(|letter| letter.body).collect();
        assert_eq!(left, ["1"]);
        assert_eq!(process.look().await, [], "and are not delivered either");
    }
    .boxed()
}

fn depth(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        assert_eq!(process.queue.depth(QUEUE).await.unwrap(), Depth::default());
        bury(&process, 0..2).await;
        process.send_numbers(2..5).await;
        let delivery = process.receive().await;
        let other = world.process().await;
        other.queue.send(QUEUE, vec!["5".to_owned()]).await.unwrap();
        process.settles(QUEUE, (3, 1, 2)).await;
        if world.can(Ability::LeasesOfOthers) {
            other.settles(QUEUE, (3, 1, 2)).await;
        }
        process.ack(&delivery.receipt).await;
        world.pass(3).await;
        other.settles(QUEUE, (3, 0, 2)).await;
        if world.can(Ability::AgeOfOldest) {
            let depth = other.queue.depth(QUEUE).await.unwrap();
            assert!(depth.oldest_seconds > 0, "they have waited for a lease's time");
        }
    }
    .boxed()
}
