//! A double sale that somebody planted fails the drill, with its rows, and a failed run becomes a test in one command.

use usher_drills::{definition::Drill, report::Verdict};

use crate::runner::{run, usher};

#[tokio::test]
async fn a_planted_double_sale_fails_the_drill_and_the_run_can_be_kept() {
    let ran = run("cli/tests/drills/planted-double-sale.yaml", 7).await;
    assert_eq!((ran.report.verdict, ran.code), (Verdict::Failed, Some(1)), "{}", ran.said);
    let one_owner = ran.report.invariants.iter().find(|invariant| invariant.name == "one-owner").unwrap();
    assert!(!one_owner.holds && one_owner.rows.len() == 2, "both tickets are named: {one_owner:?}");
    assert!(one_owner.rows.iter().all(|row| row["seat"].is_string()));
    assert!(ran.report.reasons[0].contains("broken: one-owner"), "{:?}", ran.report.reasons);
    assert!(ran.page.contains("Rows that break <code>one-owner</code>"));

    let checkout = tempfile::tempdir().unwrap();
    let kept =
        usher().args(["drill", "keep"]).arg(&ran.json).arg("--into").arg(checkout.path()).output().await.unwrap();
    assert!(kept.status.success(), "{}", String::from_utf8_lossy(&kept.stderr));
    let path = checkout.path().join("drills/kept/planted-double-sale.7.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("# Kept from a run with seed 7"), "{text}");
    let drill = Drill::read(path.to_str().unwrap(), &text).unwrap();
    assert_eq!((drill.name.as_str(), drill.load.buyers), ("planted-double-sale.7", 12));
}
