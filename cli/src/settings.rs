//! Every setting: variable, unit, default, and the harm of a wrong value. Flags and variables are the same thing.

pub mod adapters;
pub mod cloud;

use std::path::PathBuf;

use adapters::Adapters;
use clap::Args;
use secrecy::SecretString;
use usher_payments::CaptureAt;

/// What can be set for every role.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// Port of the HTTP API on the loopback or all interfaces (see --host). 0 picks a free one.
    #[arg(long, env = "USHER_PORT", default_value_t = 8080, global = true)]
    pub port: u16,

    /// Address to listen on. Anything but a loopback address exposes the API to the network, without TLS.
    #[arg(long, env = "USHER_HOST", default_value = "127.0.0.1", global = true)]
    pub host: std::net::IpAddr,

    /// Folder of the private PostgreSQL cluster. Deleting it deletes every booking.
    #[arg(long, env = "USHER_DATA_DIR", default_value = ".usher", global = true)]
    pub data_dir: PathBuf,

    /// Have the commands that look at sagas and act on them ask the API at this address, instead of the database at hand. Sign in
    /// with `usher login`.
    #[arg(long, env = "USHER_URL", global = true)]
    pub url: Option<String>,

    /// An access token for that address, for scripts that do not sign in. It is over after a quarter of an hour.
    #[arg(long, env = "USHER_TOKEN", hide_env_values = true, global = true)]
    pub token: Option<SecretString>,

    /// Use this PostgreSQL instead of a private one. Demo accounts and catalogue are then loaded only with --demo.
    #[arg(long, env = "USHER_DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,

    /// The accounts context's own database, as each context may have one. Moving one later means moving its data.
    #[arg(long, env = "USHER_ACCOUNTS_DATABASE_URL", hide_env_values = true, hide = true, global = true)]
    pub accounts_database_url: Option<String>,
    /// The bookings context's own database.
    #[arg(long, env = "USHER_BOOKINGS_DATABASE_URL", hide_env_values = true, hide = true, global = true)]
    pub bookings_database_url: Option<String>,
    /// The catalog context's own database.
    #[arg(long, env = "USHER_CATALOG_DATABASE_URL", hide_env_values = true, hide = true, global = true)]
    pub catalog_database_url: Option<String>,
    /// The notifications context's own database.
    #[arg(long, env = "USHER_NOTIFICATIONS_DATABASE_URL", hide_env_values = true, hide = true, global = true)]
    pub notifications_database_url: Option<String>,
    /// The payments context's own database.
    #[arg(long, env = "USHER_PAYMENTS_DATABASE_URL", hide_env_values = true, hide = true, global = true)]
    pub payments_database_url: Option<String>,
    /// The seating context's own database.
    #[arg(long, env = "USHER_SEATING_DATABASE_URL", hide_env_values = true, hide = true, global = true)]
    pub seating_database_url: Option<String>,
    /// The tickets context's own database.
    #[arg(long, env = "USHER_TICKETS_DATABASE_URL", hide_env_values = true, hide = true, global = true)]
    pub tickets_database_url: Option<String>,
    /// The embedded engine's and queues' database.
    #[arg(long, env = "USHER_ENGINE_DATABASE_URL", hide_env_values = true, hide = true, global = true)]
    pub engine_database_url: Option<String>,

    /// Engine and messaging.
    #[command(flatten)]
    pub adapters: Adapters,

    /// Load the demo accounts and catalogue. Always done for a private cluster; never do it where the public can sign in.
    #[arg(long, env = "USHER_DEMO", global = true)]
    pub demo: bool,

    /// Where the payment provider answers. By default a simulator is started beside the API.
    #[arg(long, env = "USHER_PROVIDER_URL", global = true)]
    pub provider_url: Option<String>,

    /// Whose interface the payment provider speaks.
    #[arg(long, env = "USHER_PROVIDER", default_value = "simulator", value_enum, global = true)]
    pub provider: ProviderKind,

    /// The secret key for Stripe.
    #[arg(long, env = "USHER_STRIPE_KEY", hide_env_values = true, global = true)]
    pub stripe_key: Option<SecretString>,

    /// Where Stripe sends the customer once they confirmed a payment. A wrong one strands them there; the booking goes on.
    #[arg(long, env = "USHER_STRIPE_RETURN_URL", default_value = "http://localhost:8080/", global = true)]
    pub stripe_return_url: String,

    /// When the money is taken: `charge`, or `issue` to keep it ready at the charge and take it once the tickets are issued, so
    /// that a failed booking costs no refund. Set alike for every role.
    #[arg(long, env = "USHER_CAPTURE", default_value = "charge", global = true)]
    pub capture: CaptureAt,

    /// The secret that the provider signs its webhooks with. Without one, no webhook is believed. `usher up` makes one up for
    /// its own simulator.
    #[arg(long, env = "USHER_WEBHOOK_SECRET", hide_env_values = true, global = true)]
    pub webhook_secret: Option<SecretString>,

    /// A second one that is believed as well, while one is being replaced.
    #[arg(long, env = "USHER_WEBHOOK_SECRET_NEXT", hide_env_values = true, global = true)]
    pub webhook_secret_next: Option<SecretString>,

    /// Requests a minute and address; `off` for benches and load tests. Too low refuses customers behind one address.
    #[arg(long, env = "USHER_RATE_LIMIT", default_value = "100", value_parser = rate_limit, global = true)]
    pub rate_limit: RateLimit,

    /// Minor units above which refunds that a person asks for need a second one. Too high, and one person can give a day's
    /// takings away; too low, and two are always busy.
    #[arg(long, env = "USHER_REFUND_APPROVAL_ABOVE", default_value_t = 10_000, value_parser = clap::value_parser!(i64).range(0..), global = true)]
    pub refund_approval_above: i64,

    /// Days for which ended sagas are kept with their history, as on AWS; at least the 14 in which they can be redriven. More
    /// costs disk, about 10 kB a saga.
    #[arg(long, env = "USHER_RETENTION_DAYS", default_value_t = 90, value_parser = clap::value_parser!(u16).range(14..), global = true)]
    pub retention_days: u16,

    /// What to log: a level, or a filter such as `usher=debug,sqlx=warn`.
    #[arg(long, env = "USHER_LOG", default_value = "warn,usher=info", global = true)]
    pub log: String,

    /// How to log.
    #[arg(long, env = "USHER_LOG_FORMAT", default_value = "text", value_enum, global = true)]
    pub log_format: LogFormat,
}

/// Requests a minute and address; `None` for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit(pub Option<u32>);

fn rate_limit(text: &str) -> Result<RateLimit, String> {
    match text {
        "off" => Ok(RateLimit(None)),
        number => match number.parse() {
            Ok(0) | Err(_) => Err("a whole number from 1, or `off`".to_owned()),
            Ok(limit) => Ok(RateLimit(Some(limit))),
        },
    }
}

/// Whose interface the payment provider speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ProviderKind {
    /// The simulator's.
    Simulator,
    /// Stripe's.
    Stripe,
}

/// For people or for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One readable line an event.
    Text,
    /// One JSON object an event.
    Json,
}

impl Settings {
    /// How long ended sagas are kept.
    pub fn retention(&self) -> time::Duration {
        time::Duration::days(self.retention_days.into())
    }

    /// Where the provider is: as it is set, or Stripe's own address; none for a simulator that is to be started.
    pub fn provider_address(&self) -> Option<String> {
        let known = match self.provider {
            ProviderKind::Simulator => None,
            ProviderKind::Stripe => Some("https://api.stripe.com".to_owned()),
        };
        self.provider_url.clone().or(known)
    }

    /// The database of a context: its own, or the common one.
    pub fn url<'a>(&'a self, own: Option<&'a String>, common: &'a str) -> &'a str {
        own.map_or(common, String::as_str)
    }
}
