//! Tokens, as programs see them. Making one takes the password, so that is done on the pages alone.

use axum::Json;
use axum::extract::State as AxumState;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::input::Id;
use super::may::{Manage, May, Read};
use super::page::{Page, PageQuery};
use super::problem::Refused;
use crate::domain::text::mask;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::ApiToken;
use crate::services::{State, tokens};

/// A token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
struct Wire {
    /// Its id.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60712")]
    id: String,
    /// What you call it.
    #[schema(example = "spreadsheet")]
    name: String,
    /// What it allows: `read`, `sync` or `manage`.
    #[schema(example = "read")]
    scope: &'static str,
    /// Its last four characters.
    #[schema(example = "••••9f3a")]
    token_masked: String,
    /// When it was made, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    created_at: String,
    /// When it ends; null when it lives until it is revoked.
    #[schema(example = "2026-04-01T00:00:00Z")]
    expires_at: Option<String>,
    /// When it was last used, to the minute; null when it never was.
    #[schema(example = "2026-01-02T08:30:00Z")]
    last_used_at: Option<String>,
}

/// Part of your tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// Oldest first.
    tokens: Vec<Wire>,
    /// The cursor of the part after this one; null at the end.
    #[schema(example = "MDE5M2Q2")]
    next: Option<String>,
}

/// Lists your tokens, oldest first.
#[utoipa::path(get, path = "/tokens", tag = "You", operation_id = "listTokens",
    params(PageQuery), responses((status = 200, description = "Part of the list", body = Tokens)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn list(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    page: Page,
) -> Result<Json<Tokens>, Refused> {
    let all = tokens::list(&state, &may.user.id).await?;
    let key = |one: &ApiToken| format!("{:016x}{}", one.created_at.0, one.id);
    let (part, next) = page.of(all, key);
    Ok(Json(Tokens {
        tokens: part.into_iter().map(wire).collect(),
        next,
    }))
}

/// Revokes one of your tokens: from now on it lets nobody in.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "You", operation_id = "revokeToken",
    params(("id" = String, Path, description = "The token's id")),
    responses((status = 204, description = "It is revoked")),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn revoke(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
) -> Result<StatusCode, Refused> {
    tokens::revoke(&state, &may.user.id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn wire(token: ApiToken) -> Wire {
    Wire {
        id: token.id,
        name: token.name,
        scope: token.scope.as_str(),
        token_masked: mask(&token.hint),
        created_at: token.created_at.rfc3339(),
        expires_at: token.expires_at.map(Timestamp::rfc3339),
        last_used_at: token.last_used_at.map(Timestamp::rfc3339),
    }
}
