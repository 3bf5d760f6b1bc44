//! A private AWS for tests and trials: Step Functions, SQS and SNS as ministack emulates them, on the loopback interface.
//!
//! [`Emulator::start`] gives a process of its own on a free port, in about half a second; it ends with its value, and also
//! when the program that started it is killed. [`shared`] is one for all tests of a process. Drills [`Emulator::kill`] it
//! and [`Emulator::restart`] it at the same address. The programs are in a virtual environment that `tools/emulator.sh`
//! makes below the target folder, with the versions in `requirements.txt`.
//!
//! `USHER_EMULATOR_ENDPOINT` names another emulator to talk to, one that runs already: with it the tests show how much of
//! what they say holds there too.
//!
//! What it does otherwise than AWS - no heartbeats, one token for all attempts, queue addresses of its own, any
//! definition accepted - nothing of ours may lean on. So there is a second one, [`Emulator::start_strict`], that differs in
//! as much of that as can be helped; the same tests run over both.

mod emulator;
mod environment;
mod error;

pub use emulator::Emulator;
pub use environment::{ENDPOINT_VARIABLE, FOLDER_VARIABLE};
pub use error::EmulatorError;

/// The one emulator of this process, started by whoever asks first. Tests that share it name what they make by
/// themselves: a stage, a region, a name nobody else has.
pub async fn shared() -> Result<&'static Emulator, EmulatorError> {
    static SHARED: tokio::sync::OnceCell<Emulator> = tokio::sync::OnceCell::const_new();
    SHARED.get_or_try_init(Emulator::start).await
}

/// The same of [`Emulator::start_strict`].
pub async fn shared_strict() -> Result<&'static Emulator, EmulatorError> {
    static SHARED: tokio::sync::OnceCell<Emulator> = tokio::sync::OnceCell::const_new();
    SHARED.get_or_try_init(Emulator::start_strict).await
}
