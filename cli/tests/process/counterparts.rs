//! The broker and the emulator that `usher up` starts for itself die, and are started again: whoever books meanwhile waits.

use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use crate::product::Product;

fn kill(number: &str) {
    let number = Pid::from_raw(number.trim().parse().unwrap()).unwrap();
    kill_process(number, Signal::KILL).unwrap();
}

/// The emulator, by what it is: a child of the product that runs Python.
fn emulator(product: &Product) -> String {
    let parent = product.process().to_string();
    let listed = Command::new("ps").args(["-ww", "-o", "pid=,args=", "--ppid", &parent]).output().unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let line = listed.lines().find(|line| line.contains("emulator/bin/python")).expect("there is an emulator");
    line.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_started_for_the_product_is_started_again_when_it_dies() {
    let folder = tempfile::tempdir().unwrap();
    let product = Product::over(folder.path(), &["--engine", "stepfunctions", "--messaging", "amqp"]).await;
    let (showtime, seats) = product.free_seats(2).await;
    for (number, seat) in seats.iter().enumerate() {
        let answer = product.book(&format!("seat-{number}"), (&showtime, std::slice::from_ref(seat)), "pm_ok", 0).await;
        let booking: serde_json::Value = answer.json().await.unwrap();
        product.until(booking["id"].as_str().unwrap(), &["confirmed"]).await;
        if number == 0 {
            kill(&std::fs::read_to_string(folder.path().join("rabbitmq/pid")).unwrap());
            kill(&emulator(&product));
        }
    }
    assert!(product.stop().await.success());
}
