//! Looking at what stands in portfolios.

use crate::domain::connection::Connection;
use crate::domain::contents::{Contents, Feed, Outline};
use crate::error::Problem;
use crate::security::sha256_hex;
use crate::services::connections::{exchange_name, known_form};
use crate::services::{State, storage_problem};
use crate::storage::{self, Connection as Db, StorageError};

/// A person's portfolios and how much stands in each, by name.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn list(state: &State, user_id: &str) -> Result<Vec<Outline>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    storage::portfolios::list_outlines(&mut db, user_id)
        .await
        .map_err(storage_problem)
}

/// Everything in a person's portfolio.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn contents(state: &State, user_id: &str, id: &str) -> Result<Contents, Problem> {
    known_form(id)?;
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let found = gather(state, &mut db, user_id, id).await;
    found.map_err(storage_problem)?.ok_or(Problem::NotFound)
}

/// Everything in a portfolio; `None` if the person has none of this id.
pub(super) async fn gather(
    state: &State,
    db: &mut Db,
    user_id: &str,
    id: &str,
) -> Result<Option<Contents>, StorageError> {
    let mut others = storage::portfolios::list(db, user_id).await?;
    let Some(place) = others.iter().position(|portfolio| portfolio.id == id) else {
        return Ok(None);
    };
    let mut connections = storage::connections::list(db, user_id, state.clock.now()).await?;
    connections.retain(|connection| connection.portfolio_id == id);
    let mut by_hand = storage::manual::list_of_user(db, user_id).await?;
    by_hand.retain(|holding| holding.portfolio_id == id);
    let ids = connections.iter().map(|c| c.id.as_str());
    let ids = ids.chain(by_hand.iter().map(|holding| holding.id.as_str()));
    Ok(Some(Contents {
        mark: sha256_hex(ids.collect::<Vec<_>>().join(" ").as_bytes()),
        portfolio: others.remove(place),
        connections: connections.into_iter().map(|c| feed(state, c)).collect(),
        by_hand,
        others,
    }))
}

fn feed(state: &State, connection: Connection) -> Feed {
    Feed {
        exchange: exchange_name(state, &connection.exchange),
        holdings: connection.wallets.iter().map(|w| w.holdings).sum(),
        id: connection.id,
        label: connection.label,
        key_hint: connection.key_hint,
    }
}
