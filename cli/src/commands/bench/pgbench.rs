//! What PostgreSQL alone does on the same cluster: one tiny insert, and the four business transactions of a saga without
//! any engine, queue, ledger or HTTP around them.

use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Serialize;
use sqlx::raw_sql;
use tokio::process::Command;

use super::meter::Meter;

/// As many clients as the middle round of bookings.
const CLIENTS: u32 = 64;

const TABLES: &str = "
CREATE SCHEMA IF NOT EXISTS baseline;
CREATE TABLE IF NOT EXISTS baseline.tiny (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, value int NOT NULL);
CREATE TABLE IF NOT EXISTS baseline.seats (showtime int NOT NULL, seat int NOT NULL, booking bigint NOT NULL, PRIMARY KEY (showtime, seat));
CREATE TABLE IF NOT EXISTS baseline.payments (booking bigint PRIMARY KEY, amount bigint NOT NULL, status text NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS baseline.tickets (id bigint PRIMARY KEY, booking bigint NOT NULL, seat int NOT NULL, code text NOT NULL);
CREATE TABLE IF NOT EXISTS baseline.notifications (id bigint PRIMARY KEY, booking bigint NOT NULL, subject text NOT NULL, body text NOT NULL);
";

const TINY: &str = "INSERT INTO baseline.tiny (value) VALUES (1);\n";

/// Each client counts for itself, so that keys grow as those of bookings do.
const SAGA: &str = "\\set n :n + 1
\\set booking :client_id * 1000000000 + :n
\\set showtime :client_id * 10000000 + :n / 200
\\set seat :n % 200
INSERT INTO baseline.seats VALUES (:showtime, :seat, :booking) ON CONFLICT DO NOTHING;
INSERT INTO baseline.payments (booking, amount, status) VALUES (:booking, 1250, 'captured');
INSERT INTO baseline.tickets VALUES (:booking, :booking, :seat, 'a code of about as many letters as a signed ticket has, which is more than a hundred and some');
INSERT INTO baseline.notifications VALUES (:booking, :booking, 'Your tickets', 'a text of a few lines that tells the customer what was booked, when it begins, and where the seats are');
";

/// What one script reached.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Script {
    /// Runs of the script per second.
    pub per_second: f64,
    /// Milliseconds of PostgreSQL's processor time per run.
    pub postgres_cpu_ms: f64,
}

/// Both scripts.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Baseline {
    /// One row, one commit.
    pub tiny_insert: Script,
    /// Seat, payment, ticket, message: four commits.
    pub four_transactions: Script,
}

/// Runs both scripts for `seconds` each; nothing for none.
pub async fn run(meter: &Meter, seconds: u64) -> anyhow::Result<Option<Baseline>> {
    let Some(tiny_insert) = tiny_insert(meter, seconds).await? else { return Ok(None) };
    Ok(Some(Baseline { tiny_insert, four_transactions: script(meter, "saga", SAGA, seconds).await? }))
}

/// Runs the smallest script for `seconds`; nothing for none.
pub async fn tiny_insert(meter: &Meter, seconds: u64) -> anyhow::Result<Option<Script>> {
    if seconds == 0 {
        return Ok(None);
    }
    raw_sql(TABLES).execute(&meter.database).await?;
    Ok(Some(script(meter, "tiny", TINY, seconds).await?))
}

async fn script(meter: &Meter, name: &str, text: &str, seconds: u64) -> anyhow::Result<Script> {
    let file = tempfile::Builder::new().prefix(name).suffix(".sql").tempfile()?;
    std::fs::write(file.path(), text)?;
    let before = meter.postgres_cpu()?;
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--define=n=0"])
        .arg(format!("--client={CLIENTS}"))
        .arg(format!("--time={seconds}"))
        .arg("--file")
        .arg(file.path())
        .arg(&meter.database_url)
        .output()
        .await
        .context(
            "pgbench cannot be run: install PostgreSQL's contributed programs, or leave it out with --pgbench 0",
        )?;
    if !output.status.success() {
        bail!("pgbench failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    let number = |label: &str| -> anyhow::Result<f64> {
        let line = printed
            .lines()
            .find_map(|line| line.strip_prefix(label))
            .with_context(|| format!("pgbench printed no `{label}`"))?;
        Ok(line.split_whitespace().next().unwrap_or_default().parse()?)
    };
    let runs = number("number of transactions actually processed: ")?;
    let used =
        tokio::time::timeout(Duration::from_secs(5), async { meter.postgres_cpu() }).await??.saturating_sub(before);
    #[expect(clippy::float_arithmetic, reason = "a measurement")]
    let postgres_cpu_ms = used.as_secs_f64() * 1000.0 / runs;
    Ok(Script { per_second: number("tps = ")?, postgres_cpu_ms })
}
