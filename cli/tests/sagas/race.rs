//! Many customers, the same seats.

use usher_bookings::Status;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
pub async fn two_hundred_bookings_of_the_same_four_seats_sell_them_once() {
    let world = World::new().await;
    let seats: Vec<String> = (0..4).map(|index| world.seat(index)).collect();
    let seats: Vec<&str> = seats.iter().map(String::as_str).collect();
    let booked = futures::future::join_all((0..200).map(|_| world.book(&seats, "pm_ok"))).await;
    let mut confirmed = 0;
    for id in booked {
        let booking = world.until(id, &[Status::Confirmed, Status::Rejected]).await;
        if booking.status == Status::Confirmed {
            confirmed += 1;
        } else {
            let taken: Vec<String> = booking.taken_seats.iter().map(ToString::to_string).collect();
            assert_eq!(taken.len(), 4, "the loser is told all taken seats: {taken:?}");
        }
    }
    assert_eq!(confirmed, 1);
    assert_eq!(world.provider_effects().await, (1, 0));
    world.settle().await;
}
