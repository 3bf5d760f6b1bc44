//! The floors of the workspace: a crate imports only from floors below its own, so that reading a `Cargo.toml` is enough to
//! know what a change can break. Development dependencies are free; tests may reach for anything.
//!
//! A new crate is one line in [`FLOORS`]; a crate that is missing there fails the test.

use std::{collections::BTreeMap, process::Command};

use serde_json::Value;

/// Every crate and its floor, from the ground up.
const FLOORS: &[(u8, &[&str])] = &[
    (0, &["usher-asl", "usher-core"]),
    (
        1,
        &["usher-database", "usher-emulator", "usher-postgres", "usher-rabbitmq", "usher-telemetry", "usher-workflows"],
    ),
    (
        2,
        &[
            "usher-accounts",
            "usher-bookings",
            "usher-catalog",
            "usher-inspection",
            "usher-messaging",
            "usher-notifications",
            "usher-payments",
            "usher-seating",
            "usher-tickets",
        ],
    ),
    (3, &["usher-api", "usher-audit", "usher-drills", "usher-orchestrator", "usher-simulation", "usher-workers"]),
    (4, &["usher"]),
];

fn floors() -> BTreeMap<&'static str, u8> {
    FLOORS.iter().flat_map(|(floor, names)| names.iter().map(move |name| (*name, *floor))).collect()
}

/// What breaks the rule, one sentence each, out of what `cargo metadata --no-deps` says.
fn violations(metadata: &Value) -> Vec<String> {
    let floors = floors();
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(floor) = floors.get(name) else {
            found.push(format!("{name} has no floor: give it one in cli/tests/floors.rs"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let needed = dependency["name"].as_str().unwrap_or_default();
            // Our own crates are the ones with a path; `kind` is null for those that the crate itself is built with.
            if dependency["path"].is_null() || dependency["kind"] == "dev" {
                continue;
            }
            match floors.get(needed) {
                Some(below) if below < floor => {}
                Some(below) => found.push(format!("{name} (floor {floor}) imports {needed} (floor {below})")),
                None => found.push(format!("{name} imports {needed}, which has no floor")),
            }
        }
    }
    found
}

#[test]
fn every_crate_imports_only_from_floors_below() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.iter().any(|package| package["name"] == "usher"), "the workspace was read");
    assert_eq!(violations(&metadata), Vec::<String>::new());
}

#[test]
fn a_planted_violation_is_found() {
    let dependency = |name: &str, kind: Value| serde_json::json!({"name": name, "path": "/somewhere", "kind": kind});
    let package =
        |name: &str, dependencies: Vec<Value>| serde_json::json!({"name": name, "dependencies": dependencies});
    let metadata = serde_json::json!({"packages": [
        package("usher-bookings", vec![
            dependency("usher-core", Value::Null),
            dependency("usher-payments", Value::Null),
            dependency("usher-api", Value::Null),
            dependency("usher-seating", "dev".into()),
            serde_json::json!({"name": "serde", "path": null, "kind": null}),
        ]),
        package("usher-core", vec![dependency("usher-database", "build".into())]),
        package("usher-attic", vec![]),
        package("usher", vec![dependency("usher-attic", Value::Null)]),
    ]});
    assert_eq!(
        violations(&metadata),
        [
            "usher-bookings (floor 2) imports usher-payments (floor 2)",
            "usher-bookings (floor 2) imports usher-api (floor 3)",
            "usher-core (floor 0) imports usher-database (floor 1)",
            "usher-attic has no floor: give it one in cli/tests/floors.rs",
            "usher imports usher-attic, which has no floor",
        ]
    );
}
