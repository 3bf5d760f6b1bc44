//! `GET /livez`: the process lives. It looks at nothing else: a database that is away is no reason to restart us.

/// Alive
#[utoipa::path(get, path = "/livez", tag = "operation", responses((status = 200, description = "The process lives.", body = String)))]
pub(crate) async fn live() -> &'static str {
    "alive\n"
}
