//! A database that goes away, is held by somebody else, or is full, in the middle of syncs.

use std::time::{Duration, Instant};

use coffer::sandbox::keys::binance;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};

use super::disk::Disk;
use super::numbered::Numbered;
use super::proxy::Proxy;
use super::table::Table;
use super::{ensure, ledger};
use crate::support::{App, Browser, Kind, Page, Setup};

const GROUP: &str = "Outages of the database";
const AWAY: &str = "The database does not answer at the moment.";
/// The call for the last wallet, after which everything is written.
const LAST: &str = "/sapi/v1/asset/get-funding-asset";

/// An app with a connection whose balances are numbered.
struct Bench {
    app: App,
    browser: Browser,
    account: Numbered,
    /// Goes to the database by a way of its own.
    beside: AnyConnection,
    number: u32,
}

/// Tries every outage of the database.
pub async fn table(kind: Kind) -> Table {
    let mut table = Table::default();
    let mut count = |title: &str, seen| table.count(GROUP, title, seen);
    match kind {
        Kind::Sqlite => {
            count("held by somebody else for long", held_by_another().await);
            match Disk::mount() {
                Some(disk) => count("the disk is full", disk_full(disk).await),
                None => Disk::tell_skipped(),
            }
        }
        Kind::Postgres => {
            count("the way to it is cut in the middle", cut().await);
            count("its connections end while writing", terminated().await);
            count("its disk is full", server_full().await);
        }
    }
    table
}

impl Bench {
    async fn new(setup: Setup, url: &str) -> Self {
        let app = setup.start().await;
        let browser = app.signed_in("a@example.org").await;
        let mut beside = AnyConnection::connect(url).await.unwrap();
        let account = Numbered::connect(&browser, binance::MANY, &mut beside).await;
        let mut bench = Self {
            app,
            browser,
            account,
            beside,
            number: 0,
        };
        bench.set_next();
        let page = bench.sync().await;
        assert_eq!(page.status, 303, "{}", page.text());
        bench.set_next();
        bench
    }

    async fn run(&mut self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        self.beside.execute(sql).await.unwrap();
    }

    fn set_next(&mut self) {
        self.number += 1;
        let control = self.app.setup.sandbox.control();
        self.account.set(control, self.number);
    }

    async fn sync(&mut self) -> Page {
        let form = [("id", self.account.id.as_str())];
        self.browser.post("/do/sync", &form).await
    }

    /// Presses the button, and does something when the exchange was asked for everything.
    async fn sync_and(&mut self, meanwhile: impl Future<Output = ()>) -> Page {
        let control = self.app.setup.sandbox.control().clone();
        control.clear_records();
        control.delay(LAST, Duration::from_millis(300));
        let syncing = async {
            while control.count(LAST) == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            meanwhile.await;
        };
        let (page, ()) = tokio::join!(self.sync(), syncing);
        control.clear_delays();
        page
    }

    /// The person is told calmly, the program lives, and what was stored is stored.
    async fn judge(&mut self, page: &Page) -> Result<(), String> {
        let told = page.one("[role=alert]");
        ensure(page.status == 503 && told.contains(AWAY), || {
            format!("{} {}", page.status, page.text())
        })?;
        let body = page.body.to_lowercase();
        for inside in [
            "sqlx",
            "is locked",
            "53100",
            "sqlstate",
            "no space",
            "coffer.db",
        ] {
            ensure(!body.contains(inside), || format!("{inside}: {told}"))?;
        }
        let live = self.browser.get("/healthz").await.status;
        ensure(live == 200, || format!("/healthz {live}"))?;
        let number = self.account.number(&mut self.beside).await?;
        ensure(number + 1 == self.number, || format!("stored: {number}"))
    }

    /// Once it is over, everything is read and written again, by the same browser.
    async fn heal(&mut self, told: &Page) -> Result<String, String> {
        let begun = Instant::now();
        let mut page = self.sync().await;
        while page.status != 303 && begun.elapsed() < Duration::from_secs(30) {
            // A right to sync that could not be given back ends by itself.
            self.app.setup.clock.advance_minutes(1);
            tokio::time::sleep(Duration::from_millis(200)).await;
            page = self.sync().await;
        }
        ensure(page.status == 303, || {
            format!("not mended: {}", page.text())
        })?;
        let number = self.account.number(&mut self.beside).await?;
        ensure(number == self.number, || format!("not mended: {number}"))?;
        let damage = ledger::damage(&mut self.beside, self.app.setup.database.kind).await;
        ensure(damage.is_none(), || format!("{damage:?}"))?;
        Ok(told.one("[role=alert]"))
    }
}

async fn held_by_another() -> Result<String, String> {
    let setup = Setup::new(Kind::Sqlite).await;
    let url = setup.database.url.clone();
    let mut bench = Bench::new(setup, &url).await;
    bench.run("BEGIN EXCLUSIVE").await;
    let page = bench.sync().await;
    bench.run("ROLLBACK").await;
    bench.judge(&page).await?;
    bench.heal(&page).await
}

async fn disk_full(disk: Disk) -> Result<String, String> {
    let mut setup = Setup::new(Kind::Sqlite).await;
    setup.database.url = format!("sqlite://{}/coffer.db", disk.path().display());
    let url = setup.database.url.clone();
    let mut bench = Bench::new(setup, &url).await;
    assert!(bench.app.state.db.checkpoint().await.unwrap());
    disk.fill();
    let page = bench.sync().await;
    let pages = bench.browser.get("/").await.status;
    bench.judge(&page).await?;
    ensure(pages == 200, || format!("the portfolio: {pages}"))?;
    disk.free();
    bench.heal(&page).await
}

async fn cut() -> Result<String, String> {
    let mut setup = Setup::new(Kind::Postgres).await;
    let url = setup.database.url.clone();
    let proxy = Proxy::before(&url).await;
    setup.database.url = proxy.url(&url);
    let mut bench = Bench::new(setup, &url).await;
    let page = bench.sync_and(async { proxy.cut() }).await;
    let ready = bench.browser.get("/readyz").await.status;
    bench.judge(&page).await?;
    ensure(ready == 503, || format!("/readyz {ready}"))?;
    proxy.mend();
    bench.heal(&page).await
}

async fn terminated() -> Result<String, String> {
    let setup = Setup::new(Kind::Postgres).await;
    let url = setup.database.url.clone();
    let mut bench = Bench::new(setup, &url).await;
    let mut killer = AnyConnection::connect(&url).await.unwrap();
    let page = bench.sync_and(end_in_the_middle(&mut killer)).await;
    bench.judge(&page).await?;
    bench.heal(&page).await
}

/// Has what is written last wait in the middle of its transaction, and ends that connection.
async fn end_in_the_middle(db: &mut AnyConnection) {
    let lock = "BEGIN; LOCK TABLE sync_runs IN ACCESS EXCLUSIVE MODE";
    db.execute(lock).await.unwrap();
    let end = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let end = || sqlx::query_scalar::<_, i64>(end);
    while end().fetch_one(&mut *db).await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    db.execute("ROLLBACK").await.unwrap();
}

async fn server_full() -> Result<String, String> {
    let setup = Setup::new(Kind::Postgres).await;
    let url = setup.database.url.clone();
    let mut bench = Bench::new(setup, &url).await;
    bench.run(FULL).await;
    for table in ["holdings", "sync_runs"] {
        let sql = format!(
            "CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE OR DELETE ON {table} \
             FOR EACH ROW EXECUTE FUNCTION disk_full()"
        );
        bench.run(&sql).await;
    }
    let page = bench.sync().await;
    bench.judge(&page).await?;
    bench.run("DROP FUNCTION disk_full CASCADE").await;
    bench.heal(&page).await
}

/// Says what a server says whose disk is full.
const FULL: &str = "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS \
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' \
    USING ERRCODE = '53100'; END $$";
