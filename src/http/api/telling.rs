//! From when on somebody is told, and their webhook, as programs see them.

use axum::Json;
use axum::extract::State as AxumState;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::Body;
use super::may::{Manage, May, Read};
use super::page::{Page, PageQuery};
use super::problem::Refused;
use crate::domain::delivery::Delivery;
use crate::domain::preferences::PreferencesForm;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::State;
use crate::services::telling::{self, Settings};

/// From when on and from how much you are told, and where to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Telling {
    /// For how many hours a connection must not have been read.
    #[schema(example = 6)]
    failing_hours: u32,
    /// More than how many percent of an asset must have come or gone.
    #[schema(example = "10")]
    balance_percent: String,
    /// By more than how many percent the value of everything must have changed.
    #[schema(example = "10")]
    value_percent: String,
    /// Whether you are told how exchanges fare that you have an account on: when one does not answer,
    /// when most of what it allows is used, when its clock and this server's differ.
    #[schema(example = true)]
    exchange_news: bool,
    /// Your webhook, if you have one.
    webhook: Option<Webhook>,
}

/// Where messages are sent to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhook {
    /// Its address.
    #[schema(example = "https://hooks.example.org/coffer")]
    url: String,
    /// Whether it is switched on.
    enabled: bool,
}

/// What is to be another. What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TellingChanges {
    /// Hours, from 1 to 720.
    #[schema(example = 12)]
    failing_hours: Option<u32>,
    /// A percentage from 0.1 to 1000.
    #[schema(example = "2.5")]
    balance_percent: Option<String>,
    /// A percentage from 0.1 to 1000.
    #[schema(example = "5")]
    value_percent: Option<String>,
    /// Whether you are told how exchanges fare.
    #[schema(example = false)]
    exchange_news: Option<bool>,
    /// The address of your webhook, https and public; an empty text takes it away.
    #[schema(example = "https://hooks.example.org/coffer")]
    webhook_url: Option<String>,
}

/// What you are told from now on.
#[derive(Debug, Serialize, ToSchema)]
pub struct TellingChanged {
    #[serde(flatten)]
    telling: Telling,
    /// The secret that signs messages, if the address is another: told here and never again.
    #[schema(example = "null")]
    webhook_secret: Option<String>,
}

/// Whether the webhook is to be switched on.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Switch {
    /// Whether it is.
    enabled: bool,
}

/// The secret that signs messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookSecret {
    /// It is told here and never again.
    #[schema(example = "coffer_webhook_…")]
    webhook_secret: String,
}

/// What came of a test.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tested {
    /// The status it was answered with or why there was none, as in deliveries; null while it goes on.
    #[schema(example = "204")]
    outcome: Option<String>,
}

/// A message to your webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
struct Sent {
    /// The message's id, the same as its notice's.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60715")]
    id: String,
    /// What it tells of.
    #[schema(example = "sync_failing")]
    event: String,
    /// The host it goes to.
    #[schema(example = "hooks.example.org")]
    host: String,
    /// When it was written, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    at: String,
    /// When it was last tried; null before the first try.
    #[schema(example = "2026-01-01T00:00:01Z")]
    tried_at: Option<String>,
    /// How often it was tried.
    #[schema(example = 1)]
    attempts: u32,
    /// The status it was answered with, or a word that says why there was none; null before the first
    /// try.
    #[schema(example = "204")]
    outcome: Option<String>,
    /// When it is tried again; null when it is not.
    #[schema(example = "2026-01-01T00:01:00Z")]
    next_try_at: Option<String>,
}

/// Part of what was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deliveries {
    /// Newest first.
    deliveries: Vec<Sent>,
    /// The cursor of the part after this one; null at the end.
    #[schema(example = "MDE5M2Q2")]
    next: Option<String>,
}

/// Shows from when on you are told, and your webhook.
#[utoipa::path(get, path = "/telling", tag = "You", operation_id = "showTelling",
    responses((status = 200, description = "What you have settled", body = Telling)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn show(
    may: May<Read>,
    AxumState(state): AxumState<State>,
) -> Result<Json<Telling>, Refused> {
    let settings = telling::settings(&state, &may.user.id).await?;
    Ok(Json(told(settings)))
}

/// Changes from when on you are told, and the address of your webhook.
///
/// All of it is done, or nothing. Another address gets another secret.
#[utoipa::path(patch, path = "/telling", tag = "You", operation_id = "changeTelling",
    request_body = TellingChanges, responses((status = 200, description = "What holds from now on", body = TellingChanged)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn change(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Body { value, .. }: Body<TellingChanges>,
) -> Result<Json<TellingChanged>, Refused> {
    let user_id = &may.user.id;
    let before = telling::settings(&state, user_id).await?;
    let kept = before.preferences;
    let hours = value.failing_hours.unwrap_or(kept.failing_hours);
    let balance = value.balance_percent;
    let worth = value.value_percent;
    let news = value.exchange_news.unwrap_or(kept.exchange_news);
    let form = PreferencesForm {
        failing_hours: &hours.to_string(),
        balance_percent: balance.as_deref().unwrap_or(kept.balance_percent.as_str()),
        value_percent: worth.as_deref().unwrap_or(kept.value_percent.as_str()),
        exchange_news: if news { "yes" } else { "" },
    };
    let url = before.webhook.map(|(url, _)| url);
    let url = value.webhook_url.or(url).unwrap_or_default();
    let made = telling::save(&state, user_id, &form, &url).await?;
    let secret = if made {
        Some(secret(&state, user_id).await?)
    } else {
        None
    };
    Ok(Json(TellingChanged {
        telling: told(telling::settings(&state, user_id).await?),
        webhook_secret: secret,
    }))
}

/// Switches your webhook on or off.
///
/// What was to be sent when it goes off is not sent.
#[utoipa::path(post, path = "/telling/webhook/switch", tag = "You", operation_id = "switchWebhook",
    request_body = Switch, responses((status = 200, description = "What holds from now on", body = Telling)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn switch(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Body { value, .. }: Body<Switch>,
) -> Result<Json<Telling>, Refused> {
    telling::switch(&state, &may.user.id, value.enabled).await?;
    let settings = telling::settings(&state, &may.user.id).await?;
    Ok(Json(told(settings)))
}

/// Gives your webhook another secret.
#[utoipa::path(post, path = "/telling/webhook/secret", tag = "You", operation_id = "renewWebhookSecret",
    responses((status = 200, description = "The one before is of no use any more", body = WebhookSecret)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn renew(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
) -> Result<Json<WebhookSecret>, Refused> {
    telling::renew_secret(&state, &may.user.id).await?;
    Ok(Json(WebhookSecret {
        webhook_secret: secret(&state, &may.user.id).await?,
    }))
}

/// Sends a test to your webhook, and waits a moment for what comes of it.
#[utoipa::path(post, path = "/telling/webhook/test", tag = "You", operation_id = "testWebhook",
    responses((status = 200, description = "What came of it", body = Tested)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn test(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
) -> Result<Json<Tested>, Refused> {
    let outcome = telling::send_test(&state, &may.user.id).await?;
    Ok(Json(Tested {
        outcome: outcome.map(|outcome| outcome.as_text()),
    }))
}

/// Lists what was sent to your webhook, newest first.
#[utoipa::path(get, path = "/telling/deliveries", tag = "You", operation_id = "listDeliveries",
    params(PageQuery), responses((status = 200, description = "Part of the list", body = Deliveries)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn deliveries(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    page: Page,
) -> Result<Json<Deliveries>, Refused> {
    let all = telling::settings(&state, &may.user.id).await?.deliveries;
    let newest_first = |one: &Delivery| format!("{:016x}{}", i64::MAX - one.at.0.max(0), one.id);
    let (part, next) = page.of(all, newest_first);
    Ok(Json(Deliveries {
        deliveries: part.into_iter().map(sent).collect(),
        next,
    }))
}

async fn secret(state: &State, user_id: &str) -> Result<String, Problem> {
    let secret = telling::find_secret(state, user_id).await?;
    Ok(secret.expose_secret().to_owned())
}

fn told(settings: Settings) -> Telling {
    Telling {
        failing_hours: settings.preferences.failing_hours,
        balance_percent: settings.preferences.balance_percent.to_string(),
        value_percent: settings.preferences.value_percent.to_string(),
        exchange_news: settings.preferences.exchange_news,
        webhook: settings
            .webhook
            .map(|(url, enabled)| Webhook { url, enabled }),
    }
}

fn sent(one: Delivery) -> Sent {
    Sent {
        id: one.id,
        event: one.event,
        host: one.host,
        at: one.at.rfc3339(),
        tried_at: one.tried_at.map(Timestamp::rfc3339),
        attempts: one.attempts,
        outcome: one.outcome.map(|outcome| outcome.as_text()),
        next_try_at: one.next_try_at.map(Timestamp::rfc3339),
    }
}
