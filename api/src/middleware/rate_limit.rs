//! So many requests a minute and address, and not one more.
//!
//! The generic cell rate algorithm (ITU-T I.371): for each address one number, the moment at which all requests so far
//! would have been paid for at the even rate. It may lie up to a minute ahead, so a burst is fine and a stream is not.
//! Every process counts for itself. The address is the peer's: headers that claim another are anybody's to write.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use moka::sync::Cache;
use usher_core::{ambient::SharedAmbient, problem::Kind};

use crate::problem::Problem;

/// The span that the limit is given for, in microseconds.
const MINUTE: i64 = 60_000_000;

/// Addresses remembered at once. Those who stay away for two minutes have paid for everything and are forgotten.
const ADDRESSES: u64 = 100_000;

/// The headers of draft-ietf-httpapi-ratelimit-headers.
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// Who has asked how often. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct RateLimit {
    allowed: i64,
    ambient: SharedAmbient,
    paid_until: Cache<IpAddr, Arc<AtomicI64>>,
}

/// What an address has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Budget {
    /// Requests that would be taken now.
    left: i64,
    /// Seconds until the next one is added, rounded up; for a refused request, until it would be taken.
    seconds: i64,
}

impl RateLimit {
    pub fn new(allowed: u32, ambient: SharedAmbient) -> Self {
        let paid_until = Cache::builder().max_capacity(ADDRESSES).time_to_idle(Duration::from_mins(2)).build();
        Self { allowed: i64::from(allowed.max(1)), ambient, paid_until }
    }

    /// Takes one request from the address's budget, or refuses it.
    fn take(&self, address: IpAddr) -> Result<Budget, Budget> {
        let now = i64::try_from(self.ambient.now().unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX / 2);
        let each = MINUTE / self.allowed;
        let paid_until = self.paid_until.get_with(network(address), Arc::default);
        let mut seen = paid_until.load(Ordering::Relaxed);
        loop {
            let after = seen.max(now) + each;
            let ahead = after - now;
            if ahead > MINUTE {
                return Err(Budget { left: 0, seconds: seconds(ahead - MINUTE) });
            }
            match paid_until.compare_exchange_weak(seen, after, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(Budget { left: (MINUTE - ahead) / each, seconds: seconds(each) }),
                Err(newer) => seen = newer,
            }
        }
    }

    fn headers(&self, budget: Budget) -> HeaderMap {
        let texts = [
            (POLICY, format!(r#""address";q={};w=60"#, self.allowed)),
            (STATE, format!(r#""address";r={};t={}"#, budget.left, budget.seconds)),
        ];
        texts.into_iter().filter_map(|(name, text)| Some((name, HeaderValue::from_str(&text).ok()?))).collect()
    }
}

pub(crate) async fn limit(State(limit): State<RateLimit>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    // Without a peer there is no network, and everybody is one client.
    let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
    match limit.take(address) {
        Ok(budget) => {
            let mut response = next.run(request).await;
            response.headers_mut().extend(limit.headers(budget));
            response
        }
        Err(budget) => {
            let detail = format!("This address has sent {} requests within a minute.", limit.allowed);
            let problem = Problem::new(Kind::RateLimited, detail).retry_after(budget.seconds.unsigned_abs());
            limit
                .headers(budget)
                .into_iter()
                .filter_map(|(name, value)| Some((name?, value)))
                .fold(problem, |problem, (name, value)| problem.header(name, value))
                .into_response()
        }
    }
}

/// One household has a whole /64 of IPv6 addresses, and would otherwise have as many budgets.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & (u128::MAX << 64)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn seconds(microseconds: i64) -> i64 {
    (microseconds + 999_999) / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::OffsetDateTime;
    use usher_core::ambient::Scripted;

    fn limit_of(allowed: u32) -> (RateLimit, Arc<Scripted>) {
        let clock = Arc::new(Scripted::new(OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000), 1));
        (RateLimit::new(allowed, clock.clone()), clock)
    }

    #[test]
    fn a_burst_is_taken_then_the_even_rate() {
        let (limit, clock) = limit_of(3);
        let address = "192.0.2.1".parse().unwrap();
        let left: Vec<_> = (0..3).map(|_| limit.take(address).unwrap().left).collect();
        assert_eq!(left, [2, 1, 0]);
        assert_eq!(limit.take(address), Err(Budget { left: 0, seconds: 20 }));
        clock.advance(time::Duration::seconds(20));
        assert!(limit.take(address).is_ok());
        assert!(limit.take(address).is_err());
        clock.advance(time::Duration::minutes(5));
        assert_eq!(limit.take(address).unwrap().left, 2, "a budget does not grow beyond its minute");
    }

    #[test]
    fn each_address_has_its_own_budget_and_a_household_one() {
        let (limit, _clock) = limit_of(1);
        let take = |address: &str| limit.take(address.parse().unwrap()).is_ok();
        assert!(take("192.0.2.1"));
        assert!(take("192.0.2.2"));
        assert!(!take("::ffff:192.0.2.1"));
        assert!(take("2001:db8::1"));
        assert!(!take("2001:db8::2"));
        assert!(take("2001:db8:0:1::1"));
    }
}
