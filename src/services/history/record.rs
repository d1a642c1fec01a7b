//! Recording what a person's holdings are worth at this moment.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::{self, News};
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::currency::Currency;
use crate::domain::history::quarantine::{ReadTimes, Taken};
use crate::domain::history::reading::{Line, Reading};
use crate::domain::history::{Source, day};
use crate::domain::price::route::Market;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::valuation::{self, Connected, Sheet};
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
/// together. Where nothing has a price, nothing is recorded. A daily point is made only if there is
/// none of that UTC day.
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
        if source == Source::Daily && known.has_point(user_id, day::start_of_day(now)) {
            return Ok(Recorded::default());
        }
        let sheet = valuation::sheet(state, user_id, market).await?;
        let mut draft = known.draft(user_id, &sheet, source, now);
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

/// What is stored of a person's history.
struct Known {
    series: Vec<SeriesRow>,
    portfolios: BTreeSet<String>,
}

/// What is to be written.
#[derive(Default)]
struct Draft {
    series: Vec<SeriesRow>,
    points: Vec<Placed>,
    rates: Vec<(Currency, Amount)>,
    held_back: usize,
    /// What is new of everything together.
    news: Option<News>,
}

impl Known {
    async fn find(state: &State, user_id: &str) -> Result<Self, StorageError> {
        let mut db = state.db.reader().await?;
        let portfolios = portfolios::list(&mut db, user_id).await?;
        Ok(Self {
            series: value_series::list(&mut db, user_id).await?,
            portfolios: portfolios.into_iter().map(|one| one.id).collect(),
        })
    }

    fn row(&self, id: &str) -> Option<&SeriesRow> {
        self.series.iter().find(|row| row.id == id)
    }

    fn version(&self, user_id: &str) -> i64 {
        self.row(user_id).map_or(0, |row| row.version)
    }

    fn has_point(&self, user_id: &str, since: Timestamp) -> bool {
        let latest = self
            .row(user_id)
            .and_then(|row| row.standing.latest.as_ref());
        latest.is_some_and(|latest| latest.at >= since)
    }

    /// The new points of every series and where each stands then.
    fn draft(&self, user_id: &str, sheet: &Sheet, source: Source, now: Timestamp) -> Draft {
        let lines: Vec<Line> = sheet.lines.iter().map(line).collect();
        let mut draft = Draft::default();
        let taken = |reading, connections| Taken {
            at: now,
            source,
            reading,
            connections,
        };
        let all = Reading::of(&lines, !sheet.partial.is_empty());
        let all = taken(all, read_times(&sheet.connected, |_| true));
        draft.add(self.row(user_id), (user_id, None), all);
        for id in self.held_in(sheet) {
            let own = lines.iter().filter(|line| line.portfolio_id == *id);
            let reading = Reading::of(own, sheet.partial.contains(id));
            let there = read_times(&sheet.connected, |one| one.portfolio_id == *id);
            draft.add(self.row(id), (id, Some(id)), taken(reading, there));
        }
        draft
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
    /// Takes one reading into its series.
    fn add(
        &mut self,
        row: Option<&SeriesRow>,
        (id, portfolio_id): (&str, Option<&String>),
        taken: Taken,
    ) {
        let now = taken.at;
        let before = row.map(|row| row.standing.clone()).unwrap_or_default();
        let mut standing = before.clone();
        let points = standing.take(taken);
        if portfolio_id.is_none() {
            self.news = News::between(&before, &standing);
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
            standing,
        });
    }
}

/// The connections of a series, and when their wallets were read.
fn read_times(connected: &[Connected], is_there: impl Fn(&Connected) -> bool) -> ReadTimes {
    let there = connected.iter().filter(|one| is_there(one));
    there
        .map(|one| (one.id.clone(), one.read_at.clone()))
        .collect()
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

/// What one USDT is worth in every currency that can be had.
pub(super) fn rates(market: &Market) -> Vec<(Currency, Amount)> {
    let reference = AssetCode::usdt();
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
        if let Some(news) = &draft.news {
            changes::tell(db, &user_id, news, &draft.rates, now).await?;
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
