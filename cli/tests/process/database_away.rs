//! The database goes away and comes back.

use std::time::Duration;

use serde_json::Value;
use usher_postgres::{Binaries, Cluster, ClusterOptions, Durability, binaries::Search};

use crate::product::{PATIENCE, Product, audit};

fn options(folder: &std::path::Path) -> ClusterOptions {
    let npm_folder = Some(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../.postgres"));
    ClusterOptions {
        data_dir: folder.join("postgres"),
        binaries: Binaries::find(&Search { npm_folder, prefer_major: None }).unwrap(),
        durability: Durability::Durable,
        max_connections: 100,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_is_answered_with_503_and_everything_goes_on_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::open(options(folder.path())).await.unwrap();
    cluster.create_database("usher").await.unwrap();
    let url = cluster.url("usher");
    let product = Product::on_database(&url).await;
    let (showtime, seats) = product.free_seats(3).await;
    assert_eq!(product.book("before", (&showtime, &seats[..1]), "pm_ok", 20).await.status(), 201);
    assert_eq!(product.get("/readyz").await.status(), 200);

    cluster.stop().await.unwrap();
    assert_eq!(product.get("/livez").await.status(), 200);
    assert_eq!(product.get("/readyz").await.status(), 503);
    let refused = product.book("during", (&showtime, &seats[1..2]), "pm_ok", 0).await;
    assert_eq!(refused.status(), 503);
    let problem: Value = refused.json().await.unwrap();
    assert_eq!((&problem["type"], &problem["retryable"]), (&Value::from("/problems/unavailable"), &Value::from(true)));

    let cluster = Cluster::open(options(folder.path())).await.unwrap();
    let ready = async {
        while product.get("/readyz").await.status() != 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ready).await.expect("it is ready again");
    let again = product.book("during", (&showtime, &seats[1..2]), "pm_ok", 20).await;
    assert_eq!(again.status(), 201, "the same key books once the database is back");
    assert!(audit(&["--database-url", &cluster.url("usher")], None).await, "the audit is clean");
    assert!(product.stop().await.success());
    cluster.stop().await.unwrap();
}
