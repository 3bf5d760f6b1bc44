//! Where payments go and how: what the settings say of the provider.

use std::sync::Arc;

use anyhow::Context as _;
use secrecy::SecretString;
use usher_payments::{
    CaptureAt,
    provider::{HttpProvider, HttpSettings, PaymentProvider, StripeProvider, StripeSettings},
    webhook::Secrets,
};

use crate::settings::{ProviderKind, Settings};

/// Everything about the provider that can be set.
#[derive(Debug, Clone)]
pub struct Paying {
    /// Where it answers.
    pub url: String,
    /// Whose interface it speaks.
    pub kind: ProviderKind,
    /// The key for it, where it wants one.
    pub key: Option<SecretString>,
    /// Where it sends the customer afterwards.
    pub return_url: String,
    /// When the money is taken.
    pub capture_at: CaptureAt,
    /// What its webhooks are signed with.
    pub secrets: Secrets,
}

impl From<&String> for Paying {
    /// A simulator at this address, and otherwise the defaults.
    fn from(url: &String) -> Self {
        let (kind, capture_at) = (ProviderKind::Simulator, CaptureAt::default());
        Self { url: url.clone(), kind, key: None, return_url: String::new(), capture_at, secrets: Secrets::default() }
    }
}

impl Paying {
    /// As it is set, with the provider at this address.
    pub fn at(url: &str, settings: &Settings) -> Self {
        let secrets = [&settings.webhook_secret, &settings.webhook_secret_next];
        Self {
            url: url.to_owned(),
            kind: settings.provider,
            key: settings.stripe_key.clone(),
            return_url: settings.stripe_return_url.clone(),
            capture_at: settings.capture,
            secrets: Secrets::new(secrets.into_iter().flatten().cloned()),
        }
    }

    /// Believes this secret alone.
    #[must_use]
    pub fn believing(mut self, secret: SecretString) -> Self {
        self.secrets = Secrets::new([secret]);
        self
    }

    /// The adapter.
    pub fn provider(&self) -> anyhow::Result<Arc<dyn PaymentProvider>> {
        match self.kind {
            ProviderKind::Simulator => Ok(Arc::new(HttpProvider::new(HttpSettings::new(&self.url))?)),
            ProviderKind::Stripe => {
                let key = self.key.clone().context("set USHER_STRIPE_KEY to the secret key")?;
                let settings = StripeSettings::new(&self.url, key, &self.return_url);
                Ok(Arc::new(StripeProvider::new(settings)?))
            }
        }
    }
}
