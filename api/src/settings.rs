//! What an operator can set about the HTTP front.

use crate::{readiness::Readiness, site::Site};

/// How the front behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Requests a minute and address; `None` takes any number. Too low, and people behind one office address lock each
    /// other out; off, and one client can take all there is.
    pub rate_limit: Option<u32>,
    /// The largest body that is read, in bytes. The largest honest one has some 500; more only costs memory.
    pub body_limit: usize,
    /// The most seats of one booking. More lets few people hoard a showtime.
    pub max_seats: usize,
    /// Refunds that a person asks for need a second person when the kindnesses to one payment come to more than this, in
    /// minor units. Too high, and one person can give a day's takings away; too low, and two are always busy.
    pub refund_approval_above: i64,
    /// What has to work before traffic is sent here.
    pub ready: Readiness,
    /// The pages for people. Without them, browsers are told how to build them.
    pub site: Site,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rate_limit: Some(100),
            body_limit: 64 * 1024,
            max_seats: 10,
            refund_approval_above: 10_000,
            ready: Readiness::default(),
            site: Site::default(),
        }
    }
}
