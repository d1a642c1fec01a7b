//! An app with one connection, on which one fault after the other is tried.

use std::time::Duration;

use coffer::sandbox::Exchange;

use super::balances::Balances;
use super::ensure;
use super::ledger::{self, Held};
use super::meaning::{Holds, Then};
use super::row::{How, Row};
use crate::faults::FOREIGN;
use crate::scene;
use crate::support::{App, Browser, Kind, Page, Setup};

/// Minutes between two syncs, for every budget of an exchange to be whole again.
const REST_MINUTES: i64 = 2;
/// The shortest pause that is tried out, as shorter ones may be over before that.
const LONG_SECONDS: u64 = 30;

/// An app, a person and a connection, whose balances are numbered.
pub struct Stage {
    app: App,
    browser: Browser,
    exchange: Exchange,
    balances: Balances,
    id: String,
    /// How far time was turned on.
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
        let balances = Balances::new(exchange, app.setup.sandbox.control());
        let id = scene::connect(&browser, &balances.key, &[]).await;
        Self {
            app,
            browser,
            exchange,
            balances,
            id,
            minutes: 0,
        }
    }

    /// Tries a fault: a sync with it in force, one during the pause if there is one, and one after
    /// it is lifted.
    ///
    /// # Errors
    /// What was seen, when it is not what must hold.
    pub async fn attempt(&mut self, row: &Row) -> Result<Seen, String> {
        let then = row.meaning.then(self.exchange, row.strike);
        self.advance(REST_MINUTES);
        let before = self.held().await;
        let ages = self.ages().await;
        self.balances.raise(self.app.setup.sandbox.control());
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
        let mut statuses = then.status.iter();
        let shown = statuses.any(|status| told.contains(&format!("Status{status}")));
        ensure(shown, || told.clone())?;
        for foreign in FOREIGN {
            let shown = page.body.contains(foreign);
            ensure(!shown, || format!("foreign words: {foreign}"))?;
        }
        let control = self.app.setup.sandbox.control();
        let writes = control.attempted_writes();
        ensure(writes.is_empty(), || {
            format!("more than reading: {writes:?}")
        })?;
        ensure(calls == then.calls, || format!("{calls} calls: {told}"))?;
        let held = self.held().await;
        let is_right = self.balances.fit(&held, then, before);
        ensure(is_right, || format!("held {held:?}: {told}"))?;
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
        ensure(told.contains("StatusPaused until"), || {
            format!("paused: {told}")
        })
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
        ensure(status == "ok" && held == self.balances.now(), || {
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

    async fn held(&self) -> Vec<Held> {
        let mut db = self.app.state.db.reader().await.unwrap();
        ledger::held(&mut db, &self.id).await
    }

    async fn ages(&self) -> Vec<(String, i64)> {
        let mut db = self.app.state.db.reader().await.unwrap();
        ledger::ages(&mut db, &self.id).await
    }
}

/// What the page tells of the sync and of the connection. Only that part of it is looked into, as
/// reading whole pages would take most of the time.
fn told(page: &Page) -> String {
    let start = page.body.find("<main").unwrap_or(0);
    let facts = page.body.find("</dl>");
    let end = facts.map_or(page.body.len(), |facts| facts + "</dl>".len());
    let part = Page {
        body: page.body[start..end].to_owned(),
        ..page.clone()
    };
    part.all("[role=alert], [role=status], dl.facts")
        .join(" | ")
}
