//! A real broker: it answers, survives a kill, and leaves nothing behind.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails like the test itself")]

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use usher_rabbitmq::{Broker, BrokerOptions, Programs, testing};

async fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let asked = Instant::now();
    while !condition() {
        assert!(asked.elapsed() < Duration::from_mins(1), "waited for a minute until {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Numbers and command lines of all processes that name this folder.
fn lines(mark: &str) -> Vec<String> {
    let output = Command::new("ps").args(["-ww", "-e", "-o", "pid=,command="]).output().unwrap();
    // Line breaks of the keeper's script are in its command line.
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().filter(|line| line.contains(mark)).map(str::to_owned).collect()
}

fn processes(mark: &str) -> usize {
    lines(mark).len()
}

fn folder_of(broker: &Broker) -> String {
    let number = broker.process().unwrap();
    let line = String::from_utf8(std::fs::read(format!("/proc/{number}/cmdline")).unwrap()).unwrap();
    let mut words = line.split('\0');
    words.find(|word| *word == "-usher_broker");
    words.next().unwrap().to_owned()
}

#[tokio::test]
async fn a_killed_broker_comes_back_where_it_was_and_a_dropped_one_leaves_nothing() {
    let mut broker = testing::broker(&["usher"]).await.unwrap();
    let (url, process) = (broker.url("usher"), broker.process());
    let folder = folder_of(&broker);
    broker.kill().await.unwrap();
    assert_eq!(broker.process(), None);
    broker.start().await.unwrap();
    assert_eq!(broker.url("usher"), url);
    assert_ne!(broker.process(), process);
    assert!(processes(&folder) > 0);
    drop(broker);
    wait_until("nothing runs in the folder", || processes(&folder) == 0).await;
    wait_until("the folder is gone", || !Path::new(&folder).exists()).await;
}

#[tokio::test]
async fn what_a_killed_keeper_left_is_ended_by_the_next_start() {
    let parent = tempfile::tempdir().unwrap();
    let options = BrokerOptions {
        folder: parent.path().join("broker"),
        programs: Programs::find(None).unwrap(),
        virtual_hosts: vec!["usher".to_owned()],
        tls: None,
        durable: true,
    };
    let first = Broker::open(options.clone()).await.unwrap();
    let number = first.process().unwrap();
    let keeper = format!("usher-broker-keeper {}", options.folder.display());
    for line in lines(&keeper) {
        Command::new("kill").args(["-KILL", line.split_whitespace().next().unwrap()]).status().unwrap();
    }
    wait_until("the keeper is gone", || processes(&keeper) == 0).await;
    assert_eq!(first.process(), Some(number), "the server does not notice");
    drop(first);
    let second = Broker::open(options.clone()).await.unwrap();
    assert_ne!(second.process(), Some(number));
    second.stop().await.unwrap();
    assert_eq!(processes(&options.folder.display().to_string()), 0);
    assert!(options.folder.join("data").exists(), "what is durable stays");
}
