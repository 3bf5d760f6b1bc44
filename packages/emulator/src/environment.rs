//! Where the emulator's programs are.
//!
//! The folder that a variable names wins. Else it is `emulator` in the target folder, which is found by going up from the
//! running program: `target/debug/usher` and `target/debug/deps/some-test` are both below it.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::error::EmulatorError;

/// The variable that names the virtual environment; it beats every other place.
pub const FOLDER_VARIABLE: &str = "USHER_EMULATOR";

/// The variable that names another emulator, which is running already: tests talk to that one instead.
pub const ENDPOINT_VARIABLE: &str = "USHER_EMULATOR_ENDPOINT";

/// The address of an emulator that somebody else runs.
pub(crate) fn endpoint() -> Option<String> {
    env::var(ENDPOINT_VARIABLE).ok().filter(|endpoint| !endpoint.is_empty())
}

/// The Python of the virtual environment.
pub(crate) fn python() -> Result<PathBuf, EmulatorError> {
    let named = env::var_os(FOLDER_VARIABLE).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    python_in(named, &env::current_exe()?)
}

fn python_in(named: Option<PathBuf>, program: &Path) -> Result<PathBuf, EmulatorError> {
    let python = |folder: &Path| folder.join("bin/python");
    // The script leaves this mark when everything is there.
    let complete = |folder: &PathBuf| folder.join("complete").is_file();
    if let Some(folder) = named {
        return Some(folder.clone()).filter(complete).map(|it| python(&it)).ok_or(EmulatorError::Missing { folder });
    }
    let mut folders = program.ancestors().skip(1).map(|folder| folder.join("emulator"));
    folders.find(complete).map(|folder| python(&folder)).ok_or_else(|| EmulatorError::Missing {
        folder: program.ancestors().nth(3).unwrap_or(program).join("emulator"),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_environment_is_found_above_the_program_and_only_when_it_is_complete() {
        let target = tempfile::tempdir().unwrap();
        let (program, folder) = (target.path().join("debug/deps/some-test"), target.path().join("emulator"));
        fs::create_dir_all(&folder).unwrap();
        let missing = python_in(None, &program).unwrap_err().to_string();
        assert!(missing.contains(folder.to_str().unwrap()) && missing.contains("tools/emulator.sh"), "{missing}");

        fs::write(folder.join("complete"), "").unwrap();
        assert_eq!(python_in(None, &program).unwrap(), folder.join("bin/python"));
        assert_eq!(python_in(Some(folder.clone()), Path::new("/elsewhere/usher")).unwrap(), folder.join("bin/python"));
        let named = python_in(Some(PathBuf::from("/elsewhere")), &program).unwrap_err();
        assert!(matches!(named, EmulatorError::Missing { .. }), "a named folder is not silently replaced: {named}");
    }
}
