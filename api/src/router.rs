//! Every route on one page, and what surrounds them.
//!
//! Innermost the handler; around it the limit of its body, panics caught, the limit of requests where one applies, and
//! outermost the observer, which gives every error its shape. Probes, metrics and webhooks are not limited: those
//! who ask are ours, or signed. Nor are posters and the files of the pages: one page asks for a dozen, and they cost
//! no more than their bytes.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware,
    routing::{any, get},
};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi as _;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    middleware::{observe::observe, panics, rate_limit, rate_limit::RateLimit},
    openapi::Base,
    problem::Problem,
    routes::{
        acts, auth, batches, bookings, disputes, documents, drills, genres, health, holds, incidents, inspection, jwks,
        movies, notifications, payments, problems, queues, refunds, sagas, showtimes, theaters, tickets, users,
        webhooks,
    },
    site,
    state::AppState,
};

/// What no route of the API leads to: still limited, unlike the files of the pages.
pub(crate) const NOWHERE: &str = "/api/{*rest}";

/// What customers and their programs call.
fn public() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(auth::register::register))
        .routes(routes!(auth::token::token))
        .routes(routes!(auth::refresh::refresh))
        .routes(routes!(auth::logout::logout))
        .routes(routes!(auth::session::begin, auth::session::end))
        .routes(routes!(auth::session::renew))
        .routes(routes!(users::me::me))
        .routes(routes!(jwks::jwks))
        .routes(routes!(movies::list::list))
        .routes(routes!(movies::get::get))
        .routes(routes!(genres::list::list))
        .routes(routes!(theaters::list::list))
        .routes(routes!(showtimes::list::list))
        .routes(routes!(showtimes::get::get))
        .routes(routes!(showtimes::seats::seats))
        .routes(routes!(showtimes::best::best))
        .routes(routes!(showtimes::events::events))
        .routes(routes!(showtimes::cancel::cancel))
        .routes(routes!(showtimes::cancellation::cancellation))
        .routes(routes!(holds::create::create))
        .routes(routes!(holds::get::get, holds::delete::delete))
        .routes(routes!(holds::extend::extend))
        .routes(routes!(bookings::create::create, bookings::list::list))
        .routes(routes!(bookings::get::get, bookings::delete::delete))
        .routes(routes!(bookings::cancel::cancel))
        .routes(routes!(bookings::quote::quote))
        .routes(routes!(bookings::events::events))
        .routes(routes!(bookings::calendar::calendar))
        .routes(routes!(bookings::tickets::tickets))
        .routes(routes!(tickets::get::get))
        .routes(routes!(refunds::create::create))
        .routes(routes!(refunds::list::list))
        .routes(routes!(refunds::get::get))
        .routes(routes!(refunds::approve::approve))
        .routes(routes!(refunds::cancel::cancel))
        .routes(routes!(refunds::payout::payout))
        .routes(routes!(disputes::list::list))
        .routes(routes!(disputes::get::get))
        .routes(routes!(notifications::list::list))
        .routes(routes!(payments::get::get))
        .routes(routes!(sagas::acts::acts))
        .routes(routes!(sagas::perform::perform))
        .routes(routes!(batches::create::create, batches::list::list))
        .routes(routes!(batches::get::get))
        .routes(routes!(batches::items::items))
        .routes(routes!(batches::steer::steer))
        .routes(routes!(acts::get::get))
        .routes(routes!(acts::approve::approve))
        .routes(routes!(acts::decline::decline))
        .routes(routes!(drills::create::create, drills::list::list))
        .routes(routes!(drills::get::get))
        .routes(routes!(problems::get::get))
        .route(NOWHERE, any(async || Problem::of_status(StatusCode::NOT_FOUND)))
        .route("/openapi.json", get(documents::openapi::openapi))
        .route("/docs", get(documents::page::page))
}

/// What people ask who look after sagas.
fn inspecting() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(inspection::list::list))
        .routes(routes!(inspection::errors::errors))
        .routes(routes!(inspection::get::get))
        .routes(routes!(inspection::explanation::explanation))
        .routes(routes!(inspection::export::export))
        .routes(routes!(queues::list::list))
        .routes(routes!(queues::list::get))
        .routes(routes!(queues::dead_letters::dead_letters))
        .routes(routes!(queues::redrive::redrive))
        .routes(routes!(queues::discard::discard))
        .routes(routes!(incidents::list::list))
        .routes(routes!(incidents::get::get))
        .routes(routes!(incidents::assign::assign))
        .routes(routes!(incidents::note::note))
        .routes(routes!(incidents::resolve::resolve))
}

/// What probes, monitors and the payment provider call, and pictures, of which a page asks for a dozen.
fn operation() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(movies::poster::poster))
        .routes(routes!(webhooks::payments::payments))
        .routes(routes!(health::live::live))
        .routes(routes!(health::ready::ready))
        .routes(routes!(health::details::details))
        .routes(routes!(health::metrics::metrics))
}

/// The whole front. Serve it with connection info, so that requests are limited by address.
pub fn router(state: AppState) -> Router {
    let mut public = public().merge(inspecting());
    if let Some(allowed) = state.settings.rate_limit {
        let limit = RateLimit::new(allowed, state.ambient.clone());
        public = public.layer(middleware::from_fn_with_state(limit, rate_limit::limit));
    }
    let (router, _) = public.merge(operation()).fallback(site::serve).split_for_parts();
    router
        .layer(CatchPanicLayer::custom(panics::answer))
        .layer(DefaultBodyLimit::max(state.settings.body_limit))
        .layer(middleware::from_fn_with_state(state.clone(), observe))
        .with_state(state)
}

/// What the routes say of themselves.
pub(crate) fn contract() -> utoipa::openapi::OpenApi {
    OpenApiRouter::with_openapi(Base::openapi()).merge(public()).merge(inspecting()).merge(operation()).into_openapi()
}
