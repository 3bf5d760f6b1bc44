//! Which broker, and how patient to be with it.

use std::{fmt, time::Duration};

use lapin::uri::{AMQPScheme, AMQPUri};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    error::{MessagingError, Trouble},
    queue::LEASE,
};

/// Where the broker is, and the few numbers that tests set differently.
#[derive(Clone)]
pub struct AmqpSettings {
    url: SecretString,
    authority: Option<String>,
    /// How long a delivery is hidden.
    pub lease: Duration,
    /// A broker that says nothing for twice this long is given up. In whole seconds.
    pub heartbeat: Duration,
    /// How long the broker may say nothing to a question, or between two confirmations of a batch.
    pub patience: Duration,
}

impl AmqpSettings {
    /// A broker by its address: `amqp://user:password@host:port/virtual-host`, or `amqps` with TLS. A path that is left out
    /// means the virtual host `/`.
    pub fn new(url: SecretString) -> Result<Self, MessagingError> {
        let settings = Self {
            url,
            authority: None,
            lease: LEASE,
            // Noticed within ten seconds, a third of a lease; and three packets may be late without a false alarm.
            heartbeat: Duration::from_secs(5),
            // Longer than a disk of a busy broker takes, and two attempts to publish fit into half a lease.
            patience: Duration::from_secs(6),
        };
        settings.uri()?;
        Ok(settings)
    }

    /// Trusts these certificates too, in PEM, beside those that the machine trusts: for a broker with a private authority.
    /// Amazon MQ needs none.
    pub fn trusting(self, authority: String) -> Result<Self, MessagingError> {
        // What holds no certificate would be passed over in silence, and the broker blamed.
        if !authority.contains("-----BEGIN CERTIFICATE-----") {
            let what = Trouble::new("what should hold the certificate of the broker's authority holds none");
            return Err(MessagingError::Refused(what.remedy("set USHER_AMQP_CA to a file in PEM form")));
        }
        Ok(Self { authority: Some(authority), ..self })
    }

    /// Certificates to trust beside those of the machine.
    pub(super) fn authority(&self) -> Option<String> {
        self.authority.clone()
    }

    /// The address, parsed, with our heartbeat in it.
    pub(super) fn uri(&self) -> Result<AMQPUri, MessagingError> {
        let parsed = self.url.expose_secret().parse::<AMQPUri>();
        // What the parser says may quote the address.
        let mut uri = parsed.map_err(|_| {
            let what = Trouble::new("the address of the broker cannot be read");
            MessagingError::Refused(what.remedy("write it as amqps://user:password@host:5671/virtual-host"))
        })?;
        uri.query.heartbeat = Some(u16::try_from(self.heartbeat.as_secs().max(1)).unwrap_or(u16::MAX));
        Ok(uri)
    }

    /// The broker as people may see it: without user and password.
    pub fn place(&self) -> String {
        self.uri().map_or_else(
            |_| "the broker".to_owned(),
            |uri| {
                let scheme = if uri.scheme == AMQPScheme::AMQPS { "amqps" } else { "amqp" };
                format!("{scheme}://{}:{}/{}", uri.authority.host, uri.authority.port, uri.vhost)
            },
        )
    }
}

impl fmt::Debug for AmqpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AmqpSettings")
            .field("place", &self.place())
            .field("lease", &self.lease)
            .field("heartbeat", &self.heartbeat)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_never_shown() {
        let settings = AmqpSettings::new("amqps://usher:hunter2@mq.example:5671/usher".into()).unwrap();
        assert_eq!(settings.place(), "amqps://mq.example:5671/usher");
        assert!(!format!("{settings:?}").contains("hunter2"));
        let refused = AmqpSettings::new("amqp//usher:hunter2@mq.example".into()).unwrap_err();
        assert!(!refused.to_string().contains("hunter2"), "{refused}");
    }

    #[test]
    fn an_authority_without_a_certificate_is_no_authority() {
        let settings = || AmqpSettings::new("amqps://localhost".into()).unwrap();
        let refused = settings().trusting("-----BEGIN PRIVATE KEY-----".to_owned()).unwrap_err();
        assert!(!refused.is_transient() && refused.to_string().contains("USHER_AMQP_CA"), "{refused}");
        assert!(settings().trusting("-----BEGIN CERTIFICATE-----".to_owned()).is_ok());
    }

    #[test]
    fn the_heartbeat_is_ours_whatever_the_address_says() {
        let settings = AmqpSettings::new("amqp://localhost?heartbeat=600".into()).unwrap();
        assert_eq!(settings.uri().unwrap().query.heartbeat, Some(5));
    }
}
