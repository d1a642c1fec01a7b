//! What a chart costs the server: five years of points, twenty portfolios. Run it with
//! `cargo bench --bench history`.
#![expect(clippy::print_stdout, reason = "figures are told on standard output")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up cannot go on"
)]

use std::time::{Duration, Instant};

use coffer::config::Config;
use coffer::domain::amount::Amount;
use coffer::domain::currency::Currency;
use coffer::domain::history::day::{DAY_MS, HOUR_MS};
use coffer::domain::history::quarantine::Standing;
use coffer::domain::history::series::{History, MAX_TOLD, Range};
use coffer::domain::history::{Point, Source, day};
use coffer::domain::portfolio::PortfolioName;
use coffer::domain::timestamp::Timestamp;
use coffer::server::{prepare, system_clock};
use coffer::services::accounts::{self, User};
use coffer::services::history::series;
use coffer::services::{State, portfolio};
use coffer::storage::value_points::{self, Placed};
use coffer::storage::value_series::{self, SeriesRow};
use coffer::storage::{Connection, StorageError, portfolios, value_rates};
use coffer::ui::{HistoryView, HistoryViewProps};
use leptos::prelude::{IntoView, Owner, RenderHtml};

const PORTFOLIOS: i64 = 20;
const YEARS: i64 = 5;
const TIMES: u32 = 50;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::read(|name| match name {
        "DATA_DIR" => Some(folder.path().display().to_string()),
        _ => None,
    });
    let state = prepare(&config.unwrap(), system_clock()).await.unwrap();
    let person = accounts::add(&state, "ann@example.org", "correct horse battery".into());
    let user: User = person.await.unwrap();
    let now = state.clock.now();
    let points = fill(&state, &user, now).await;
    println!("\nOne chart, SQLite, {YEARS} years, {PORTFOLIOS} portfolios, {points} points in all");
    println!("of what       range  loading ms  drawing ms  points   bytes");
    let list = portfolio::list(&state, &user).await.unwrap();
    for (what, id) in [
        ("one portfolio", Some(list[0].id.as_str())),
        ("all together", None),
    ] {
        for range in Range::ALL {
            one(&state, &user, (what, id), range, now).await;
        }
    }
}

async fn one(
    state: &State,
    user: &User,
    (what, id): (&str, Option<&str>),
    range: Range,
    now: Timestamp,
) {
    let (mut loading, mut drawing) = (Duration::ZERO, Duration::ZERO);
    let (mut points, mut bytes) = (0, 0);
    for _ in 0..TIMES {
        let begun = Instant::now();
        let history = series(state, user, id, range, Currency::Eur, now).await;
        loading += begun.elapsed();
        let history = history.unwrap();
        check(&history, range, now);
        points = history.points.len();
        let begun = Instant::now();
        let drawn = draw(history);
        drawing += begun.elapsed();
        // Each point that is told has its row in the table beside the picture.
        assert_eq!(drawn.matches("<tr>").count(), points + 1, "{what}");
        assert!(drawn.contains("<svg"), "{what}");
        bytes = drawn.len();
    }
    let name = range.as_str();
    let (loading, drawing) = (tenths(loading / TIMES), tenths(drawing / TIMES));
    println!("{what:<13} {name:<5}  {loading:>10}  {drawing:>10}  {points:>6}  {bytes:>6}");
}

/// A chart of everything that is stored, and not of a part that happened to be found quickly: from
/// the range's beginning to now, with as many points as a chart can have.
fn check(history: &History, range: Range, now: Timestamp) {
    let points = &history.points;
    let start = range.start(now);
    let start = start.unwrap_or(now.plus_ms(-YEARS * 365 * DAY_MS));
    assert!((MAX_TOLD / 2..=MAX_TOLD).contains(&points.len()));
    let (first, last) = (&points[0], &points[points.len() - 1]);
    assert!(first.at.0 - start.0 <= DAY_MS, "{range:?}");
    assert!(now.0 - last.at.0 <= HOUR_MS, "{range:?}");
    assert!(history.movement.is_some() && history.untold == 0);
}

fn draw(history: History) -> String {
    let view = || HistoryView(HistoryViewProps::builder().history(history).build());
    Owner::new().with(|| view().into_view().to_html())
}

/// Milliseconds with one decimal.
fn tenths(time: Duration) -> String {
    let tenths = time.as_micros() / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Stores a history as thinning leaves it; answers how many points there are.
async fn fill(state: &State, user: &User, now: Timestamp) -> usize {
    let user_id = user.id.clone();
    let filled = state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move {
            let moments = moments(now);
            for at in &moments {
                let rate = (
                    Currency::Eur,
                    Amount::parse("0.8612345678901234567").unwrap(),
                );
                value_rates::insert(db, day::minute(*at), &[rate]).await?;
            }
            add_series(db, &user_id, &user_id, None, &moments).await?;
            for number in 0..PORTFOLIOS {
                let name = PortfolioName {
                    id: format!("{number:032x}"),
                    name: format!("Portfolio {number}"),
                };
                portfolios::find_or_insert(db, &user_id, &name, 1).await?;
                add_series(db, &user_id, &name.id, Some(&name.id), &moments).await?;
            }
            Ok(moments.len() * usize::try_from(PORTFOLIOS + 1).unwrap())
        })
    });
    filled.await.unwrap()
}

/// One a day, then one an hour, then one every five minutes.
fn moments(now: Timestamp) -> Vec<Timestamp> {
    let steps = [
        (YEARS * 365 * DAY_MS, 30 * DAY_MS, DAY_MS),
        (30 * DAY_MS, DAY_MS, HOUR_MS),
        (DAY_MS, 0, HOUR_MS / 12),
    ];
    let mut moments = Vec::new();
    for (from, to, step) in steps {
        let mut ago = from;
        while ago > to {
            moments.push(now.plus_ms(-ago));
            ago -= step;
        }
    }
    moments
}

async fn add_series(
    db: &mut Connection,
    user_id: &str,
    id: &str,
    portfolio: Option<&str>,
    moments: &[Timestamp],
) -> Result<(), StorageError> {
    let row = SeriesRow {
        id: id.to_owned(),
        portfolio_id: portfolio.map(str::to_owned),
        version: 1,
        looked_at: 0,
        thinned_at: 0,
        standing: Standing::default(),
    };
    value_series::upsert(db, user_id, &[row]).await?;
    let mut value = 1_000_000;
    let placed = |(number, at): (usize, &Timestamp)| {
        let step = i64::try_from(number * 7919 % 2003).unwrap() - 1000;
        value += step;
        Placed {
            series_id: id.to_owned(),
            rates_at: day::minute(*at),
            point: Point {
                at: *at,
                value: Amount::parse(&format!("{value}.123456789012345678")).unwrap(),
                moved: Amount::parse(&format!("{step}.5")).unwrap(),
                covered: Amount::zero(),
                unpriced: 0,
                partial: number % 97 == 0,
                source: Source::Daily,
            },
        }
    };
    let points: Vec<_> = moments.iter().enumerate().map(placed).collect();
    value_points::upsert(db, &points).await
}
