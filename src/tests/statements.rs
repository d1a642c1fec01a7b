//! What a sync, and what a look at the portfolio, cost the database: the same number of statements,
//! however much is held.
//!
//! They are counted on PostgreSQL alone. Its driver tells of a statement on the thread that asks for
//! it, where one test hears its own and no other's; SQLite's works on threads of its own, which all
//! tests would hear at once. Both databases are asked by the same text, as often.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use coffer::domain::connect_form::ConnectForm;
use coffer::sandbox::Wallet::Spot;
use coffer::sandbox::keys::binance::EMPTY;
use coffer::sandbox::{Exchange, Holding, Wallet};
use coffer::services::{State, accounts, connect, sync};
use tracing::Dispatch;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::{Layer, Registry};

use crate::leases::execute;
use crate::scene::{connect as connect_in, set, sync as press_sync, told};
use crate::support::{App, Kind, PASSWORD, Setup, demo_key};

/// Remembers the statements that the database's driver tells of.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Vec<String>>>);

struct Reader<'a>(&'a mut String);

impl Visit for Reader<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if matches!(field.name(), "summary" | "db.statement") {
            self.0.push_str(&format!("{value:?} "));
        }
    }
}

impl<S: tracing::Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut text = String::new();
            event.record(&mut Reader(&mut text));
            // A connection to the database that is new says how it wants to be treated.
            if !text.starts_with("\"SET ") {
                self.0.lock().unwrap().push(text);
            }
        }
    }
}

impl Statements {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A person with a connection, and nothing that works by itself.
async fn connected(state: &State) -> (String, String) {
    let user = accounts::add(state, "a@example.org", PASSWORD.into()).await;
    let form = ConnectForm {
        exchange: "binance".to_owned(),
        api_key: EMPTY.api_key.into(),
        secret_key: EMPTY.secret_key.into(),
        ..ConnectForm::default()
    };
    let user = user.unwrap().id;
    let connected = connect::connect(state, &user, &form).await.unwrap();
    (user, connected.connection_id)
}

fn hold(setup: &Setup, wallet: Wallet, assets: std::ops::Range<usize>, amount: &str) {
    let control = setup.sandbox.control();
    for number in assets {
        let holding = Holding::new(&format!("A{number}"), amount, "0");
        control.set_asset(EMPTY.api_key, wallet, holding).unwrap();
    }
}

/// One thread: statements are told where they are made.
#[tokio::test]
async fn a_sync_takes_as_many_statements_for_five_hundred_assets_as_for_one() {
    if !Kind::Postgres.is_at_hand() {
        return;
    }
    let setup = Setup::new(Kind::Postgres).await;
    let state = setup.state().await;
    let (user, id) = connected(&state).await;
    let statements = Statements::default();
    let listener = Dispatch::new(Registry::default().with(statements.clone()));
    // While there is only one, whatever thread comes first to a statement decides for all threads
    // whether it is told.
    let _second = Dispatch::new(Registry::default());
    let _told = tracing::dispatcher::set_default(&listener);
    let synced = async || {
        statements.take();
        let synced = sync::sync_connection(&state, &user, &id).await.unwrap();
        let report = synced.report;
        let changes = (
            report.added,
            report.updated,
            report.removed,
            report.unchanged,
        );
        (changes, statements.take())
    };
    let (changes, warm) = synced().await;
    assert_eq!(changes, (0, 0, 0, 0));
    assert!(warm.len() > 5, "{warm:?}");
    hold(&setup, Wallet::Spot, 0..1, "1");
    let (changes, first) = synced().await;
    assert_eq!(changes, (1, 0, 0, 0));
    hold(&setup, Wallet::Spot, 1..501, "1");
    let (changes, many) = synced().await;
    assert_eq!(changes, (500, 0, 0, 1));
    assert_eq!(many.len(), first.len());
    // Half of them change and half are gone, in two wallets at once.
    hold(&setup, Wallet::Funding, 0..250, "3");
    hold(&setup, Wallet::Spot, 0..250, "2");
    for number in 250..500 {
        let asset = format!("A{number}");
        let control = setup.sandbox.control();
        control
            .remove_asset(EMPTY.api_key, Wallet::Spot, &asset)
            .unwrap();
    }
    let (changes, mixed) = synced().await;
    assert_eq!(changes, (250, 250, 250, 1));
    // The same, and one that deletes.
    assert_eq!(mixed.len(), first.len() - 2 + 1);
    // Nothing changed: nothing of the holdings is written, nor is an asset looked up.
    let (changes, same) = synced().await;
    assert_eq!(changes, (0, 0, 0, 501));
    assert_eq!(same.len(), warm.len(), "{same:#?}");
    for written in [
        "INTO holdings",
        "FROM holdings WHERE connection_id = $1 AND (",
        "assets WHERE",
    ] {
        assert!(!same.iter().any(|sql| sql.contains(written)), "{same:#?}");
    }
}

/// One thread, as above.
#[tokio::test]
async fn the_portfolio_page_takes_as_many_statements_for_a_thousand_holdings_as_for_ten() {
    if !Kind::Postgres.is_at_hand() {
        return;
    }
    let app = App::start(Kind::Postgres).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect_in(&browser, &demo_key(Exchange::Binance, EMPTY.api_key), &[]).await;
    let statements = Statements::default();
    let listener = Dispatch::new(Registry::default().with(statements.clone()));
    let _second = Dispatch::new(Registry::default());
    let _told = tracing::dispatcher::set_default(&listener);
    let mut counted = Vec::new();
    for assets in [0..10, 10..1_000] {
        let all = assets.end;
        // Every second one has a price.
        for number in assets.clone().step_by(2) {
            let pair = [&format!("A{number}"), "USDT"];
            let control = app.setup.sandbox.control();
            control.set_price(Exchange::Binance, pair, "1.5");
        }
        hold(&app.setup, Wallet::Spot, assets, "1");
        press_sync(&browser, &id).await;
        app.setup.clock.advance_minutes(2);
        // The first look has prices read again.
        let looks = ["/", "/", "/?by=wallet&sort=-price"];
        for (look, path) in looks.into_iter().enumerate() {
            statements.take();
            let page = browser.get(path).await.text();
            assert!(page.contains(&format!(" {all} assets.")), "{path}");
            assert!(page.contains(&format!("+ {} assets without", all / 2)));
            let seen = statements.take();
            assert!(seen.len() > 5, "{seen:?}");
            counted.push((look, seen.len()));
        }
    }
    assert_eq!(counted[..3], counted[3..]);
    // A page that has its prices takes no statement for them.
    assert_eq!(counted[1].1, counted[2].1);
}

#[tokio::test]
async fn an_account_is_deleted_by_as_many_statements_for_four_connections_as_for_one() {
    if !Kind::Postgres.is_at_hand() {
        return;
    }
    let setup = Setup::new(Kind::Postgres).await;
    let state = setup.state().await;
    let statements = Statements::default();
    let listener = Dispatch::new(Registry::default().with(statements.clone()));
    let _second = Dispatch::new(Registry::default());
    let _told = tracing::dispatcher::set_default(&listener);
    let mut counts = Vec::new();
    for connections in [1, 1, 4] {
        let (id, _) = connected(&state).await;
        for number in 1..connections {
            let made = setup.sandbox.control().add_binance_account(number, &[]);
            let form = ConnectForm {
                exchange: "binance".to_owned(),
                api_key: made.api_key.as_str().into(),
                secret_key: made.secret_key.as_str().into(),
                ..ConnectForm::default()
            };
            connect::connect(&state, &id, &form).await.unwrap();
        }
        let user = accounts::find(&state, &id).await.unwrap().unwrap();
        statements.take();
        let deleted = accounts::deletion::delete(&state, &user, PASSWORD.into(), &user.email);
        deleted.await.unwrap();
        counts.push(statements.take().len());
    }
    // The first may open a connection to the database.
    assert_eq!(counts[1], counts[2]);
    assert!(counts[2] > 5, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_with_nothing_new_touches_no_holding() {
    let app = App::start(Kind::Sqlite).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect_in(&browser, &crate::scene::BOTH[0], &[]).await;
    for deed in ["INSERT", "UPDATE", "DELETE"] {
        let sql = format!(
            "CREATE TRIGGER no_{deed} BEFORE {deed} ON holdings \
             BEGIN SELECT RAISE(ABORT, 'touched'); END"
        );
        execute(&app, &sql).await;
    }
    let page = press_sync(&browser, &id).await;
    assert!(told(&page).contains("0 added, 0 updated, 0 removed, 13 unchanged"));
    set(&app, &crate::scene::BOTH[0], Spot, "ADA", "7.5", "0");
    let page = press_sync(&browser, &id).await;
    assert_ne!(page.status, 200, "the guard does not work: {}", page.text());
}
