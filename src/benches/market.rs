//! What reading stored candles costs: every day of a year of minutes, five pairs. The slowest day is the
//! one whose reads, taken by their median, take longest. Run it with `cargo bench --bench market`; with
//! `TEST_DATABASE_URL`, on PostgreSQL as well.
#![expect(clippy::print_stdout, reason = "figures are told on standard output")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up cannot go on"
)]

use std::time::{Duration, Instant};

use coffer::domain::amount::Amount;
use coffer::domain::exchange::ExchangeId;
use coffer::domain::history::day::{DAY_MS, MINUTE_MS};
use coffer::domain::market::Pair;
use coffer::domain::market::candle::Candle;
use coffer::domain::market::interval::Interval;
use coffer::domain::timestamp::Timestamp;
use coffer::security::new_id;
use coffer::storage::candle_series::{self, NewSeries};
use coffer::storage::{Database, StorageError, candles};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

const PAIRS: [&str; 5] = ["BTC-USDT", "ETH-USDT", "SOL-USDT", "BNB-USDT", "ETH-BTC"];
const DAYS: i64 = 365;
/// 2025-11-22.
const BEGIN: Timestamp = Timestamp(1_763_769_600_000);
/// Every day is read once with each: in steps of so many days, and in another order each time. What the
/// machine does beside it falls on another day then, and a day that is slow by itself is slow each time.
const STRIDES: [usize; 5] = [757, 1_049, 1_301, 491, 1_613];

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(run());
}

async fn run() {
    println!(
        "\nReading every day of minutes (1,440 candles) of a year, {} pairs, {} times each",
        PAIRS.len(),
        STRIDES.len()
    );
    println!(
        "database      candles  filling s  median ms  95 % ms  99.9 % ms  worst ms  slowest day ms"
    );
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite://{}/coffer.db", folder.path().display());
    measure("SQLite", &sqlite).await;
    if let Ok(server) = std::env::var("TEST_DATABASE_URL") {
        let name = format!("coffer_bench_{}", new_id().unwrap());
        execute(&server, format!("CREATE DATABASE {name}")).await;
        let (base, _) = server.rsplit_once('/').unwrap();
        measure("PostgreSQL", &format!("{base}/{name}")).await;
        execute(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
    } else {
        println!("PostgreSQL    left out, as TEST_DATABASE_URL is not set");
    }
    measure_machine().await;
}

/// What the machine itself makes of a millisecond of work that another thread is given, without any
/// database: whatever is slower than that here was not slow by the candles.
async fn measure_machine() {
    let times = PAIRS.len() * usize::try_from(DAYS).unwrap() * STRIDES.len();
    let begun = Instant::now();
    work(1_000_000);
    let rounds = 1_000_000_000_000 / begun.elapsed().as_nanos();
    let (give, given) = std::sync::mpsc::channel::<tokio::sync::oneshot::Sender<()>>();
    let worker = std::thread::spawn(move || {
        for done in given {
            work(rounds);
            done.send(()).unwrap();
        }
    });
    let mut took = Vec::new();
    for _ in 0..times {
        let (done, is_done) = tokio::sync::oneshot::channel();
        let begun = Instant::now();
        give.send(done).unwrap();
        is_done.await.unwrap();
        took.push(begun.elapsed());
    }
    drop(give);
    worker.join().unwrap();
    println!("1 ms of work          -          - {}", shares(took));
}

async fn execute(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
}

async fn measure(what: &str, url: &str) {
    let db = Database::open(url).await.unwrap();
    db.migrate().await.unwrap();
    let begun = Instant::now();
    let mut series = Vec::new();
    for name in PAIRS {
        series.push(fill(&db, name).await);
    }
    let filling = begun.elapsed().as_secs();
    let mut reader = db.reader().await.unwrap();
    let days: Vec<(i64, i64)> = series
        .iter()
        .flat_map(|one| (0..DAYS).map(move |day| (*one, day)))
        .collect();
    let mut times = vec![Vec::new(); days.len()];
    for stride in STRIDES {
        for turn in 0..days.len() {
            let which = turn * stride % days.len();
            let (one, day) = days[which];
            let from = BEGIN.plus_ms(day * DAY_MS);
            let stretch = (from, from.plus_ms(DAY_MS));
            let begun = Instant::now();
            let read = candles::list(&mut reader, one, Interval::Minute1, stretch);
            let read = read.await.unwrap();
            times[which].push(begun.elapsed());
            // A whole day, and that day.
            assert_eq!((read.len(), read[0].open_time), (1_440, from));
        }
    }
    drop(reader);
    let told = shares(times.iter().flatten().copied().collect());
    let slowest_day = times.iter_mut().map(|day| {
        day.sort_unstable();
        day[day.len() / 2]
    });
    let slowest_day = hundredths(slowest_day.max().unwrap());
    let all = days.len() * 1_440;
    println!("{what:<12} {all:>8} {filling:>10} {told} {slowest_day:>15}");
    db.close().await;
}

fn work(rounds: u128) {
    for round in 0..rounds {
        std::hint::black_box(round);
    }
}

/// The median, what 95 % and 99.9 % stay under, and the worst.
fn shares(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |share: usize| hundredths(times[(times.len() - 1) * share / 1_000]);
    let (median, most, nearly, worst) = (at(500), at(950), at(999), at(1_000));
    format!("{median:>10} {most:>8} {nearly:>10} {worst:>9}")
}

/// Milliseconds with two decimals.
fn hundredths(time: Duration) -> String {
    let hundredths = time.as_micros() / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Stores a year of minutes as a back-fill does, page by page; answers the number of the series.
async fn fill(db: &Database, name: &'static str) -> i64 {
    let pair = Pair::parse(name).unwrap();
    let added = db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move {
            let exchange = ExchangeId::new("binance");
            let new = NewSeries {
                exchange: &exchange,
                pair: &pair,
                interval: Interval::Minute1,
                begins_at: BEGIN,
                kept_from: BEGIN,
            };
            candle_series::insert(db, new, BEGIN).await?;
            candle_series::find(db, &exchange, &pair, Interval::Minute1).await
        })
    });
    let id = added.await.unwrap().unwrap().id;
    let minutes: Vec<i64> = (0..DAYS * 1_440).collect();
    for page in minutes.chunks(1_000) {
        let candles: Vec<_> = page.iter().map(|minute| candle(*minute)).collect();
        let written = db.write::<_, StorageError, _>(move |db| {
            Box::pin(async move { candles::write(db, id, Interval::Minute1, &candles).await })
        });
        assert_eq!(written.await.unwrap().stored, page.len());
    }
    id
}

fn candle(minute: i64) -> Candle {
    let price = |more: i64| {
        let text = format!(
            "{}.{:02}",
            64_000 + minute * 7_919 % 2_003 + more,
            minute % 100
        );
        Amount::parse(&text).unwrap()
    };
    let open_time = BEGIN.plus_ms(minute * MINUTE_MS);
    Candle {
        open_time,
        close_time: open_time.plus_ms(MINUTE_MS - 1),
        open: price(20),
        high: price(50),
        low: price(0),
        close: price(30),
        volume: Amount::parse(&format!("{}.{:08}", minute % 97, minute % 99_999_999)).unwrap(),
        is_final: true,
    }
}
