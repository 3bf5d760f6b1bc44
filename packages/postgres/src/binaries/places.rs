//! The folders where people and distributions put PostgreSQL. A new one is a line in [`DISTRIBUTIONS`].

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Patterns with at most one `*`, which stands for a part of one folder's name that holds the version.
const DISTRIBUTIONS: &[&str] = &[
    "/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
    "/usr/pgsql-*/bin",                                   // the RPMs of the PostgreSQL project
    "/usr/lib/postgresql*/bin",                           // Alpine, openSUSE
    "/opt/homebrew/opt/postgresql@*/bin",                 // Homebrew on Apple silicon
    "/usr/local/opt/postgresql@*/bin",                    // Homebrew on Intel
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",    // Homebrew on Linux
    "/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
    "/opt/local/lib/postgresql*/bin",                     // MacPorts
    "/usr/local/pgsql/bin",                               // built from source with default settings
    "/usr/bin",                                           // Fedora's own packages
];

/// All candidates in order; they may be missing, too old or broken.
pub(super) fn usual() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    folders.extend(from_path());
    folders.extend(from_pg_config());
    folders.extend(DISTRIBUTIONS.iter().flat_map(|pattern| expand(pattern)));
    folders.retain(|folder| folder.join("initdb").exists());
    folders
}

/// The folder behind the `initdb` of `PATH`, its links followed, because its neighbours are not always linked too.
fn from_path() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let program = env::split_paths(&path).map(|folder| folder.join("initdb")).find(|program| program.is_file())?;
    Some(program.canonicalize().ok()?.parent()?.to_owned())
}

fn from_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    output.status.success().then(|| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

/// The folders that match a pattern, the highest version first.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else { return vec![PathBuf::from(pattern)] };
    let Some((parent, prefix)) = before.rsplit_once('/') else { return Vec::new() };
    let Ok(entries) = fs::read_dir(Path::new(parent)) else { return Vec::new() };
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix(prefix)?.split('.').next()?.parse().ok()?;
            Some((version, entry.path().join(after.trim_start_matches('/'))))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::expand;

    #[test]
    fn the_newest_version_comes_first_by_number_and_not_by_letter() {
        let parent = tempfile::tempdir().unwrap();
        for name in ["postgresql@9", "postgresql@18", "postgresql@16", "postgresql@latest", "other"] {
            fs::create_dir(parent.path().join(name)).unwrap();
        }
        let root = parent.path().to_str().unwrap();
        let found = expand(&format!("{root}/postgresql@*/bin"));
        let expected: Vec<_> = ["18", "16", "9"].map(|v| parent.path().join(format!("postgresql@{v}/bin"))).into();
        assert_eq!(found, expected);
        assert!(expand(&format!("{root}/missing/*/bin")).is_empty());
    }
}
