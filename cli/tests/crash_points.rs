//! The places where a test kills the process are in no program that anybody runs.

#![expect(clippy::expect_used, reason = "tests may")]

use std::process::Command;

/// The crates that `usher` is built from with the features they are built with, as cargo resolves them.
fn features(edges: &str) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(["tree", "--offline", "--package", "usher", "--no-dedupe", "--prefix", "none"]);
    command.args(["--edges", edges, "--format", "{p} {f}"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

#[test]
fn no_crash_point_is_in_the_program() {
    let engine = |line: &&str| line.starts_with("usher-orchestrator ");
    let tree = features("normal,build");
    let engines: Vec<&str> = tree.lines().filter(engine).collect();
    assert!(!engines.is_empty(), "the engine is in it");
    assert!(!engines.iter().any(|line| line.contains("crash-points")), "{engines:?}");
}
