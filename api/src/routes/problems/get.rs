//! `GET /problems/{slug}`: the page of a problem. The pages are files in `docs/problems`, part of the program.

use axum::{
    extract::Path,
    http::{HeaderName, header},
};
use usher_core::problem::Kind;

use crate::problem::Problem;

macro_rules! page {
    ($slug:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/problems/", $slug, ".md"))
    };
}

/// The page of a kind; the compiler names the one that has none.
const fn page(kind: Kind) -> &'static str {
    match kind {
        Kind::InvalidRequest => page!("invalid-request"),
        Kind::IdempotencyKeyMissing => page!("idempotency-key-missing"),
        Kind::Unauthenticated => page!("unauthenticated"),
        Kind::WrongCredentials => page!("wrong-credentials"),
        Kind::PaymentDeclined => page!("payment-declined"),
        Kind::Forbidden => page!("forbidden"),
        Kind::NotFound => page!("not-found"),
        Kind::MethodNotAllowed => page!("method-not-allowed"),
        Kind::MailTaken => page!("mail-taken"),
        Kind::SeatsTaken => page!("seats-taken"),
        Kind::HoldExpired => page!("hold-expired"),
        Kind::Conflict => page!("conflict"),
        Kind::EngineCannot => page!("engine-cannot"),
        Kind::RefundExceedsPayment => page!("refund-exceeds-payment"),
        Kind::IdempotencyKeyInUse => page!("idempotency-key-in-use"),
        Kind::ShowtimeClosed => page!("showtime-closed"),
        Kind::BodyTooLarge => page!("body-too-large"),
        Kind::UnsupportedMediaType => page!("unsupported-media-type"),
        Kind::Unprocessable => page!("unprocessable"),
        Kind::IdempotencyKeyReused => page!("idempotency-key-reused"),
        Kind::RateLimited => page!("rate-limited"),
        Kind::Internal => page!("internal"),
        Kind::Unavailable => page!("unavailable"),
    }
}

/// What a problem means
#[utoipa::path(get, path = "/problems/{slug}", tag = "operation", params(("slug" = String, Path, description = "The last part of a problem's `type`.")), responses(
    (status = 200, description = "What happened, and what the customer, the operator and support each do.", content_type = "text/plain", body = String),
    (status = 404, description = "`not-found`"),
))]
pub(crate) async fn get(Path(slug): Path<String>) -> Result<([(HeaderName, &'static str); 2], &'static str), Problem> {
    let kind = Kind::ALL.iter().find(|kind| kind.slug() == slug);
    let kind = kind.ok_or_else(|| Problem::new(Kind::NotFound, "There is no such problem."))?;
    // As plain text, because browsers show that and offer Markdown for download.
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")];
    Ok((headers, page(*kind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_opens_with_the_title_and_status_of_its_kind_and_tells_everybody_what_to_do() {
        for kind in Kind::ALL {
            let page = page(*kind);
            assert!(page.starts_with(&format!("# {}\n", kind.title())), "{}", kind.slug());
            assert!(page.contains(&format!("`{}`", kind.status())), "{}", kind.slug());
            for heading in ["## What happened", "## The customer", "## The operator", "## Support"] {
                assert!(page.contains(heading), "{} lacks {heading}", kind.slug());
            }
        }
    }
}
