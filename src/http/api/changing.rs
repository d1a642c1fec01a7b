//! Changing connections: their names, limits and portfolios, and their keys.

use axum::Json;
use axum::extract::State as AxumState;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::connect::{self, Connected};
use super::connections::{Wire, wire};
use super::input::{Body, Id};
use super::may::{Manage, May};
use super::problem::{Refused, by_other_names};
use crate::domain::key_form::KeyForm;
use crate::domain::typed::Typed;
use crate::services::State;
use crate::services::connections::{self, Changes, Proof};

/// What is to be another. What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ConnectionChanges {
    /// What to call it.
    #[schema(example = "Savings")]
    label: Option<String>,
    /// The portfolio it stands in.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60719")]
    portfolio_id: Option<String>,
    /// Balances worth less than this, in the base currency, are not listed on pages; null lists all.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "0.5")]
    ignore_below: Option<Option<String>>,
    /// Whether the exchange's own stream is listened to, so that changes of the account are read at once.
    #[schema(example = true)]
    follow: Option<bool>,
}

/// A key of the same account.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OtherKey {
    /// The API key.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "the API key")]
    api_key: Typed,
    /// Its secret. It never comes back.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "the secret key")]
    secret_key: Typed,
    /// Its passphrase, on OKX. It never comes back.
    #[serde(default)]
    #[schema(value_type = String, example = "the passphrase")]
    passphrase: Typed,
    /// Whether a key is taken whose rights the exchange does not tell.
    #[serde(default)]
    accept_unknown: bool,
    /// Your password for Coffer; needed from a browser's session, not with a token.
    #[serde(default)]
    #[schema(value_type = String, example = "your password")]
    current_password: Typed,
}

/// Renames one of your connections, moves it, changes its limit, or has it followed live.
///
/// All of it is done, or nothing.
#[utoipa::path(patch, path = "/connections/{id}", tag = "Connections", operation_id = "changeConnection",
    params(("id" = String, Path, description = "The connection's id")),
    request_body = ConnectionChanges, responses((status = 200, description = "The connection as it is now", body = Wire)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn change(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
    Body { value, .. }: Body<ConnectionChanges>,
) -> Result<Json<Wire>, Refused> {
    let changes = Changes {
        label: value.label,
        portfolio: value.portfolio_id,
        ignore_below: value.ignore_below.map(Option::unwrap_or_default),
        follow: value.follow,
    };
    let changed = connections::change(&state, &may.user.id, &id, changes).await;
    let names = [("portfolio", "portfolio_id")];
    let changed = changed.map_err(|problem| by_other_names(problem, &names))?;
    Ok(Json(wire(&state, &changed)))
}

/// Puts another key of the same account in the place of a connection's key, and syncs with it.
///
/// It is judged like the key of a new connection; until it has passed, the key before stays.
#[utoipa::path(put, path = "/connections/{id}/key", tag = "Connections", operation_id = "replaceKey",
    params(("id" = String, Path, description = "The connection's id")),
    request_body = OtherKey, responses((status = 200, description = "Replaced and synced", body = Connected)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn key(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
    Body { value, .. }: Body<OtherKey>,
) -> Result<Json<Connected>, Refused> {
    let form = KeyForm {
        api_key: value.api_key,
        secret_key: value.secret_key,
        passphrase: value.passphrase,
        accept_unknown: if value.accept_unknown { "yes" } else { "" }.to_owned(),
    };
    let proof = if may.by_token {
        Proof::Token
    } else {
        Proof::Password(value.current_password.expose().into())
    };
    let synced = connections::replace_key(&state, &may.user, &id, &form, proof).await?;
    let told = connect::told(&state, &may.user.id, &synced.report).await?;
    Ok(Json(told))
}

/// Tells null from what was left out.
fn given<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
