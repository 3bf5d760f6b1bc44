//! Making a data folder: UTF-8, the byte order of the C locale (the same on every machine, and the fastest), no
//! password on the private socket, and a random one for TCP.

use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use super::{ClusterError, Durability, USER, home::Home, lock::beside, settings};
use crate::secret::random_hex;

/// The superuser's password, in the data folder, readable by its owner alone.
pub(super) const PASSWORD_FILE: &str = "usher.password";

/// `C` is everywhere; `C.UTF-8` knows upper and lower case of all letters, but older systems lack it.
const LOCALES: [&str; 2] = ["C.UTF-8", "C"];

/// Fills the staging folder and gives it its real name.
pub(super) async fn initialise(home: &Home, durability: Durability) -> Result<(), ClusterError> {
    let staging = home.staging();
    let password_file = beside(&home.data_dir, "password");
    write_password(home, &password_file)?;
    let mut output = String::new();
    for locale in LOCALES {
        output = match run_initdb(home, locale, &password_file, durability).await? {
            None => {
                output.clear();
                break;
            }
            Some(output) => output,
        };
    }
    if !output.is_empty() {
        let _ = fs::remove_file(&password_file);
        return Err(ClusterError::Initialise { data_dir: home.data_dir.clone(), output });
    }
    let kept = staging.join(PASSWORD_FILE);
    fs::rename(&password_file, &kept).map_err(ClusterError::file(kept))?;
    settings::include(&staging)?;
    // An empty folder that somebody made beforehand is replaced; one with files in it is an error, and stays.
    fs::rename(&staging, &home.data_dir).map_err(ClusterError::file(&home.data_dir))
}

/// None on success, else what `initdb` said. It cleans up after itself.
async fn run_initdb(
    home: &Home,
    locale: &str,
    password_file: &Path,
    durability: Durability,
) -> Result<Option<String>, ClusterError> {
    let mut command = home.account.command(&home.binaries.initdb());
    command
        .arg("--pgdata")
        .arg(home.staging())
        .args(["--username", USER, "--encoding=UTF8", "--locale", locale, "--no-instructions"])
        .args(["--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile"])
        .arg(password_file);
    match durability {
        Durability::Durable => command.arg("--data-checksums"),
        Durability::Throwaway => command.arg("--no-sync"),
    };
    let output = tokio::process::Command::from(command).output().await;
    let output = output.map_err(ClusterError::file(home.binaries.initdb()))?;
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Ok((!output.status.success()).then(|| if words.is_empty() { output.status.to_string() } else { words }))
}

fn write_password(home: &Home, path: &Path) -> Result<(), ClusterError> {
    let password = random_hex(24).map_err(ClusterError::file("/dev/urandom"))?;
    // One that a crash has left would keep its old owner.
    let _ = fs::remove_file(path);
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(ClusterError::file(path))?;
    writeln!(file, "{password}").map_err(ClusterError::file(path))?;
    home.account.give(path)
}
