//! Runs a drill and reads its report.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use tempfile::TempDir;
use tokio::process::Command;
use usher_drills::report::Report;

/// A drill that was run.
pub struct Ran {
    pub code: Option<i32>,
    pub said: String,
    pub report: Report,
    pub page: String,
    /// Where its report.json is.
    pub json: PathBuf,
    _folder: TempDir,
}

/// The root of the checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

pub fn usher() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
    command.current_dir(root()).stdin(Stdio::null()).kill_on_drop(true);
    for variable in ["USHER_DATABASE_URL", "USHER_PORT", "USHER_DATA_DIR", "USHER_ENGINE", "USHER_MESSAGING"] {
        command.env_remove(variable);
    }
    command
}

/// Runs a drill, by its name or its file.
pub async fn run(name: &str, seed: u64) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let mut command = usher();
    command.args(["drill", "run", name, "--seed", &seed.to_string(), "--out"]).arg(folder.path());
    let output = command.output().await.unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let stem = Path::new(name).file_stem().unwrap().to_str().unwrap();
    let reports = folder.path().join(format!("{stem}-{seed}"));
    let json = reports.join("report.json");
    let text = std::fs::read_to_string(&json).unwrap_or_else(|error| panic!("{name}: no report: {error}\n{said}"));
    let page = std::fs::read_to_string(reports.join("report.html")).unwrap();
    Ran { code: output.status.code(), said, report: serde_json::from_str(&text).unwrap(), page, json, _folder: folder }
}
