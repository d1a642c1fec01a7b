//! What the journeys share: connecting in one line, and reading figures off pages and tables.

use std::time::{Duration, Instant};

use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{DemoKey, Holding, Wallet};
use sqlx::AssertSqlSafe;

use crate::support::{App, Browser, Page};

/// Both exchanges' keys to start with.
pub const BOTH: [DemoKey; 2] = [binance::READ_ONLY, okx::READ_ONLY];

/// Every table that a connect writes to.
const TABLES: [&str; 6] = [
    "portfolios",
    "connections",
    "wallets",
    "assets",
    "holdings",
    "sync_runs",
];

/// Connects an account and gives the connection's id.
pub async fn connect(browser: &Browser, key: &DemoKey, more: &[(&str, &str)]) -> String {
    let page = browser.connect(key, more).await;
    assert!(
        page.one("[role=status]").starts_with("Synced"),
        "{}",
        page.text()
    );
    ids(&page).pop().unwrap()
}

/// The ids of the connections on a page, oldest first.
pub fn ids(page: &Page) -> Vec<String> {
    let hrefs = page.attributes(".card h3 a", "href");
    hrefs
        .iter()
        .map(|href| href.rsplit('/').next().unwrap().to_owned())
        .collect()
}

/// Presses “Sync now” and follows to the page that tells the outcome.
pub async fn sync(browser: &Browser, id: &str) -> Page {
    browser.submit("/do/sync", &[("id", id)]).await
}

/// What a page tells was done.
pub fn told(page: &Page) -> String {
    page.one("[role=status]")
}

/// Asset and quantity of every row of a portfolio.
pub fn quantities(page: &Page) -> Vec<(String, String)> {
    let assets = page.all("table.holdings tbody summary bdi");
    let quantities = page.all("table.holdings tbody tr > td .quantity");
    assert_eq!(assets.len(), quantities.len());
    assets.into_iter().zip(quantities).collect()
}

/// How many rows the portfolio has, on all pages of its table together.
pub async fn rows_of_all_pages(browser: &Browser) -> usize {
    let mut rows = 0;
    for number in 1.. {
        let page = browser.get(&format!("/?page={number}")).await;
        rows += quantities(&page).len();
        let next = page.all("nav.pager a");
        if !next.contains(&"Next page".to_owned()) {
            break;
        }
    }
    rows
}

/// The quantity of one asset of a portfolio.
pub fn quantity(page: &Page, asset: &str) -> Option<String> {
    let mut all = quantities(page).into_iter();
    all.find(|(code, _)| code == asset).map(|(_, text)| text)
}

/// Asset, free, locked and total of every row of a wallet, by the wallet's title.
pub fn balances(page: &Page, wallet: &str) -> Vec<[String; 4]> {
    let assets = page.all(&format!("[aria-label={wallet}] tbody th"));
    let figures = page.all(&format!("[aria-label={wallet}] tbody td"));
    let figures = figures.chunks(3);
    assert_eq!(assets.len(), figures.len());
    let row = |(asset, figures): (String, &[String])| {
        let [free, locked, total] = <[String; 3]>::try_from(figures.to_vec()).unwrap();
        [asset, free, locked, total]
    };
    assets.into_iter().zip(figures).map(row).collect()
}

/// What a page says of a fact, such as `Status`.
pub fn fact(page: &Page, name: &str) -> String {
    let names = page.all("dl.facts dt");
    let place = names.iter().position(|one| one == name).unwrap();
    page.all("dl.facts dd")[place].clone()
}

/// What an account holds, changed on the exchange.
pub fn set(app: &App, key: &DemoKey, wallet: Wallet, asset: &str, free: &str, locked: &str) {
    let holding = Holding::new(asset, free, locked);
    let control = app.setup.sandbox.control();
    control.set_asset(key.api_key, wallet, holding).unwrap();
}

/// Waits until something is so, for as long as no machine should need.
pub async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < Duration::from_secs(30), "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// How many rows a table has.
pub async fn count(app: &App, table: &str) -> i64 {
    number(
        app,
        &format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}"),
    )
    .await
}

/// The one number that a query gives.
pub async fn number(app: &App, sql: &str) -> i64 {
    let mut db = app.state.db.reader().await.unwrap();
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(&mut *db)
        .await
        .unwrap()
}

/// How many rows every table has that a connect writes to.
pub async fn counts(app: &App) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in TABLES {
        counts.push(count(app, table).await);
    }
    counts
}

/// Nothing was stored at all.
pub async fn assert_nothing_stored(app: &App) {
    assert_eq!(counts(app).await, [0; TABLES.len()]);
}

/// Nobody tried to do more than read.
pub fn assert_only_read(app: &App) {
    assert_eq!(app.setup.sandbox.control().attempted_writes(), []);
}
