//! What `usher login` keeps between commands: an address and its tokens, in a file that only its owner can read.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where one is signed in.
#[derive(Clone, Serialize, Deserialize)]
pub struct Profile {
    /// The address of the API.
    pub url: String,
    /// Proves who asks, for a quarter of an hour.
    pub access_token: String,
    /// Gets the next pair.
    pub refresh_token: String,
}

impl Profile {
    /// What is kept; nothing when nobody signed in.
    pub fn load() -> anyhow::Result<Option<Self>> {
        let Some(file) = file() else { return Ok(None) };
        match fs::read_to_string(&file) {
            Ok(text) => {
                let profile = serde_json::from_str(&text);
                Ok(Some(profile.with_context(|| format!("{} is damaged: sign in again", file.display()))?))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
        }
    }

    /// A pair of tokens as the API gives them.
    pub fn of_tokens(url: &str, answer: &Value) -> anyhow::Result<Self> {
        let token = |name: &str| {
            let token = answer[name].as_str().map(str::to_owned);
            token.with_context(|| format!("the answer has no {name}"))
        };
        let (access_token, refresh_token) = (token("access_token")?, token("refresh_token")?);
        Ok(Self { url: url.to_owned(), access_token, refresh_token })
    }

    /// Keeps it. Whoever reads meanwhile sees the old one or the new one.
    pub fn save(&self) -> anyhow::Result<()> {
        let file = file().context("there is no home folder to keep the sign-in in: set HOME, or use USHER_TOKEN")?;
        let new = file.with_extension("new");
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut writing = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        writing.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
        Ok(fs::rename(&new, &file)?)
    }

    /// Forgets it.
    pub fn forget() -> anyhow::Result<()> {
        match file().map(fs::remove_file) {
            Some(Err(error)) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Keeps other commands from renewing the tokens while this one does, until it is dropped.
    pub fn lock() -> anyhow::Result<File> {
        let file = file().context("there is no home folder")?.with_extension("lock");
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(file)?;
        lock.lock()?;
        Ok(lock)
    }
}

/// `$XDG_CONFIG_HOME/usher/login.json`, or below `~/.config`.
fn file() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("XDG_CONFIG_HOME").or_else(|| Some(set("HOME")?.join(".config")))?;
    Some(folder.join("usher").join("login.json"))
}
