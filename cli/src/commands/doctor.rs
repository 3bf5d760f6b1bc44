//! `usher doctor`: what this machine has, what is missing, and how to get it.

use std::process::ExitCode;

use tokio::net::TcpListener;
use usher_postgres::Binaries;

use super::start;
use crate::settings::Settings;

#[expect(clippy::print_stdout, reason = "a command speaks to people")]
pub async fn run(settings: Settings) -> anyhow::Result<ExitCode> {
    let mut healthy = true;
    let mut report = |ok: bool, text: String| {
        healthy &= ok;
        println!("{} {text}", if ok { "ok      " } else { "missing " });
    };
    match &settings.database_url {
        Some(url) => match usher_database::pool::open(url, usher_database::pool::PoolSettings::default()) {
            Ok(pool) => match usher_database::pool::ping(&pool).await {
                Ok(()) => report(true, "the database of USHER_DATABASE_URL answers".to_owned()),
                Err(error) => report(
                    false,
                    format!(
                        "the database of USHER_DATABASE_URL does not answer: {error}; is it running, and is the address right?"
                    ),
                ),
            },
            Err(error) => report(false, format!("USHER_DATABASE_URL is not a database URL: {error}")),
        },
        None => match Binaries::find(&start::search()) {
            Ok(binaries) => report(true, format!("PostgreSQL {} in {}", binaries.major(), binaries.folder().display())),
            Err(error) => report(false, error.to_string()),
        },
    }
    match TcpListener::bind((settings.host, settings.port)).await {
        Ok(_) => report(true, format!("port {} is free", settings.port)),
        Err(error) => {
            report(false, format!("port {} cannot be used: {error}; choose another with USHER_PORT", settings.port));
        }
    }
    let probe = settings.data_dir.join(".doctor");
    let writable = std::fs::create_dir_all(&settings.data_dir)
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe));
    match writable {
        Ok(()) => report(true, format!("the data folder {} can be written", settings.data_dir.display())),
        Err(error) => report(
            false,
            format!(
                "the data folder {} cannot be written: {error}; choose another with USHER_DATA_DIR",
                settings.data_dir.display()
            ),
        ),
    }
    println!("{}", if healthy { "\n`usher up` can start." } else { "\nMend what is missing, then ask again." });
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
