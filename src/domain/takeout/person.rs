//! Everything that is kept of a person, as JSON: never a key, a secret, or anything sealed.

use serde_json::{Value, json};

use crate::domain::connection::Connection;
use crate::domain::delivery::Delivery;
use crate::domain::event::Told;
use crate::domain::history::backfill::Backfill;
use crate::domain::history::past::ValuedDay;
use crate::domain::history::quarantine::Candidate;
use crate::domain::manual::ManualHolding;
use crate::domain::preferences::Preferences;
use crate::domain::report::{Failure, SyncReport, WalletSummary};
use crate::domain::text::mask;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::ApiToken;
use crate::domain::wallet::Overview;

/// A moment as programs read it.
#[must_use]
pub fn moment(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| at.rfc3339().into())
}

/// From when on, and from how much they are told.
#[must_use]
pub fn preferences(preferences: &Preferences) -> Value {
    json!({
        "failing_hours": preferences.failing_hours,
        "balance_percent": preferences.balance_percent,
        "value_percent": preferences.value_percent,
        "exchange_news": preferences.exchange_news,
    })
}

/// A connection, its key by its last four characters alone.
#[must_use]
pub fn connection(connection: &Connection, exchange: &str) -> Value {
    let wallet = |summary: &WalletSummary| wallet(summary, exchange);
    json!({
        "id": connection.id,
        "portfolio_id": connection.portfolio_id,
        "exchange": connection.exchange,
        "label": connection.label,
        "environment": connection.environment,
        "region": connection.region,
        "api_key_masked": mask(&connection.key_hint),
        "rights": connection.rights,
        "status": connection.status,
        "last_error": connection.last_failure.as_ref().map(|one| failure(one, exchange)),
        "last_synced_at": moment(connection.last_synced_at),
        "ignore_below": connection.ignore_below,
        "created_at": moment(Some(connection.created_at)),
        "followed": connection.following.is_on(),
        "next_sync_at": moment(connection.due_at),
        "overview": connection.overview.as_ref().map(overview),
        "wallets": connection.wallets.iter().map(wallet).collect::<Vec<_>>(),
    })
}

fn overview(overview: &Overview) -> Value {
    json!({
        "unit": overview.unit,
        "parts": overview.parts,
        "read_at": moment(Some(overview.read_at)),
    })
}

fn failure(failure: &Failure, exchange: &str) -> Value {
    json!({ "code": failure.code(), "error": failure.sentence(exchange) })
}

fn wallet(wallet: &WalletSummary, exchange: &str) -> Value {
    let problem = wallet.problem.as_ref();
    json!({
        "name": wallet.name,
        "outcome": wallet.outcome,
        "holdings": wallet.holdings,
        "unreadable": wallet.unreadable,
        "error": problem.map(|problem| problem.sentence(exchange)),
        "read_at": moment(wallet.read_at),
    })
}

/// What was entered by hand.
#[must_use]
pub fn by_hand(holding: &ManualHolding) -> Value {
    json!({
        "id": holding.id,
        "portfolio_id": holding.portfolio_id,
        "asset": holding.entry.asset,
        "quantity": holding.entry.quantity,
        "label": holding.entry.label,
        "note": holding.entry.note,
        "created_at": moment(Some(holding.created_at)),
        "updated_at": moment(Some(holding.updated_at)),
    })
}

/// What a sync did.
#[must_use]
pub fn run(id: &str, report: &SyncReport) -> Value {
    let exchange = &report.exchange;
    let wallet = |summary: &WalletSummary| wallet(summary, exchange);
    json!({
        "id": id,
        "connection_id": report.account_id,
        "label": report.label,
        "exchange": exchange,
        "started_at": moment(Some(report.started_at)),
        "duration_ms": report.duration_ms,
        "success": report.success(),
        "failure": report.failure.as_ref().map(|one| failure(one, exchange)),
        "holdings_count": report.holdings_count,
        "added": report.added,
        "updated": report.updated,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "unreadable": report.unreadable,
        "calls": report.calls,
        "weight": report.weight,
        "wallets": report.wallets.iter().map(wallet).collect::<Vec<_>>(),
    })
}

/// What is known of the days before a connection, in USDT.
#[must_use]
pub fn past(connection_id: &str, state: &Backfill, days: &[&ValuedDay]) -> Value {
    let day = |day: &&ValuedDay| {
        json!({
            "at": moment(Some(day.at)),
            "value_usdt": day.value,
            "unpriced": day.unpriced,
        })
    };
    json!({
        "connection_id": connection_id,
        "state": state,
        "days": days.iter().map(day).collect::<Vec<_>>(),
    })
}

/// A token of their own programs, by its last four characters alone.
#[must_use]
pub fn token(token: &ApiToken) -> Value {
    json!({
        "name": token.name,
        "scope": token.scope.as_str(),
        "token_masked": mask(&token.hint),
        "created_at": moment(Some(token.created_at)),
        "expires_at": moment(token.expires_at),
        "last_used_at": moment(token.last_used_at),
    })
}

/// A reading that waits to be confirmed, in USDT.
#[must_use]
pub fn held_back(candidate: &Candidate) -> Value {
    json!({
        "at": moment(Some(candidate.taken.at)),
        "value_usdt": candidate.taken.reading.value(),
        "cause": candidate.cause,
    })
}

/// What they were told.
#[must_use]
pub fn notice(told: &Told) -> Value {
    json!({
        "id": told.id,
        "at": moment(Some(told.at)),
        "read": told.read,
        "sentence": told.event.sentence(),
        "event": told.event,
    })
}

/// A message to their webhook.
#[must_use]
pub fn delivery(delivery: &Delivery) -> Value {
    json!({
        "id": delivery.id,
        "event": delivery.event,
        "host": delivery.host,
        "at": moment(Some(delivery.at)),
        "tried_at": moment(delivery.tried_at),
        "attempts": delivery.attempts,
        "outcome": delivery.outcome.map(crate::domain::delivery::Outcome::as_text),
        "next_try_at": moment(delivery.next_try_at),
    })
}
