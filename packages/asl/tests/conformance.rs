//! Plays what was recorded on AWS and compares status, output, error, cause, task requests and the whole history; and
//! compares verdicts on definitions. The cases are read from the folder that `USHER_ASL_CASES` names; without them there
//! is nothing to compare and the test says so.

use std::{fs, path::PathBuf};

use usher_asl::conformance::{self, Level, Table};

/// How many cases of each area agree in everything. Fewer is a regression; after an improvement, raise the number.
#[rustfmt::skip]
const FLOORS: &[(&str, usize)] = &[
    ("api-executions", 3), ("basics", 17), ("callback", 6), ("choice", 1), ("choice-operators", 175), ("comments", 1),
    ("context-object", 1), ("credentials", 1), ("definition-lint", 74), ("definition-validation", 40),
    ("error-handling", 11), ("express", 2), ("intrinsics", 48), ("map-inline", 11), ("parallel", 4),
    ("query-language", 1), ("retry-catch", 2), ("scenarios", 4), ("service-mocked", 5), ("service-tasks", 28),
    ("timeouts", 3), ("variables", 11), ("wait", 7),
];

#[test]
fn recorded_cases_are_reproduced() {
    let folder = std::env::var("USHER_ASL_CASES")
        .map_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/asl-cases"), PathBuf::from);
    let Ok(files) = fs::read_dir(&folder) else {
        println!("no recorded cases in {}; nothing was compared", folder.display());
        return;
    };
    let mut files: Vec<_> = files.map(|file| file.expect("the folder can be read").path()).collect();
    files.sort();
    let mut table = Table::default();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let text = fs::read_to_string(file).expect("the file can be read");
        for case in conformance::read(&text).expect("the file holds cases") {
            let verdict = conformance::run(&case);
            table.add(&verdict);
            if let Some(difference) = verdict.difference {
                println!("{} {}: {difference}\n", verdict.area, verdict.id);
            }
        }
    }
    println!("{table}");
    for (area, floor) in FLOORS {
        let exact = table.rows().find(|(name, _)| name == area).map_or(0, |(_, row)| row.at(Level::History));
        assert!(exact >= *floor, "{area}: {exact} cases agree in everything, {floor} did before");
    }
}
