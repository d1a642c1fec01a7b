//! Days before a connection: fetched once, told apart from what was recorded, never in the way.

mod troubles;

use coffer::domain::amount::Amount;
use coffer::domain::currency::Currency;
use coffer::domain::exchange::ExchangeId;
use coffer::domain::history::Source;
use coffer::domain::history::day::{DAY_MS, start_of_day};
use coffer::domain::history::series::{History, Range};
use coffer::domain::market::Pair;
use coffer::domain::timestamp::Timestamp;
use coffer::exchanges::DailyPrices;
use coffer::sandbox::Wallet::Spot;
use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{DemoKey, Effect, Fault};
use coffer::services::accounts::{self, User};
use coffer::services::history::backfill::take_up;
use coffer::services::history::{record, series};

use super::scene::{amount, drawn, market, shown};
use crate::leases::owner;
use crate::scene::{assert_only_read, connect, count, set, until};
use crate::support::{App, Browser, Kind, Page, Setup, on_both_databases};

const SNAPSHOT: &str = "/sapi/v1/accountSnapshot";
const KLINES: &str = "/api/v3/klines";
const CANDLES: &str = "/api/v5/market/candles";
const DAYS: &str = "backfilled_days";

on_both_databases![
    first_day_history_appears_after_connecting,
    a_program_that_serves_fetches_by_itself,
    the_joint_to_the_first_recorded_point_is_no_gain,
    a_recorded_point_is_never_changed,
    two_connections_are_added_up_and_each_goes_with_its_own_days,
    what_binance_does_not_list_is_priced_at_okx,
    okx_and_test_networks_tell_nothing_of_past_days,
];

/// Somebody without a connection, around noon of a day, so that no day ends meanwhile.
struct World {
    app: App,
    browser: Browser,
    minutes: i64,
}

impl World {
    async fn new(kind: Kind) -> Self {
        Self::of(Setup::new(kind).await).await
    }

    async fn of(setup: Setup) -> Self {
        let now = setup.clock.clock().now();
        let noon = start_of_day(now).plus_ms(DAY_MS + DAY_MS / 2);
        let minutes = (noon.0 - now.0) / 60_000;
        setup.clock.advance_minutes(minutes);
        setup.sandbox.control().skew_clock(minutes * 60_000);
        let app = setup.start().await;
        let browser = app.signed_in("a@example.org").await;
        Self {
            app,
            browser,
            minutes,
        }
    }

    /// Lets minutes pass, here and at the exchanges.
    fn advance(&mut self, minutes: i64) {
        self.minutes += minutes;
        self.app.setup.clock.advance_minutes(minutes);
        let control = self.app.setup.sandbox.control();
        control.skew_clock(self.minutes * 60_000);
    }

    fn now(&self) -> Timestamp {
        self.app.setup.clock.clock().now()
    }

    fn inject(&self, path: &str, effect: Effect) {
        let control = self.app.setup.sandbox.control();
        control.inject(Fault::on(path, effect));
    }

    fn heal(&self) {
        self.app.setup.sandbox.control().clear_faults();
    }

    fn asked(&self, path: &str) -> usize {
        self.app.setup.sandbox.control().count(path)
    }

    fn hold(&self, key: &DemoKey, asset: &str, quantity: &str) {
        set(&self.app, key, Spot, asset, quantity, "0");
    }

    /// Connects an account that holds two bitcoins, and nothing else.
    async fn connected(&self) -> String {
        self.hold(&binance::EMPTY, "BTC", "2.00000000");
        connect(&self.browser, &binance::EMPTY, &[]).await
    }

    async fn take_up(&self) -> bool {
        take_up(&self.app.state).await.unwrap()
    }

    async fn user(&self) -> User {
        let id = owner(&self.app).await;
        accounts::find(&self.app.state, &id).await.unwrap().unwrap()
    }

    /// Records so many days ago at a price of bitcoin.
    async fn record(&self, days_ago: i64, bitcoin: &str) {
        let now = self.now().plus_ms(-days_ago * DAY_MS);
        let (user, prices) = (self.user().await, market(now, &[("BTC", bitcoin)]));
        let recorded = record(&self.app.state, &user.id, &prices, Source::Sync, now).await;
        assert!(recorded.unwrap().points > 0);
    }

    async fn told(&self, portfolio: Option<&str>) -> History {
        let (user, now, range) = (self.user().await, self.now(), Range::Month);
        let told = series(&self.app.state, &user, portfolio, range, Currency::Usd, now).await;
        told.unwrap()
    }

    /// What so much of bitcoin or another asset was worth in dollars at the end of yesterday, by the
    /// candles of an exchange.
    pub async fn worth(&self, quantity: &str, exchange: &str, asset: &str) -> String {
        let in_usdt = self.close(exchange, &format!("{asset}-USDT")).await;
        let in_dollars = self.close("okx", "USDT-USD").await;
        let value = amount(quantity).times(&in_usdt).times(&in_dollars);
        value.rounded(2).to_string()
    }

    async fn close(&self, exchange: &str, pair: &str) -> Amount {
        let today = start_of_day(self.now());
        let exchange = self
            .app
            .state
            .registry
            .find(&ExchangeId::new(exchange))
            .unwrap();
        let asked = DailyPrices {
            pair: &Pair::parse(pair).unwrap(),
            stretch: (today.plus_ms(-DAY_MS), today.plus_ms(-1)),
        };
        let closes = exchange.closes(asked).await.unwrap();
        closes[0].price.clone()
    }

    /// What the page of a connection says of the days before.
    async fn said(&self, connection: &str) -> String {
        let page = self.page(connection).await;
        page.one("section[aria-labelledby=past-days] p")
    }

    async fn page(&self, connection: &str) -> Page {
        self.browser
            .get(&format!("/connections/{connection}"))
            .await
    }
}

async fn first_day_history_appears_after_connecting(kind: Kind) {
    let world = World::new(kind).await;
    let connection = world.connected().await;
    assert_eq!(world.asked(SNAPSHOT), 0, "connecting waits for nothing");
    assert!(world.said(&connection).await.contains("are being fetched"));
    assert!(world.take_up().await);
    assert!(!world.take_up().await);
    assert_eq!(world.asked(SNAPSHOT), 1);
    let history = world.told(None).await;
    assert_eq!(history.points.len(), 29);
    let worth = world.worth("1.98", "binance", "BTC").await;
    assert_eq!(shown(&history).last(), Some(&worth.as_str()));
    assert!(history.points.iter().all(|point| point.backfilled));
    let said = world.said(&connection).await;
    let wanted = "29 days before the first sync are from Binance's own daily snapshots, spot \
                  wallet only.";
    assert_eq!(said, wanted);
    let page = world.browser.get("/?range=30d").await;
    assert_eq!(page.all(".chart path.chart-backfilled").len(), 1);
    assert!(
        page.text()
            .contains("Binance's own daily snapshots, spot wallet only")
    );
    let remarks = page.all(".history-table tbody td:last-child");
    let remark = "from Binance's daily snapshot, spot wallet only";
    assert!(remarks.iter().all(|one| one == remark), "{remarks:?}");
    assert_only_read(&world.app);
}

async fn a_program_that_serves_fetches_by_itself(kind: Kind) {
    let setup = Setup::new(kind).await.at_pace(|pace| pace.records = true);
    let world = World::of(setup).await;
    let connection = connect(&world.browser, &binance::READ_ONLY, &[]).await;
    until("29 days", async || count(&world.app, DAYS).await == 29).await;
    assert!(world.said(&connection).await.starts_with("29 days before"));
    assert_eq!(world.asked(SNAPSHOT), 1);
}

async fn the_joint_to_the_first_recorded_point_is_no_gain(kind: Kind) {
    let mut world = World::new(kind).await;
    world.connected().await;
    assert!(world.take_up().await);
    world.record(0, "64000").await;
    let history = world.told(None).await;
    assert_eq!(history.points.len(), 30);
    assert_eq!(history.movement, None);
    world.advance(60);
    world.record(0, "64100").await;
    let history = world.told(None).await;
    let movement = history.movement.clone().unwrap();
    assert_eq!(movement.headline(Currency::Usd), "+200.00 USD (+0.2 %)");
    assert_eq!(movement.since, history.points[29].at);
    let page = drawn(history);
    assert!(page.contains("changes are counted from the first sync on"));
}

async fn a_recorded_point_is_never_changed(kind: Kind) {
    let world = World::new(kind).await;
    world.connected().await;
    world.record(10, "1").await;
    world.record(9, "1.1").await;
    assert!(world.take_up().await);
    let history = world.told(None).await;
    let recorded: Vec<_> = history.points.iter().filter(|p| !p.backfilled).collect();
    let values: Vec<_> = recorded.iter().map(|point| point.value.as_str()).collect();
    assert_eq!(values, ["2", "2.2"]);
    // From the day of the first point on, nothing is filled in.
    let last = history
        .points
        .iter()
        .rfind(|point| point.backfilled)
        .unwrap();
    assert_eq!(
        start_of_day(last.at),
        start_of_day(world.now()).plus_ms(-11 * DAY_MS)
    );
    assert_eq!(history.points.len(), 19 + 2);
    assert_eq!(count(&world.app, "value_points").await, 4);
}

async fn two_connections_are_added_up_and_each_goes_with_its_own_days(kind: Kind) {
    let mut world = World::new(kind).await;
    let first = world.connected().await;
    let second = connect(&world.browser, &binance::SECOND, &[]).await;
    assert!(world.take_up().await);
    let alone = world.told(None).await;
    // A budget that is used up in this second lets the next wait.
    while world.take_up().await {
        world.advance(5);
    }
    world.advance(5);
    world.take_up().await;
    assert_eq!(count(&world.app, DAYS).await, 58);
    let both = world.told(None).await;
    assert_eq!(both.points.len(), 29);
    for (one, sum) in alone.points.iter().zip(&both.points) {
        assert!(sum.value > one.value && sum.at == one.at);
    }
    let page = world.browser.submit("/do/delete", &[("id", &second)]).await;
    assert_eq!(page.status, 200);
    assert_eq!(world.told(None).await.points, alone.points);
    world.browser.submit("/do/delete", &[("id", &first)]).await;
    assert_eq!(world.told(None).await.points, []);
    assert_eq!(count(&world.app, "backfills").await, 0);
}

async fn what_binance_does_not_list_is_priced_at_okx(kind: Kind) {
    let world = World::new(kind).await;
    world.hold(&binance::EMPTY, "OKB", "10.0");
    connect(&world.browser, &binance::EMPTY, &[]).await;
    assert!(world.take_up().await);
    let history = world.told(None).await;
    let worth = world.worth("9.9", "okx", "OKB").await;
    assert_eq!(shown(&history).last(), Some(&worth.as_str()));
    assert!(world.asked(CANDLES) > 0 && world.asked(KLINES) > 0);
    let calls = world.asked(CANDLES) + world.asked(KLINES);
    assert!(calls <= 15, "{calls}");
}

async fn okx_and_test_networks_tell_nothing_of_past_days(kind: Kind) {
    let world = World::new(kind).await;
    let okx = connect(&world.browser, &okx::READ_ONLY, &[]).await;
    let said = world.said(&okx).await;
    let wanted = "OKX tells no balances of past days, so history begins with the first sync.";
    assert_eq!(said, wanted);
    let more = [("environment", "testnet"), ("accept_unknown", "yes")];
    connect(&world.browser, &binance::TESTNET, &more).await;
    assert_eq!(count(&world.app, "backfills").await, 0);
    assert!(!world.take_up().await);
    assert_eq!(world.asked(SNAPSHOT), 0);
}
