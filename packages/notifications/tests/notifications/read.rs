//! Reading: each customer's own messages, newest first and page by page.

use time::Duration;

use crate::support::World;

#[tokio::test]
async fn a_customer_pages_through_their_own_messages_and_nobody_elses() {
    let world = World::new().await;
    let customer = world.rejection("Mine").user;
    let mut mine = Vec::new();
    for n in 0..5 {
        world.ambient.advance(Duration::milliseconds(1));
        world.notifications.tell(world.rejection("Somebody else's")).await.unwrap();
        world.ambient.advance(Duration::milliseconds(1));
        let mut tell = world.rejection(&format!("Mine {n}"));
        tell.user = customer;
        mine.insert(0, world.notifications.tell(tell).await.unwrap().id);
    }

    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = world.notifications.of_user(customer, cursor, 2).await.unwrap();
        assert!(page.len() <= 2 && page.iter().all(|message| message.user == customer));
        let Some(last) = page.last() else { break };
        cursor = Some(last.id);
        seen.extend(page.iter().map(|message| message.id));
    }
    assert_eq!(seen, mine);

    let recent = world.notifications.recent(3).await.unwrap();
    assert_eq!(recent.len(), 3);
    assert_eq!((recent[0].id, recent[2].id), (mine[0], mine[1]));
}
