//! Which AWS is talked to: flags that are also variables, and for the rest what every program of AWS reads - region,
//! profile, credentials.

use anyhow::Context as _;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use clap::Args;
use usher_messaging::aws::Stage;

/// The region where none is set, for endpoints that are not AWS's.
const ANY_REGION: &str = "us-east-1";

/// A stage on AWS, or on what stands for it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Engine and messaging")]
pub struct Cloud {
    /// Part of every name on AWS, so that several products share an account: usher-<STAGE>-booking.
    #[arg(long, env = "USHER_AWS_STAGE", default_value = "dev", global = true)]
    pub stage: String,
    /// Talk to this address instead of AWS, for instance to an emulator. Credentials are then made up if none are set.
    #[arg(long = "aws-endpoint", env = "USHER_AWS_ENDPOINT", value_name = "URL", global = true)]
    pub endpoint: Option<String>,
}

impl Cloud {
    /// The stage, checked.
    pub fn stage(&self) -> anyhow::Result<Stage> {
        self.stage.parse().context("--stage")
    }

    /// Whether nobody said where AWS is: no endpoint, no region, no profile.
    pub fn is_nowhere(&self) -> bool {
        let named = ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"];
        self.endpoint.is_none() && named.iter().all(|name| std::env::var_os(name).is_none())
    }

    /// As whom the state machines of an emulator act, which nobody checks. AWS itself has to be told.
    pub fn states_role(&self) -> Option<String> {
        self.endpoint.is_some().then(|| "arn:aws:iam::000000000000:role/usher-states".to_owned())
    }

    /// What the clients of the SDK are made from.
    pub async fn config(&self) -> SdkConfig {
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(endpoint) = &self.endpoint {
            loader = loader.endpoint_url(endpoint);
            if std::env::var_os("AWS_ACCESS_KEY_ID").is_none() && std::env::var_os("AWS_PROFILE").is_none() {
                loader = loader.credentials_provider(Credentials::new("usher", "usher", None, None, "made up"));
            }
            if std::env::var_os("AWS_REGION").is_none() && std::env::var_os("AWS_DEFAULT_REGION").is_none() {
                loader = loader.region(ANY_REGION);
            }
        }
        loader.load().await
    }
}
