//! `usher-sqlx`: everything about SQL that is checked at compile time.
//!
//! The macros `sqlx::query!` and its kin read what the database said about each query from the committed folder `.sqlx`, so
//! nobody needs a server to build Usher. This program writes that folder and notices when it is out of date. It is a
//! program of its own, in a crate without such macros, because it must still build when the folder is broken.
//!
//! A new command is a variant of [`Command`] and a line in `run`.

mod cache;
mod migrations;
mod scratch;
mod stamp;
mod workspace;

use std::{error::Error, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};
use usher_postgres::{Binaries, binaries::Search};

use workspace::Workspace;

/// Keeps the committed `.sqlx` folder true.
#[derive(Parser)]
#[command(name = "usher-sqlx", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Prints the folder of the PostgreSQL programs; fails when there are none.
    Binaries,
    /// Fails when the committed `.sqlx` folder differs from what a migrated database says.
    Check {
        /// Check although no source file has changed since the last successful check.
        #[arg(long)]
        force: bool,
    },
    /// Serves a freshly migrated throwaway database until Ctrl-C, for development with `SQLX_OFFLINE=false`.
    Database,
    /// Rewrites the committed `.sqlx` folder.
    Prepare,
}

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(code) => code,
        Err(error) => {
            let mut chain = vec![error.to_string()];
            let mut cause = error.source();
            while let Some(source) = cause {
                chain.push(source.to_string());
                cause = source.source();
            }
            complain(&chain.join(": "));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Outcome<ExitCode> {
    let workspace = Workspace::find()?;
    match command {
        Command::Binaries => {
            say(&binaries(&workspace)?.folder().display().to_string());
            Ok(ExitCode::SUCCESS)
        }
        Command::Check { force } => check(&workspace, force).await,
        Command::Database => database(&workspace).await,
        Command::Prepare => prepare(&workspace).await,
    }
}

async fn check(workspace: &Workspace, force: bool) -> Outcome<ExitCode> {
    let stamp = stamp::of(workspace)?;
    if !force && stamp::last(workspace).is_some_and(|last| last == stamp) {
        say(".sqlx is up to date: nothing has changed since the last check.");
        return Ok(ExitCode::SUCCESS);
    }
    let fresh = describe(workspace).await?;
    let differences = cache::differences(&workspace.cache(), fresh.path())?;
    if differences.is_empty() {
        stamp::remember(workspace, &stamp)?;
        say(".sqlx is up to date.");
        return Ok(ExitCode::SUCCESS);
    }
    complain(".sqlx is out of date:");
    for difference in differences {
        complain(&format!("  {difference}"));
    }
    complain("Run `make generate` and commit the result.");
    Ok(ExitCode::FAILURE)
}

async fn prepare(workspace: &Workspace) -> Outcome<ExitCode> {
    let fresh = describe(workspace).await?;
    let count = cache::replace(&workspace.cache(), fresh.path())?;
    stamp::remember(workspace, &stamp::of(workspace)?)?;
    say(&format!(".sqlx now describes {count} queries."));
    Ok(ExitCode::SUCCESS)
}

async fn database(workspace: &Workspace) -> Outcome<ExitCode> {
    let scratch = scratch::Scratch::start(workspace, binaries(workspace)?).await?;
    say(&scratch.url());
    interrupted().await?;
    scratch.stop().await?;
    Ok(ExitCode::SUCCESS)
}

/// What a migrated database says about every query of the workspace, in a folder that lives as long as the value.
async fn describe(workspace: &Workspace) -> Outcome<tempfile::TempDir> {
    let scratch = scratch::Scratch::start(workspace, binaries(workspace)?).await?;
    let fresh = tempfile::tempdir()?;
    let url = scratch.url();
    let written = tokio::select! {
        written = cache::write(workspace, &url, fresh.path()) => written,
        interrupted = interrupted() => interrupted.and_then(|()| Err("interrupted".into())),
    };
    scratch.stop().await?;
    written.map(|()| fresh)
}

/// Waits until somebody wants us to end. The server does not hear the terminal's Ctrl-C; we have to stop it.
async fn interrupted() -> Outcome<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        pressed = tokio::signal::ctrl_c() => Ok(pressed?),
    }
}

fn binaries(workspace: &Workspace) -> Outcome<Binaries> {
    let npm_folder: Option<PathBuf> = Some(workspace.root().join(".postgres"));
    Ok(Binaries::find(&Search { npm_folder, prefer_major: None })?)
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "the complaint of a command")]
fn complain(text: &str) {
    eprintln!("{text}");
}
