//! Where the programs are: what is set, then `PATH`, then the folders of the distributions.
//!
//! Debian's script in `/usr/sbin` changes to the user `rabbitmq` and its folders; the one beneath it in
//! `lib/rabbitmq/bin` runs as whoever starts it, with the folders that the environment names. So the folders of the
//! distributions come before `PATH`. A new one is a line in [`SERVERS`].

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::BrokerError;

/// The variable that names the server's script, for a server in an unusual place.
pub const SERVER_VARIABLE: &str = "USHER_RABBITMQ_SERVER";

const SERVERS: &[&str] = &[
    "/usr/lib/rabbitmq/bin/rabbitmq-server", // Debian, Ubuntu, the RPMs of the RabbitMQ project
    "/usr/lib64/rabbitmq/bin/rabbitmq-server", // Fedora
    "/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server", // Homebrew on Apple silicon
    "/usr/local/opt/rabbitmq/sbin/rabbitmq-server", // Homebrew on Intel
    "/opt/rabbitmq/sbin/rabbitmq-server",    // the generic archive, and its images
];

const EPMDS: &[&str] = &[
    "/usr/bin/epmd",
    "/usr/lib64/erlang/bin/epmd",
    "/opt/homebrew/opt/erlang/lib/erlang/bin/epmd",
    "/usr/local/opt/erlang/lib/erlang/bin/epmd",
    "/usr/local/lib/erlang/bin/epmd",
];

/// What runs a broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    pub(crate) server: PathBuf,
    pub(crate) epmd: PathBuf,
}

impl Programs {
    /// Looks for the server's script and for Erlang's port mapper. `server`, if given, is the only place for the script.
    pub fn find(server: Option<&Path>) -> Result<Self, BrokerError> {
        let servers: Vec<PathBuf> = match server {
            Some(server) => vec![server.to_owned()],
            None => SERVERS.iter().map(PathBuf::from).chain(in_path("rabbitmq-server")).collect(),
        };
        let epmds: Vec<PathBuf> = in_path("epmd").chain(EPMDS.iter().map(PathBuf::from)).collect();
        let looked = servers.len() + epmds.len();
        let first = |places: Vec<PathBuf>| places.into_iter().find(|place| place.is_file());
        match (first(servers), first(epmds)) {
            (Some(server), Some(epmd)) => Ok(Self { server, epmd }),
            _ => Err(BrokerError::Missing { looked }),
        }
    }
}

fn in_path(name: &str) -> impl Iterator<Item = PathBuf> {
    let folders: Vec<PathBuf> = env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    let name = name.to_owned();
    folders.into_iter().map(move |folder| folder.join(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_named_is_the_only_one() {
        let error = Programs::find(Some(Path::new("/nowhere/rabbitmq-server"))).unwrap_err();
        assert!(error.to_string().contains("apt-get install rabbitmq-server"), "{error}");
    }
}
