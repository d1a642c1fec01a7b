//! The real program, killed in the middle of syncs: every account is the old one or the new one.

use std::time::{Duration, Instant};

use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{DemoKey, Options, Sandbox};
use sqlx::{AnyConnection, Connection};

use super::ledger;
use super::numbered::Numbered;
use super::table::Table;
use crate::program::{Program, Running};
use crate::support::{Browser, Kind, PASSWORD, TestDatabase};

const ACCOUNTS: [DemoKey; 4] = [binance::MANY, binance::SECOND, okx::MANY, okx::SECOND];
/// Rounds of as many syncs at once as there are accounts: 200 syncs.
const ROUNDS: usize = 50;
/// Where the random moments begin.
const SEED: u64 = 0x5EED_0FC0_FFEE;
const MASTER_KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";

/// What is left of the program when it is dead.
struct Remains {
    kind: Kind,
    database: TestDatabase,
    sandbox: Sandbox,
    browser: Browser,
    accounts: Vec<Numbered>,
    /// The number that is stored of each account.
    stored: Vec<u32>,
}

/// Kills the program in the middle of 200 syncs, one account each.
pub async fn table(kind: Kind) -> Table {
    let mut table = Table::default();
    let (mut remains, mut running) = Remains::new(kind).await;
    let span = remains.time_of_syncs().await;
    let mut dice = Dice(SEED);
    let mut written = 0;
    for round in 0..ROUNDS {
        let moment = dice.below(span);
        let title = format!("kill -9 after {moment:?}, round {round} of seed {SEED:#x}");
        let (outcomes, next) = remains.round(running, moment).await;
        for (account, outcome) in outcomes.into_iter().enumerate() {
            written += u32::from(outcome == Ok(true));
            let seen = outcome.map(|new| {
                if new {
                    "the new reading"
                } else {
                    "the old reading"
                }
            });
            let title = format!("{title}, account {account}");
            table.count(
                "Killed in the middle of syncs",
                &title,
                seen.map(str::to_owned),
            );
        }
        running = next;
        let again = remains.sync_again(round % ACCOUNTS.len()).await;
        table.count("Synced again after a kill", &title, again);
    }
    let outcome = remains.lease_dies(running).await;
    table.count(
        "Synced again after a kill",
        "the lease of a dead process ends",
        outcome,
    );
    let syncs = u32::try_from(ROUNDS * ACCOUNTS.len()).unwrap();
    if !(1..syncs).contains(&written) {
        // Then no kill was in the middle of anything.
        let told = format!("{written} of {syncs} syncs had written");
        table.count("Killed in the middle of syncs", "early and late", Err(told));
    }
    table
}

impl Remains {
    async fn new(kind: Kind) -> (Self, Running) {
        let database = TestDatabase::bare(kind).await;
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        sandbox.control().set_okx_limits(false);
        let running = start(&database, &sandbox);
        let browser = Browser::new(&running.url);
        let form = [("email", "a@example.org"), ("password", PASSWORD)];
        assert_eq!(browser.post("/do/sign-up", &form).await.status, 303);
        let mut db = open(&database).await;
        let mut accounts = Vec::new();
        for key in ACCOUNTS {
            accounts.push(Numbered::connect(&browser, key, &mut db).await);
        }
        let remains = Self {
            kind,
            database,
            sandbox,
            browser,
            stored: vec![0; accounts.len()],
            accounts,
        };
        (remains, running)
    }

    /// How long it takes to sync all accounts at once, and a little more.
    async fn time_of_syncs(&mut self) -> Duration {
        let begun = Instant::now();
        for sync in self.begin() {
            assert!(sync.await.unwrap());
        }
        self.stored = vec![self.next(); self.accounts.len()];
        begun.elapsed() * 6 / 5
    }

    /// The number after all that are stored.
    fn next(&self) -> u32 {
        self.stored.iter().max().unwrap() + 1
    }

    /// Gives all accounts the next number and begins to sync them.
    fn begin(&self) -> Vec<tokio::task::JoinHandle<bool>> {
        let next = self.next();
        for account in &self.accounts {
            account.set(self.sandbox.control(), next);
        }
        let ids = self.accounts.iter().map(|account| account.id.clone());
        ids.map(|id| tokio::spawn(sync_unheard(self.browser.clone(), id)))
            .collect()
    }

    /// Kills the program at this moment of the syncs; tells of each account whether the new reading
    /// is stored, and starts the program again.
    async fn round(
        &mut self,
        running: Running,
        moment: Duration,
    ) -> (Vec<Result<bool, String>>, Running) {
        let next = self.next();
        let syncs = self.begin();
        tokio::time::sleep(moment).await;
        running.stop("-KILL");
        let mut heard = Vec::new();
        for sync in syncs {
            heard.push(sync.await.unwrap());
        }
        let mut db = open(&self.database).await;
        self.bury(&mut db).await;
        let damage = ledger::damage(&mut db, self.kind).await;
        let mut outcomes = Vec::new();
        for (index, account) in self.accounts.iter().enumerate() {
            let number = account.number(&mut db).await;
            outcomes.push(match (number, &damage) {
                (_, Some(damage)) => Err(damage.clone()),
                (Ok(now), None) if now == next => Ok(true),
                (Ok(now), None) if now == self.stored[index] && !heard[index] => Ok(false),
                (number, None) => {
                    let (was, heard) = (self.stored[index], heard[index]);
                    Err(format!("{number:?} after {was}, acknowledged: {heard}"))
                }
            });
            if outcomes[index] == Ok(true) {
                self.stored[index] = next;
            }
        }
        db.close().await.unwrap();
        let running = start(&self.database, &self.sandbox);
        self.browser.base.clone_from(&running.url);
        (outcomes, running)
    }

    /// Waits until the server has noticed that the program is gone, and lets its leases grow old.
    async fn bury(&self, db: &mut AnyConnection) {
        if self.kind == Kind::Sqlite {
            return;
        }
        let sql = "SELECT COUNT(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let begun = Instant::now();
        while sqlx::query_scalar::<_, i64>(sql)
            .fetch_one(&mut *db)
            .await
            .unwrap()
            > 0
        {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "a dead connection lives"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let sql = "UPDATE connections SET lease_until = lease_until - 3600000";
        sqlx::query(sql).execute(&mut *db).await.unwrap();
    }

    /// Without another kill an account is synced as ever.
    async fn sync_again(&mut self, index: usize) -> Result<String, String> {
        let next = self.next();
        let account = &self.accounts[index];
        account.set(self.sandbox.control(), next);
        let heard = sync_unheard(self.browser.clone(), account.id.clone()).await;
        let mut db = open(&self.database).await;
        let number = account.number(&mut db).await?;
        self.stored[index] = number;
        if heard && number == next {
            Ok("the new reading".to_owned())
        } else {
            Err(format!("acknowledged: {heard}, {number} where {next} was"))
        }
    }

    /// A sync that was under way when the program was killed keeps nobody from syncing for long.
    async fn lease_dies(&mut self, running: Running) -> Result<String, String> {
        let control = self.sandbox.control();
        let late = Duration::from_secs(10);
        for path in ["/api/v3", "/sapi"] {
            control.delay(path, late);
        }
        let sync = tokio::spawn(sync_unheard(
            self.browser.clone(),
            self.accounts[0].id.clone(),
        ));
        tokio::time::sleep(Duration::from_millis(500)).await;
        running.stop("-KILL");
        assert!(!sync.await.unwrap());
        control.clear_delays();
        let running = start(&self.database, &self.sandbox);
        self.browser.base.clone_from(&running.url);
        let begun = Instant::now();
        let mut outcome = self.sync_again(0).await;
        while outcome.is_err() && begun.elapsed() < Duration::from_secs(60) {
            tokio::time::sleep(Duration::from_millis(250)).await;
            outcome = self.sync_again(0).await;
        }
        running.stop("-KILL");
        outcome.map(|_| format!("after {:?}", begun.elapsed()))
    }
}

fn start(database: &TestDatabase, sandbox: &Sandbox) -> Running {
    let folder = database.folder.path();
    Program::new(folder)
        .with("DATA_DIR", &folder.display().to_string())
        .with("DATABASE_URL", &database.url)
        .with("ENCRYPTION_KEY", MASTER_KEY)
        .with("BINANCE_API_URL", &sandbox.url())
        .with("OKX_API_URL", &sandbox.url())
        .with("RUST_LOG", "error")
        .with("SYNC_INTERVAL", "off")
        .serve(&[])
}

/// Opens the database beside the program.
async fn open(database: &TestDatabase) -> AnyConnection {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(&database.url).await.unwrap()
}

/// Asks for a sync; tells whether the program said that it is done.
async fn sync_unheard(browser: Browser, id: String) -> bool {
    let request = browser
        .client
        .post(format!("{}/do/sync", browser.base))
        .header("Cookie", browser.cookie_header())
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(format!("id={id}"));
    let answer = request.send().await;
    answer.is_ok_and(|answer| answer.status() == 200)
}

/// Numbers that are the same in every run. SplitMix64.
struct Dice(u64);

impl Dice {
    /// A time below another one.
    fn below(&mut self, most: Duration) -> Duration {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let sides = u64::try_from(most.as_micros()).unwrap().max(1);
        Duration::from_micros((mixed ^ (mixed >> 31)) % sides)
    }
}
