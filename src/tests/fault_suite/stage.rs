//! An app with one connection, on which one fault after the other is tried.

use std::time::Duration;

use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{DemoKey, Exchange, Holding, Wallet};

use super::bodies::BEFORE;
use super::ensure;
use super::ledger::{self, Held};
use super::meaning::{Holds, Then};
use super::row::{How, Row};
use crate::faults::FOREIGN;
use crate::scene;
use crate::support::{App, Browser, Kind, Page, Setup};

/// Minutes between two faults, for every budget of an exchange to be whole again.
const REST_MINUTES: i64 = 2;
/// The shortest pause that is tried out, as shorter ones may be over before that.
const LONG_SECONDS: u64 = 30;

/// An app, a person and a connection, whose balances are numbered.
pub struct Stage {
    app: App,
    browser: Browser,
    exchange: Exchange,
    key: DemoKey,
    id: String,
    number: u32,
    minutes: i64,
}

/// What happened, in words for the record.
pub struct Seen {
    pub told: String,
    pub calls: usize,
}

impl Stage {
    pub async fn new(kind: Kind, exchange: Exchange, answer_time: Duration) -> Self {
        let mut setup = Setup::new(kind).await;
        setup.answer_time = answer_time;
        let setup = setup
            .with("SESSION_IDLE", "3650d")
            .with("SESSION_MAX", "3650d");
        let app = setup.start().await;
        let browser = app.signed_in("a@example.org").await;
        let key = match exchange {
            Exchange::Binance => binance::SECOND,
            Exchange::Okx => okx::SECOND,
        };
        for wallet in WALLETS {
            let control = app.setup.sandbox.control();
            control.clear_wallet(key.api_key, wallet).unwrap();
        }
        let mut stage = Self {
            id: String::new(),
            number: 0,
            minutes: 0,
            app,
            browser,
            exchange,
            key,
        };
        stage.next_number();
        stage.id = scene::connect(&stage.browser, &key, &[]).await;
        stage
    }

    /// Tries a fault: a sync with it in force, one during the pause if there is one, and one after
    /// it is lifted.
    ///
    /// # Errors
    /// What was seen, when it is not what must hold.
    pub async fn attempt(&mut self, row: &Row) -> Result<Seen, String> {
        let then = row.meaning.then(self.exchange, row.strike);
        let before = self.held().await;
        let ages = self.ages().await;
        self.next_number();
        self.strike(row);
        let page = scene::sync(&self.browser, &self.id).await;
        let calls = self.calls(row);
        let control = self.app.setup.sandbox.control();
        control.clear_faults();
        let mut seen = self.judge(&page, &then, calls, &before).await;
        if seen.is_ok() {
            seen = self.judge_ages(&then, &ages).await.and(seen);
        }
        let pause = row.meaning.pause_seconds().unwrap_or(0);
        if pause >= LONG_SECONDS && seen.is_ok() {
            seen = self.keep_quiet(pause).await.and(seen);
        }
        self.rest(if seen.is_ok() {
            pause
        } else {
            4 * 24 * 60 * 60
        });
        let healed = self.heal().await;
        seen.and_then(|seen| healed.map(|()| seen))
    }

    fn strike(&self, row: &Row) {
        let control = self.app.setup.sandbox.control();
        control.clear_records();
        if let How::Clock(ms) = row.how {
            control.skew_clock(self.minutes * 60_000 + ms);
        }
        for fault in row.faults() {
            control.inject(fault);
        }
    }

    fn calls(&self, row: &Row) -> usize {
        let control = self.app.setup.sandbox.control();
        let paths = row.strike.paths(self.exchange).iter();
        paths.map(|path| control.count(path)).sum()
    }

    /// What the person sees, what the database holds, and what the exchange was asked.
    async fn judge(
        &self,
        page: &Page,
        then: &Then,
        calls: usize,
        before: &[Held],
    ) -> Result<Seen, String> {
        let told = told(page);
        ensure(page.status == 200, || format!("status {}", page.status))?;
        ensure(told.contains(&then.told), || told.clone())?;
        let status = format!("Status{}", then.status);
        ensure(told.contains(&status), || told.clone())?;
        for foreign in FOREIGN {
            let shown = page.body.contains(foreign);
            ensure(!shown, || format!("foreign words: {foreign}"))?;
        }
        ensure(calls == then.calls, || format!("{calls} calls: {told}"))?;
        let (held, expected) = (self.held().await, self.expected(then, before));
        ensure(held == expected, || format!("held {held:?}: {told}"))?;
        let mut db = self.app.state.db.reader().await.unwrap();
        let damage = ledger::damage(&mut db, self.app.setup.database.kind).await;
        ensure(damage.is_none(), || format!("{damage:?}"))?;
        Ok(Seen { told, calls })
    }

    /// Only what was read is as old as now.
    async fn judge_ages(&self, then: &Then, before: &[(String, i64)]) -> Result<(), String> {
        let now = self.ages().await;
        for (name, read_at) in &now {
            let was = before.iter().find(|(wallet, _)| wallet == name);
            let is_struck = name == "funding";
            let holds = if is_struck { &then.struck } else { &then.sound };
            let stays = *holds == Holds::AsBefore;
            let fresh = was.is_none_or(|(_, was)| read_at > was);
            ensure(!(stays && fresh), || format!("{name} passes for fresh"))?;
        }
        Ok(())
    }

    /// During a pause nobody asks, whoever presses the button.
    async fn keep_quiet(&mut self, seconds: u64) -> Result<(), String> {
        let minutes = i64::try_from(seconds).unwrap() / 60;
        self.advance((minutes - 1).max(0));
        self.app.setup.sandbox.control().clear_records();
        let page = scene::sync(&self.browser, &self.id).await;
        let asked = self.app.setup.sandbox.control().records().len();
        let told = told(&page);
        ensure(asked == 0, || format!("{asked} calls during the pause"))?;
        ensure(told.contains("StatusPaused"), || format!("paused: {told}"))
    }

    /// Without the fault everything is read again.
    async fn heal(&mut self) -> Result<(), String> {
        let answer = self.browser.post("/do/sync", &[("id", &self.id)]).await;
        ensure(answer.status == 303, || {
            format!("not mended: {}", answer.text())
        })?;
        let mut db = self.app.state.db.reader().await.unwrap();
        let status = ledger::status(&mut db, &self.id).await;
        let held = ledger::held(&mut db, &self.id).await;
        ensure(status == "ok" && held == self.now(), || {
            format!("not mended: {status} {held:?}")
        })
    }

    /// Lets time pass, here and at the exchange.
    fn rest(&mut self, seconds: u64) {
        self.advance(i64::try_from(seconds).unwrap() / 60 + REST_MINUTES);
    }

    fn advance(&mut self, minutes: i64) {
        self.minutes += minutes;
        self.app.setup.clock.advance_minutes(minutes);
        let control = self.app.setup.sandbox.control();
        control.skew_clock(self.minutes * 60_000);
    }

    /// Gives every asset on the exchange the next number as its amount.
    fn next_number(&mut self) {
        self.number += 1;
        let amount = self.number.to_string();
        let control = self.app.setup.sandbox.control();
        for (wallet, assets) in [
            (spot(self.exchange), &SPOT[..]),
            (Wallet::Funding, &FUNDING),
        ] {
            for asset in assets {
                let holding = Holding::new(asset, &amount, "0");
                control
                    .set_asset(self.key.api_key, wallet, holding)
                    .unwrap();
            }
        }
    }

    async fn held(&self) -> Vec<Held> {
        let mut db = self.app.state.db.reader().await.unwrap();
        ledger::held(&mut db, &self.id).await
    }

    async fn ages(&self) -> Vec<(String, i64)> {
        let mut db = self.app.state.db.reader().await.unwrap();
        ledger::ages(&mut db, &self.id).await
    }

    /// What everything is on the exchange.
    fn now(&self) -> Vec<Held> {
        let amount = self.number.to_string();
        let row = |wallet: &str, asset: &&str| plain(wallet, asset, &amount);
        let sound = self.sound();
        let sound = SPOT.iter().map(|asset| row(sound, asset));
        let funding = FUNDING.iter().map(|asset| row("funding", asset));
        let mut rows: Vec<_> = funding.chain(sound).collect();
        rows.sort();
        rows
    }

    fn expected(&self, then: &Then, before: &[Held]) -> Vec<Held> {
        let now = self.now();
        let part = |holds: &Holds, is_struck: bool| match holds {
            Holds::AsBefore => of(before, is_struck),
            Holds::AsNow => of(&now, is_struck),
            Holds::These(rows) => {
                let row = |(asset, total): &(String, String)| match total.as_str() {
                    BEFORE => was(before, asset),
                    total => plain("funding", asset, total),
                };
                rows.iter().map(row).collect()
            }
        };
        let mut rows = part(&then.sound, false);
        rows.extend(part(&then.struck, true));
        rows.sort();
        rows
    }

    /// The name of the wallet that is struck only when everything is.
    fn sound(&self) -> &'static str {
        match self.exchange {
            Exchange::Binance => "spot",
            Exchange::Okx => "trading",
        }
    }
}

/// Everything that is emptied at first.
const WALLETS: [Wallet; 3] = [Wallet::Spot, Wallet::Trading, Wallet::Funding];
/// Assets of the wallet that is struck only when everything is.
const SPOT: [&str; 2] = ["BTC", "USDC"];
const FUNDING: [&str; 2] = ["BTC", "ETH"];

fn spot(exchange: Exchange) -> Wallet {
    match exchange {
        Exchange::Binance => Wallet::Spot,
        Exchange::Okx => Wallet::Trading,
    }
}

fn plain(wallet: &str, asset: &str, total: &str) -> Held {
    let [wallet, asset, total] = [wallet, asset, total].map(str::to_owned);
    (wallet, asset, total.clone(), "0".to_owned(), total)
}

/// What the struck wallet held of an asset.
fn was(before: &[Held], asset: &str) -> Held {
    let mut rows = before.iter();
    let row = rows.find(|row| row.0 == "funding" && row.1 == asset);
    row.unwrap().clone()
}

fn of(rows: &[Held], is_struck: bool) -> Vec<Held> {
    let rows = rows.iter().filter(|row| (row.0 == "funding") == is_struck);
    rows.cloned().collect()
}

/// What the page tells of the sync and of the connection, read in one go.
fn told(page: &Page) -> String {
    page.all("[role=alert], [role=status], dl.facts")
        .join(" | ")
}
