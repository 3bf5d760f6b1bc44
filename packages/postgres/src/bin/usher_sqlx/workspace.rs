//! The checkout this program works on: the one it is started in.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Outcome;

/// The root folder of a Cargo workspace.
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Asks Cargo, so that it works from any folder inside.
    pub fn find() -> Outcome<Self> {
        let output = cargo().args(["locate-project", "--workspace", "--message-format", "plain"]).output()?;
        if !output.status.success() {
            return Err("there is no Cargo workspace here".into());
        }
        let manifest = PathBuf::from(String::from_utf8(output.stdout)?.trim());
        let root = manifest.parent().ok_or("the workspace has no folder")?.to_owned();
        Ok(Self { root })
    }

    /// The folder of the root `Cargo.toml`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The committed answers of the database.
    pub fn cache(&self) -> PathBuf {
        self.root.join(".sqlx")
    }

    /// Cargo's build folder.
    pub fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), |folder| self.root.join(folder))
    }
}

/// The Cargo that started us, or the one in `PATH`.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
