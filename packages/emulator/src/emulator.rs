//! One emulator process: its address, its end, and its return at the same address.
//!
//! It is tied to its starter by its standard input, which ends when the starter does: that holds for a `kill -9` on every
//! system, and, unlike a signal at the parent's death, does not mind which thread started it.

use std::{fs, process::Stdio, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    process::{Child, Command},
    time::timeout,
};

use crate::{environment, error::EmulatorError};

/// It answers after half a second on an idle machine. This is for one where everything compiles at once.
const PATIENCE: Duration = Duration::from_mins(1);

/// What it offers; each further service costs start-up time.
const SERVICES: &str = "stepfunctions,sqs,sns,sts,iam";

/// A running emulator, or one that was killed and not restarted yet.
#[derive(Debug)]
pub struct Emulator {
    process: Option<Child>,
    port: u16,
    endpoint: String,
    manner: Manner,
    folder: TempDir,
}

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// As published.
    Plain,
    /// It keeps what it can when it is asked to stop.
    KeepingState,
    /// Closer to what AWS documents, and with another account and other addresses.
    Strict,
}

impl Emulator {
    /// Starts one with nothing in it. What is in it does not survive [`Self::stop`] or [`Self::kill`].
    pub async fn start() -> Result<Self, EmulatorError> {
        Self::start_with(Manner::Plain).await
    }

    /// Starts one that does what AWS documents where the other does not: each attempt of a step has a token of its own, missed
    /// heartbeats end it, closed tokens are called `TaskTimedOut`, and a repeated start is answered with the execution that
    /// runs. It is of another account, and nobody answers at the host in the addresses of its queues.
    pub async fn start_strict() -> Result<Self, EmulatorError> {
        Self::start_with(Manner::Strict).await
    }

    /// Starts one whose queues, topics and state machines are there again after [`Self::stop`] and [`Self::restart`].
    /// Executions that ran are marked failed, and a [`Self::kill`] loses everything as ever: no emulator does better.
    pub async fn start_keeping_state() -> Result<Self, EmulatorError> {
        Self::start_with(Manner::KeepingState).await
    }

    async fn start_with(manner: Manner) -> Result<Self, EmulatorError> {
        if let Some(endpoint) = environment::endpoint() {
            return Self::of_others(endpoint, manner);
        }
        let folder = tempfile::Builder::new().prefix("usher-emulator-").tempdir()?;
        let mut emulator = Self { process: None, port: 0, endpoint: String::new(), manner, folder };
        emulator.restart().await?;
        Ok(emulator)
    }

    /// One that somebody else runs: it is neither started nor ended here.
    fn of_others(endpoint: String, manner: Manner) -> Result<Self, EmulatorError> {
        let folder = tempfile::tempdir()?;
        Ok(Self { process: None, port: 0, endpoint, manner, folder })
    }

    /// Where it answers: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What the clients of the SDK are made from: this address, a region, and credentials that mean nothing.
    pub fn sdk_config(&self) -> SdkConfig {
        let credentials = Credentials::new("test", "test", None, None, "emulator");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(&self.endpoint)
            .build()
    }

    /// Whether it runs; false after a [`Self::kill`], and when it died by itself.
    pub fn is_running(&mut self) -> Result<bool, EmulatorError> {
        if environment::endpoint().is_some() {
            return Ok(true);
        }
        let Some(process) = &mut self.process else { return Ok(false) };
        Ok(process.try_wait()?.is_none())
    }

    /// Ends it in the middle of whatever it does, as a power cut would.
    pub async fn kill(&mut self) -> Result<(), EmulatorError> {
        if let Some(mut process) = self.process.take() {
            process.kill().await?;
        }
        Ok(())
    }

    /// Asks it to end, and waits until it has.
    pub async fn stop(&mut self) -> Result<(), EmulatorError> {
        if let Some(mut process) = self.process.take() {
            let number = process.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
            if let Some(number) = number {
                kill_process(number, Signal::TERM).map_err(std::io::Error::from)?;
            }
            // Waiting would close its standard input, and that ends it at once.
            let _tie = process.stdin.take();
            if timeout(PATIENCE, process.wait()).await.is_err() {
                process.kill().await?;
            }
        }
        Ok(())
    }

    /// Starts it again where it was, after [`Self::kill`] or [`Self::stop`]; ends it first when it still runs.
    pub async fn restart(&mut self) -> Result<(), EmulatorError> {
        if environment::endpoint().is_some() {
            return Ok(());
        }
        self.stop().await?;
        let log = fs::File::options().create(true).append(true).open(self.folder.path().join("log"))?;
        let mut command = Command::new(environment::python()?);
        if self.manner == Manner::Strict {
            fs::write(self.folder.path().join("strict.py"), include_str!("strict.py"))?;
            command.env("PYTHONPATH", self.folder.path()).env("USHER_EMULATOR_STRICT", "1");
        }
        let mut process = command
            .args(["-c", include_str!("serve.py"), &self.port.to_string()])
            .current_dir(self.folder.path())
            .env("TMPDIR", self.folder.path())
            .env("SERVICES", SERVICES)
            .env("PERSIST_STATE", if self.manner == Manner::KeepingState { "1" } else { "0" })
            .env("STATE_DIR", self.folder.path().join("state"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let said = process.stdout.take();
        self.process = Some(process);
        match timeout(PATIENCE, async {
            let mut line = String::new();
            if let Some(said) = said {
                BufReader::new(said).read_line(&mut line).await?;
            }
            let port = line.trim().parse::<u16>().map_err(std::io::Error::other)?;
            answers(port).await.map(|()| port)
        })
        .await
        {
            Ok(Ok(port)) => {
                self.port = port;
                self.endpoint = format!("http://127.0.0.1:{port}");
                Ok(())
            }
            _ => Err(self.silent()),
        }
    }

    fn silent(&self) -> EmulatorError {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<_> = log.lines().rev().take(20).collect();
        EmulatorError::Silent { said: lines.into_iter().rev().collect::<Vec<_>>().join("\n") }
    }
}

/// Waits for the first answer. The socket listens from the start, so one question is enough.
async fn answers(port: u16) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(b"GET /_ministack/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    if answer.starts_with("HTTP/1.1 200") { Ok(()) } else { Err(std::io::Error::other(answer)) }
}
