//! Days before a connection: fetched once, told apart from what was recorded, never in the way.

use coffer::domain::currency::Currency;
use coffer::domain::history::Source;
use coffer::domain::history::backfill::TRIES;
use coffer::domain::history::day::{DAY_MS, start_of_day};
use coffer::domain::history::series::{History, Range};
use coffer::domain::timestamp::Timestamp;
use coffer::sandbox::Wallet::Spot;
use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{DemoKey, Effect, Fault};
use coffer::services::accounts::{self, User};
use coffer::services::history::backfill::take_up;
use coffer::services::history::{record, series};
use coffer::storage::leases::Term;
use coffer::storage::{StorageError, backfills};

use super::scene::{drawn, market, shown};
use crate::leases::owner;
use crate::scene::{assert_only_read, connect, count, number, set, sync, told, until};
use crate::support::{App, Browser, Kind, Page, Setup, on_both_databases};

const SNAPSHOT: &str = "/sapi/v1/accountSnapshot";
const KLINES: &str = "/api/v3/klines";
const CANDLES: &str = "/api/v5/market/history-candles";
const DAYS: &str = "backfilled_days";

on_both_databases![
    first_day_history_appears_after_connecting,
    a_program_that_serves_fetches_by_itself,
    the_joint_to_the_first_recorded_point_is_no_gain,
    a_recorded_point_is_never_changed,
    two_connections_are_added_up_and_each_goes_with_its_own_days,
    a_key_without_snapshots_is_quiet,
    an_asset_without_a_candle_stands_beside_the_value,
    what_binance_does_not_list_is_priced_at_okx,
    hostile_rows_are_counted_and_the_others_told,
    what_fails_in_passing_is_tried_again_and_given_up_in_the_end,
    what_was_broken_off_is_taken_up_again_and_given_up_in_the_end,
    two_processes_fetch_once,
    okx_and_test_networks_tell_nothing_of_past_days,
    syncs_beside_it_are_not_starved,
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
    // 1.98 BTC at 63696.8656 USDT at 0.9911 USD.
    assert_eq!(shown(&history).last(), Some(&"124997.33"));
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

async fn a_key_without_snapshots_is_quiet(kind: Kind) {
    for effect in [
        Effect::binance(
            401,
            -2015,
            "Invalid API-key, IP, or permissions for action.",
        ),
        Effect::binance(
            400,
            -1002,
            "You are not authorized to execute this request.",
        ),
        Effect::answer(200, "text/html", "<html>maintenance</html>"),
        Effect::answer(404, "text/html", "\n"),
        Effect::json(200, r#"{"code":200,"msg":""}"#),
    ] {
        let world = World::new(kind).await;
        let connection = world.connected().await;
        world.inject(SNAPSHOT, effect);
        assert!(world.take_up().await);
        assert!(!world.take_up().await);
        let page = world.page(&connection).await;
        let said = page.one("section[aria-labelledby=past-days] p");
        assert!(
            said.contains("gave no daily snapshots to this key"),
            "{said}"
        );
        assert!(page.all("[role=alert]").is_empty());
        assert!(page.text().contains("Up to date"), "{}", page.text());
        assert_eq!(world.told(None).await.points, []);
        assert!(told(&sync(&world.browser, &connection).await).starts_with("Synced"));
    }
}

async fn an_asset_without_a_candle_stands_beside_the_value(kind: Kind) {
    let world = World::new(kind).await;
    world.hold(&binance::EMPTY, "NOPE", "5.0");
    let connection = world.connected().await;
    assert!(world.take_up().await);
    let history = world.told(None).await;
    assert_eq!(shown(&history).last(), Some(&"124997.33"));
    assert!(history.points.iter().all(|point| point.unpriced == 1));
    let remark = history.points[0].remark();
    assert!(
        remark.ends_with("spot wallet only, 1 asset without a price"),
        "{remark}"
    );
    // A wallet of which nothing has a price is not worth nothing.
    let bare = World::new(kind).await;
    bare.hold(&binance::EMPTY, "NOPE", "5.0");
    connect(&bare.browser, &binance::EMPTY, &[]).await;
    assert!(bare.take_up().await);
    assert_eq!(bare.told(None).await.points, []);
    assert_eq!(count(&bare.app, DAYS).await, 0);
    assert!(world.said(&connection).await.starts_with("29 days"));
}

async fn what_binance_does_not_list_is_priced_at_okx(kind: Kind) {
    let world = World::new(kind).await;
    world.hold(&binance::EMPTY, "OKB", "10.0");
    connect(&world.browser, &binance::EMPTY, &[]).await;
    assert!(world.take_up().await);
    let history = world.told(None).await;
    // 9.9 OKB at 46.83 USDT at 0.9911 USD.
    assert_eq!(shown(&history).last(), Some(&"459.49"));
    assert!(world.asked(CANDLES) > 0 && world.asked(KLINES) > 0);
    let calls = world.asked(CANDLES) + world.asked(KLINES);
    assert!(calls <= 15, "{calls}");
}

async fn hostile_rows_are_counted_and_the_others_told(kind: Kind) {
    let world = World::new(kind).await;
    let connection = world.connected().await;
    let end = start_of_day(world.now()).0 - 1_000;
    let good = r#"{"asset":"BTC","free":"2","locked":"0"}"#;
    let of = |days_ago: i64, rows: &str| {
        let at = end - (days_ago - 1) * DAY_MS;
        format!(r#"{{"data":{{"balances":[{rows}]}},"type":"spot","updateTime":{at}}}"#)
    };
    let days = [
        of(
            1,
            &format!(r#"{good},{{"asset":"<script>","free":"1e999","locked":"0"}}"#),
        ),
        of(2, good),
        of(3, &format!("{good},{good}")),
        of(4, r#"{"asset":"ETH","free":"","locked":null}"#),
        of(-9, good),
        of(400, good),
        "{}".to_owned(),
    ];
    let body = format!(
        r#"{{"code":200,"msg":"","snapshotVos":[{}]}}"#,
        days.join(",")
    );
    world.inject(SNAPSHOT, Effect::json(200, &body));
    assert!(world.take_up().await);
    assert_eq!(world.told(None).await.points.len(), 2);
    let said = world.said(&connection).await;
    assert!(said.starts_with("2 days before"), "{said}");
    assert!(
        said.ends_with("4 rows could not be read and are left out."),
        "{said}"
    );
}

async fn what_fails_in_passing_is_tried_again_and_given_up_in_the_end(kind: Kind) {
    let mut world = World::new(kind).await;
    let connection = world.connected().await;
    world.inject(SNAPSHOT, Effect::binance_too_much(Some("120")));
    assert!(world.take_up().await);
    world.advance(1);
    assert!(!world.take_up().await, "sooner than the exchange asked");
    assert!(world.said(&connection).await.contains("are being fetched"));
    world.advance(2);
    let control = world.app.setup.sandbox.control();
    control.clear_faults();
    world.inject(KLINES, Effect::Drop);
    for _ in 2..TRIES {
        assert!(world.take_up().await);
        assert_eq!(count(&world.app, DAYS).await, 0);
        world.advance(24 * 60);
    }
    control.clear_faults();
    world.inject(SNAPSHOT, Effect::binance(503, -1001, "Internal error."));
    assert!(world.take_up().await);
    let said = world.said(&connection).await;
    assert!(
        said.contains("could not be read in several tries"),
        "{said}"
    );
    world.advance(24 * 60);
    assert!(!world.take_up().await);
}

/// Claims as a process does that then dies.
async fn claim_as_the_dead(world: &World) -> bool {
    let now = world.now();
    let work = world.app.state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move {
            let term = Term {
                holder: "dead",
                now,
                until: now.plus_ms(600_000),
            };
            backfills::claim(db, term).await
        })
    });
    work.await.unwrap().is_some()
}

async fn what_was_broken_off_is_taken_up_again_and_given_up_in_the_end(kind: Kind) {
    let mut world = World::new(kind).await;
    world.connected().await;
    assert!(claim_as_the_dead(&world).await);
    assert!(!world.take_up().await);
    world.advance(11);
    assert!(world.take_up().await);
    assert_eq!(count(&world.app, DAYS).await, 29);
    let mut world = World::new(kind).await;
    let connection = world.connected().await;
    for _ in 0..TRIES {
        assert!(claim_as_the_dead(&world).await);
        world.advance(11);
    }
    assert!(world.take_up().await);
    assert_eq!(world.asked(SNAPSHOT), 0);
    let said = world.said(&connection).await;
    assert!(
        said.contains("could not be read in several tries"),
        "{said}"
    );
}

async fn two_processes_fetch_once(kind: Kind) {
    let world = World::new(kind).await;
    world.connected().await;
    let other = world.app.setup.state().await;
    let (one, two) = tokio::join!(take_up(&world.app.state), take_up(&other));
    assert_ne!(one.unwrap(), two.unwrap());
    assert_eq!(world.asked(SNAPSHOT), 1);
    assert_eq!(count(&world.app, DAYS).await, 29);
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

async fn syncs_beside_it_are_not_starved(kind: Kind) {
    let world = World::new(kind).await;
    let keys = [
        binance::EVERY_WALLET,
        binance::READ_ONLY,
        binance::SECOND,
        binance::EMPTY,
        binance::MANY,
    ];
    let mut connections = Vec::new();
    for key in &keys {
        connections.push(connect(&world.browser, key, &[]).await);
    }
    let fetching = async { while world.take_up().await {} };
    let syncing = async {
        for connection in &connections {
            let page = sync(&world.browser, connection).await;
            assert!(told(&page).starts_with("Synced"), "{}", page.text());
        }
    };
    tokio::join!(fetching, syncing);
    let records = world.app.setup.sandbox.control().records();
    assert!(records.iter().all(|record| record.status != 429));
    // A minute's budget of its own has room for four; what is beyond waits for another.
    let waiting = "SELECT CAST(COUNT(*) AS BIGINT) FROM backfills WHERE state = 'waiting'";
    let waiting = usize::try_from(number(&world.app, waiting).await).unwrap();
    assert_eq!(world.asked(SNAPSHOT) + waiting, keys.len());
    assert!(world.asked(SNAPSHOT) >= 4);
}
