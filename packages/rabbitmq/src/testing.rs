//! One broker for the tests of a process, and a virtual host of its own for each test.
//!
//! A broker takes seconds to start, so it is started once, with as many virtual hosts as the tests of one process need.
//! It ends with the process.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::OnceCell;

use crate::{Broker, BrokerError, BrokerOptions, Programs, Tls};

/// More than the tests of any one process use.
const VIRTUAL_HOSTS: usize = 120;

static SHARED: OnceCell<Broker> = OnceCell::const_new();

/// A virtual host that nobody else uses.
#[derive(Debug)]
pub struct VirtualHost {
    /// Its address, with user and password.
    pub url: String,
    name: String,
}

impl VirtualHost {
    /// Makes the broker close every connection to it.
    pub async fn cut(&self) -> Result<(), BrokerError> {
        let Some(broker) = SHARED.get() else { return Ok(()) };
        broker.control(&["close_all_connections", "--vhost", &self.name, "cut by a test"]).await
    }
}

/// A broker of its own, for a test that kills it, with these virtual hosts.
pub async fn broker(virtual_hosts: &[&str]) -> Result<Broker, BrokerError> {
    broker_showing(virtual_hosts, None).await
}

/// The same, showing a certificate to those who speak TLS.
pub async fn broker_showing(virtual_hosts: &[&str], tls: Option<Tls>) -> Result<Broker, BrokerError> {
    let folder = tempfile::Builder::new().prefix("usher-rabbitmq-").tempdir().map_err(BrokerError::file("/tmp"))?;
    let server = std::env::var_os(crate::programs::SERVER_VARIABLE);
    Broker::open(BrokerOptions {
        // The keeper removes it.
        folder: folder.keep(),
        programs: Programs::find(server.as_deref().map(AsRef::as_ref))?,
        virtual_hosts: virtual_hosts.iter().map(|&name| name.to_owned()).collect(),
        tls,
        durable: false,
    })
    .await
}

/// A virtual host of the broker that the tests of this process share.
pub async fn virtual_host() -> Result<VirtualHost, BrokerError> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let names: Vec<String> = (0..VIRTUAL_HOSTS).map(|number| format!("world-{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let shared = SHARED.get_or_try_init(|| broker(&names)).await?;
    let name = format!("world-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    Ok(VirtualHost { url: shared.url(&name), name })
}
