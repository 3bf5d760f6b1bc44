//! `usher bench-engine` in miniature: every figure is there, and everything that it began has ended. It fails by itself when
//! an execution does not succeed.

use serde_json::Value;

use super::product::usher;

/// The figures of a cost that are above zero even in miniature; processor time is counted in hundredths of a second.
const COST: [&str; 2] = ["commits", "wal_bytes"];

fn positive(value: &Value) {
    assert!(value.as_f64().is_some_and(|number| number > 0.0), "{value}");
}

#[tokio::test]
async fn a_small_bench_of_the_engine_has_all_its_figures() {
    let output = usher()
        .args(["bench-engine", "--throwaway", "--json", "--pgbench", "0", "--each", "3"])
        .args(["--concurrency", "1,4", "--open", "10,30", "--history", "10,40"])
        .output()
        .await
        .unwrap();
    let (printed, progress) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{progress}");
    let report: Value = serde_json::from_str(&printed).unwrap();

    let rounds = report["rounds"].as_array().unwrap();
    let round = |round: &Value| (round["machine"].clone(), round["concurrency"].clone(), round["executions"].clone());
    let expected = [("booking", 1, 3), ("booking", 4, 12), ("ten-states", 1, 3), ("ten-states", 4, 12)];
    assert_eq!(
        rounds.iter().map(round).collect::<Vec<_>>(),
        expected.map(|(machine, concurrency, executions)| (machine.into(), concurrency.into(), executions.into()))
    );
    for round in rounds {
        for figure in ["per_second", "transitions_per_second", "p50_ms", "p99_ms", "peak_memory_mb"] {
            positive(&round[figure]);
        }
        for figure in COST {
            positive(&round["execution"][figure]);
            positive(&round["transition"][figure]);
        }
    }
    let numbers = |rows: &str, number: &str| -> Vec<u64> {
        let rows = report[rows].as_array().unwrap();
        for (row, figure) in rows.iter().flat_map(|row| COST.map(|figure| (row, figure))) {
            positive(&row[figure]);
        }
        rows.iter().map(|row| row[number].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers("open", "open"), [10, 30]);
    assert_eq!(numbers("history", "events"), [14, 44]);
    assert_eq!(report["tiny_insert"], Value::Null);
    let targets: Vec<&Value> = report["targets"].as_array().unwrap().iter().map(|target| &target["name"]).collect();
    assert!(targets.iter().any(|name| **name == "p50 of a booking alone, ms"), "{targets:?}");
}
