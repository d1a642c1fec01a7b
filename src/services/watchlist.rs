//! What a person watches: looking at it, and adding, removing and moving pairs. Whoever changes it
//! holds the person's row, so that of two changes at once none is lost.

mod traded;

use super::{State, WriteError, storage_problem};
use crate::domain::market::Pair;
use crate::domain::market::watchlist::{MOST, Unwatchable, Watchlist, Way, meant};
use crate::error::Problem;
use crate::storage::{self, Connection as Db};
use traded::Traded;

/// The fields that programs and forms send pairs in.
const SYMBOL: &str = "symbol";
const SYMBOLS: &str = "symbols";

/// What a person watches.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn show(state: &State, user_id: &str) -> Result<Watchlist, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let found = storage::watched_pairs::find(&mut db, user_id).await;
    found.map_err(storage_problem)
}

/// Adds a pair to the end of a person's list, as they typed it: `BTC-USDT`, `btc/usdt`, `BTCUSDT`.
///
/// # Errors
/// [`Problem::Invalid`] with the field `symbol`, [`Problem::Unavailable`].
pub async fn add(state: &State, user_id: &str, typed: &str) -> Result<Pair, Problem> {
    let traded = Traded::now(state).await;
    let pair = traded.find(typed).await;
    let pair = pair.map_err(|sentence| Problem::field(SYMBOL, &sentence))?;
    let added = pair.clone();
    change(state, user_id, move |list| list.add(added)).await?;
    Ok(pair)
}

/// Takes a pair off a person's list.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Invalid`] with the field `symbol`, [`Problem::Unavailable`].
pub async fn remove(state: &State, user_id: &str, symbol: &str) -> Result<Pair, Problem> {
    let pair = Pair::parse(symbol).map_err(|_| Problem::NotFound)?;
    let gone = pair.clone();
    change(state, user_id, move |list| list.remove(&gone)).await?;
    Ok(pair)
}

/// Moves a pair of a person's list by one place.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn shift(state: &State, user_id: &str, symbol: &str, way: Way) -> Result<(), Problem> {
    let pair = Pair::parse(symbol).map_err(|_| Problem::NotFound)?;
    change(state, user_id, move |list| list.shift(&pair, way)).await
}

/// Has a person watch these pairs instead of what they watched before. Those that were on the list may
/// stay whoever trades them.
///
/// # Errors
/// [`Problem::Invalid`] with the field `symbols`, [`Problem::Unavailable`].
pub async fn replace(state: &State, user_id: &str, typed: &[String]) -> Result<Watchlist, Problem> {
    let wrong = |sentence: &str| Problem::field(SYMBOLS, sentence);
    if typed.len() > MOST {
        return Err(wrong(&Unwatchable::TooMany.to_string()));
    }
    let before = show(state, user_id).await?;
    let traded = Traded::now(state).await;
    let mut pairs = Vec::with_capacity(typed.len());
    for one in typed {
        let kept = meant(one).into_iter().find(|pair| before.has(pair));
        let pair = match kept {
            Some(pair) => pair,
            None => {
                let found = traded.find(one).await;
                found.map_err(|sentence| wrong(&format!("“{}”: {sentence}", shortened(one))))?
            }
        };
        pairs.push(pair);
    }
    let list = Watchlist::new(pairs).map_err(|why| wrong(&why.to_string()))?;
    let chosen = list.clone();
    write(state, user_id, move |_| Ok(chosen)).await?;
    Ok(list)
}

/// Changes a person's list.
async fn change<F>(state: &State, user_id: &str, change: F) -> Result<(), Problem>
where
    F: FnOnce(&mut Watchlist) -> Result<(), Unwatchable> + Send + 'static,
{
    let changed = move |mut list: Watchlist| {
        change(&mut list).map_err(|why| match why {
            Unwatchable::Missing => Problem::NotFound,
            other => Problem::field(SYMBOL, &other.to_string()),
        })?;
        Ok(list)
    };
    write(state, user_id, changed).await
}

/// Writes what becomes of a person's list, in one transaction that holds the person's row.
async fn write<F>(state: &State, user_id: &str, next: F) -> Result<(), Problem>
where
    F: FnOnce(Watchlist) -> Result<Watchlist, Problem> + Send + 'static,
{
    let user = user_id.to_owned();
    let written = state.db.write::<_, WriteError, _>(move |db: &mut Db| {
        Box::pin(async move {
            storage::users::lock(db, &user).await?;
            let before = storage::watched_pairs::find(db, &user).await?;
            let after = next(before)?;
            Ok(storage::watched_pairs::replace(db, &user, &after).await?)
        })
    });
    Ok(written.await?)
}

/// As much of a text as an error may repeat.
fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}
