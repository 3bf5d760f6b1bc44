//! What `validate` shows of broken files. The screens are part of the product: read them when they change.

use crate::command::Folder;

fn screen(name: &str, text: &str) -> String {
    let folder = Folder::new();
    let file = folder.text(name, text);
    let called = folder.call(&["validate", &file]);
    assert_eq!((called.code, called.err.as_str()), (1, ""));
    called.out
}

#[test]
fn slips_of_the_pen() {
    insta::assert_snapshot!(screen("typos.asl.json", include_str!("broken/typos.asl.json")));
}

#[test]
fn a_saga_that_loses_track() {
    insta::assert_snapshot!(screen("saga.asl.json", include_str!("broken/saga.asl.json")));
}

#[test]
fn a_text_that_is_no_json() {
    insta::assert_snapshot!(screen("comma.asl.json", include_str!("broken/comma.asl.json")));
}

#[test]
fn expressions_in_the_other_language() {
    insta::assert_snapshot!(screen("jsonata.asl.json", include_str!("broken/jsonata.asl.json")));
}
