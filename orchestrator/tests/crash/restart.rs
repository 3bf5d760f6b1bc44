//! PostgreSQL itself dies under load, as `pg_ctl stop -m immediate` and a power cut of the server let it, and comes back.

use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};
use usher_postgres::{Binaries, Cluster, ClusterOptions, Durability, binaries::Search};

use crate::{machines::machines, process::Process, world::World};

/// How many executions of each saga there are.
const EACH: usize = 20;

/// After how many ended executions the server dies.
const DEATHS: [usize; 2] = [30, 110];

#[tokio::test]
async fn a_server_that_dies_under_load_again_and_again_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
    let mut cluster = Cluster::open(options(folder.path())).await.unwrap();
    cluster.create_database("usher").await.unwrap();
    let world = World::on(cluster.url("usher")).await;
    for round in 0..EACH {
        world.ask_all(&format!("loaded-{round}")).await;
    }
    let (one, two) = (Process::start(&world.url), Process::start(&world.url));
    for ended in DEATHS {
        world.until_ended(ended, "before the server dies").await;
        kill_process(Pid::from_raw(cluster.process()).unwrap(), Signal::QUIT).unwrap();
        cluster.detach();
        cluster = Cluster::open(options(folder.path())).await.unwrap();
        assert_eq!(cluster.url("usher"), world.url, "clients find it where it was");
    }
    let all = EACH * machines().len();
    world.until_ended(all, "after the last restart").await;
    one.stop().await;
    world.settle_with(two, all, "restarted").await;
    cluster.stop().await.unwrap();
}

fn options(folder: &Path) -> ClusterOptions {
    let npm_folder = Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.postgres"));
    ClusterOptions {
        data_dir: folder.join("postgres"),
        binaries: Binaries::find(&Search { npm_folder, prefer_major: None }).unwrap(),
        durability: Durability::Durable,
        max_connections: 60,
    }
}
