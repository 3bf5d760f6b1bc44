//! Which AWS a command talks to: flags that are also variables, and for the rest what every program of AWS reads - region,
//! profile, credentials.

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use clap::Args;

/// The region where none is set, for endpoints that are not AWS's.
const ANY_REGION: &str = "us-east-1";

#[derive(Debug, Clone, Args)]
pub struct Cloud {
    /// Part of every name on AWS, so that several products share an account: usher-<STAGE>-booking.
    #[arg(long, env = "USHER_AWS_STAGE", default_value = "dev")]
    pub stage: String,
    /// Talk to this address instead of AWS, for instance to an emulator. Credentials are then made up if none are set.
    #[arg(long, env = "USHER_AWS_ENDPOINT", value_name = "URL")]
    pub endpoint: Option<String>,
}

impl Cloud {
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
