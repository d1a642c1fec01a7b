//! What reading stored candles costs: any day out of a year of minutes, five pairs. Run it with
//! `cargo bench --bench market`; with `TEST_DATABASE_URL`, on PostgreSQL as well.
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
/// How many days are read.
const TIMES: usize = 500;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(run());
}

async fn run() {
    println!(
        "\nReading one day of minutes (1,440 candles) out of a year, {} pairs",
        PAIRS.len()
    );
    println!("database      candles  filling s  median ms  95 % ms  worst ms");
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite://{}/coffer.db", folder.path().display());
    measure("SQLite", &sqlite).await;
    let Ok(server) = std::env::var("TEST_DATABASE_URL") else {
        return println!("PostgreSQL    left out, as TEST_DATABASE_URL is not set");
    };
    let name = format!("coffer_bench_{}", new_id().unwrap());
    execute(&server, format!("CREATE DATABASE {name}")).await;
    let (base, _) = server.rsplit_once('/').unwrap();
    measure("PostgreSQL", &format!("{base}/{name}")).await;
    execute(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
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
    let mut times = Vec::new();
    let mut dice: u64 = 7;
    let mut reader = db.reader().await.unwrap();
    for _ in 0..TIMES {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let one = series[usize::try_from(dice >> 33).unwrap() % series.len()];
        let day = i64::try_from((dice >> 20) % 365).unwrap();
        let from = BEGIN.plus_ms(day * DAY_MS);
        let begun = Instant::now();
        let read = candles::list(
            &mut reader,
            one,
            Interval::Minute1,
            (from, from.plus_ms(DAY_MS)),
        );
        let read = read.await.unwrap();
        times.push(begun.elapsed());
        // A whole day, and that day.
        assert_eq!((read.len(), read[0].open_time), (1_440, from));
    }
    drop(reader);
    times.sort_unstable();
    let at = |share: usize| hundredths(times[(times.len() - 1) * share / 100]);
    let all = DAYS * 1_440 * i64::try_from(PAIRS.len()).unwrap();
    let (median, most, worst) = (at(50), at(95), at(100));
    println!("{what:<11} {all:>9} {filling:>10} {median:>10} {most:>8} {worst:>9}");
    db.close().await;
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
