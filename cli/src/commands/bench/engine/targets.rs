//! What the engine is meant to cost, and what it does. A target whose figures were not taken is left out.

use serde::Serialize;

use super::{
    super::pgbench::Script,
    growth::Beside,
    machines::{BOOKING, Machine, TEN_STATES},
    round::Round,
};

/// How many states an execution of the ten-state machine enters.
const STATES: f64 = 10.0;

/// One target.
#[derive(Debug, Clone, Serialize)]
pub struct Target {
    pub name: &'static str,
    pub limit: f64,
    pub figure: f64,
    pub met: bool,
}

/// All targets that the figures tell of.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "ratios")]
pub fn targets(rounds: &[Round], tiny: Option<Script>, open: &[Beside]) -> Vec<Target> {
    let round = |machine: Machine, concurrency| {
        rounds.iter().find(|round| round.machine == machine.saga && round.concurrency == concurrency)
    };
    let (booking, ten) = (round(BOOKING, 256), round(TEN_STATES, 256));
    let inserts = |cpu_ms: f64| Some(cpu_ms / tiny?.postgres_cpu_ms);
    let growth = || Some(open.last()?.transition.cpu_ms() / open.first()?.transition.cpu_ms());
    let million = open.iter().find(|row| row.open == 1_000_000);
    let memory = || Some(million?.resident_memory_bytes? as f64 / 1e6);
    let figures = [
        (
            "processor time of a booking, 256 at once, in tiny inserts",
            12.0,
            booking.and_then(|round| inserts(round.execution.cpu_ms())),
        ),
        (
            "processor time of a transition of the ten states, 256 at once, in tiny inserts",
            1.0,
            ten.and_then(|round| inserts(round.transition.cpu_ms())),
        ),
        ("the same for each state entered", 1.0, ten.and_then(|round| inserts(round.execution.cpu_ms() / STATES))),
        ("commits of a booking, 256 at once", 0.2, booking.map(|round| round.execution.commits)),
        ("p50 of a booking alone, ms", 10.0, round(BOOKING, 1).map(|round| round.pace.p50_ms)),
        ("processor time of a transition, most executions open to fewest", 1.3, growth()),
        ("memory of the whole process for each of a million open executions, bytes", 2048.0, memory()),
    ];
    figures
        .into_iter()
        .filter_map(|(name, limit, figure)| figure.map(|figure| Target { name, limit, figure, met: figure <= limit }))
        .collect()
}
