//! Holdings to take along, at the prices of this moment.

use super::pages::{Texts, chained, piece};
use crate::domain::connection::Connection;
use crate::domain::manual::ManualHolding;
use crate::domain::portfolio::{Portfolio, PortfolioName};
use crate::domain::takeout::cell::Cell;
use crate::domain::takeout::file::Format;
use crate::domain::takeout::holdings::{COLUMNS, Context, rows};
use crate::error::Problem;
use crate::services::accounts::User;
use crate::services::{State, connections, manual, portfolio};

/// What a person holds, as a file: in one portfolio, or in all of them.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn file(
    state: &State,
    user: &User,
    only: Option<&str>,
    format: Format,
) -> Result<Texts, Problem> {
    let held = Held::find(state, user, only).await?;
    let portfolio = &held.portfolio;
    let facts = [
        super::made_at(state),
        ("currency", Cell::text(portfolio.currency)),
        ("total", Cell::number(portfolio.total.as_ref())),
        ("complete", Cell::Flag(portfolio.is_complete())),
        ("assets_without_price", Cell::count(portfolio.unpriced)),
        ("as_of", Cell::moment(portfolio.as_of)),
        ("prices_as_of", Cell::moment(portfolio.prices_as_of)),
    ];
    let head = format.head("holdings", &COLUMNS, &facts);
    let rows = held.rows(state, format);
    Ok(chained(vec![
        piece(head),
        piece(rows),
        piece(format.tail()),
    ]))
}

/// What is held, and what rows say beside it.
pub struct Held {
    /// The holdings, valued.
    pub portfolio: Portfolio,
    /// All connections.
    pub connections: Vec<Connection>,
    /// Everything that was entered by hand.
    pub by_hand: Vec<ManualHolding>,
    /// All portfolios.
    pub portfolios: Vec<PortfolioName>,
}

impl Held {
    /// What a person holds in one portfolio, or in all of them.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::Unavailable`].
    pub async fn find(state: &State, user: &User, only: Option<&str>) -> Result<Self, Problem> {
        Ok(Self {
            portfolio: portfolio::view(state, user, only).await?,
            connections: connections::list(state, &user.id).await?,
            by_hand: manual::list_of_user(state, &user.id).await?,
            portfolios: portfolio::list(state, user).await?,
        })
    }

    /// Every row.
    pub fn rows(&self, state: &State, format: Format) -> String {
        let by_hand = self.by_hand.iter();
        let context = Context {
            connections: self
                .connections
                .iter()
                .map(|one| (one.id.as_str(), one))
                .collect(),
            by_hand: by_hand
                .map(|one| (one.id.as_str(), one.portfolio_id.as_str()))
                .collect(),
            portfolios: self
                .portfolios
                .iter()
                .map(|one| (one.id.as_str(), one))
                .collect(),
            names: &|id| connections::exchange_name(state, id),
            now: state.clock.now(),
        };
        let rows = rows(&self.portfolio, &context);
        let rows: Vec<_> = rows
            .iter()
            .map(|cells| format.row(&COLUMNS, cells))
            .collect();
        rows.join(format.between())
    }
}
