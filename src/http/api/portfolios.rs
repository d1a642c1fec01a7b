//! Portfolios as programs see them: what is held, what it is worth, and how far that can be relied
//! on.

use axum::Json;
use axum::extract::State as AxumState;
use serde::Serialize;
use utoipa::ToSchema;

use super::input::Id;
use super::may::{May, Read};
use super::page::{Page, PageQuery};
use super::problem::Refused;
use crate::domain::amount::Amount;
use crate::domain::portfolio::{self as domain, Gap, Part, Place, PortfolioName};
use crate::domain::timestamp::Timestamp;
use crate::services::{State, connections, portfolio};

/// A portfolio, or all of them together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Portfolio)]
pub struct Wire {
    /// Its id; null for all of them together.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60719")]
    id: Option<String>,
    /// Its name; null for all of them together.
    #[schema(example = "Savings")]
    name: Option<String>,
    /// The currency that values are told in.
    #[schema(example = "USD")]
    base_currency: &'static str,
    /// The exact sum of all values; null while nothing that is held has a price.
    #[schema(example = "1234.5")]
    total_value: Option<String>,
    /// Whether every wallet of every connection answered the last time, and none is old.
    complete: bool,
    /// How many assets have no price, or not in every wallet. Test money is not counted.
    #[schema(example = 0)]
    unpriced_count: usize,
    /// The age of the oldest balance, RFC 3339 in UTC; null when there is none.
    #[schema(example = "2026-01-01T00:00:00Z")]
    as_of: Option<String>,
    /// The age of the oldest price that was used, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    prices_as_of: Option<String>,
    /// One entry per asset.
    holdings: Vec<Holding>,
    /// What is missing or old, and why.
    missing: Vec<Missing>,
}

/// All that is held of one asset.
#[derive(Debug, Serialize, ToSchema)]
struct Holding {
    /// The asset's code.
    #[schema(example = "BTC")]
    asset: String,
    /// The exact sum over all wallets.
    #[schema(example = "0.015")]
    quantity: String,
    /// The price of one unit; null without a usable one.
    #[schema(example = "82300")]
    price: Option<String>,
    /// What it is worth; null without a usable price.
    #[schema(example = "1234.5")]
    value: Option<String>,
    /// The value as a part of the whole: `0.25` is a quarter. Null without a usable price.
    #[schema(example = "1")]
    share: Option<String>,
    /// Whether it is money of a test environment, which is worth nothing.
    test_money: bool,
    /// Where it lies.
    wallets: Vec<Lying>,
}

/// What lies in one place of an asset.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HoldingWallet)]
pub struct Lying {
    /// The connection; null for what was entered by hand.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60718")]
    pub connection_id: Option<String>,
    /// The exchange's short name; null for what was entered by hand.
    #[schema(example = "binance")]
    pub exchange: Option<String>,
    /// The wallet's name; null for what was entered by hand.
    #[schema(example = "spot")]
    pub wallet: Option<String>,
    /// What its owner calls the connection, or what was entered by hand.
    #[schema(example = "Savings")]
    pub label: String,
    /// How much lies there.
    #[schema(example = "0.015")]
    pub quantity: String,
    /// What it is worth; null without a usable price.
    #[schema(example = "1234.5")]
    pub value: Option<String>,
    /// When the wallet last said so, or when it was entered, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    pub read_at: String,
}

/// Why a portfolio is not complete.
#[derive(Debug, Serialize, ToSchema)]
struct Missing {
    /// The connection.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60718")]
    connection_id: String,
    /// What its owner calls it.
    #[schema(example = "Savings")]
    label: String,
    /// What is missing or old.
    #[schema(example = "Spot is as of 3 days ago.")]
    reason: String,
}

/// Part of somebody's portfolios.
#[derive(Debug, Serialize, ToSchema)]
pub struct Portfolios {
    /// By name.
    portfolios: Vec<Wire>,
    /// The cursor of the part after this one; null at the end.
    #[schema(example = "MDE5M2Q2")]
    next: Option<String>,
}

/// Shows all your portfolios together.
#[utoipa::path(get, path = "/portfolio", tag = "Portfolios", operation_id = "showEverything",
    responses((status = 200, description = "Everything that you hold", body = Wire)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn all_together(
    may: May<Read>,
    AxumState(state): AxumState<State>,
) -> Result<Json<Wire>, Refused> {
    let portfolio = portfolio::view(&state, &may.user, None).await?;
    Ok(Json(Names::of(&state).wire(&portfolio)))
}

/// Lists your portfolios by name, each with what it holds.
#[utoipa::path(get, path = "/portfolios", tag = "Portfolios", operation_id = "listPortfolios",
    params(PageQuery), responses((status = 200, description = "Part of the list", body = Portfolios)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn list(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    page: Page,
) -> Result<Json<Portfolios>, Refused> {
    let names = portfolio::list(&state, &may.user).await?;
    let (part, next) = page.of(names, |one: &PortfolioName| {
        format!("{}\n{}", one.name, one.id)
    });
    let views = portfolio::view_each(&state, &may.user, part).await?;
    let names = Names::of(&state);
    let portfolios = views.iter().map(|view| names.wire(view)).collect();
    Ok(Json(Portfolios { portfolios, next }))
}

/// Shows one of your portfolios.
#[utoipa::path(get, path = "/portfolios/{id}", tag = "Portfolios", operation_id = "showPortfolio",
    params(("id" = String, Path, description = "The portfolio's id")),
    responses((status = 200, description = "The portfolio", body = Wire)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn show(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
) -> Result<Json<Wire>, Refused> {
    let portfolio = portfolio::view(&state, &may.user, Some(&id)).await?;
    Ok(Json(Names::of(&state).wire(&portfolio)))
}

/// The short name and the name of every exchange.
pub struct Names(Vec<(String, String)>);

impl Names {
    /// Those of the registry.
    pub fn of(state: &State) -> Self {
        let profiles = connections::profiles(state).into_iter();
        Self(profiles.map(|one| (one.id.to_string(), one.name)).collect())
    }

    fn short(&self, name: &str) -> Option<String> {
        let found = self.0.iter().find(|(_, full)| full == name);
        found.map(|(short, _)| short.clone())
    }

    /// A portfolio as programs see it.
    pub fn wire(&self, portfolio: &domain::Portfolio) -> Wire {
        let name = portfolio.name.as_ref();
        Wire {
            id: name.map(|name| name.id.clone()),
            name: name.map(|name| name.name.clone()),
            base_currency: portfolio.currency.as_str(),
            total_value: text(portfolio.total.as_ref()),
            complete: portfolio.is_complete(),
            unpriced_count: portfolio.unpriced,
            as_of: portfolio.as_of.map(Timestamp::rfc3339),
            prices_as_of: portfolio.prices_as_of.map(Timestamp::rfc3339),
            holdings: portfolio
                .holdings
                .iter()
                .map(|one| self.holding(one))
                .collect(),
            missing: portfolio.gaps.iter().map(missing).collect(),
        }
    }

    fn holding(&self, holding: &domain::Holding) -> Holding {
        Holding {
            asset: holding.asset.to_string(),
            quantity: holding.quantity.to_string(),
            price: text(holding.price.as_ref()),
            value: text(holding.value.as_ref()),
            share: text(holding.share.as_ref()),
            test_money: holding.test_money,
            wallets: holding.parts.iter().map(|part| self.lying(part)).collect(),
        }
    }

    /// A place as programs see it.
    pub fn lying(&self, part: &Part) -> Lying {
        let (connection_id, exchange, wallet, label) = match &part.place {
            Place::Wallet {
                connection_id,
                label,
                exchange,
                wallet,
                ..
            } => {
                let wallet = Some(wallet.to_string());
                (
                    Some(connection_id.clone()),
                    self.short(exchange),
                    wallet,
                    label,
                )
            }
            Place::Hand { label, .. } => (None, None, None, label),
        };
        Lying {
            connection_id,
            exchange,
            wallet,
            label: label.clone(),
            quantity: part.balance.total.to_string(),
            value: text(part.value.as_ref()),
            read_at: part.read_at.rfc3339(),
        }
    }
}

fn missing(gap: &Gap) -> Missing {
    Missing {
        connection_id: gap.connection_id.clone(),
        label: gap.label.clone(),
        reason: gap.reason.clone(),
    }
}

/// An amount that may not be known.
pub fn text(amount: Option<&Amount>) -> Option<String> {
    amount.map(ToString::to_string)
}
