//! `POST /api/auth/register`: makes an account. Repeating it is safe without a key: the second try finds the address taken.

use axum::{Json, extract::State, http::StatusCode};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use usher_accounts::RegisterRefused;
use usher_core::problem::Kind;
use utoipa::ToSchema;

use crate::{extract::Body, problem::Problem, routes::users::User, state::AppState};

/// Who wants an account.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"email": "ada@usher.test", "password": "popcorn in row F", "name": "Ada"}))]
pub(crate) struct NewAccount {
    /// Where they are reached.
    email: String,
    /// 8 to 128 characters.
    #[schema(value_type = String)]
    password: SecretString,
    /// How they want to be addressed.
    name: String,
}

impl From<RegisterRefused> for Problem {
    fn from(refused: RegisterRefused) -> Self {
        let field = match &refused {
            RegisterRefused::MailTaken => {
                return Self::new(Kind::MailTaken, "Sign in, or use another address.");
            }
            RegisterRefused::Failed(error) => return error.clone().into(),
            RegisterRefused::InvalidMail(_) => "email",
            RegisterRefused::InvalidName => "name",
            RegisterRefused::WeakPassword(_) => "password",
        };
        let error = json!({ "pointer": format!("#/{field}"), "detail": refused.to_string() });
        Self::new(Kind::Unprocessable, format!("`{field}`: {refused}.")).with("errors", [error])
    }
}

/// Make an account
///
/// The account is a customer's. Sign in with it at `/api/auth/token`.
#[utoipa::path(post, path = "/api/auth/register", tag = "accounts", request_body = NewAccount, responses(
    (status = 201, description = "The account was made.", body = User),
    (status = 409, description = "`mail-taken`: there is an account with this mail address."),
    (status = 422, description = "`unprocessable`: the address, the password or the name is not acceptable; see `errors`."),
))]
pub(crate) async fn register(
    State(state): State<AppState>,
    Body(account): Body<NewAccount>,
) -> Result<(StatusCode, Json<User>), Problem> {
    let user = state.accounts.register(&account.email, &account.password, &account.name).await?;
    Ok((StatusCode::CREATED, Json(user.into())))
}
