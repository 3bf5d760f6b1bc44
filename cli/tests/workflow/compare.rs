//! What changed between two versions.

use serde_json::{Value, json};

use crate::command::Folder;

fn before() -> Value {
    json!({ "StartAt": "Work", "States": {
        "Work": { "Type": "Task", "Resource": "r", "TimeoutSeconds": 10, "Retry": [{ "ErrorEquals": ["A"] }], "Next": "Both" },
        "Both": { "Type": "Parallel", "Next": "Rest", "Branches": [
            { "StartAt": "In", "States": { "In": { "Type": "Pass", "Comment": "inside", "End": true } } }] },
        "Rest": { "Type": "Wait", "Seconds": 5, "End": true } } })
}

fn compared(change: impl Fn(&mut Value)) -> (i32, Value) {
    let folder = Folder::new();
    let mut after = before();
    change(&mut after);
    let (before, after) = (folder.file("before.json", &before()), folder.file("after.json", &after));
    let called = folder.call(&["diff", "-o", "json", &before, &after]);
    (called.code, called.json())
}

#[test]
fn the_same_is_no_change() {
    assert_eq!(compared(|_| {}), (0, json!({ "machine": [], "states": [] })));
}

#[test]
fn each_field_is_told_with_what_it_is_about() {
    let (code, changes) = compared(|after| {
        after["TimeoutSeconds"] = json!(99);
        after["States"]["Work"]["TimeoutSeconds"] = json!(20);
        after["States"]["Both"]["Branches"][0]["States"]["In"]["Comment"] = json!("within");
    });
    assert_eq!(code, 0);
    let machine = json!([{ "path": "/TimeoutSeconds", "subject": "time", "before": null, "after": 99 }]);
    assert_eq!(changes["machine"], machine);
    let states = changes["states"].as_array().unwrap();
    assert_eq!(states.len(), 2, "the state around `In` did not change: {changes}");
    assert_eq!(states[0]["state"], "In");
    assert_eq!(states[0]["standing"], json!({ "goes_on": "free" }));
    assert_eq!(
        states[1]["fields"][0],
        json!({ "path": "/TimeoutSeconds", "subject": "time", "before": 10, "after": 20 })
    );
    assert_eq!(states[1]["standing"]["goes_on"], "care");
}

#[test]
fn an_execution_cannot_go_on_in_a_state_that_is_gone_or_another() {
    for (state, change) in [
        (
            "Rest",
            &(|after: &mut Value| {
                after["States"]["Pause"] = after["States"]["Rest"].take();
                after["States"].as_object_mut().unwrap().remove("Rest");
                after["States"]["Both"]["Next"] = json!("Pause");
            }) as &dyn Fn(&mut Value),
        ),
        ("Rest", &|after| after["States"]["Rest"] = json!({ "Type": "Succeed" })),
        ("In", &|after| {
            let inside = after["States"]["Both"]["Branches"][0].take();
            after["States"]["Both"] = json!({ "Type": "Map", "ItemProcessor": inside, "Next": "Rest" });
        }),
    ] {
        let (code, changes) = compared(change);
        let one = changes["states"].as_array().unwrap().iter().find(|one| one["state"] == state).unwrap().clone();
        assert_eq!((code, &one["standing"]["goes_on"]), (1, &json!("stuck")), "{changes}");
    }
}

#[test]
fn people_get_two_tables() {
    let folder = Folder::new();
    let mut after = before();
    after["States"]["Work"]["Retry"] = json!([]);
    let (before, after) = (folder.file("before.json", &before()), folder.file("after.json", &after));
    let called = folder.call(&["diff", &before, &after]);
    assert_eq!(called.code, 0);
    for part in ["/Retry/0", "failure", "with care", "attempts are counted by position", "any other state"] {
        assert!(called.out.contains(part), "{part} is missing: {}", called.out);
    }
    assert_eq!(folder.call(&["diff", &before, &before]).out, "no change\n");
    assert_eq!(folder.call(&["diff", &before]).code, 2);
}
