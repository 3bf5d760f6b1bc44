//! Every run that somebody kept: it failed once, and has to pass from then on.

use usher_drills::report::Verdict;

use crate::runner::{root, run};

#[tokio::test]
async fn every_run_that_was_kept_passes() {
    let folder = root().join("drills/kept");
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    for path in files.filter(|path| path.extension().is_some_and(|extension| extension == "yaml")) {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let seed = stem.rsplit('.').next().unwrap().parse().unwrap_or_else(|_| panic!("{stem} ends with its seed"));
        let ran = run(path.to_str().unwrap(), seed).await;
        assert_eq!(ran.report.verdict, Verdict::Passed, "{}", ran.said);
    }
}
