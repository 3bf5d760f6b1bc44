//! A delivery is its consumer's for a while. Whoever lost it changes nothing any more.

use futures::{FutureExt, future::BoxFuture};
use usher_messaging::queue::{Delivery, MAX_RECEIVES, Receipt};

use super::{
    Case,
    world::{Ability, PATIENCE, Process, QUEUE, World, bodies, insist},
};

pub const CASES: &[Case] = &[
    ("a delivery is hidden from everybody else", hidden),
    ("a lease that runs out delivers again and counts", runs_out),
    ("a lease holds until its end", holds_until_its_end),
    ("an acknowledgement under a lost lease does nothing", lost_ack),
    ("an extension of a lost lease says so and does nothing", lost_extend),
    ("a rejection under a lost lease does nothing", lost_reject),
    ("giving back under a lost lease does nothing", lost_give_back),
    ("an extended lease keeps a message hidden", extended),
    ("a lease can be extended again and again", extended_often),
    ("a settled message cannot be extended", extended_after_the_end),
    ("what is given back is there at once, as if never delivered", given_back),
    ("several can be given back at once", several_given_back),
    ("giving nothing back is harmless", nothing_given_back),
    ("what is given back often never dies of it", given_back_often),
    ("whoever waits gets what another gives back", given_back_to_a_waiter),
    ("what a dead process had goes to another", dead_process),
    ("a slow consumer keeps its message while others go on", slow_consumer),
    ("each message of a batch ends as it was told", partial_failure),
    ("what is overtaken arrives all the same", overtaken),
    ("what was sent survives the loss of all connections", cut_off),
    ("a receipt of something else is refused for good", foreign_receipt),
];

/// Two processes, and a message whose lease the first lost to the second.
async fn lost_lease(world: &dyn World) -> (Process, Delivery, Process, Delivery) {
    let (slow, fast) = (world.process().await, world.process().await);
    slow.send("contended").await;
    let lost = slow.receive().await;
    world.pass(4).await;
    let held = fast.receive().await;
    assert_eq!((held.body.as_str(), held.receives), ("contended", 2));
    assert_ne!(held.receipt, lost.receipt);
    (slow, lost, fast, held)
}

/// The message is still the second one's: nobody else sees it, and the lease can be extended.
async fn still_held(world: &dyn World, by: &Process, held: &Delivery) {
    assert_eq!(world.process().await.look().await, []);
    assert!(by.queue.extend(&held.receipt).await.unwrap());
    by.settles(QUEUE, (0, 1, 0)).await;
}

fn hidden(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send("mine").await;
        process.receive().await;
        assert_eq!(process.look().await, []);
        assert_eq!(world.process().await.look().await, []);
    }
    .boxed()
}

fn runs_out(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (dead, next) = (world.process().await, world.process().await);
        dead.send("again").await;
        dead.receive().await;
        for receives in 2..4 {
            world.pass(4).await;
            let delivery = next.receive().await;
            assert_eq!((delivery.body.as_str(), delivery.receives), ("again", receives));
        }
    }
    .boxed()
}

fn holds_until_its_end(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (holder, other) = (world.process().await, world.process().await);
        holder.send("mine").await;
        holder.receive().await;
        world.pass(2).await;
        assert_eq!(other.look().await, []);
        world.pass(2).await;
        assert_eq!(other.receive().await.receives, 2);
    }
    .boxed()
}

fn lost_ack(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (slow, lost, fast, held) = lost_lease(world).await;
        slow.ack(&lost.receipt).await;
        still_held(world, &fast, &held).await;
        world.pass(4).await;
        assert_eq!(slow.receive().await.receives, 3, "it was not forgotten");
    }
    .boxed()
}

fn lost_extend(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (slow, lost, fast, held) = lost_lease(world).await;
        world.pass(2).await;
        assert!(!slow.queue.extend(&lost.receipt).await.unwrap());
        world.pass(2).await;
        let next = slow.receive().await;
        assert_eq!(next.receives, 3, "the second one's lease ran out in its time");
        assert!(!fast.queue.extend(&held.receipt).await.unwrap());
    }
    .boxed()
}

fn lost_reject(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (slow, lost, fast, held) = lost_lease(world).await;
        slow.queue.reject(&lost.receipt, "cannot be read").await.unwrap();
        still_held(world, &fast, &held).await;
    }
    .boxed()
}

fn lost_give_back(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (slow, lost, fast, held) = lost_lease(world).await;
        slow.queue.give_back(&[lost.receipt]).await.unwrap();
        still_held(world, &fast, &held).await;
    }
    .boxed()
}

fn extended(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (holder, other) = (world.process().await, world.process().await);
        holder.send("mine").await;
        let delivery = holder.receive().await;
        world.pass(2).await;
        assert!(holder.queue.extend(&delivery.receipt).await.unwrap());
        world.pass(2).await;
        assert_eq!(other.look().await, []);
        world.pass(2).await;
        assert_eq!(other.receive().await.receives, 2, "an extension is one lease long");
    }
    .boxed()
}

fn extended_often(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (holder, other) = (world.process().await, world.process().await);
        holder.send("mine").await;
        let delivery = holder.receive().await;
        for _ in 0..10 {
            world.pass(2).await;
            assert!(holder.queue.extend(&delivery.receipt).await.unwrap());
            assert_eq!(other.look().await, []);
        }
        holder.ack(&delivery.receipt).await;
        world.pass(4).await;
        assert_eq!(other.look().await, []);
    }
    .boxed()
}

fn extended_after_the_end(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send_numbers(0..2).await;
        let deliveries = process.receive_all(2).await;
        process.ack(&deliveries[0].receipt).await;
        process.queue.reject(&deliveries[1].receipt, "cannot be read").await.unwrap();
        for delivery in deliveries {
            assert!(!process.queue.extend(&delivery.receipt).await.unwrap());
        }
    }
    .boxed()
}

fn given_back(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (draining, other) = (world.process().await, world.process().await);
        draining.send("not begun").await;
        let delivery = draining.receive().await;
        draining.queue.give_back(&[delivery.receipt]).await.unwrap();
        let delivery = other.receive().await;
        assert_eq!((delivery.body.as_str(), delivery.receives), ("not begun", 1));
        other.ack(&delivery.receipt).await;
        world.pass(4).await;
        assert_eq!(draining.look().await, []);
    }
    .boxed()
}

fn several_given_back(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (draining, other) = (world.process().await, world.process().await);
        draining.send_numbers(0..5).await;
        draining.queue.send("charge-payment", vec!["5".to_owned()]).await.unwrap();
        let deliveries = draining.receive_all(5).await;
        let mut receipts: Vec<_> = deliveries[1..].iter().map(|delivery| delivery.receipt.clone()).collect();
        receipts.push(draining.receive_from("charge-payment").await.receipt);
        draining.queue.give_back(&receipts).await.unwrap();
        let expected: Vec<String> = deliveries[1..].iter().map(|delivery| delivery.body.clone()).collect();
        assert_eq!(bodies(&other.receive_all(4).await), bodies(&deliveries[1..]), "{expected:?}");
        assert_eq!(other.receive_from("charge-payment").await.body, "5");
        assert!(draining.queue.extend(&deliveries[0].receipt).await.unwrap(), "what was begun is kept");
    }
    .boxed()
}

fn nothing_given_back(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.queue.give_back(&[]).await.unwrap();
        process.send("mine").await;
        let delivery = process.receive().await;
        process.ack(&delivery.receipt).await;
        process.queue.give_back(&[delivery.receipt]).await.unwrap();
        assert_eq!(process.look().await, [], "what is settled does not come back");
    }
    .boxed()
}

fn given_back_often(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send("patient").await;
        for _ in 0..MAX_RECEIVES * 2 {
            let delivery = process.receive().await;
            assert_eq!(delivery.receives, 1);
            process.queue.give_back(&[delivery.receipt]).await.unwrap();
        }
        process.settles(QUEUE, (1, 0, 0)).await;
    }
    .boxed()
}

fn given_back_to_a_waiter(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (draining, waiting) = (world.process().await, world.process().await);
        draining.send("not begun").await;
        let delivery = draining.receive().await;
        let receipts = [delivery.receipt];
        let (delivery, given) = tokio::join!(waiting.receive(), draining.queue.give_back(&receipts));
        given.unwrap();
        assert_eq!(delivery.body, "not begun");
    }
    .boxed()
}

fn dead_process(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let dead = world.process().await;
        dead.send_numbers(0..20).await;
        let begun = dead.queue.receive(QUEUE, 10, std::time::Duration::ZERO).await.unwrap().len();
        assert!(begun > 0);
        drop(dead);
        world.pass(4).await;
        let next = world.process().await;
        assert_eq!(next.receive_all(20).await.len(), 20);
        assert_eq!(next.look().await, []);
    }
    .boxed()
}

fn slow_consumer(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (slow, fast) = (world.process().await, world.process().await);
        slow.send("slow").await;
        let held = slow.receive().await;
        for round in 0..5 {
            fast.send_numbers(round * 10..round * 10 + 10).await;
            for delivery in fast.receive_all(10).await {
                assert_ne!(delivery.body, "slow");
                fast.ack(&delivery.receipt).await;
            }
            world.pass(1).await;
            assert!(slow.queue.extend(&held.receipt).await.unwrap(), "in round {round}");
        }
        slow.ack(&held.receipt).await;
        world.pass(4).await;
        assert_eq!(fast.look().await, []);
        fast.settles(QUEUE, (0, 0, 0)).await;
    }
    .boxed()
}

fn partial_failure(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (process, other) = (world.process().await, world.process().await);
        process.send_numbers(0..12).await;
        let mut deliveries = process.receive_all(12).await;
        deliveries.sort_by_key(|delivery| delivery.body.parse::<usize>().unwrap());
        let (done, rest) = deliveries.split_at(3);
        let (bad, rest) = rest.split_at(3);
        let (not_begun, forgotten) = rest.split_at(3);
        for delivery in done {
            process.ack(&delivery.receipt).await;
        }
        for delivery in bad {
            process.queue.reject(&delivery.receipt, "cannot be read").await.unwrap();
        }
        let receipts: Vec<_> = not_begun.iter().map(|delivery| delivery.receipt.clone()).collect();
        process.queue.give_back(&receipts).await.unwrap();
        let given = other.receive_all(3).await;
        assert_eq!(bodies(&given), ["6", "7", "8"]);
        assert!(given.iter().all(|delivery| delivery.receives == 1));
        for delivery in &given {
            other.ack(&delivery.receipt).await;
        }
        world.pass(4).await;
        let again = other.receive_all(3).await;
        assert_eq!(bodies(&again), bodies(forgotten));
        assert!(again.iter().all(|delivery| delivery.receives == 2));
        for delivery in &again {
            other.ack(&delivery.receipt).await;
        }
        other.settles(QUEUE, (0, 0, 3)).await;
    }
    .boxed()
}

/// Leases that end and messages that are given back change the order; nobody may lean on one.
fn overtaken(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (process, other) = (world.process().await, world.process().await);
        process.send_numbers(0..10).await;
        let first = process.receive_all(5).await;
        process.queue.give_back(&[first[1].receipt.clone(), first[3].receipt.clone()]).await.unwrap();
        other.send_numbers(10..15).await;
        world.pass(4).await;
        let mut numbers: Vec<usize> = Vec::new();
        for delivery in other.receive_all(15).await {
            other.ack(&delivery.receipt).await;
            numbers.push(delivery.body.parse().unwrap());
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (0..15).collect::<Vec<_>>());
    }
    .boxed()
}

fn cut_off(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (process, other) = (world.process().await, world.process().await);
        process.send("held").await;
        let held = process.receive().await;
        other.send("waiting").await;
        if world.can(Ability::Connections) {
            world.cut().await;
        }
        insist(|| process.queue.send(QUEUE, vec!["afterwards".to_owned()])).await;
        world.pass(4).await;
        let mut seen = Vec::new();
        while seen.len() < 3 {
            let deliveries = insist(|| other.queue.receive(QUEUE, 3, PATIENCE)).await;
            assert!(!deliveries.is_empty(), "only {seen:?} arrived");
            for delivery in deliveries {
                other.ack(&delivery.receipt).await;
                if !seen.contains(&delivery.body) {
                    seen.push(delivery.body);
                }
            }
        }
        seen.sort_unstable();
        assert_eq!(seen, ["afterwards", "held", "waiting"]);
        // The lease is long over; whatever its holder says changes nothing.
        insist(|| process.queue.ack(&held.receipt)).await;
        assert!(!insist(|| process.queue.extend(&held.receipt)).await);
    }
    .boxed()
}

fn foreign_receipt(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        let foreign = Receipt("what somebody made up".to_owned());
        for refused in [
            process.queue.extend(&foreign).await.map(drop),
            process.queue.reject(&foreign, "x").await,
            process.queue.give_back(std::slice::from_ref(&foreign)).await,
        ] {
            assert!(!refused.unwrap_err().is_transient());
        }
    }
    .boxed()
}
