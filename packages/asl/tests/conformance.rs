//! Plays what was recorded on AWS and compares status, output, error, cause, task requests and the whole history; and
//! compares verdicts on definitions. The cases are read from the folder that `USHER_ASL_CASES` names; without them there
//! is nothing to compare: the test says so, and fails where the variable `CI` is set.

use std::{fs, path::PathBuf};

use usher_asl::conformance::{self, Table};

/// Recorded cases that are not reproduced in everything, and why. Whatever else differs is a regression.
const DIFFERENT: &[(&str, &str)] = &[
    ("asl-validator::valid-task-intrisic-function", "templates of a deployment tool are not definitions"),
    ("language-service::documentSucceedFailTerminalState", "state names are unique in the whole machine"),
    (
        "test_sfn_api_versioning::test_create_with_version_description_no_publish",
        "the request was wrong, not the definition",
    ),
    (
        "test_state/test_test_state_mock_scenarios::test_sfn_start_execution_success",
        "the recording lost the ARN that the request mocks, and expects it in the answer",
    ),
];

#[test]
fn recorded_cases_are_reproduced() {
    let folder = std::env::var("USHER_ASL_CASES")
        .map_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/asl-cases"), PathBuf::from);
    let Ok(files) = fs::read_dir(&folder) else {
        let missing = format!("no recorded cases in {}", folder.display());
        assert!(std::env::var_os("CI").is_none(), "{missing}: where changes are judged they have to be there");
        println!("{missing}; nothing was compared");
        return;
    };
    let mut files: Vec<_> = files.map(|file| file.expect("the folder can be read").path()).collect();
    files.sort();
    let (mut table, mut differences) = (Table::default(), Vec::new());
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let text = fs::read_to_string(file).expect("the file can be read");
        for case in conformance::read(&text).expect("the file holds cases") {
            let verdict = conformance::run(&case);
            table.add(&verdict);
            let declared = DIFFERENT.iter().any(|(id, _)| *id == verdict.id);
            match verdict.difference {
                Some(difference) if !declared => {
                    differences.push(format!("{} {}: {difference}", verdict.area, verdict.id));
                }
                None if declared => differences.push(format!("{} is reproduced by now", verdict.id)),
                _ => {}
            }
        }
    }
    println!("{table}");
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}
