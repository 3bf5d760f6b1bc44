//! What a booking asks of AWS or of a broker, by the product's own counters: a round trip more shows here, whatever the
//! machine is like.

use std::collections::BTreeMap;

use reqwest::Client;

/// The counters, each with the one label that says what was asked.
const COUNTERS: [(&str, &str); 2] = [("usher_aws_requests_total", "AWS"), ("usher_broker_requests_total", "broker")];

/// Requests by what was asked.
pub type Requests = BTreeMap<String, f64>;

/// What the product has asked so far.
pub async fn read(client: &Client, url: &str) -> anyhow::Result<Requests> {
    let text = client.get(format!("{url}/metrics")).send().await?.error_for_status()?.text().await?;
    Ok(parse(&text))
}

/// What each of `count` things asked between a reading and a later one.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "a measurement")]
pub fn since(after: &Requests, before: &Requests, count: u64) -> Requests {
    let each = |(asked, total): (&String, &f64)| {
        (asked.clone(), (total - before.get(asked).copied().unwrap_or_default()) / count as f64)
    };
    after.iter().map(each).collect()
}

fn parse(text: &str) -> Requests {
    let counted = text.lines().filter_map(|line| {
        let (name, rest) = line.split_once('{')?;
        let (_, place) = COUNTERS.iter().find(|(counter, _)| *counter == name)?;
        let (labels, value) = rest.split_once("} ")?;
        let asked = labels.split('"').nth(1)?;
        Some((format!("{place} {asked}"), value.trim().parse().ok()?))
    });
    counted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_read_by_what_was_asked() {
        let text = "# TYPE usher_aws_requests_total counter\nusher_aws_requests_total{action=\"ReceiveMessage\"} 12\n\
            usher_broker_requests_total{operation=\"ack\"} 8\nusher_steps_total{step=\"x\"} 3\n";
        let read = parse(text);
        assert_eq!(read, Requests::from([("AWS ReceiveMessage".to_owned(), 12.0), ("broker ack".to_owned(), 8.0)]));
        let before = Requests::from([("broker ack".to_owned(), 4.0)]);
        assert_eq!(since(&read, &before, 4)["broker ack"].to_string(), "1");
    }
}
