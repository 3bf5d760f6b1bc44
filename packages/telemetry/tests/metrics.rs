//! Metrics as Prometheus fetches them. One test, because a process has one recorder.

use usher_telemetry::metrics::catalogue::{CATALOGUE, Kind};

#[tokio::test]
async fn everything_counted_is_rendered_with_its_description() {
    let metrics = usher_telemetry::metrics::install().unwrap();
    let untouched = metrics.render();
    for metric in CATALOGUE {
        assert_eq!(
            untouched.matches(&format!("# HELP {} {}\n", metric.name, metric.help)).count(),
            1,
            "{}",
            metric.name
        );
        assert_eq!(untouched.matches(&format!("# TYPE {} ", metric.name)).count(), 1, "{}", metric.name);
    }
    assert!(!untouched.contains("\npayment_success_rate "), "what is not known is not zero");

    for metric in CATALOGUE {
        match metric.kind {
            Kind::Counter => metrics::counter!(metric.name, "label" => "x").increment(2),
            Kind::Gauge => metrics::gauge!(metric.name, "label" => "x").set(2.0),
            Kind::Histogram => metrics::histogram!(metric.name, "label" => "x").record(2.0),
        }
    }
    let counted = metrics.render();
    for metric in CATALOGUE {
        let name = metric.name;
        assert_eq!(counted.matches(&format!("# TYPE {name} ")).count(), 1, "{name}");
        let line = match metric.kind {
            Kind::Counter | Kind::Gauge => format!("\n{name}{{label=\"x\"}} 2\n"),
            Kind::Histogram if name.ends_with("_size") => format!("\n{name}_bucket{{label=\"x\",le=\"2\"}} 1\n"),
            Kind::Histogram => format!("\n{name}_bucket{{label=\"x\",le=\"2.5\"}} 1\n"),
        };
        assert!(counted.contains(&line), "{line} is not in\n{counted}");
    }

    if cfg!(target_os = "linux") {
        for name in ["process_resident_memory_bytes", "process_cpu_seconds_total"] {
            let line = counted.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
            assert!(line.unwrap().parse::<f64>().unwrap() > 0.0, "{name}");
        }
    }
    assert!(usher_telemetry::metrics::install().is_err(), "a second recorder would count nothing");
}
