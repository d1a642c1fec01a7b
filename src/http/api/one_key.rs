//! The form for people with one key of Binance: no ids, no choices.

use axum::Json;
use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::Body;
use super::may::{Manage, May, Read};
use super::once::Once;
use super::problem::Refused;
use crate::domain::connect_form::ConnectForm;
use crate::domain::connection::Connection;
use crate::domain::exchange::ExchangeId;
use crate::domain::report::Failure;
use crate::domain::text::mask;
use crate::domain::typed::Typed;
use crate::error::Problem;
use crate::services::State;
use crate::services::connect::connect;
use crate::services::connections::{self, delete};

const EXCHANGE: &str = "binance";

/// The key.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PlainKey {
    /// The API key.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "the API key")]
    api_key: Typed,
    /// Its secret. It never comes back.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "the secret key")]
    secret_key: Typed,
}

/// The key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub struct Wire {
    /// The id of its connection.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60718")]
    id: String,
    /// The last four characters of the API key.
    #[schema(example = "••••Xy9Z")]
    api_key_masked: String,
    /// Whether the exchange took it the last time, and it can only read.
    is_valid: bool,
    /// When it was stored, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    created_at: String,
}

/// Stores your key of Binance, after it was checked and its account was read.
///
/// For people with one key. Whoever has connected Binance already is answered 409.
#[utoipa::path(post, path = "/api-keys", tag = "One key", operation_id = "storeKey",
    params(("Idempotency-Key" = Option<String>, Header, description = "Under the same key the same call is done once, and answered alike for a day")),
    request_body = PlainKey, responses((status = 201, description = "Stored and synced", body = Wire)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn store(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    once: Once,
    Body { value, bytes }: Body<PlainKey>,
) -> Result<Response, Refused> {
    let (shared, user_id) = (state.clone(), may.user.id.clone());
    let work = async move {
        if let Some(label) = all(&shared, &user_id).await?.pop().map(|one| one.label) {
            return Err(Problem::AlreadyConnected(label));
        }
        let form = ConnectForm {
            exchange: EXCHANGE.into(),
            api_key: value.api_key,
            secret_key: value.secret_key,
            ..ConnectForm::default()
        };
        let made = connect(&shared, &user_id, &form).await?;
        let made = connections::show(&shared, &user_id, &made.connection_id).await?;
        Ok(wire(&made))
    };
    once.create(&state, &may.user.id, &bytes, work).await
}

/// Shows your key of Binance.
///
/// Whoever has several is answered 409: see `/connections`.
#[utoipa::path(get, path = "/api-keys/me", tag = "One key", operation_id = "showKey",
    responses(
        (status = 200, description = "The key, without its secret", body = Wire),
        (status = 404, description = "No key is stored"),
        (status = 409, description = "Several are")),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn show(
    may: May<Read>,
    AxumState(state): AxumState<State>,
) -> Result<Json<Wire>, Refused> {
    Ok(Json(wire(&only(&state, &may.user.id).await?)))
}

/// Deletes your key of Binance with its holdings and syncs.
///
/// Whoever has several is answered 409: see `/connections`.
#[utoipa::path(delete, path = "/api-keys/me", tag = "One key", operation_id = "deleteKey",
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "No key is stored")),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn remove(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
) -> Result<StatusCode, Refused> {
    let id = only(&state, &may.user.id).await?.id;
    delete(&state, &may.user.id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn all(state: &State, user_id: &str) -> Result<Vec<Connection>, Problem> {
    let mut all = connections::list(state, user_id).await?;
    let exchange = ExchangeId::new(EXCHANGE);
    all.retain(|connection| connection.exchange == exchange);
    Ok(all)
}

async fn only(state: &State, user_id: &str) -> Result<Connection, Problem> {
    let mut all = all(state, user_id).await?;
    let one = all.pop().ok_or(Problem::NotFound)?;
    if all.is_empty() {
        Ok(one)
    } else {
        Err(Problem::SeveralKeys)
    }
}

fn wire(connection: &Connection) -> Wire {
    let failure = connection.last_failure.as_ref();
    Wire {
        id: connection.id.clone(),
        api_key_masked: mask(&connection.key_hint),
        is_valid: !failure.is_some_and(Failure::stops_syncing),
        created_at: connection.created_at.rfc3339(),
    }
}
