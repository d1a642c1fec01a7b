//! What is held where, one entry per wallet and asset, as programs read it.

use axum::Json;
use axum::extract::{FromRequestParts, State as AxumState};
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::query;
use super::may::{May, Read};
use super::page::{Page, PageQuery};
use super::portfolios::{Names, text};
use super::problem::Refused;
use crate::domain::portfolio::{Holding, Part, Place};
use crate::services::{State, connections, portfolio};

/// Which holdings are asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only those of this connection.
    #[param(example = "0193d6f0c1e74d7fb1a2c3d4e5f60718")]
    connection_id: Option<String>,
    /// Only those in this portfolio.
    #[param(example = "0193d6f0c1e74d7fb1a2c3d4e5f60719")]
    portfolio_id: Option<String>,
}

/// An asset in a wallet, or something entered by hand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WalletHolding)]
pub struct Wire {
    /// The asset's code.
    #[schema(example = "BTC")]
    asset: String,
    /// All that lies there.
    #[schema(example = "0.015")]
    quantity: String,
    /// What of it can be used at once; null where the exchange does not say.
    #[schema(example = "0.01")]
    free: Option<String>,
    /// What of it cannot; null where the exchange does not say.
    #[schema(example = "0.005")]
    locked: Option<String>,
    /// The price of one unit in the base currency; null without a usable one.
    #[schema(example = "82300")]
    price: Option<String>,
    /// What it is worth in the base currency; null without a usable price.
    #[schema(example = "1234.5")]
    value: Option<String>,
    /// Whether it is money of a test environment, which is worth nothing.
    test_money: bool,
    /// The connection; null for what was entered by hand.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60718")]
    connection_id: Option<String>,
    /// The id of what was entered by hand; null for what an exchange said.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60716")]
    manual_id: Option<String>,
    /// The exchange's short name; null for what was entered by hand.
    #[schema(example = "binance")]
    exchange: Option<String>,
    /// The wallet's name; null for what was entered by hand.
    #[schema(example = "spot")]
    wallet: Option<String>,
    /// What its owner calls the connection, or what was entered by hand.
    #[schema(example = "Savings")]
    label: String,
    /// When the wallet last said so, or when it was entered, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    read_at: String,
}

/// Part of what is held.
#[derive(Debug, Serialize, ToSchema)]
pub struct Holdings {
    /// The currency that values are told in.
    #[schema(example = "USD")]
    base_currency: &'static str,
    /// By asset.
    holdings: Vec<Wire>,
    /// The cursor of the part after this one; null at the end.
    #[schema(example = "MDE5M2Q2")]
    next: Option<String>,
}

/// Lists what you hold where, by asset: one entry per wallet.
#[utoipa::path(get, path = "/holdings", tag = "Portfolios", operation_id = "listHoldings",
    params(Filter, PageQuery), responses(
        (status = 200, description = "Part of the list", body = Holdings),
        (status = 404, description = "There is no such connection or portfolio")),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn list(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    filter: Filter,
    page: Page,
) -> Result<Json<Holdings>, Refused> {
    let only = filter.connection_id.as_deref();
    if let Some(id) = only {
        connections::show(&state, &may.user.id, id).await?;
    }
    let held = portfolio::view(&state, &may.user, filter.portfolio_id.as_deref()).await?;
    let names = Names::of(&state);
    let parts = |one: &Holding| one.parts.clone();
    let mut parts: Vec<Part> = held.holdings.iter().flat_map(parts).collect();
    parts.retain(|part| only.is_none_or(|id| connection_of(&part.place) == Some(id)));
    let (part, next) = page.of(parts, key);
    Ok(Json(Holdings {
        base_currency: held.currency.as_str(),
        holdings: part.iter().map(|one| wire(&names, one)).collect(),
        next,
    }))
}

impl<S: Send + Sync> FromRequestParts<S> for Filter {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        query(parts).await
    }
}

fn connection_of(place: &Place) -> Option<&str> {
    match place {
        Place::Wallet { connection_id, .. } => Some(connection_id),
        Place::Hand { .. } => None,
    }
}

/// An asset lies in a wallet of a connection once.
fn key(part: &Part) -> String {
    let asset = &part.balance.asset;
    match &part.place {
        Place::Wallet {
            connection_id,
            wallet,
            ..
        } => format!("{asset}\n{connection_id}\n{wallet}"),
        Place::Hand { id, .. } => format!("{asset}\n{id}"),
    }
}

fn wire(names: &Names, part: &Part) -> Wire {
    let lying = names.lying(part);
    let by_hand = match &part.place {
        Place::Hand { id, .. } => Some(id.clone()),
        Place::Wallet { .. } => None,
    };
    let price = part.price.as_ref().ok();
    Wire {
        asset: part.balance.asset.to_string(),
        quantity: lying.quantity,
        free: text(part.balance.free.as_ref()),
        locked: text(part.balance.locked.as_ref()),
        price: price.map(|price| price.amount.to_string()),
        value: lying.value,
        test_money: part.test_money,
        connection_id: lying.connection_id,
        manual_id: by_hand,
        exchange: lying.exchange,
        wallet: lying.wallet,
        label: lying.label,
        read_at: lying.read_at,
    }
}
