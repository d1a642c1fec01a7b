//! Recording what a person's holdings are worth at this moment.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::changes;
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::currency::Currency;
use crate::domain::history::quarantine::{Standing, Taken};
use crate::domain::history::reading::{Line, Reading};
use crate::domain::history::{Source, day};
use crate::domain::price::route::Market;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::valuation::{self, REFERENCE, Sheet};
use crate::services::{State, WriteError, storage_problem};
use crate::storage::value_points::{self, Placed};
use crate::storage::value_series::{self, SeriesRow};
use crate::storage::{self, Connection as Db, StorageError, batches, portfolios, value_rates};

/// How often it is tried anew when another process recorded at the same time.
const TRIES: usize = 3;
/// Digits after the point of a rate.
const RATE_DIGITS: usize = 24;

/// What recording came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Points that were added.
    pub points: usize,
    /// Series whose value is held back.
    pub held_back: usize,
}

/// Records what a person's portfolios are worth at the prices of a market: each of them, and all
/// together. Where nothing has a price, nothing is recorded. A daily point is made only if nobody
/// has looked at the person's history on that UTC day.
///
/// # Errors
/// [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn record(
    state: &State,
    user_id: &str,
    market: &Market,
    source: Source,
    now: Timestamp,
) -> Result<Recorded, Problem> {
    for _ in 0..TRIES {
        let known = Known::find(state, user_id).await.map_err(storage_problem)?;
        if source == Source::Daily && known.was_looked_at(user_id, day::start_of_day(now)) {
            return Ok(Recorded::default());
        }
        let sheet = valuation::sheet(state, user_id, market).await?;
        let draft = known.draft(user_id, &sheet, source, now);
        let mut draft = draft.map_err(storage_problem)?;
        draft.rates = rates(market);
        let version = known.version(user_id);
        let written = write(state, user_id, draft, version, now).await;
        if let Some(recorded) = written? {
            return Ok(recorded);
        }
    }
    // Whoever was faster has recorded the same.
    Ok(Recorded::default())
}

/// What is stored of a person's history, and where their connections stand.
struct Known {
    series: Vec<SeriesRow>,
    connected: Vec<(String, String)>,
    portfolios: BTreeSet<String>,
}

/// What is to be written.
#[derive(Default)]
struct Draft {
    series: Vec<SeriesRow>,
    points: Vec<Placed>,
    rates: Vec<(Currency, Amount)>,
    held_back: usize,
    /// The readings of everything before and now, where there is a new one.
    news: Option<(Taken, Taken)>,
}

impl Known {
    async fn find(state: &State, user_id: &str) -> Result<Self, StorageError> {
        let mut db = state.db.reader().await?;
        let portfolios = portfolios::list(&mut db, user_id).await?;
        Ok(Self {
            series: value_series::list(&mut db, user_id).await?,
            connected: value_series::list_connected(&mut db, user_id).await?,
            portfolios: portfolios.into_iter().map(|one| one.id).collect(),
        })
    }

    fn row(&self, id: &str) -> Option<&SeriesRow> {
        self.series.iter().find(|row| row.id == id)
    }

    fn version(&self, user_id: &str) -> i64 {
        self.row(user_id).map_or(0, |row| row.version)
    }

    fn was_looked_at(&self, user_id: &str, since: Timestamp) -> bool {
        self.row(user_id)
            .is_some_and(|row| row.looked_at >= since.0)
    }

    /// The new points of every series and where each stands then.
    fn draft(
        &self,
        user_id: &str,
        sheet: &Sheet,
        source: Source,
        now: Timestamp,
    ) -> Result<Draft, StorageError> {
        let lines: Vec<Line> = sheet.lines.iter().map(line).collect();
        let mut draft = Draft::default();
        let all = Reading::of(&lines, !sheet.partial.is_empty());
        let everywhere = self.connected.iter().map(|(id, _)| id.clone()).collect();
        let taken = |reading| Taken {
            at: now,
            source,
            reading,
        };
        draft.add(self.row(user_id), (user_id, None), taken(all), &everywhere)?;
        for id in self.held_in(sheet) {
            let own = lines.iter().filter(|line| line.portfolio_id == *id);
            let reading = Reading::of(own, sheet.partial.contains(id));
            let there = self.connected.iter().filter(|(_, place)| place == id);
            let there = there.map(|(connection, _)| connection.clone()).collect();
            draft.add(self.row(id), (id, Some(id)), taken(reading), &there)?;
        }
        Ok(draft)
    }

    /// The portfolios that hold something, or did.
    fn held_in<'a>(&'a self, sheet: &'a Sheet) -> BTreeSet<&'a String> {
        let holding = sheet.lines.iter().map(|line| &line.portfolio_id);
        let told = self
            .series
            .iter()
            .filter_map(|row| row.portfolio_id.as_ref());
        let all = holding.chain(&sheet.portfolios).chain(told);
        all.filter(|id| self.portfolios.contains(*id)).collect()
    }
}

impl Draft {
    /// Takes one reading into its series. What has no price at all is no reading.
    fn add(
        &mut self,
        row: Option<&SeriesRow>,
        (id, portfolio_id): (&str, Option<&String>),
        taken: Taken,
        present: &BTreeSet<String>,
    ) -> Result<(), StorageError> {
        let now = taken.at;
        let mut standing = Standing {
            latest: read(row.and_then(|row| row.latest.as_ref()))?,
            candidate: read(row.and_then(|row| row.candidate.as_ref()))?,
        };
        let before = standing.latest.clone().filter(|_| portfolio_id.is_none());
        let points = if taken.reading.is_unknown() {
            Vec::new()
        } else {
            standing.take(taken, present)
        };
        if !points.is_empty() {
            self.news = before.zip(standing.latest.clone()).or(self.news.take());
        }
        self.held_back += usize::from(standing.candidate.is_some());
        self.points.extend(points.into_iter().map(|point| Placed {
            series_id: id.to_owned(),
            rates_at: day::minute(point.at),
            point,
        }));
        self.series.push(SeriesRow {
            id: id.to_owned(),
            portfolio_id: portfolio_id.cloned(),
            version: row.map_or(0, |row| row.version) + 1,
            looked_at: now.0,
            thinned_at: now.0,
            latest: written(standing.latest.as_ref())?,
            candidate: written(standing.candidate.as_ref())?,
        });
        Ok(())
    }
}

fn line(line: &valuation::Line) -> Line {
    let wallet = line.connection_id.clone().zip(line.wallet.clone());
    Line {
        portfolio_id: line.portfolio_id.clone(),
        wallet,
        exchange: line.exchange.clone(),
        asset: line.asset.clone(),
        quantity: line.quantity.clone(),
        price: line.price.clone(),
    }
}

fn read<T: DeserializeOwned>(json: Option<&String>) -> Result<Option<T>, StorageError> {
    let parsed = json.map(|json| serde_json::from_str(json));
    parsed
        .transpose()
        .map_err(|_| StorageError::Corrupt("reading"))
}

fn written<T: Serialize>(value: Option<&T>) -> Result<Option<String>, StorageError> {
    value
        .map(serde_json::to_string)
        .transpose()
        .map_err(|_| StorageError::Corrupt("reading"))
}

/// What one USDT is worth in every currency that can be had.
pub(super) fn rates(market: &Market) -> Vec<(Currency, Amount)> {
    let Ok(reference) = AssetCode::parse(REFERENCE) else {
        return Vec::new();
    };
    let rate = |currency: Currency| {
        let price = market.price(None, &reference, currency).ok()?;
        Some((currency, price.amount.rounded(RATE_DIGITS)))
    };
    let offered = Currency::ALL.into_iter().filter(|one| market.offers(*one));
    offered.filter_map(rate).collect()
}

/// Writes a draft, unless somebody else has recorded meanwhile: then `None`.
async fn write(
    state: &State,
    user_id: &str,
    mut draft: Draft,
    version: i64,
    now: Timestamp,
) -> Result<Option<Recorded>, WriteError> {
    let user_id = user_id.to_owned();
    let mut work = async move |db: &mut Db| {
        if !batches::lock_owner(db, &user_id).await? {
            return Ok(Some(Recorded::default()));
        }
        if value_series::find_version(db, &user_id).await? != version {
            return Ok(None);
        }
        keep_existing(db, &user_id, &mut draft).await?;
        value_series::upsert(db, &user_id, &draft.series).await?;
        // Also for what is held back, so that it can be told.
        value_rates::insert(db, day::minute(now), &draft.rates).await?;
        value_points::upsert(db, &draft.points).await?;
        if let Some((before, after)) = &draft.news {
            changes::tell(db, &user_id, (before, after), &draft.rates, now).await?;
        }
        Ok(Some(Recorded {
            points: draft.points.len(),
            held_back: draft.held_back,
        }))
    };
    state
        .db
        .write(move |db| Box::pin(async move { work(db).await }))
        .await
}

/// Leaves out portfolios that were deleted meanwhile.
async fn keep_existing(db: &mut Db, user_id: &str, draft: &mut Draft) -> Result<(), StorageError> {
    let portfolios = storage::portfolios::list(db, user_id).await?;
    let there: BTreeMap<_, _> = portfolios.into_iter().map(|one| (one.id, ())).collect();
    let stays = |id: &str| id == user_id || there.contains_key(id);
    draft.series.retain(|row| stays(&row.id));
    draft.points.retain(|placed| stays(&placed.series_id));
    Ok(())
}
