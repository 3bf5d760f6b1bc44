//! The folder `.sqlx`: one JSON file per query, written by the macros while they are expanded.
//!
//! To make the compiler expand all of them again, and only them, the members of the workspace are checked through a
//! compiler wrapper at a path that is new every time: Cargo keeps the results of different wrappers apart, while the
//! dependencies, which do not pass through it, are reused. Nothing is touched, so no other build is out of date
//! afterwards; what the run adds to the build folder is removed.

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
};

use crate::{
    Outcome,
    workspace::{Workspace, cargo},
};

/// Expands every macro of the workspace against the database and leaves the answers in `into`.
pub async fn write(workspace: &Workspace, database_url: &str, into: &Path) -> Outcome<()> {
    let target = workspace.target();
    fs::create_dir_all(&target)?;
    let wrapper_folder = tempfile::Builder::new().prefix("usher-sqlx-").tempdir_in(target)?;
    let wrapper = wrapper_folder.path().join("rustc-wrapper");
    fs::write(&wrapper, "#!/bin/sh\nexec \"$@\"\n")?;
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;

    let mut child = Command::from(cargo())
        .current_dir(workspace.root())
        .args(["check", "--workspace", "--all-targets", "--quiet", "--message-format=json-render-diagnostics"])
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", into)
        .env("DATABASE_URL", database_url)
        .env("RUSTC_WORKSPACE_WRAPPER", &wrapper)
        // A compiler cache would answer without expanding anything.
        .env("RUSTC_WRAPPER", "")
        .env("CARGO_INCREMENTAL", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let messages = child.stdout.take().ok_or("cargo has no output")?;
    let mut results = Vec::new();
    let mut lines = BufReader::new(messages).lines();
    while let Some(line) = lines.next_line().await? {
        results.extend(results_of_member(&line, workspace.root()));
    }
    let status = child.wait().await?;
    forget(&results);
    if status.success() { Ok(()) } else { Err("the workspace does not compile against the migrated database".into()) }
}

/// The files that Cargo names in a message about a member of the workspace.
fn results_of_member(message: &str, root: &Path) -> Vec<PathBuf> {
    let Ok(message) = serde_json::from_str::<serde_json::Value>(message) else { return Vec::new() };
    let is_member = message["manifest_path"].as_str().is_some_and(|path| Path::new(path).starts_with(root));
    if message["reason"] != "compiler-artifact" || !is_member {
        return Vec::new();
    }
    let files = message["filenames"].as_array().into_iter().flatten();
    files
        .filter_map(|file| file.as_str())
        .map(PathBuf::from)
        .filter(|file| file.extension().is_some_and(|e| e == "rmeta"))
        .collect()
}

/// Removes the results of the check and Cargo's notes about them. What cannot be removed only takes up room.
fn forget(results: &[PathBuf]) {
    for result in results {
        let _ = fs::remove_file(result);
        let Some(name) = result.file_stem().and_then(|name| name.to_str()?.strip_prefix("lib")) else { continue };
        let _ = fs::remove_file(result.with_file_name(format!("{name}.d")));
        // Cargo ends the name of everything that belongs together in the same digits.
        let Some((_, digits)) = name.rsplit_once('-') else { continue };
        let Some(build) = result.parent().and_then(Path::parent) else { continue };
        let Ok(notes) = fs::read_dir(build.join(".fingerprint")) else { continue };
        for note in notes.filter_map(Result::ok) {
            if note.file_name().to_string_lossy().ends_with(digits) {
                let _ = fs::remove_dir_all(note.path());
            }
        }
    }
}

/// How the committed folder differs from the fresh one, one line per query.
pub fn differences(committed: &Path, fresh: &Path) -> Outcome<Vec<String>> {
    let (old, mut new) = (read(committed)?, read(fresh)?);
    let mut found = Vec::new();
    for (name, text) in old {
        match new.remove(&name) {
            None => found.push(format!("no longer used: {}", title(&text))),
            Some(now) if now != text => found.push(format!("described differently: {}", title(&now))),
            Some(_) => {}
        }
    }
    found.extend(new.values().map(|text| format!("missing: {}", title(text))));
    Ok(found)
}

/// Makes the committed folder equal to the fresh one and answers the number of queries.
pub fn replace(committed: &Path, fresh: &Path) -> Outcome<usize> {
    fs::create_dir_all(committed)?;
    let (old, new) = (read(committed)?, read(fresh)?);
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        fs::remove_file(committed.join(name))?;
    }
    for (name, text) in new.iter().filter(|(name, text)| old.get(*name) != Some(*text)) {
        fs::write(committed.join(name), text)?;
    }
    Ok(new.len())
}

/// All descriptions of a folder by file name; a missing folder is an empty one.
fn read(folder: &Path) -> Outcome<BTreeMap<String, String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error.into()),
    };
    let mut files = BTreeMap::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.strip_prefix("query-").is_some_and(|rest| rest.strip_suffix(".json").is_some()) {
            files.insert(name, fs::read_to_string(entry.path())?);
        }
    }
    Ok(files)
}

/// The query's text on one line, as far as it fits.
fn title(description: &str) -> String {
    let description: serde_json::Value = serde_json::from_str(description).unwrap_or_default();
    let query = description["query"].as_str().unwrap_or("(unreadable)");
    let line = query.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > 100 { line.chars().take(99).chain(['…']).collect() } else { line }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::{differences, replace, results_of_member};

    fn put(folder: &Path, name: &str, query: &str, extra: &str) {
        fs::write(folder.join(format!("query-{name}.json")), format!(r#"{{"query": "{query}", "extra": "{extra}"}}"#))
            .unwrap();
    }

    #[test]
    fn every_kind_of_difference_is_named_and_mended() {
        let (committed, fresh) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        put(committed.path(), "a", "select 1", "");
        put(committed.path(), "b", "select 2", "old");
        put(committed.path(), "c", "select 3", "");
        put(fresh.path(), "a", "select 1", "");
        put(fresh.path(), "b", "select 2", "new");
        put(fresh.path(), "d", "select\\n   4", "");
        let found = differences(committed.path(), fresh.path()).unwrap();
        assert_eq!(found, ["described differently: select 2", "no longer used: select 3", "missing: select 4"]);

        assert_eq!(replace(committed.path(), fresh.path()).unwrap(), 3);
        assert!(differences(committed.path(), fresh.path()).unwrap().is_empty());
        let missing = committed.path().join("missing");
        assert_eq!(differences(&missing, fresh.path()).unwrap().len(), 3);
    }

    #[test]
    fn only_results_of_members_are_forgotten() {
        let message = |manifest: &str| {
            format!(
                r#"{{"reason": "compiler-artifact", "manifest_path": "{manifest}", "filenames": ["/t/deps/libx-1.rmeta", "/t/deps/libx-1.so"]}}"#
            )
        };
        let root = Path::new("/checkout");
        assert_eq!(results_of_member(&message("/checkout/api/Cargo.toml"), root), [Path::new("/t/deps/libx-1.rmeta")]);
        assert!(results_of_member(&message("/registry/serde/Cargo.toml"), root).is_empty());
        assert!(results_of_member(r#"{"reason": "build-finished"}"#, root).is_empty());
        assert!(results_of_member("not JSON", root).is_empty());
    }
}
