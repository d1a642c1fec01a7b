//! An app, its exchanges, and a clock that both go by.

use coffer::domain::exchange::ExchangeId;
use coffer::domain::history::day::{DAY_MS, start_of_day};
use coffer::domain::market::Pair;
use coffer::domain::market::interval::Interval;
use coffer::domain::timestamp::Timestamp;
use coffer::sandbox::{Effect, Fault};
use coffer::services::market::{Asked, Shown, candles};

use super::MINUTE;
use crate::support::{App, Kind, Setup};

/// An app some seconds into a minute around noon, so that neither ends meanwhile.
pub struct World {
    pub app: App,
    ahead_ms: i64,
}

impl World {
    pub async fn new(kind: Kind) -> Self {
        Self::of(Setup::new(kind).await).await
    }

    pub async fn of(setup: Setup) -> Self {
        let now = setup.clock.clock().now();
        let noon = start_of_day(now).plus_ms(DAY_MS + DAY_MS / 2 + 30 * MINUTE + 3_000);
        let ahead_ms = noon.0 - now.0;
        setup.clock.advance_ms(ahead_ms);
        setup.sandbox.control().skew_clock(ahead_ms);
        let app = setup.start().await;
        Self { app, ahead_ms }
    }

    /// Lets minutes pass, here and at the exchanges.
    pub fn advance(&mut self, minutes: i64) {
        self.ahead_ms += minutes * MINUTE;
        self.app.setup.clock.advance_minutes(minutes);
        self.app.setup.sandbox.control().skew_clock(self.ahead_ms);
    }

    pub fn now(&self) -> Timestamp {
        self.app.state.clock.now()
    }

    pub fn asked(&self, path: &str) -> usize {
        self.app.setup.sandbox.control().count(path)
    }

    pub fn inject(&self, path: &str, effect: Effect) {
        let control = self.app.setup.sandbox.control();
        control.inject(Fault::on(path, effect));
    }

    /// The newest candles of bitcoin, so many.
    pub fn newest(&self, exchange: &str, interval: Interval, limit: usize) -> Asked {
        let now = self.now();
        let open = interval.begin(now).unwrap();
        Asked {
            exchange: ExchangeId::new(exchange),
            pair: Pair::parse("BTC-USDT").unwrap(),
            interval,
            from: interval.before(open, limit - 1),
            to: now,
            limit,
        }
    }

    /// The newest of those that have been over for some time.
    pub fn over(&self, exchange: &str, interval: Interval, limit: usize) -> Asked {
        let newest = self.newest(exchange, interval, limit);
        let shift = newest.to.0 - interval.before(newest.to, 20).0;
        Asked {
            from: newest.from.plus_ms(-shift),
            to: newest.to.plus_ms(-shift),
            ..newest
        }
    }

    pub async fn told(&self, asked: &Asked) -> Shown {
        candles(&self.app.state, asked).await.unwrap()
    }
}
