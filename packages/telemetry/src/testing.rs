//! For tests: what was logged, to be read back.
//!
//! A test that drives something with addresses, tokens or cards in it asks for [`captured_logs`] first, and says at the
//! end what must not be in them. [`process_logs`] is for tests whose work runs on many threads.

use std::{
    io,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::logs::{self, LogFormat};

/// Everything that this thread traces, at every level, while the value lives.
#[derive(Debug)]
pub struct CapturedLogs {
    lines: Lines,
    _guard: DefaultGuard,
}

/// Begins to capture what the current thread traces, in addition to nothing: it is not printed. Tasks of a
/// `#[tokio::test]` run on the thread of their test and are captured; those of a runtime with more threads are not.
#[must_use = "capturing ends when the value is dropped"]
pub fn captured_logs(format: LogFormat) -> CapturedLogs {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::registry().with(logs::layer(format, false, lines.clone()));
    CapturedLogs { lines, _guard: tracing::subscriber::set_default(subscriber) }
}

impl CapturedLogs {
    /// What was logged until now.
    pub fn text(&self) -> String {
        self.lines.text()
    }

    /// The first of `secrets` that was logged, with its line. A test asserts that it is `None`, and that
    /// [`Self::text`] has what it ought to: a log that is empty leaks nothing either.
    pub fn leaked<'a>(&self, secrets: &[&'a str]) -> Option<(&'a str, String)> {
        let text = self.text();
        let mut lines = text.lines();
        lines.find_map(|line| {
            let secret = secrets.iter().find(|secret| !secret.is_empty() && line.contains(**secret))?;
            Some((*secret, line.to_owned()))
        })
    }
}

#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        self.text_since(0)
    }

    fn text_since(&self, start: usize) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(bytes.get(start..).unwrap_or_default()).into_owned()
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything that this process traces from now on, whatever the thread.
#[derive(Debug, Clone)]
pub struct ProcessLogs {
    lines: Lines,
    since: usize,
}

/// Begins to capture what the whole process traces, as far as the `filter` lets it through and in JSON; it is not printed.
/// The first call decides about the filter, later ones get the same lines. `None` where something else logs already.
pub fn process_logs(filter: &str) -> Option<ProcessLogs> {
    static LINES: OnceLock<Option<Lines>> = OnceLock::new();
    let lines = LINES.get_or_init(|| {
        let lines = Lines::default();
        let layer = logs::layer(LogFormat::Json, false, lines.clone());
        tracing_subscriber::registry().with(layer).with(EnvFilter::new(filter)).try_init().ok().map(|()| lines)
    });
    lines.clone().map(|lines| ProcessLogs { since: lines.len(), lines })
}

impl ProcessLogs {
    /// What was logged since this was asked for.
    pub fn text(&self) -> String {
        self.lines.text_since(self.since)
    }
}
