//! Somebody's own settings, and what they were told, as programs see them.

use axum::Json;
use axum::extract::State as AxumState;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::Body;
use super::may::{Manage, May, Read};
use super::page::{Page, PageQuery};
use super::problem::Refused;
use crate::domain::currency::Currency;
use crate::domain::event::Told;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::accounts::choose_currency;
use crate::services::{State, telling};

/// Your settings. Those that take your password are changed on the pages alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Settings {
    /// The currency that values are told in.
    #[schema(example = "USD")]
    base_currency: &'static str,
}

/// What is to be another.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SettingsChanges {
    /// The currency that values are told in; one that a price can be had of.
    #[serde(default)]
    #[schema(required = true, example = "EUR")]
    base_currency: String,
}

/// Something you were told.
#[derive(Debug, Serialize, ToSchema)]
struct Notice {
    /// Its id, the same in a webhook's message.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60715")]
    id: String,
    /// When, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    at: String,
    /// What happened, one of a closed set.
    #[schema(example = "sync_failing")]
    event: &'static str,
    /// What happened, in a sentence or two.
    #[schema(example = "“Savings” could not be read for 6 hours.")]
    sentence: String,
    /// Whether it was marked as read.
    read: bool,
}

/// Part of what you were told.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notices {
    /// Newest first.
    notices: Vec<Notice>,
    /// The cursor of the part after this one; null at the end.
    #[schema(example = "MDE5M2Q2")]
    next: Option<String>,
}

/// Up to when.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReadUntil {
    /// The moment of the newest notice that was read, RFC 3339 in UTC.
    #[serde(default)]
    #[schema(required = true, example = "2026-01-01T00:00:00Z")]
    until: String,
}

/// Shows your settings.
#[utoipa::path(get, path = "/settings", tag = "You", operation_id = "showSettings",
    responses((status = 200, description = "Your settings", body = Settings)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn settings(may: May<Read>) -> Json<Settings> {
    Json(told(may.user.base_currency))
}

/// Changes your settings.
#[utoipa::path(patch, path = "/settings", tag = "You", operation_id = "changeSettings",
    request_body = SettingsChanges, responses((status = 200, description = "Your settings as they are now", body = Settings)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn change(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Body { value, .. }: Body<SettingsChanges>,
) -> Result<Json<Settings>, Refused> {
    let chosen = choose_currency(&state, &may.user, &value.base_currency).await?;
    Ok(Json(told(chosen)))
}

/// Lists what you were told, newest first.
#[utoipa::path(get, path = "/notices", tag = "You", operation_id = "listNotices",
    params(PageQuery), responses((status = 200, description = "Part of the list", body = Notices)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn notices(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    page: Page,
) -> Result<Json<Notices>, Refused> {
    let all = telling::list(&state, &may.user.id).await?;
    let newest_first = |one: &Told| format!("{:016x}{}", i64::MAX - one.at.0.max(0), one.id);
    let (part, next) = page.of(all, newest_first);
    Ok(Json(Notices {
        notices: part.into_iter().map(notice).collect(),
        next,
    }))
}

/// Marks as read what you were told up to a moment.
#[utoipa::path(post, path = "/notices/read", tag = "You", operation_id = "readNotices",
    request_body = ReadUntil, responses((status = 204, description = "They are marked")),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn read(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Body { value, .. }: Body<ReadUntil>,
) -> Result<StatusCode, Refused> {
    let until = Timestamp::parse(&value.until);
    let sentence = "Write a moment as 2026-01-01T00:00:00Z.";
    let until = until.ok_or(Problem::field("until", sentence))?;
    telling::mark_read(&state, &may.user.id, until).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn told(currency: Currency) -> Settings {
    Settings {
        base_currency: currency.as_str(),
    }
}

fn notice(told: Told) -> Notice {
    Notice {
        event: told.event.code(),
        sentence: told.event.sentence(),
        id: told.id,
        at: told.at.rfc3339(),
        read: told.read,
    }
}
