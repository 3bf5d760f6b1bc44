//! The contract as OpenAPI 3.1. Paths and bodies come from the handlers, so that they cannot drift from them; here is what
//! is true of every operation: who we are, how one signs in, and what an error looks like.

use serde_json::json;
use usher_core::problem::Kind;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        ContentBuilder, InfoBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder,
        schema::{AdditionalProperties, Schema, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{problem, router};

const DESCRIPTION: &str = "Usher sells seats. A booking is a resource that moves: ask for it, then watch it, or wait with `Prefer: wait=10`. \
Money is whole minor units and a currency. Ids sort by age. Every error is a problem (RFC 9457) whose `type` leads to a page that says what to do. \
Mutations that take an `Idempotency-Key` happen once and answer alike for 48 hours.";

/// The whole contract.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = router::contract();
    Common.modify(&mut document);
    document
}

/// Where the routes' own parts are added to.
#[derive(OpenApi)]
#[openapi(tags(
    (name = "accounts", description = "Accounts and tokens"),
    (name = "catalog", description = "What is shown, where and when"),
    (name = "holds", description = "Seats kept while the customer decides"),
    (name = "bookings", description = "Asking for seats, watching it, getting out of it"),
    (name = "payments", description = "Payments and the money that goes back"),
    (name = "tickets", description = "Tickets and their QR codes"),
    (name = "operators", description = "Sagas, queues and incidents, for people who look after them"),
    (name = "operation", description = "For probes, for operators, and the pages behind problems"),
))]
pub(crate) struct Base;

struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        document.info =
            InfoBuilder::new().title("Usher").version(env!("CARGO_PKG_VERSION")).description(Some(DESCRIPTION)).build();
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.schemas.insert("Problem".to_owned(), RefOr::T(schema()));
        let anything_else = response("Anything that goes wrong, also what is not listed here.");
        components.responses.insert("Problem".to_owned(), RefOr::T(anything_else));
        let operations = document.paths.paths.iter_mut().flat_map(|(path, item)| {
            [&mut item.get, &mut item.post, &mut item.delete]
                .into_iter()
                .flatten()
                .map(move |operation| (path, operation))
        });
        for (path, operation) in operations {
            operation.operation_id = operation.operation_id.take().map(|name| format!("{}_{name}", resource(path)));
            for (status, response) in &mut operation.responses.responses {
                if let (RefOr::T(response), true) = (response, status.starts_with(['4', '5'])) {
                    response.content.insert(problem::MEDIA_TYPE.to_owned(), RefOr::T(content()));
                }
            }
            let anything_else = RefOr::Ref(Ref::from_response_name("Problem"));
            operation.responses.responses.insert("default".to_owned(), anything_else);
        }
    }
}

/// What an address is about, to tell the `list` of movies from that of theaters.
fn resource(path: &str) -> &str {
    let path = path.trim_start_matches('/');
    let path = path.strip_prefix("api/").or(path.strip_prefix(".well-known/")).unwrap_or(path);
    path.split(['/', '.']).next().unwrap_or_default()
}

fn response(description: &str) -> Response {
    ResponseBuilder::new().description(description).content(problem::MEDIA_TYPE, content()).build()
}

fn content() -> utoipa::openapi::Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build()
}

fn schema() -> Schema {
    let text =
        |description: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(description.to_owned()));
    let kinds = Kind::ALL.iter().map(|kind| format!("/problems/{}", kind.slug()));
    let object = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("What went wrong (RFC 9457). Kinds add members of their own, such as `seats` and `errors`."))
        .property("type", text("Leads to a page about this kind.").enum_values(Some(kinds)))
        .property("title", text("The same for every problem of this kind."))
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .property("detail", text("What happened this time."))
        .property("instance", text("The path of the request."))
        .property("trace_id", text("Leads operators to everything that is known of the request."))
        .property(
            "retryable",
            ObjectBuilder::new()
                .schema_type(Type::Boolean)
                .description(Some("Whether the same request can succeed later.")),
        )
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
        .examples([json!({
            "type": "/problems/seats-taken", "title": "Some of the seats are taken", "status": 409,
            "detail": "Somebody was faster. Nothing was charged.", "instance": "/api/bookings",
            "trace_id": "0af7651916cd43dd8448eb211c80319c", "retryable": false, "seats": ["A1"],
        })]);
    ["type", "title", "status", "detail", "instance", "trace_id", "retryable"]
        .into_iter()
        .fold(object, ObjectBuilder::required)
        .build()
        .into()
}
