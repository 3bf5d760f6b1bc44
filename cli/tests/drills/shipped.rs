//! Some of the shipped drills; `make drills` runs all of them.

use usher_drills::report::Verdict;

use crate::runner::{run, usher};

#[tokio::test]
async fn an_answer_that_is_lost_costs_nobody_a_second_charge() {
    let ran = run("payment-answer-lost", 7).await;
    assert_eq!((ran.report.verdict, ran.code), (Verdict::Passed, Some(0)), "{}", ran.said);
    let report = &ran.report;
    assert!(report.faults[0].hits.unwrap() > 0 && report.faults[0].reverted_at.is_some(), "{:?}", report.faults);
    assert_eq!(report.load.outcomes.get("confirmed"), Some(&40));
    assert!(report.samples.len() > 8 && report.samples.iter().all(|sample| sample.ready));
    assert_eq!(report.repeat, "usher drill run payment-answer-lost --seed 7");
    for part in
        ["passed", "provider-agrees", "told-is-true", "<svg", "fail_after", &report.repeat, &report.identity.definition]
    {
        assert!(ran.page.contains(part), "the page shows {part}");
    }
    assert!(!ran.page.contains("http://") && !ran.page.contains("<script"), "the page needs nothing else");
}

#[tokio::test]
async fn a_small_flash_sale_sells_every_seat_once() {
    let ran = run("flash-sale-small", 7).await;
    assert_eq!(ran.report.verdict, Verdict::Passed, "{}", ran.said);
    assert_eq!(ran.report.sold, (30, 30));
    assert!(ran.report.load.outcomes["seats-taken"] > 300, "{:?}", ran.report.load);
    assert_eq!(ran.report.load.outcomes.values().sum::<u64>(), 400, "everybody is accounted for");
}

#[tokio::test]
async fn an_engine_that_is_killed_loses_no_booking() {
    let ran = run("engine-process-killed", 7).await;
    assert_eq!(ran.report.verdict, Verdict::Passed, "{}", ran.said);
    assert!(ran.report.samples.iter().any(|sample| !sample.ready), "it was away");
    assert_eq!(ran.report.sold.0, 60);
}

#[tokio::test]
async fn a_drill_that_hits_nothing_proves_nothing() {
    let text = include_str!("../../../drills/payment-answer-lost.yaml");
    let missing = text.replace("name: payment-answer-lost", "name: hits-nothing").replace("[charge]", "[cancel]");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hits-nothing.yaml");
    std::fs::write(&path, missing).unwrap();
    let ran = run(path.to_str().unwrap(), 7).await;
    assert_eq!((ran.report.verdict, ran.code), (Verdict::Inconclusive, Some(3)), "{}", ran.said);
    assert_eq!(ran.report.reasons, ["1-provider hit nothing."]);
}

#[tokio::test]
async fn what_cannot_be_run_says_why() {
    for (name, expected) in [
        ("payment-answer", "did you mean `payment-answer-lost`?"),
        ("nowhere.yaml", "nowhere.yaml cannot be read"),
        ("Cargo.yaml", "cannot be read"),
    ] {
        let output = usher().args(["drill", "run", name]).output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(expected), "{said}");
    }
}
