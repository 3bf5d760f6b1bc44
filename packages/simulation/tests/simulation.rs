//! A few hundred seeds, and the proof that they prove something.

use std::collections::BTreeSet;

use usher_simulation::{case::Case, planted::Bug, search};

/// How many seeds every run of the tests takes.
const SEEDS: u64 = 400;

/// Within how many seeds a planted bug is to be found.
const SOON: u64 = 100;

#[test]
fn nothing_goes_wrong_whatever_goes_wrong() {
    let mut logs = String::new();
    let (mut executions, mut same_as_alone) = (0, 0);
    for seed in 0..SEEDS {
        let report = search::run(seed, None).unwrap();
        assert_eq!(report.violations, Vec::<String>::new(), "to see it: make simulate SEED={seed}");
        executions += report.executions;
        same_as_alone += report.same_as_alone;
        logs.push_str(&report.log);
    }
    assert!(same_as_alone * 2 > executions, "{same_as_alone} of {executions} could be compared");
    for trouble in [
        "wire: Lost",
        "wire: Doubled",
        "wire: Late",
        "DiesBeforeCommit",
        "DiesAfterCommit",
        "Unheard",
        "Sleeps",
        "ClockJumps",
        "Some(WorkerDiesBeforeEffect)",
        "Some(WorkerDiesBeforeReport)",
        "Some(WorkerDiesBeforeAcknowledgement)",
        "Overtaken",
        "Exists",
        "operator: redrives",
        "operator: stops",
        "SUCCEEDED",
        "FAILED",
        "ABORTED",
        "booking-",
        "cancellation-",
    ] {
        assert!(logs.contains(trouble), "{trouble} came up in none of the seeds");
    }
    let standing = logs
        .lines()
        .filter_map(|line| line.split_once('[')?.1.split_once(']'))
        .flat_map(|(states, _)| states.split(','));
    let kinds: BTreeSet<_> = standing.map(|name| name.trim_end_matches(|digit: char| digit.is_ascii_digit())).collect();
    for kind in ["Task", "Wait", "Stop", "ChargePayment", "RefundPayment"] {
        assert!(kinds.contains(kind), "no execution ever stood in a {kind}: {kinds:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_log_to_the_byte() {
    for seed in 0..20 {
        let (first, second) = (search::run(seed, None).unwrap(), search::run(seed, None).unwrap());
        assert!(first.log.lines().count() > 3, "seed {seed} does something");
        assert_eq!(first, second, "seed {seed}");
    }
    assert_ne!(search::run(1, None).unwrap().log, search::run(2, None).unwrap().log);
}

#[test]
fn planted_bugs_are_found_soon_and_shrink() {
    for bug in Bug::ALL {
        let seed = (0..SOON).find(|seed| !search::run(*seed, Some(bug)).unwrap().violations.is_empty());
        let seed = seed.unwrap_or_else(|| panic!("{bug:?} is not found in {SOON} seeds"));
        let found = search::shrink(seed, Some(bug)).unwrap().expect("what fails shrinks to what fails");
        let Case { runs, faults, .. } = &found.case;
        println!("{bug:?}: seed {seed}, {} executions, {} faults\n{:?}", runs.len(), faults.len(), found.case);
        assert!(!found.report.violations.is_empty());
        assert!(runs.len() + faults.len() <= 4, "{bug:?} needs little to show: {:?}", found.case);
        assert_eq!(
            search::run_case(&found.case, None).violations,
            Vec::<String>::new(),
            "without the bug nothing is wrong"
        );
    }
}
