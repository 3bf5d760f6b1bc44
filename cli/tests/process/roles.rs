//! The roles as processes of their own on one database, two of each, one of them killed in the middle.

use std::process::Stdio;

use tokio::process::Child;
use usher_postgres::testing::TestDatabase;

use crate::product::{Product, audit, usher};

fn role(name: &[&str], url: &str, provider: &str) -> Child {
    usher().args(name).args(["--database-url", url, "--provider-url", provider]).stdout(Stdio::null()).spawn().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_and_engines_share_one_database_and_one_of_each_may_die() {
    let database = TestDatabase::migrated(&[]).await.unwrap();
    // The first product brings the schemas and the provider; its workers are left out.
    let product = Product::without_workers(database.url()).await;
    let provider = product.provider.clone();
    let mut doomed = [role(&["worker"], database.url(), &provider), role(&["engine"], database.url(), &provider)];
    let _others = [role(&["worker"], database.url(), &provider), role(&["engine"], database.url(), &provider)];
    let (showtime, seats) = product.free_seats(60).await;
    let mut ids = Vec::new();
    for (index, seat) in seats.iter().enumerate() {
        let answer = product.book(&format!("roles-{index}"), (&showtime, std::slice::from_ref(seat)), "pm_ok", 0).await;
        let booking: serde_json::Value = answer.json().await.unwrap();
        ids.push(booking["id"].as_str().unwrap().to_owned());
        if index == 30 {
            for child in &mut doomed {
                child.kill().await.unwrap();
            }
        }
    }
    for id in &ids {
        product.until(id, &["confirmed"]).await;
    }
    assert!(audit(&["--database-url", database.url(), "--provider-url", &provider], None).await, "the audit is clean");
    assert!(product.stop().await.success());
}
