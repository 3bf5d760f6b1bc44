//! A fingerprint of everything that can change the folder `.sqlx`: the sources, the migrations, the manifests and the
//! folder itself. Checking the queries takes as long as checking the whole workspace; when nothing of this has changed
//! since the last successful check, the answer is known.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

use crate::{Outcome, workspace::Workspace};

/// Folders without sources of ours.
const SKIPPED: [&str; 5] = [".git", ".postgres", ".usher", "node_modules", "target"];

/// The fingerprint of the checkout as it is.
pub fn of(workspace: &Workspace) -> Outcome<String> {
    let mut files = Vec::new();
    collect(workspace.root(), &mut files)?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The fingerprint at the last successful check.
pub fn last(workspace: &Workspace) -> Option<String> {
    fs::read_to_string(path(workspace)).ok()
}

/// Notes a successful check.
pub fn remember(workspace: &Workspace, stamp: &str) -> Outcome<()> {
    Ok(fs::write(path(workspace), stamp)?)
}

fn path(workspace: &Workspace) -> PathBuf {
    workspace.target().join("usher-sqlx.stamp")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        if entry.file_type()?.is_dir() {
            if !SKIPPED.iter().any(|skipped| name == *skipped) {
                collect(&path, files)?;
            }
        } else if path
            .extension()
            .is_some_and(|extension| ["json", "lock", "rs", "sql", "toml"].iter().any(|e| extension == *e))
        {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::collect;

    #[test]
    fn sources_count_and_builds_do_not() {
        let root = tempfile::tempdir().unwrap();
        for path in
            ["api/src/lib.rs", ".sqlx/query-1.json", "packages/a/migrations/0001_b.sql", "target/x.rs", "README.md"]
        {
            fs::create_dir_all(root.path().join(path).parent().unwrap()).unwrap();
            fs::write(root.path().join(path), "").unwrap();
        }
        let mut files = Vec::new();
        collect(root.path(), &mut files).unwrap();
        files.sort();
        let expected = [".sqlx/query-1.json", "api/src/lib.rs", "packages/a/migrations/0001_b.sql"];
        assert_eq!(files, expected.map(|path| root.path().join(path)));
    }
}
