//! Looking at everything that is held.

use std::collections::HashMap;

use super::{State, storage_problem};
use crate::domain::connection::{Connection, ConnectionStatus};
use crate::domain::portfolio::{Gap, Part, Portfolio, PortfolioName, gather};
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::Outcome;
use crate::error::Problem;
use crate::services::accounts::User;
use crate::storage::{self, holdings::HeldRow};

/// A person's portfolio, or all of them together.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn view(state: &State, user: &User, id: Option<&str>) -> Result<Portfolio, Problem> {
    id.map_or(Ok(()), super::connections::known_form)?;
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let name = match id {
        Some(id) => {
            let found = storage::portfolios::find(&mut db, &user.id, id).await;
            Some(found.map_err(storage_problem)?.ok_or(Problem::NotFound)?)
        }
        None => None,
    };
    let mut connections = storage::connections::list(&mut db, &user.id, state.clock.now())
        .await
        .map_err(storage_problem)?;
    let rows = storage::holdings::list_of_user(&mut db, &user.id)
        .await
        .map_err(storage_problem)?;
    let read_times = storage::holdings::list_read_times(&mut db, &user.id)
        .await
        .map_err(storage_problem)?;
    if let Some(name) = &name {
        connections.retain(|connection| connection.portfolio_id == name.id);
    }
    let mut portfolio = put_together(state, user, name, &connections, rows);
    portfolio.as_of = oldest(&portfolio, &connections, &read_times);
    Ok(portfolio)
}

/// The age of the oldest figure shown; an empty wallet is a figure as well.
fn oldest(
    portfolio: &Portfolio,
    connections: &[Connection],
    read_times: &HashMap<String, Timestamp>,
) -> Option<Timestamp> {
    let wallets = connections.iter().filter_map(|c| read_times.get(&c.id));
    let parts = portfolio.holdings.iter().flat_map(|h| &h.parts);
    wallets
        .chain(parts.map(|part| &part.read_at))
        .min()
        .copied()
}

/// A person's portfolios, by name.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn list(state: &State, user: &User) -> Result<Vec<PortfolioName>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    storage::portfolios::list(&mut db, &user.id)
        .await
        .map_err(storage_problem)
}

fn put_together(
    state: &State,
    user: &User,
    name: Option<PortfolioName>,
    connections: &[Connection],
    rows: Vec<HeldRow>,
) -> Portfolio {
    let by_id: HashMap<_, _> = connections.iter().map(|c| (c.id.as_str(), c)).collect();
    let names: HashMap<_, _> = state
        .registry
        .profiles()
        .into_iter()
        .map(|p| (p.id, p.name))
        .collect();
    let mut hidden = 0;
    let mut parts = Vec::new();
    for row in rows {
        let Some(connection) = by_id.get(row.connection_id.as_str()) else {
            continue;
        };
        if connection.ignores(&row.balance.total) {
            hidden += 1;
            continue;
        }
        let exchange = names.get(&connection.exchange).cloned().unwrap_or_default();
        parts.push(part(connection, exchange, row));
    }
    Portfolio {
        name,
        base_currency: user.base_currency.clone(),
        holdings: gather(parts),
        as_of: None,
        gaps: connections
            .iter()
            .flat_map(|connection| gaps(connection, &names))
            .collect(),
        hidden,
        connections: connections.len(),
    }
}

fn part(connection: &Connection, exchange: String, row: HeldRow) -> Part {
    Part {
        connection_id: connection.id.clone(),
        label: connection.label.clone(),
        exchange,
        unproven: connection.is_unproven(),
        wallet: row.wallet,
        balance: row.balance,
        read_at: row.read_at,
    }
}

/// What keeps a connection's numbers from being whole and fresh.
fn gaps(
    connection: &Connection,
    names: &HashMap<crate::domain::exchange::ExchangeId, String>,
) -> Vec<Gap> {
    let exchange = names
        .get(&connection.exchange)
        .map_or("The exchange", String::as_str);
    let gap = |reason: String| Gap {
        connection_id: connection.id.clone(),
        label: connection.label.clone(),
        reason,
    };
    match (connection.status, &connection.last_failure) {
        (ConnectionStatus::Ok, _) => Vec::new(),
        (ConnectionStatus::NeverSynced, _) => vec![gap("Never synced.".to_owned())],
        (_, Some(failure)) => {
            vec![gap(format!(
                "Not read the last time. {}",
                failure.sentence(exchange)
            ))]
        }
        (_, None) => partial_gaps(connection).into_iter().map(gap).collect(),
    }
}

fn partial_gaps(connection: &Connection) -> Vec<String> {
    use crate::domain::text::count;
    let mut reasons = Vec::new();
    for wallet in &connection.wallets {
        let title = wallet.name.title();
        match wallet.outcome {
            Outcome::Failed => {
                reasons.push(format!(
                    "{title} could not be read; its last balances are shown."
                ));
            }
            Outcome::NotAvailable if wallet.holdings > 0 => {
                reasons.push(format!(
                    "{title} is not available any more; its last balances are shown."
                ));
            }
            Outcome::NoPermission if wallet.holdings > 0 => reasons.push(format!(
                "The key may no longer read {title}; its last balances are shown."
            )),
            Outcome::NoPermission => reasons.push(format!("The key may not read {title}.")),
            Outcome::Read if wallet.unreadable > 0 => {
                let rows = count(wallet.unreadable, "row");
                reasons.push(format!(
                    "{rows} of {title} could not be read; what was known before stays."
                ));
            }
            Outcome::Read | Outcome::NotAvailable => (),
        }
    }
    reasons
}
