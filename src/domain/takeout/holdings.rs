//! Holdings as rows: one for every asset of every place, and one for whatever is missing.

use std::collections::HashMap;

use super::cell::Cell;
use crate::domain::connection::Connection;
use crate::domain::portfolio::{Gap, Part, Place, Portfolio, PortfolioName};
use crate::domain::price::route::Price;
use crate::domain::price::words::{Names, reason};
use crate::domain::report::WalletSummary;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::WalletName;

/// The names of the columns. `source` is `exchange`, `by_hand`, or `missing` for what keeps the
/// numbers from being whole; `value` is the exact product of `quantity` and `price`, in `currency`.
pub const COLUMNS: [&str; 23] = [
    "source",
    "portfolio_id",
    "portfolio",
    "connection_id",
    "exchange",
    "label",
    "wallet",
    "asset",
    "quantity",
    "free",
    "locked",
    "currency",
    "price",
    "value",
    "prices_as_of",
    "no_price_reason",
    "read_at",
    "wallet_outcome",
    "missing",
    "test_money",
    "rights_unproven",
    "below_limit",
    "note",
];

/// What rows say beside the holdings themselves.
pub struct Context<'a> {
    /// The person's connections, by id.
    pub connections: HashMap<&'a str, &'a Connection>,
    /// The portfolios of what was entered by hand, by its id.
    pub by_hand: HashMap<&'a str, &'a str>,
    /// The person's portfolios, by id.
    pub portfolios: HashMap<&'a str, &'a PortfolioName>,
    /// What the exchanges are called.
    pub names: Names<'a>,
    /// When this is so.
    pub now: Timestamp,
}

/// Every row of a portfolio.
#[must_use]
pub fn rows(portfolio: &Portfolio, context: &Context<'_>) -> Vec<[Cell; 23]> {
    let parts = portfolio.holdings.iter().flat_map(|holding| &holding.parts);
    let held = parts.map(|part| held(part, portfolio, context));
    held.chain(portfolio.gaps.iter().map(|gap| missing(gap, context)))
        .collect()
}

fn held(part: &Part, portfolio: &Portfolio, context: &Context<'_>) -> [Cell; 23] {
    let place = Standing::of(&part.place, context);
    let balance = &part.balance;
    let (price, unpriced) = (part.price.as_ref().ok(), part.price.as_ref().err());
    let why = unpriced.map(|none| reason(none, portfolio.currency, context.names, context.now));
    [
        Cell::text(place.source),
        Cell::known(place.portfolio.map(|one| one.id.clone())),
        Cell::known(place.portfolio.map(|one| one.name.clone())),
        Cell::known(place.connection_id),
        Cell::known(place.exchange),
        Cell::text(place.label),
        Cell::known(place.wallet.map(ToString::to_string)),
        Cell::text(&balance.asset),
        Cell::Number(balance.total.clone()),
        Cell::number(balance.free.as_ref()),
        Cell::number(balance.locked.as_ref()),
        Cell::text(portfolio.currency),
        Cell::number(price.map(|price| &price.amount)),
        Cell::number(part.value.as_ref()),
        Cell::moment(price.and_then(Price::as_of)),
        Cell::known(why),
        // A wallet that never answered has the first moment of all.
        Cell::moment(Some(part.read_at).filter(|at| at.0 > 0)),
        Cell::known(place.summary.map(|one| one.outcome.as_str().to_owned())),
        Cell::Nothing,
        Cell::Flag(part.test_money),
        Cell::Flag(place.unproven),
        Cell::Flag(part.small),
        Cell::known(place.note),
    ]
}

/// What is missing has no number at all.
fn missing(gap: &Gap, context: &Context<'_>) -> [Cell; 23] {
    let connection = context.connections.get(gap.connection_id.as_str());
    let portfolio = connection.and_then(|one| context.portfolios.get(one.portfolio_id.as_str()));
    let mut cells = [const { Cell::Nothing }; 23];
    let told = [
        ("source", Cell::text("missing")),
        (
            "portfolio_id",
            Cell::known(portfolio.map(|one| one.id.clone())),
        ),
        (
            "portfolio",
            Cell::known(portfolio.map(|one| one.name.clone())),
        ),
        ("connection_id", Cell::text(&gap.connection_id)),
        (
            "exchange",
            Cell::known(connection.map(|one| (context.names)(&one.exchange))),
        ),
        ("label", Cell::text(&gap.label)),
        (
            "read_at",
            Cell::moment(connection.and_then(|one| one.last_synced_at)),
        ),
        ("missing", Cell::text(&gap.reason)),
    ];
    for (name, cell) in told {
        if let Some(place) = COLUMNS.iter().position(|column| *column == name) {
            cells[place] = cell;
        }
    }
    cells
}

/// Where a part stands.
struct Standing<'a> {
    source: &'static str,
    portfolio: Option<&'a PortfolioName>,
    connection_id: Option<String>,
    exchange: Option<String>,
    label: &'a str,
    wallet: Option<&'a WalletName>,
    summary: Option<&'a WalletSummary>,
    unproven: bool,
    note: Option<String>,
}

impl<'a> Standing<'a> {
    fn of(place: &'a Place, context: &Context<'a>) -> Self {
        let portfolio = |id: &str| context.portfolios.get(id).copied();
        match place {
            Place::Wallet {
                connection_id,
                label,
                exchange,
                unproven,
                wallet,
            } => {
                let connection = context.connections.get(connection_id.as_str());
                let wallets = connection
                    .map(|one| one.wallets.as_slice())
                    .unwrap_or_default();
                Self {
                    source: "exchange",
                    portfolio: connection.and_then(|one| portfolio(&one.portfolio_id)),
                    connection_id: Some(connection_id.clone()),
                    exchange: Some(exchange.clone()),
                    label,
                    wallet: Some(wallet),
                    summary: wallets.iter().find(|one| one.name == *wallet),
                    unproven: *unproven,
                    note: None,
                }
            }
            Place::Hand { id, label, note } => Self {
                source: "by_hand",
                portfolio: context
                    .by_hand
                    .get(id.as_str())
                    .and_then(|id| portfolio(id)),
                connection_id: None,
                exchange: None,
                label,
                wallet: None,
                summary: None,
                unproven: false,
                note: Some(note.clone()),
            },
        }
    }
}
