//! `usher login` and `usher logout`: who one is to an Usher at an address.

use std::{
    io::{IsTerminal as _, stdin},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::Args;

use crate::{
    client::remote,
    output::{Ended, Exit},
    settings::Settings,
};

#[derive(Debug, Args)]
pub struct Login {
    /// The mail address of the account. The password is asked for, or read from the standard input.
    #[arg(long)]
    email: String,
}

impl Login {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        let Some(url) = &settings.url else {
            return Err(Ended::new(Exit::Usage, "say where, with --url or USHER_URL").into());
        };
        let password = if stdin().is_terminal() {
            rpassword::prompt_password(format!("Password of {}: ", self.email)).context("no password")?
        } else {
            let mut line = String::new();
            stdin().read_line(&mut line)?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        };
        remote::sign_in(url, &self.email, &password).await?;
        println!("Signed in at {url} as {}; `usher logout` ends it.", self.email);
        Ok(ExitCode::SUCCESS)
    }
}

/// Ends what `usher login` began.
#[expect(clippy::print_stdout, reason = "a command speaks to people")]
pub async fn logout() -> anyhow::Result<ExitCode> {
    let text = if remote::sign_out().await? { "Signed out." } else { "Nobody was signed in." };
    println!("{text}");
    Ok(ExitCode::SUCCESS)
}
