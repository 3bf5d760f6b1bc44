//! The catalogue and the code name the same metrics: a name that was forgotten in the list fails here.

#[cfg(test)]
mod names {
    use std::{fs, path::Path};

    use usher_telemetry::metrics::catalogue::CATALOGUE;

    /// The sources below `folder`, without tests and build output.
    fn sources(folder: &Path, into: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if path.is_dir() && !matches!(name.as_str(), "target" | "tests" | "node_modules") && !name.starts_with('.')
            {
                sources(&path, into);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                into.push(fs::read_to_string(&path).unwrap());
            }
        }
    }

    /// The names that a source counts: what stands in quotes behind one of the three macros.
    fn counted(source: &str) -> Vec<&str> {
        let mut names = Vec::new();
        for kind in ["counter!(", "gauge!(", "histogram!("] {
            for after in source.split(kind).skip(1) {
                if let Some(rest) = after.trim_start().strip_prefix('"') {
                    names.extend(rest.split('"').next());
                }
            }
        }
        names
    }

    #[test]
    fn every_name_that_is_counted_is_in_the_catalogue() {
        let mut all = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), &mut all);
        let names: Vec<_> = all.iter().flat_map(|source| counted(source)).collect();
        assert!(names.contains(&"usher_group_commit_size"), "the search finds what is known to be there");
        let forgotten: Vec<_> =
            names.iter().filter(|name| CATALOGUE.iter().all(|metric| metric.name != **name)).collect();
        assert!(forgotten.is_empty(), "add to packages/telemetry/src/metrics/catalogue.rs: {forgotten:?}");
    }

    #[test]
    fn the_search_reads_over_line_breaks() {
        let source =
            "metrics::counter!(\n  \"a_total\", \"b\" => c).increment(1); gauge!(\"d\").set(1.0); gauge!(name)";
        assert_eq!(counted(source), ["a_total", "d"]);
    }
}
