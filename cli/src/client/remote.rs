//! The API at an address, as whoever signed in.

use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{Ask, profile::Profile};
use crate::{
    output::{Ended, Exit},
    settings::Settings,
};

/// How long an answer may take: longer than any `Prefer: wait`.
const PATIENCE: Duration = Duration::from_secs(90);

/// A client of one address.
pub struct Remote {
    http: reqwest::Client,
    url: String,
    credentials: Mutex<Credentials>,
}

/// What proves who asks.
enum Credentials {
    /// Given with the command; it is not renewed.
    Token(String),
    /// What `usher login` keeps.
    Profile(Profile),
    /// Nothing.
    None,
}

impl Remote {
    /// The one that the settings or `usher login` name; nothing when the database is to be used. Whoever names a database
    /// means that one, also after a `usher login` to somewhere else.
    pub fn of(settings: &Settings) -> anyhow::Result<Option<Self>> {
        let profile = Profile::load()?;
        let url = match (&settings.url, &settings.database_url, &profile) {
            (Some(url), _, _) => url.trim_end_matches('/').to_owned(),
            (None, None, Some(profile)) => profile.url.clone(),
            _ => return Ok(None),
        };
        let credentials = match (&settings.token, profile) {
            (Some(token), _) => Credentials::Token(secrecy::ExposeSecret::expose_secret(token).to_owned()),
            (None, Some(profile)) if profile.url == url => Credentials::Profile(profile),
            _ => Credentials::None,
        };
        Ok(Some(Self { http: http()?, url, credentials: Mutex::new(credentials) }))
    }

    /// Status and body of an answer. An access token that has ended is renewed once.
    pub async fn ask(&self, ask: Ask) -> anyhow::Result<(u16, String)> {
        let token = match &*self.credentials.lock().await {
            Credentials::Token(token) => Some(token.clone()),
            Credentials::Profile(profile) => Some(profile.access_token.clone()),
            Credentials::None => None,
        };
        let answer = self.send(&ask, token.as_deref()).await?;
        if answer.0 == 401
            && let Some(token) = self.renewed().await?
        {
            return self.send(&ask, Some(&token)).await;
        }
        Ok(answer)
    }

    async fn send(&self, ask: &Ask, token: Option<&str>) -> anyhow::Result<(u16, String)> {
        let mut request = self.http.request(ask.method.clone(), format!("{}{}", self.url, ask.path));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = &ask.key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = &ask.body {
            request = request.json(body);
        }
        let response = request.send().await.with_context(|| format!("{} does not answer", self.url))?;
        Ok((response.status().as_u16(), response.text().await?))
    }

    /// A new access token; nothing when there is nothing to renew it with, or that is over, too.
    async fn renewed(&self) -> anyhow::Result<Option<String>> {
        let mut credentials = self.credentials.lock().await;
        let Credentials::Profile(_) = &*credentials else { return Ok(None) };
        // Two commands at once must not use one refresh token twice: that would look like theft, and end both.
        let locked = Profile::lock()?;
        let Some(latest) = Profile::load()? else { return Ok(None) };
        let body = json!({ "refresh_token": latest.refresh_token });
        let response = self.http.post(format!("{}/api/auth/refresh", self.url)).json(&body).send().await?;
        if !response.status().is_success() {
            return Ok(None);
        }
        let renewed = Profile::of_tokens(&self.url, &response.json::<Value>().await?)?;
        renewed.save()?;
        drop(locked);
        let token = renewed.access_token.clone();
        *credentials = Credentials::Profile(renewed);
        Ok(Some(token))
    }
}

/// Signs in at an address, and keeps what comes of it.
pub async fn sign_in(url: &str, email: &str, password: &str) -> anyhow::Result<()> {
    let url = url.trim_end_matches('/');
    let body = json!({ "email": email, "password": password });
    let response = http()?.post(format!("{url}/api/auth/token")).json(&body).send().await;
    let response = response.with_context(|| format!("{url} does not answer"))?;
    let status = response.status().as_u16();
    let answer: Value = response.json().await.with_context(|| format!("{url} is not Usher"))?;
    if status != 200 {
        let why = answer["title"].as_str().unwrap_or("not signed in");
        return Err(Ended::new(if status == 401 { Exit::NotSignedIn } else { Exit::Failed }, why).into());
    }
    Profile::of_tokens(url, &answer)?.save()
}

/// Signs out, and forgets it. Tells whether anybody was signed in.
pub async fn sign_out() -> anyhow::Result<bool> {
    let Some(profile) = Profile::load()? else { return Ok(false) };
    Profile::forget()?;
    let body = json!({ "refresh_token": profile.refresh_token });
    let told = http()?.post(format!("{}/api/auth/logout", profile.url)).json(&body).send().await;
    told.with_context(|| format!("forgotten here, and {} could not be told", profile.url))?;
    Ok(true)
}

fn http() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().timeout(PATIENCE).build()?)
}
