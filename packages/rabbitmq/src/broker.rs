//! One private broker: started, stopped, and, for those who want to know what happens then, killed and suspended.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::Signal;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    BrokerError, Programs,
    folder::{Folder, USER},
    process,
};

/// A cold start takes 5 s on an idle machine; this one may be anything but idle.
const START_LIMIT: Duration = Duration::from_mins(2);

/// The keeper gives a server 30 s to stop.
const STOP_LIMIT: Duration = Duration::from_secs(40);

/// How often a server that starts or stops is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Which broker, and for how long.
#[derive(Debug, Clone)]
pub struct BrokerOptions {
    /// Its folder; made when missing.
    pub folder: PathBuf,
    /// What runs it.
    pub programs: Programs,
    /// The virtual hosts that exist once it has started. Those of earlier starts stay.
    pub virtual_hosts: Vec<String>,
    /// What it shows to clients that speak TLS; without, none can.
    pub tls: Option<Tls>,
    /// Whether the data outlives it: otherwise it is ended without a word, and its folder removed.
    pub durable: bool,
}

/// A certificate and its key, in PEM.
#[derive(Clone)]
pub struct Tls {
    /// The certificate, and behind it those of the authorities between it and the one that clients trust.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

/// A running broker. It ends when this value is dropped, or when this process ends, however it does.
#[derive(Debug)]
pub struct Broker {
    options: BrokerOptions,
    folder: Folder,
    keeper: Option<Keeper>,
}

#[derive(Debug)]
struct Keeper {
    child: Child,
    /// Closing it is what ends the broker.
    pipe: Option<ChildStdin>,
}

impl Broker {
    /// Starts a broker and waits until it answers. What an earlier one left running in this folder is ended first.
    pub async fn open(options: BrokerOptions) -> Result<Self, BrokerError> {
        end_leftovers(&options.folder).await;
        let folder = Folder::prepare(&options.folder, &options.virtual_hosts, options.tls.as_ref())?;
        let mut broker = Self { options, folder, keeper: None };
        broker.start().await?;
        Ok(broker)
    }

    /// The address of a virtual host, with user and password: handle it as a secret.
    pub fn url(&self, virtual_host: &str) -> String {
        self.address("amqp", self.folder.ports.amqp, virtual_host)
    }

    /// The same for clients that speak TLS.
    pub fn tls_url(&self, virtual_host: &str) -> String {
        self.address("amqps", self.folder.ports.tls, virtual_host)
    }

    fn address(&self, scheme: &str, port: u16, virtual_host: &str) -> String {
        format!("{scheme}://{USER}:{}@127.0.0.1:{port}/{virtual_host}", self.folder.password)
    }

    /// The port for clients.
    pub fn port(&self) -> u16 {
        self.folder.ports.amqp
    }

    /// The number of the server's process, while it runs.
    pub fn process(&self) -> Option<i32> {
        read_number(&self.folder.file("pid")).filter(|number| process::is_marked(*number, &mark(&self.folder.path)))
    }

    /// Whether it runs; false after a [`kill`](Self::kill), and when it died by itself.
    pub fn is_running(&mut self) -> Result<bool, BrokerError> {
        Ok(!self.is_over()?)
    }

    /// Starts a broker that was killed, on the same ports and with what it had made durable.
    pub async fn start(&mut self) -> Result<(), BrokerError> {
        let mut child = self.keeper().spawn().map_err(BrokerError::file("sh"))?;
        let pipe = child.stdin.take();
        self.keeper = Some(Keeper { child, pipe });
        let started = Instant::now();
        while !self.answers().await {
            if self.is_over()? {
                return Err(BrokerError::Start { folder: self.folder.path.clone(), log: self.folder.last_words() });
            }
            if started.elapsed() > START_LIMIT {
                return Err(self.slow("answer", START_LIMIT));
            }
            tokio::time::sleep(LOOK).await;
        }
        tracing::debug!(port = self.port(), took = ?started.elapsed(), "the broker answers");
        Ok(())
    }

    /// Ends the server with a signal that it cannot hear, and waits until it is gone.
    pub async fn kill(&mut self) -> Result<(), BrokerError> {
        self.signal(Signal::KILL);
        self.wait_until_over().await
    }

    /// Stops the server from doing anything, with all its connections open, until [`resume`](Self::resume).
    pub fn suspend(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets a suspended server go on.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// Ends the broker and waits until it is gone.
    pub async fn stop(mut self) -> Result<(), BrokerError> {
        self.begin_end();
        self.wait_until_over().await
    }

    /// Runs `rabbitmqctl` against this broker: for what cannot be asked for over AMQP.
    pub async fn control(&self, arguments: &[&str]) -> Result<(), BrokerError> {
        let program = self.options.programs.server.with_file_name("rabbitmqctl");
        let mut command = self.environment(Command::new(&program));
        command.args(arguments).stdin(Stdio::null()).current_dir("/");
        let output = tokio::process::Command::from(command).output().await.map_err(BrokerError::file(&program))?;
        if output.status.success() {
            return Ok(());
        }
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(BrokerError::Control { command: arguments.join(" "), log })
    }

    fn keeper(&self) -> Command {
        let folder = &self.folder;
        let mut command = self.environment(Command::new("sh"));
        command.args(["-c", include_str!("keeper.sh"), "usher-broker-keeper"]).arg(&folder.path);
        command.arg(&self.options.programs.server).arg(&self.options.programs.epmd);
        command.arg(folder.ports.epmd.to_string()).arg(if self.options.durable { "durable" } else { "throwaway" });
        let output = fs::File::create(folder.file("output")).map_or_else(|_| Stdio::null(), Stdio::from);
        // A group of its own, so that the terminal's Ctrl-C reaches us first.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(output);
        command
    }

    /// What tells the programs which broker is meant.
    fn environment(&self, mut command: Command) -> Command {
        let (folder, ports) = (&self.folder, self.folder.ports);
        // Nothing of another broker's settings, in this environment or in /etc, is for this one.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("RABBITMQ_") {
                command.env_remove(name);
            }
        }
        let arguments = format!("-kernel inet_dist_use_interface {{127,0,0,1}} {}", mark(&folder.path));
        let set = [
            ("RABBITMQ_NODENAME", format!("usher-{}@localhost", ports.amqp)),
            ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1".to_owned()),
            ("RABBITMQ_NODE_PORT", ports.amqp.to_string()),
            ("RABBITMQ_DIST_PORT", ports.distribution.to_string()),
            ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", arguments),
            ("ERL_EPMD_PORT", ports.epmd.to_string()),
            ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
            // Makes the script become the server, instead of waiting for it: one process, which hears our signals.
            ("RUNNING_UNDER_SYSTEMD", "true".to_owned()),
            ("LC_ALL", "C.UTF-8".to_owned()),
        ];
        command.envs(set);
        let places = [
            ("HOME", ""),
            ("RABBITMQ_MNESIA_BASE", "data"),
            ("RABBITMQ_LOG_BASE", "log"),
            ("RABBITMQ_PID_FILE", "pid"),
            ("RABBITMQ_ENABLED_PLUGINS_FILE", "enabled_plugins"),
            ("RABBITMQ_CONFIG_FILE", "rabbitmq"),
            ("RABBITMQ_ADVANCED_CONFIG_FILE", "advanced"),
            ("RABBITMQ_CONF_ENV_FILE", "environment"),
        ];
        command.envs(places.map(|(name, place)| (name, folder.file(place))));
        command
    }

    /// Whether it speaks AMQP: to the greeting of a client it answers with a method frame.
    async fn answers(&self) -> bool {
        let greeting = async {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port())).await?;
            stream.write_all(b"AMQP\0\0\x09\x01").await?;
            stream.read_u8().await
        };
        let answered = tokio::time::timeout(Duration::from_secs(2), greeting).await;
        // The port opens a moment before the virtual hosts do; the file with the number is written after both.
        matches!(answered, Ok(Ok(1))) && self.process().is_some()
    }

    fn signal(&self, signal: Signal) {
        if let Some(number) = self.process() {
            process::signal(number, signal);
        }
    }

    fn begin_end(&mut self) {
        if let Some(keeper) = &mut self.keeper {
            keeper.pipe.take();
        }
    }

    fn is_over(&mut self) -> Result<bool, BrokerError> {
        let Some(keeper) = &mut self.keeper else { return Ok(true) };
        Ok(keeper.child.try_wait().map_err(BrokerError::file("sh"))?.is_some())
    }

    async fn wait_until_over(&mut self) -> Result<(), BrokerError> {
        let asked = Instant::now();
        while !self.is_over()? {
            if asked.elapsed() > STOP_LIMIT {
                return Err(self.slow("end", STOP_LIMIT));
            }
            tokio::time::sleep(LOOK).await;
        }
        self.keeper = None;
        Ok(())
    }

    fn slow(&self, what: &'static str, after: Duration) -> BrokerError {
        BrokerError::Slow { folder: self.folder.path.clone(), what, after, log: self.folder.last_words() }
    }
}

/// A thread waits for the keeper, or it would stay a zombie as long as we live.
impl Drop for Broker {
    fn drop(&mut self) {
        self.begin_end();
        match self.keeper.take() {
            Some(mut keeper) => drop(std::thread::spawn(move || keeper.child.wait())),
            // It was killed and not started again, so no keeper is there to clear up.
            None if !self.options.durable => drop(fs::remove_dir_all(&self.folder.path)),
            None => {}
        }
    }
}

/// What the server's command line has in it, and no other's.
fn mark(folder: &Path) -> String {
    format!("-usher_broker {}", folder.display())
}

fn read_number(path: &Path) -> Option<i32> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// A keeper that was killed too leaves the server and its port mapper; both are known by their notes.
async fn end_leftovers(folder: &Path) {
    let Ok(folder) = std::path::absolute(folder) else { return };
    let epmd_port = fs::read_to_string(folder.join("ports")).ok();
    let epmd_port = epmd_port.and_then(|text| text.split_whitespace().last().map(|port| format!("-port {port} ")));
    let leftovers = [("pid", Some(mark(&folder))), ("epmd.pid", epmd_port)];
    for (note, mark) in leftovers {
        let (Some(number), Some(mark)) = (read_number(&folder.join(note)), mark) else { continue };
        let asked = Instant::now();
        while process::is_marked(number, &mark) && asked.elapsed() < STOP_LIMIT {
            tracing::info!(number, note, "ends what an earlier broker left running");
            process::signal(number, Signal::KILL);
            tokio::time::sleep(LOOK).await;
        }
    }
}
