//! The schemas of events are promises: `usher generate` neither forgets nor breaks one.

#![expect(clippy::unwrap_used, reason = "tests may")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

/// `usher generate` where these are the schemas that consumers were given.
fn generate(promised: &[(&str, &Value)], arguments: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let schemas = folder.path().join("docs/events");
    fs::create_dir_all(&schemas).unwrap();
    for (name, schema) in promised {
        fs::write(schemas.join(name), schema.to_string()).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
    let Output { status, stderr, .. } =
        command.current_dir(folder.path()).arg("generate").args(arguments).output().unwrap();
    for (name, schema) in promised.iter().filter(|_| !status.success()) {
        assert_eq!(fs::read_to_string(schemas.join(name)).unwrap(), schema.to_string(), "a promise is not overwritten");
    }
    (status.success(), String::from_utf8(stderr).unwrap())
}

fn committed(name: &str) -> Value {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    serde_json::from_str(&fs::read_to_string(checkout.join("docs/events").join(name)).unwrap()).unwrap()
}

#[test]
fn a_change_that_breaks_consumers_needs_a_new_version() {
    let name = "booking.created.v1.json";
    let mut promised = committed(name);
    assert!(generate(&[(name, &promised)], &[]).0, "nothing was changed");
    let data = &mut promised["properties"]["data"];
    data["properties"]["gate"] = json!({ "type": "string" });
    data["required"].as_array_mut().unwrap().pop();
    data["properties"]["seats"]["type"] = json!("string");
    for arguments in [&["--check"][..], &[]] {
        let (passed, said) = generate(&[(name, &promised)], arguments);
        assert!(!passed);
        for expected in [
            "raise the version of the event",
            "booking.created.v1.json: data.gate is gone",
            "booking.created.v1.json: data.seats can be array, and was string",
            "booking.created.v1.json: total of data is always there now",
        ] {
            assert!(said.contains(expected), "{expected}: {said}");
        }
    }
}

#[test]
fn schemas_of_versions_before_stay_and_events_that_are_gone_are_noticed() {
    let mut before = committed("ticket_issued.v1.json");
    before["properties"]["version"]["const"] = json!(0);
    before["properties"]["data"] = json!({ "type": "string" });
    assert!(generate(&[("ticket_issued.v0.json", &before)], &[]).0);
    before["title"] = json!("ticket_printed");
    let (passed, said) = generate(&[("ticket_printed.v1.json", &before)], &["--check"]);
    assert!(!passed && said.contains("ticket_printed.v1.json: nobody publishes it any more"), "{said}");
}
