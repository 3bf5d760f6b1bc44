//! The folder of a broker: its data, its log, its settings, and what has to stay the same from one start to the next.

use std::{
    fs::{self, DirBuilder, Permissions},
    io::Read as _,
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::{BrokerError, broker::Tls};

/// The user of every private broker.
pub(crate) const USER: &str = "usher";

/// A folder that only its owner can enter.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    pub(crate) password: String,
    pub(crate) ports: Ports,
}

/// Where the broker listens, on the loopback address only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ports {
    /// Clients.
    pub(crate) amqp: u16,
    /// Clients that speak TLS, where there is a certificate.
    pub(crate) tls: u16,
    /// Other nodes and the command line tools.
    pub(crate) distribution: u16,
    /// Its own port mapper.
    pub(crate) epmd: u16,
}

impl Folder {
    /// Makes what is missing. The password and, while nobody else has taken them, the ports stay the same.
    pub(crate) fn prepare(path: &Path, virtual_hosts: &[String], tls: Option<&Tls>) -> Result<Self, BrokerError> {
        let path = std::path::absolute(path).map_err(BrokerError::file(path))?;
        DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(BrokerError::file(&path))?;
        let closed = fs::set_permissions(&path, Permissions::from_mode(0o700)); // It may have been there before.
        closed.map_err(BrokerError::file(&path))?;
        let password = remembered(&path.join("password"), random_hex)?;
        let folder = Self { ports: ports(&path)?, path, password };
        folder.write("enabled_plugins", "[].\n")?;
        folder.write("definitions.json", &folder.definitions(virtual_hosts).to_string())?;
        let mut settings = folder.settings();
        if let Some(tls) = tls {
            folder.write("certificate.pem", &tls.certificate)?;
            folder.write("key.pem", &tls.key)?;
            settings += &folder.tls_settings();
        }
        folder.write("rabbitmq.conf", &settings)?;
        Ok(folder)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), BrokerError> {
        fs::write(self.file(name), text).map_err(BrokerError::file(self.file(name)))
    }

    fn settings(&self) -> String {
        // The log of a quorum queue is half a gigabyte otherwise, written before it is used.
        format!(
            "load_definitions = {}\nlog.console = false\nlog.file.level = info\nraft.wal_max_size_bytes = 33554432\n\
             disk_free_limit.absolute = 64MB\ncollect_statistics_interval = 60000\n",
            self.file("definitions.json").display()
        )
    }

    fn tls_settings(&self) -> String {
        let (certificate, key) = (self.file("certificate.pem"), self.file("key.pem"));
        format!(
            "listeners.ssl.1 = 127.0.0.1:{}\nssl_options.certfile = {}\nssl_options.cacertfile = {}\nssl_options.keyfile = {}\n\
             ssl_options.verify = verify_none\nssl_options.fail_if_no_peer_cert = false\n",
            self.ports.tls,
            certificate.display(),
            certificate.display(),
            key.display()
        )
    }

    fn definitions(&self, virtual_hosts: &[String]) -> serde_json::Value {
        let hosts: Vec<_> = virtual_hosts.iter().map(|name| json!({ "name": name })).collect();
        let rights =
            |name: &String| json!({ "user": USER, "vhost": name, "configure": ".*", "write": ".*", "read": ".*" });
        json!({
            "users": [{ "name": USER, "password": self.password, "tags": "administrator" }],
            "vhosts": hosts,
            "permissions": virtual_hosts.iter().map(rights).collect::<Vec<_>>(),
        })
    }

    /// The end of everything that the server said.
    pub(crate) fn last_words(&self) -> String {
        let mut logs = vec![self.file("output")];
        logs.extend(fs::read_dir(self.file("log")).into_iter().flatten().flatten().map(|entry| entry.path()));
        let texts = logs.iter().filter_map(|log| fs::read(log).ok());
        let tail = |text: Vec<u8>| {
            let text = String::from_utf8_lossy(&text).into_owned();
            let lines: Vec<&str> = text.lines().collect();
            lines[lines.len().saturating_sub(15)..].join("\n")
        };
        texts.map(tail).collect::<Vec<_>>().join("\n")
    }
}

fn remembered(path: &Path, make: impl FnOnce() -> std::io::Result<String>) -> Result<String, BrokerError> {
    if let Ok(text) = fs::read_to_string(path)
        && !text.is_empty()
    {
        return Ok(text);
    }
    let text = make().map_err(BrokerError::file(path))?;
    fs::write(path, &text).map_err(BrokerError::file(path))?;
    Ok(text)
}

/// Not from `Ambient`: two runs with one seed still need two passwords.
fn random_hex() -> std::io::Result<String> {
    let mut raw = [0_u8; 16];
    fs::File::open("/dev/urandom")?.read_exact(&mut raw)?;
    Ok(format!("{:032x}", u128::from_le_bytes(raw)))
}

fn ports(folder: &Path) -> Result<Ports, BrokerError> {
    let note = folder.join("ports");
    let last = fs::read_to_string(&note).ok().and_then(|text| parse(&text));
    if let Some(last) = last
        && [last.amqp, last.distribution, last.tls, last.epmd].into_iter().all(is_free)
    {
        return Ok(last);
    }
    // All at once, so that they differ.
    let listeners: Result<Vec<_>, _> = (0..4).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect();
    let listeners = listeners.map_err(BrokerError::file("127.0.0.1"))?;
    let chosen: Result<Vec<u16>, _> =
        listeners.iter().map(|listener| listener.local_addr().map(|address| address.port())).collect();
    let chosen = chosen.map_err(BrokerError::file("127.0.0.1"))?;
    let ports = Ports { amqp: chosen[0], distribution: chosen[1], tls: chosen[2], epmd: chosen[3] };
    let text = format!("{} {} {} {}", ports.amqp, ports.distribution, ports.tls, ports.epmd);
    fs::write(&note, text).map_err(BrokerError::file(note))?;
    Ok(ports)
}

fn parse(text: &str) -> Option<Ports> {
    let mut numbers = text.split_whitespace().map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some(Ports { amqp: next()?, distribution: next()?, tls: next()?, epmd: next()? })
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_and_the_ports_stay_the_same() {
        let parent = tempfile::tempdir().unwrap();
        let one = Folder::prepare(&parent.path().join("deep/broker"), &["usher".to_owned()], None).unwrap();
        let two = Folder::prepare(&parent.path().join("deep/broker"), &["usher".to_owned()], None).unwrap();
        assert_eq!((&one.password, one.ports), (&two.password, two.ports));
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, one.ports.amqp)).unwrap();
        let three = Folder::prepare(&parent.path().join("deep/broker"), &["usher".to_owned()], None).unwrap();
        assert_ne!(three.ports.amqp, taken.local_addr().unwrap().port(), "somebody has it by now");
    }
}
