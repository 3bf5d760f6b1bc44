//! The server process: start it, find it again, end it.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use rustix::process::Signal;
use sqlx::{Connection as _, PgConnection};

use super::{
    ClusterError,
    home::Home,
    pid_file::{self, Status},
    settings, socket,
};
use crate::process;

/// The server's own log, in the data folder.
const LOG_FILE: &str = "server.log";

/// A log beyond this size is set aside at the next start, so that at most twice as much is kept.
const LOG_LIMIT: u64 = 16 * 1024 * 1024;

/// How often the pid file is looked at while waiting; a start takes about 100 ms, so the wait adds little.
const LOOK: Duration = Duration::from_millis(5);

/// Between two attempts to start.
const RETRY: Duration = Duration::from_millis(200);

/// A start after a crash replays the log, 2 GB at most, at 50 MB/s or more: 40 s; three times that is generous.
const START_LIMIT: Duration = Duration::from_mins(2);

/// A fast shutdown writes one checkpoint, 192 MB of buffers at most. What takes longer is cut short.
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// An answer of a healthy server takes milliseconds.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// Somebody else may take the port between our choice and the server's start; so often it will not happen.
const PORT_TRIES: usize = 5;

/// A server that was ready when last looked at.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) process: i32,
    pub(super) port: u16,
    pub(super) socket_dir: PathBuf,
    data_dir: PathBuf,
    /// Ours to reap if we started it.
    child: Option<Child>,
}

/// Takes over a server that still runs, if it answers and has the settings we want; otherwise ends it.
pub(super) async fn adopt(home: &Home, wanted: &str) -> Result<Option<Server>, ClusterError> {
    let started = Instant::now();
    while let Some(file) = pid_file::read_live(&home.data_dir) {
        let server = Server {
            process: file.process,
            port: file.port,
            socket_dir: file.socket_dir,
            data_dir: home.data_dir.clone(),
            child: None,
        };
        match file.status {
            Status::Ready if settings::current(&home.data_dir) == wanted && server.answers().await => {
                tracing::info!(process = server.process, "goes on with the server that was still running");
                return Ok(Some(server));
            }
            Status::Ready => {
                server.stop().await?;
                return Ok(None);
            }
            // It may have been left in the middle of either; both end by themselves.
            Status::Starting | Status::Stopping if started.elapsed() < START_LIMIT => tokio::time::sleep(LOOK).await,
            Status::Starting | Status::Stopping => return Err(server.slow("become ready or end", START_LIMIT)),
        }
    }
    pid_file::disown(&home.data_dir)?;
    Ok(None)
}

/// Starts the server and waits until it accepts connections.
pub(super) async fn launch(home: &Home, socket_dir: &Path) -> Result<Server, ClusterError> {
    let (started, mut ports) = (Instant::now(), 1);
    loop {
        match launch_once(home, socket_dir).await {
            Err(ClusterError::Start { log, .. }) if log.contains("Address already in use") && ports < PORT_TRIES => {
                ports += 1;
            }
            // The main process was killed, and its children have not noticed yet. They will.
            Err(ClusterError::Start { log, .. })
                if log.contains("pre-existing shared memory") && started.elapsed() < STOP_LIMIT =>
            {
                tokio::time::sleep(RETRY).await;
            }
            result => return result,
        }
    }
}

async fn launch_once(home: &Home, socket_dir: &Path) -> Result<Server, ClusterError> {
    let port = last_port(&home.data_dir).map_or_else(free_port, Ok)?;
    let log_path = home.data_dir.join(LOG_FILE);
    if fs::metadata(&log_path).is_ok_and(|log| log.len() > LOG_LIMIT) {
        fs::rename(&log_path, log_path.with_extension("log.1")).map_err(ClusterError::file(&log_path))?;
    }
    let log =
        fs::OpenOptions::new().create(true).append(true).open(&log_path).map_err(ClusterError::file(&log_path))?;
    let log_before = log.metadata().map_err(ClusterError::file(&log_path))?.len();
    let mut command = home.account.command(&home.binaries.postgres());
    command.arg("-D").arg(&home.data_dir).args(["-p", &port.to_string(), "-k"]).arg(socket_dir);
    // A group of its own, so that the terminal's Ctrl-C does not reach it.
    command.stdout(Stdio::null()).stderr(log).process_group(0);
    let mut child = command.spawn().map_err(ClusterError::file(home.binaries.postgres()))?;
    // Process numbers are positive and fit everywhere.
    let process = i32::try_from(child.id()).unwrap_or(i32::MAX);
    let started = Instant::now();
    loop {
        if child.try_wait().map_err(ClusterError::file(home.binaries.postgres()))?.is_some() {
            let log = last_words(&log_path, log_before);
            return Err(ClusterError::Start { data_dir: home.data_dir.clone(), log });
        }
        let file = pid_file::read_live(&home.data_dir).filter(|file| file.process == process);
        if file.is_some_and(|file| file.status == Status::Ready) {
            return Ok(Server {
                process,
                port,
                socket_dir: socket_dir.to_owned(),
                data_dir: home.data_dir.clone(),
                child: Some(child),
            });
        }
        if started.elapsed() > START_LIMIT {
            process::signal(process, Signal::QUIT);
            return Err(ClusterError::Slow {
                data_dir: home.data_dir.clone(),
                process,
                what: "become ready",
                after: START_LIMIT,
            });
        }
        tokio::time::sleep(LOOK).await;
    }
}

impl Server {
    /// Fast shutdown: clients are disconnected, a checkpoint is written.
    pub(super) async fn stop(mut self) -> Result<(), ClusterError> {
        for (signal, limit) in [(Signal::INT, STOP_LIMIT), (Signal::QUIT, ANSWER_LIMIT)] {
            process::signal(self.process, signal);
            let asked = Instant::now();
            while asked.elapsed() < limit {
                if self.is_gone() {
                    return Ok(());
                }
                tokio::time::sleep(LOOK).await;
            }
        }
        Err(self.slow("end", STOP_LIMIT + ANSWER_LIMIT))
    }

    /// Lets it run. A thread waits for its end as long as this process lives, or a dead server would go on to count as
    /// alive until its parent ends too.
    pub(super) fn leave(self) {
        if let Some(mut child) = self.child {
            std::thread::spawn(move || child.wait());
        }
    }

    /// Fast shutdown without waiting for it.
    pub(super) fn ask_to_stop(self) {
        process::signal(self.process, Signal::INT);
        self.leave();
    }

    /// Ends it at once and waits; used where nothing can be awaited.
    pub(super) fn kill(mut self) {
        process::signal(self.process, Signal::QUIT);
        let asked = Instant::now();
        while !self.is_gone() && asked.elapsed() < ANSWER_LIMIT {
            std::thread::sleep(LOOK);
        }
    }

    fn is_gone(&mut self) -> bool {
        match &mut self.child {
            Some(child) => !matches!(child.try_wait(), Ok(None)),
            None => !process::serves(self.process, &self.data_dir),
        }
    }

    async fn answers(&self) -> bool {
        let url = socket::url(&self.socket_dir, self.port, "postgres");
        let question = async {
            let mut connection = PgConnection::connect(&url).await?;
            connection.ping().await?;
            connection.close().await
        };
        matches!(tokio::time::timeout(ANSWER_LIMIT, question).await, Ok(Ok(())))
    }

    fn slow(&self, what: &'static str, after: Duration) -> ClusterError {
        ClusterError::Slow { data_dir: self.data_dir.clone(), process: self.process, what, after }
    }
}

/// The port of the last start, if nobody has taken it since: who kept the address can go on using it. The server writes
/// its command line into `postmaster.opts`.
fn last_port(data_dir: &Path) -> Option<u16> {
    let options = fs::read_to_string(data_dir.join("postmaster.opts")).ok()?;
    let mut words = options.split_whitespace().map(|word| word.trim_matches('"'));
    words.find(|word| *word == "-p")?;
    let port = words.next()?.parse().ok()?;
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok().then_some(port)
}

/// A port nobody listens on at this moment.
fn free_port() -> Result<u16, ClusterError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(ClusterError::file("127.0.0.1"))?;
    Ok(listener.local_addr().map_err(ClusterError::file("127.0.0.1"))?.port())
}

/// What this start has written to the log, its end at least.
fn last_words(log: &Path, from: u64) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let ours = bytes.get(usize::try_from(from).unwrap_or_default()..).unwrap_or_default();
    let text = String::from_utf8_lossy(ours);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
