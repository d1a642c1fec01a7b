//! Asking an exchange for the days before a connection, and what was held then for its prices.

use std::time::Duration;

use super::record::rates;
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::connection::{Connection, ConnectionStatus};
use crate::domain::currency::Currency;
use crate::domain::exchange::ExchangeId;
use crate::domain::history::backfill::{Backfill, TRIES};
use crate::domain::history::past::{Closes, PastDay, PastDays, ValuedDay, market, pairs, stretch};
use crate::domain::market::Pair as Traded;
use crate::domain::price::daily::Pair;
use crate::domain::price::route::Market;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::exchanges::{Access, Credentials, DailyPrices, Journal};
use crate::services::key_store::{self, KeyRow};
use crate::services::{State, prices, storage_problem};
use crate::storage::StorageError;
use crate::storage::backfills::{self, Claim};
use crate::storage::connections::{self, ToSync};

/// How long the call may wait for the exchange's budget: nobody waits, and later is as good.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a try came to.
pub(super) enum Course {
    /// The days are there.
    Told(Past),
    /// It is over without any.
    Over(Backfill),
    /// It may work later.
    Later {
        /// How long the exchange asks to wait.
        seconds: u64,
    },
}

impl Course {
    /// The word in the log.
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Self::Told(_) => "told",
            Self::Over(Backfill::GivenUp) => "given up",
            Self::Over(_) => "not available",
            Self::Later { .. } => "later",
        }
    }
}

/// The days before a connection.
pub(super) struct Past {
    /// What each was worth, with what one USDT was worth then.
    pub(super) days: Vec<(ValuedDay, Vec<(Currency, Amount)>)>,
    /// How many rows could not be read.
    pub(super) unreadable: usize,
}

/// Asks for the days before a claimed connection: one call for what was held, and at most
/// [`MOST_PAIRS`](crate::domain::history::past::MOST_PAIRS) for prices.
///
/// # Errors
/// [`Problem::Unavailable`], [`Problem::Internal`].
pub(super) async fn fetch(state: &State, claim: &Claim) -> Result<Course, Problem> {
    let found = find(state, claim).await.map_err(storage_problem)?;
    let Some((connection, credentials)) = found else {
        return Ok(Course::Over(Backfill::NotAvailable));
    };
    let Some(stretch) = stretch(connection.created_at, state.clock.now()) else {
        return Ok(Course::Over(Backfill::NotAvailable));
    };
    let past = match ask(state, &connection, &credentials, stretch).await {
        Ok(Some(past)) => past,
        Ok(None) => return Ok(Course::Over(Backfill::NotAvailable)),
        Err(problem) => return Ok(later(&problem)),
    };
    let target = AssetCode::usdt();
    let today = prices::refresh(state).await;
    if today.price(None, &target, Currency::Btc).is_err() {
        return Ok(Course::Later { seconds: 0 });
    }
    let home = &connection.exchange;
    let wanted = pairs(&today, home, &past.days, &target);
    // The last time, what cannot be had stands beside the value.
    let at_any_rate = claim.attempts >= TRIES;
    Ok(match closes(state, wanted, stretch, at_any_rate).await {
        Ok(closes) => Course::Told(valued(&past, &closes, &today, home, &target)),
        Err(problem) => later(&problem),
    })
}

/// The connection and its key, unless it is gone, waits for its owner, or its key cannot be opened.
async fn find(
    state: &State,
    claim: &Claim,
) -> Result<Option<(Connection, Credentials)>, StorageError> {
    let (id, now) = (&claim.connection_id, state.clock.now());
    let mut db = state.db.reader().await?;
    let Some(user_id) = backfills::find_owner(&mut db, claim).await? else {
        return Ok(None);
    };
    let found = connections::find_to_sync(&mut db, &user_id, id, now).await?;
    let lasting = |it: &ToSync| it.connection.status != ConnectionStatus::NeedsAttention;
    let Some(found) = found.filter(lasting) else {
        return Ok(None);
    };
    let row = KeyRow {
        connection_id: id,
        user_id: &user_id,
    };
    let opened = key_store::open(state, row, &found.key).ok();
    Ok(opened.map(|key| (found.connection, key)))
}

async fn ask(
    state: &State,
    connection: &Connection,
    credentials: &Credentials,
    stretch: (Timestamp, Timestamp),
) -> Result<Option<PastDays>, ExchangeProblem> {
    let Some(exchange) = state.registry.find(&connection.exchange) else {
        return Ok(None);
    };
    let access = Access {
        credentials,
        environment: connection.environment,
        region: connection.region.as_deref(),
        known: &[],
        thorough: false,
        patience: PATIENCE,
        journal: &Journal::default(),
    };
    exchange.past_days(access, stretch).await
}

/// Whether it may work later. Whatever else a refusal says, it is no trouble of the connection.
fn later(problem: &ExchangeProblem) -> Course {
    match *problem {
        ExchangeProblem::RateLimited { seconds } => Course::Later { seconds },
        ExchangeProblem::Unavailable | ExchangeProblem::ClockSkew => Course::Later { seconds: 0 },
        _ => Course::Over(Backfill::NotAvailable),
    }
}

/// The daily prices of pairs, one call each, one after another. A pair that is refused has none.
///
/// # Errors
/// What may be over later, unless prices are to be had at any rate.
async fn closes(
    state: &State,
    pairs: impl IntoIterator<Item = Pair>,
    stretch: (Timestamp, Timestamp),
    at_any_rate: bool,
) -> Result<Closes, ExchangeProblem> {
    let mut closes = Closes::new();
    for pair in pairs {
        let Some(exchange) = state.registry.find(&pair.exchange) else {
            continue;
        };
        let traded = Traded {
            base: pair.base.clone(),
            quote: pair.quote.clone(),
        };
        let asked = DailyPrices {
            pair: &traded,
            stretch,
        };
        match exchange.closes(asked).await {
            Ok(told) => drop(closes.insert(pair, told)),
            Err(problem) if !at_any_rate && matches!(later(&problem), Course::Later { .. }) => {
                return Err(problem);
            }
            Err(_) => (),
        }
    }
    Ok(closes)
}

/// What the days were worth, looked up over the exchanges in today's order.
fn valued(
    past: &PastDays,
    closes: &Closes,
    today: &Market,
    home: &ExchangeId,
    target: &AssetCode,
) -> Past {
    let exchanges: Vec<_> = today
        .books()
        .iter()
        .map(|book| book.exchange.clone())
        .collect();
    let day = |one: &PastDay| {
        let market = market(&exchanges, closes, one.day);
        Some((one.valued(&market, home, target)?, rates(&market)))
    };
    Past {
        days: past.days.iter().filter_map(day).collect(),
        unreadable: past.unreadable,
    }
}
