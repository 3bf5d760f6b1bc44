//! TLS, as Amazon MQ wants it, with an authority that nobody knows but this test: a broker that it vouches for is talked to,
//! and nobody else.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use usher_messaging::{
    amqp::{AmqpBus, AmqpQueue},
    events::{Event, EventBus as _, queue_of},
    queue::TaskQueue as _,
};
use usher_rabbitmq::{Tls, testing};
use usher_telemetry::ambient;

use super::world::settings;
use crate::suite::world::PATIENCE;

const QUEUE: &str = "reserve-seats";

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn vouched_for(host: &str, authority: &Authority) -> Tls {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([host.to_owned()]).unwrap().signed_by(&key, authority).unwrap();
    Tls { certificate: certificate.pem(), key: key.serialize_pem() }
}

fn process(url: &str, trusted: Option<&Authority>) -> AmqpQueue {
    let settings = settings(url);
    let settings = match trusted {
        Some(authority) => settings.trusting(authority.pem()).unwrap(),
        None => settings,
    };
    AmqpQueue::new(settings, ambient::system())
}

/// Why nothing is sent there. An operator can mend it, so it is tried again.
async fn refused(url: &str, trusted: Option<&Authority>) -> String {
    let error = process(url, trusted).send(QUEUE, vec!["x".to_owned()]).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    error.to_string()
}

/// One test for all, because a broker takes seconds to start.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_is_talked_to_when_somebody_trusted_vouches_for_it() {
    let (ours, another) = (authority("the cinema's authority"), authority("somebody else's"));
    let broker = testing::broker_showing(&["usher"], Some(vouched_for("127.0.0.1", &ours))).await.unwrap();
    let url = broker.tls_url("usher");

    let (one, other) = (process(&url, Some(&ours)), process(&url, Some(&ours)));
    one.send(QUEUE, vec!["over TLS".to_owned()]).await.unwrap();
    let delivery = other.receive(QUEUE, 1, PATIENCE).await.unwrap().remove(0);
    assert_eq!(delivery.body, "over TLS");
    other.ack(&delivery.receipt).await.unwrap();
    let bus = AmqpBus::new(&one);
    bus.subscribe("listener", &["booking.*"]).await.unwrap();
    let payload = serde_json::json!({ "id": 1 });
    bus.publish(&[Event { topic: "booking.created".to_owned(), payload: payload.clone() }]).await.unwrap();
    let heard = other.receive(&queue_of("listener"), 1, PATIENCE).await.unwrap().remove(0);
    assert_eq!(heard.body, payload.to_string());

    for untrusting in [None, Some(&another)] {
        let error = refused(&url, untrusting).await;
        assert!(error.contains("UnknownIssuer") && error.contains("USHER_AMQP_CA"), "{error}");
    }
    // The port without TLS does not speak it, and the port with it nothing else.
    let without = broker.url("usher").replace("amqp:", "amqps:");
    let error = refused(&without, Some(&ours)).await;
    assert!(error.contains("amqps is 5671"), "{error}");
    let error = refused(&url.replace("amqps:", "amqp:"), None).await;
    assert!(error.contains("wants"), "{error}");

    let elsewhere = testing::broker_showing(&["usher"], Some(vouched_for("mq.example", &ours))).await.unwrap();
    let error = refused(&elsewhere.tls_url("usher"), Some(&ours)).await;
    assert!(error.contains("for another host"), "{error}");
}
