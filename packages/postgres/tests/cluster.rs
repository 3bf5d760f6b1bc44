//! A private cluster from its first start to its last, on the PostgreSQL of this machine.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails like the test itself")]

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::Path,
};

use rustix::process::{Pid, Signal, getpgid, getpgrp, kill_process, test_kill_process};
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;
use usher_postgres::{Binaries, Cluster, ClusterError, ClusterOptions, Durability, binaries::Search};

/// A folder that the server's user can reach.
fn parent() -> TempDir {
    let parent = tempfile::tempdir().unwrap();
    fs::set_permissions(parent.path(), fs::Permissions::from_mode(0o711)).unwrap();
    parent
}

fn options(data_dir: &Path, durability: Durability) -> ClusterOptions {
    let npm_folder = Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.postgres"));
    let binaries = Binaries::find(&Search { npm_folder, prefer_major: None }).unwrap();
    ClusterOptions { data_dir: data_dir.to_owned(), binaries, durability, max_connections: 20 }
}

async fn setting(url: &str, name: &str) -> String {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::query_scalar("select current_setting($1)").bind(name).fetch_one(&mut connection).await.unwrap()
}

fn is_alive(process: i32) -> bool {
    test_kill_process(Pid::from_raw(process).unwrap()).is_ok()
}

#[tokio::test]
async fn data_outlives_a_stop_and_settings_are_the_promised_ones() {
    let parent = parent();
    let data_dir = parent.path().join("data");
    let cluster = Cluster::open(options(&data_dir, Durability::Durable)).await.unwrap();
    cluster.create_database("usher").await.unwrap();
    cluster.create_database("usher").await.unwrap();
    for (name, value) in [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("max_connections", "20"),
        ("server_encoding", "UTF8"),
        ("listen_addresses", "127.0.0.1"),
        ("TimeZone", "UTC"),
    ] {
        assert_eq!(setting(&cluster.url("usher"), name).await, value, "{name}");
    }
    let mut connection = PgConnection::connect(&cluster.url("usher")).await.unwrap();
    sqlx::raw_sql("create table kept (word text); insert into kept values ('still here')")
        .execute(&mut connection)
        .await
        .unwrap();
    let process = cluster.process();
    // Stops although a client is connected.
    cluster.stop().await.unwrap();
    assert!(!is_alive(process));

    let cluster = Cluster::open(options(&data_dir, Durability::Durable)).await.unwrap();
    let mut connection = PgConnection::connect(&cluster.url("usher")).await.unwrap();
    let word: String = sqlx::query_scalar("select word from kept").fetch_one(&mut connection).await.unwrap();
    assert_eq!(word, "still here");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn the_doors_are_closed_to_others() {
    let parent = parent();
    let cluster = Cluster::open(options(&parent.path().join("data"), Durability::Throwaway)).await.unwrap();
    assert_eq!(fs::metadata(cluster.socket_dir()).unwrap().mode() & 0o077, 0, "the socket's folder is private");
    let password_file = cluster.data_dir().join("usher.password");
    assert_eq!(fs::metadata(password_file).unwrap().mode() & 0o777, 0o600);

    let with_password = cluster.tcp_url("postgres").unwrap();
    assert_eq!(setting(&with_password, "fsync").await, "off");
    let without = format!("postgres://usher@127.0.0.1:{}/postgres", cluster.port());
    assert!(PgConnection::connect(&without).await.is_err(), "TCP asks for the password");
    assert!(matches!(
        cluster.create_database("x\"; drop table y").await.unwrap_err(),
        ClusterError::DatabaseName { .. }
    ));
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn one_folder_has_one_user_and_the_terminal_reaches_only_us() {
    let parent = parent();
    let data_dir = parent.path().join("data");
    let cluster = Cluster::open(options(&data_dir, Durability::Throwaway)).await.unwrap();
    let error = Cluster::open(options(&data_dir, Durability::Throwaway)).await.unwrap_err();
    let ours = std::process::id().to_string();
    assert!(matches!(&error, ClusterError::InUse { process, .. } if *process == ours), "{error}");
    assert!(error.to_string().contains(&ours));
    assert_ne!(getpgid(Pid::from_raw(cluster.process())).unwrap(), getpgrp());

    let process = cluster.process();
    drop(cluster);
    assert!(!is_alive(process), "a dropped throwaway server is gone");
}

#[tokio::test]
async fn a_server_that_was_left_running_is_found_again() {
    let parent = parent();
    let data_dir = parent.path().join("data");
    let first = Cluster::open(options(&data_dir, Durability::Durable)).await.unwrap();
    let (process, url) = (first.process(), first.url("postgres"));
    first.detach();

    let second = Cluster::open(options(&data_dir, Durability::Durable)).await.unwrap();
    assert_eq!((second.process(), second.url("postgres")), (process, url));
    assert_eq!(setting(&second.url("postgres"), "fsync").await, "on");
    second.detach();

    // Other settings cannot be had from the running server, so it is replaced.
    let third = Cluster::open(ClusterOptions { max_connections: 30, ..options(&data_dir, Durability::Durable) }).await;
    let third = third.unwrap();
    assert_ne!(third.process(), process);
    assert_eq!(setting(&third.url("postgres"), "max_connections").await, "30");
    third.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_server_recovers_even_when_its_number_was_given_away() {
    let parent = parent();
    let data_dir = parent.path().join("data");
    let cluster = Cluster::open(options(&data_dir, Durability::Durable)).await.unwrap();
    let mut connection = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    sqlx::raw_sql("create table kept as select 1 as number").execute(&mut connection).await.unwrap();
    let (process, pid_file) = (cluster.process(), cluster.data_dir().join("postmaster.pid"));
    kill_process(Pid::from_raw(process).unwrap(), Signal::KILL).unwrap();
    drop(cluster);

    let text = fs::read_to_string(&pid_file).unwrap();
    let ours = std::process::id().to_string();
    fs::write(&pid_file, text.replacen(&process.to_string(), &ours, 1)).unwrap();
    let cluster = Cluster::open(options(&data_dir, Durability::Durable)).await.unwrap();
    let mut connection = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    let number: i32 = sqlx::query_scalar("select number from kept").fetch_one(&mut connection).await.unwrap();
    assert_eq!(number, 1);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn long_paths_and_other_versions_are_handled() {
    let parent = parent();
    let deep = parent.path().join("a-rather-long-name-of-a-folder".repeat(3));
    fs::create_dir(&deep).unwrap();
    fs::set_permissions(&deep, fs::Permissions::from_mode(0o711)).unwrap();
    let data_dir = deep.join("data");
    let cluster = Cluster::open(options(&data_dir, Durability::Throwaway)).await.unwrap();
    let socket_dir = cluster.socket_dir().to_owned();
    assert!(socket_dir.starts_with("/tmp"), "{}", socket_dir.display());
    assert_eq!(setting(&cluster.url("postgres"), "fsync").await, "off");
    let real = cluster.data_dir().to_owned();
    cluster.stop().await.unwrap();
    assert!(!socket_dir.exists());

    fs::write(real.join("PG_VERSION"), "9\n").unwrap();
    let error = Cluster::open(options(&data_dir, Durability::Throwaway)).await.unwrap_err();
    assert!(error.to_string().contains("made by PostgreSQL 9"), "{error}");
}

/// Root's folder is closed to everybody, so the data must go elsewhere or root must become somebody else in place.
#[tokio::test]
async fn a_closed_parent_folder_is_no_obstacle() {
    let parent = parent();
    let closed = parent.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let data_dir = closed.join("data");
    let cluster = Cluster::open(options(&data_dir, Durability::Throwaway)).await.unwrap();
    let real = cluster.data_dir().to_owned();
    assert_eq!(setting(&cluster.url("postgres"), "data_directory").await, real.to_str().unwrap());
    cluster.stop().await.unwrap();

    let again = Cluster::open(options(&data_dir, Durability::Throwaway)).await.unwrap();
    assert_eq!(again.data_dir(), real, "the next start finds the same data");
    again.stop().await.unwrap();
    fs::remove_dir_all(real).unwrap();
}
