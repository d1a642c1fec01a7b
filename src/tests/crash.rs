//! The real program, killed in the middle of syncs: every wallet is the old one or the new one.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use coffer::sandbox::keys::binance::MANY;
use coffer::sandbox::{Control, Holding, Options, Sandbox, Wallet};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

use crate::scene;
use crate::support::{Browser, PASSWORD};

const FUNDING: &str = "/sapi/v1/asset/get-funding-asset";
/// Assets in the wallet that the sandbox leaves empty.
const MORE: usize = 40;
const ROUNDS: u32 = 30;

/// The program, running, with a folder and exchanges of its own.
struct Program {
    child: Child,
    url: String,
}

impl Program {
    /// Starts it and waits until it says where it is.
    fn start(folder: &TempDir, exchanges: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_coffer"))
            .env_clear()
            .current_dir(folder.path())
            .env("DATA_DIR", folder.path())
            .env("LISTEN_ADDR", "127.0.0.1:0")
            .env("BINANCE_API_URL", exchanges)
            .env("OKX_API_URL", exchanges)
            .env("RUST_LOG", "warn")
            .env("SYNC_INTERVAL", "off")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let url = line
            .trim()
            .strip_prefix("Coffer is at ")
            .unwrap()
            .to_owned();
        Self { child, url }
    }
}

/// Killed as the kernel would, without a word of warning.
impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// When to kill: closer and closer to the moment at which what was read is written.
struct Moment {
    delay: Duration,
    step: Duration,
    was_late: bool,
}

impl Moment {
    fn new(step: Duration) -> Self {
        Self {
            delay: Duration::ZERO,
            step,
            was_late: false,
        }
    }

    fn learn(&mut self, late: bool) {
        if late != self.was_late {
            self.step = (self.step / 2).max(Duration::from_micros(500));
        }
        self.was_late = late;
        self.delay = if late {
            self.delay.saturating_sub(self.step)
        } else {
            self.delay + self.step
        };
    }
}

/// Sets every balance to the number of a generation.
fn set_generation(control: &Control, generation: u32, codes: &[String]) {
    let amount = generation.to_string();
    for (index, code) in codes.iter().enumerate() {
        let holding = Holding::new(code, &amount, "0");
        control
            .set_asset(MANY.api_key, Wallet::Spot, holding.clone())
            .unwrap();
        if index < MORE {
            control
                .set_asset(MANY.api_key, Wallet::Funding, holding)
                .unwrap();
        }
    }
}

/// The generations that each wallet holds, after looking over the whole file.
async fn generations(folder: &TempDir) -> Vec<(String, i64, String)> {
    let url = format!("sqlite://{}/coffer.db", folder.path().display());
    let mut db = SqliteConnection::connect(&url).await.unwrap();
    let check: String = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(check, "ok");
    let strays = sqlx::query("PRAGMA foreign_key_check")
        .fetch_all(&mut db)
        .await;
    assert_eq!(strays.unwrap().len(), 0);
    let sql = "SELECT wallet, COUNT(*), group_concat(DISTINCT total) FROM holdings \
               GROUP BY wallet ORDER BY wallet";
    let rows = sqlx::query_as(sql).fetch_all(&mut db).await.unwrap();
    db.close().await.unwrap();
    rows
}

/// Waits until the funding wallet, the last of a sync, was asked for.
async fn until_asked(control: &Control) {
    let begun = Instant::now();
    while control.count(FUNDING) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "no sync began");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Asks for a sync; tells whether the program said that it is done.
async fn sync_unheard(browser: Browser, id: String) -> bool {
    let request = browser
        .client
        .post(format!("{}/do/sync", browser.base))
        .header("Cookie", browser.cookie_header())
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(format!("id={id}"));
    request
        .send()
        .await
        .is_ok_and(|answer| answer.status() == 200)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_cut_off_by_a_crash_is_whole_or_did_not_happen() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let control = sandbox.control();
    let mut program = Program::start(&folder, &sandbox.url());
    let mut browser = Browser::new(&program.url);
    let form = [("email", "a@example.org"), ("password", PASSWORD)];
    assert_eq!(browser.post("/do/sign-up", &form).await.status, 303);
    let id = scene::connect(&browser, &MANY, &[]).await;
    let page = browser.get("/").await;
    let codes: Vec<_> = scene::quantities(&page)
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    set_generation(control, 1, &codes);
    control.clear_records();
    let begun = Instant::now();
    assert_eq!(browser.post("/do/sync", &[("id", &id)]).await.status, 303);
    let mut moment = Moment::new(begun.elapsed());
    let (mut stored, mut written) = (1, 0);
    for round in 0..ROUNDS {
        let next = stored + 1;
        set_generation(control, next, &codes);
        control.clear_records();
        let syncing = tokio::spawn(sync_unheard(browser.clone(), id.clone()));
        until_asked(control).await;
        tokio::time::sleep(moment.delay).await;
        let answered = syncing.is_finished();
        drop(program);
        let acknowledged = syncing.await.unwrap() && answered;
        let held = generations(&folder).await;
        let total = held[0].2.clone();
        let expected = [
            ("funding".to_owned(), 40, total.clone()),
            ("spot".to_owned(), 432, total.clone()),
        ];
        assert_eq!(held, expected, "round {round}");
        let now: u32 = total.parse().unwrap();
        assert!(
            now == next || (now == stored && !acknowledged),
            "round {round}: {stored} {now}"
        );
        moment.learn(now == next);
        written += u32::from(now == next);
        stored = now;
        program = Program::start(&folder, &sandbox.url());
        browser.base.clone_from(&program.url);
    }
    // Some were cut off before the end and some after, most of them close to it.
    assert!((1..ROUNDS).contains(&written), "{written} of {ROUNDS}");
    // It still works, and the person is still signed in.
    set_generation(control, 1_000, &codes);
    let page = scene::sync(&browser, &id).await;
    assert!(scene::told(&page).contains("0 added, 472 updated, 0 removed, 0 unchanged"));
    assert_eq!(control.attempted_writes(), []);
}
