//! `usher aws` as a person uses it: the binary, against an emulator.

#![expect(clippy::unwrap_used, reason = "helpers of tests may stop the test")]

use std::process::{Command, Output};

use usher_emulator::Emulator;
use usher_workflows::{definitions::SAGAS, step::STEPS};

/// Runs `usher aws` on the stage `dev`, as in a shell that knows nothing of AWS.
fn aws(emulator: &Emulator, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
    for variable in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"] {
        command.env_remove(variable);
    }
    command.arg("aws").args(arguments).args(["--aws-endpoint", emulator.endpoint(), "--stage", "dev"]).output().unwrap()
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn lines(text: &str, words: &[&str]) -> usize {
    text.lines().filter(|line| words.iter().all(|word| line.contains(word))).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stage_is_announced_made_found_and_removed_without_a_rest() {
    let emulator = Emulator::start().await.unwrap();
    let more = ["--consumer", "notification=booking.*", "--role-arn", "arn:aws:iam::000000000000:role/states"];
    let setup = |choice| printed(&aws(&emulator, &[&["setup", choice], &more[..]].concat()));

    let announced = setup("--dry-run");
    assert_eq!(lines(&announced, &["│ queue ", "would be made"]), STEPS.len() + 1, "{announced}");
    assert_eq!(lines(&announced, &["dead-letter queue", "would be made"]), STEPS.len() + 1, "{announced}");
    assert_eq!(lines(&setup("--dry-run"), &["would be made"]), lines(&announced, &["would be made"]), "nothing was");

    assert_eq!(lines(&announced, &["state machine", "would be made"]), SAGAS.len(), "{announced}");

    let made = setup("--apply");
    assert_eq!(lines(&made, &["state machine", "usher-dev-booking", "made"]), 1, "{made}");
    assert_eq!(lines(&made, &["subscription", "events-notification to usher-dev-booking_events", "made"]), 1, "{made}");
    let again = setup("--apply");
    assert_eq!(lines(&again, &["is there"]), lines(&made, &["made"]), "{again}");
    assert_eq!(lines(&again, &["made"]) + lines(&again, &["changed"]), 0, "{again}");

    let announced = printed(&aws(&emulator, &["teardown", "--dry-run"]));
    let removed = printed(&aws(&emulator, &["teardown", "--apply"]));
    assert_eq!(lines(&announced, &["would be removed"]), lines(&removed, &["removed"]), "{removed}");
    for step in STEPS {
        assert_eq!(lines(&removed, &[&format!("usher-dev-{}", step.name), "removed"]), 2, "{removed}");
    }
    assert_eq!(lines(&removed, &["nothing remains"]), 1, "{removed}");
    let empty = printed(&aws(&emulator, &["teardown", "--apply"]));
    assert_eq!(lines(&empty, &["there is nothing of the stage dev"]), 1, "{empty}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mistake_in_the_command_line_changes_nothing_and_is_said() {
    let emulator = Emulator::start().await.unwrap();
    for (arguments, says) in [
        (&["setup"][..], "--dry-run"),
        (&["setup", "--dry-run", "--apply"], "cannot be used with"),
        (&["setup", "--apply", "--consumer", "notification"], "patterns"),
        (&["setup", "--apply", "--consumer", "x=a.#.b.#"], "a.#.b.#"),
    ] {
        // Each is wrong in one way alone.
        let output = aws(&emulator, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(says), "{arguments:?}: {said}");
    }
}
