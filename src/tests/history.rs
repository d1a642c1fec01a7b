//! History from the sync to the page: what moved, what prices did, and what is held back.

mod backfill;
mod background;
mod held_back;
mod news;
mod page;
pub mod scene;

use coffer::domain::currency::Currency;
use coffer::domain::history::series::Range;
use coffer::domain::timestamp::Timestamp;
use coffer::error::Problem;
use coffer::sandbox::Wallet::Spot;
use coffer::sandbox::{Effect, Fault};
use coffer::services::history::{Recorded, series, thin};
use coffer::services::{connections, history};
use coffer::storage::holding_snapshots;

use self::scene::{KEY, Scene, amount, shown};
use crate::scene::{count, number, set, sync};
use crate::support::{Kind, on_both_databases};

const FUNDING: &str = "/sapi/v1/asset/get-funding-asset";

on_both_databases![
    a_sync_makes_a_point_of_every_portfolio_and_of_all,
    what_was_bought_and_what_prices_did_are_told_apart,
    a_wallet_that_could_not_be_read_makes_a_partial_point,
    history_is_told_in_any_currency_that_was_to_be_had,
    what_has_no_price_at_all_is_not_recorded_as_nothing,
    what_a_deleted_connection_held_is_gone_with_it,
    what_is_held_is_kept_whenever_it_changes,
    anothers_history_cannot_be_had,
    points_are_thinned_once_a_day,
];

async fn a_sync_makes_a_point_of_every_portfolio_and_of_all(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "2")]).await;
    let recorded = scene.record(0, &[("BTC", "100")]).await;
    let both = Recorded {
        points: 2,
        held_back: 0,
    };
    assert_eq!(recorded, both);
    let portfolio = scene.portfolio().await;
    for id in [None, Some(portfolio.as_str())] {
        let history = scene.told(id, Currency::Usd, 1).await;
        assert_eq!(shown(&history), ["200"]);
        assert_eq!(history.movement, None);
    }
    let page = scene.page("30d").await;
    assert!(page.text().contains("History begins with 200.00 USD on"));
    // The same moment again is no second point.
    assert_eq!(scene.record(0, &[("BTC", "100")]).await.points, 0);
}

async fn what_was_bought_and_what_prices_did_are_told_apart(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1"), ("ETH", "10")]).await;
    scene.record(0, &[("BTC", "100"), ("ETH", "10")]).await;
    scene.hold("BTC", "1.5").await;
    scene.record(60, &[("BTC", "100"), ("ETH", "10")]).await;
    scene.record(120, &[("BTC", "110"), ("ETH", "9")]).await;
    let history = scene.told(None, Currency::Usd, 121).await;
    assert_eq!(shown(&history), ["200", "250", "255"]);
    let movement = history.movement.unwrap();
    assert_eq!(movement.headline(Currency::Usd), "+55.00 USD (+27.5 %)");
    let parts = "+5.00 by prices, +50.00 by deposits and withdrawals";
    assert_eq!(movement.parts(Currency::Usd), parts);
    // A price that comes is no gain, and one that goes is no loss.
    scene.record(180, &[("BTC", "110")]).await;
    let history = scene.told(None, Currency::Usd, 181).await;
    let movement = history.movement.unwrap();
    assert_eq!(movement.coverage, amount("-90"));
    assert_eq!(movement.prices, amount("5"));
    assert_eq!(history.points.last().unwrap().unpriced, 1);
}

async fn a_wallet_that_could_not_be_read_makes_a_partial_point(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1")]).await;
    scene.record(0, &[("BTC", "100")]).await;
    let fault = Fault::on(FUNDING, Effect::gateway());
    let control = scene.app.setup.sandbox.control();
    control.inject(fault);
    sync(&scene.browser, &scene.connection).await;
    control.clear_faults();
    scene.record(60, &[("BTC", "100")]).await;
    sync(&scene.browser, &scene.connection).await;
    scene.record(120, &[("BTC", "100")]).await;
    let history = scene.told(None, Currency::Usd, 121).await;
    let partial: Vec<_> = history.points.iter().map(|point| point.partial).collect();
    assert_eq!(partial, [false, true, false]);
    let page = scene.page("24h").await;
    assert_eq!(page.all(".chart-partial").len(), 1);
    assert!(page.text().contains("not everything could be read then"));
    assert!(page.one("table").contains("partial"));
}

async fn history_is_told_in_any_currency_that_was_to_be_had(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1")]).await;
    scene.record(0, &[("BTC", "100")]).await;
    scene.record(60, &[("BTC", "100"), ("EUR", "1.25")]).await;
    scene.record(120, &[("BTC", "120"), ("EUR", "1.20")]).await;
    let dollars = scene.told(None, Currency::Usd, 121).await;
    assert_eq!(shown(&dollars), ["100", "100", "120"]);
    let euros = scene.told(None, Currency::Eur, 121).await;
    assert_eq!(shown(&euros), ["80", "100"]);
    assert_eq!(euros.untold, 1);
    assert_eq!(euros.movement.unwrap().prices, amount("20"));
    let bitcoin = scene.told(None, Currency::Btc, 121).await;
    assert_eq!(shown(&bitcoin), ["1", "1", "1"]);
    let francs = scene.told(None, Currency::Chf, 121).await;
    assert_eq!((francs.points.len(), francs.untold), (0, 3));
    // The page follows the person's currency.
    let change = "UPDATE users SET base_currency = 'EUR'";
    crate::leases::execute(&scene.app, change).await;
    let page = scene.page("24h").await;
    assert!(
        page.text().contains("+20.00 EUR (+25 %)"),
        "{}",
        page.text()
    );
}

async fn what_has_no_price_at_all_is_not_recorded_as_nothing(kind: Kind) {
    let scene = Scene::new(kind, &[("OBSCURE", "7")]).await;
    assert_eq!(scene.record(0, &[("BTC", "100")]).await.points, 0);
    assert_eq!(scene.told(None, Currency::Usd, 1).await.points, []);
    let page = scene.page("all").await;
    assert!(page.text().contains("History begins with the next sync"));
}

async fn what_a_deleted_connection_held_is_gone_with_it(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1")]).await;
    scene.record(0, &[("BTC", "100")]).await;
    assert_eq!(count(&scene.app, "value_series").await, 2);
    let state = &scene.app.state;
    connections::delete(state, &scene.user.id, &scene.connection)
        .await
        .unwrap();
    assert_eq!(count(&scene.app, "holding_snapshots").await, 0);
    // The portfolio was fed by it alone.
    assert_eq!(count(&scene.app, "value_series").await, 1);
    // What a person does is recorded at once.
    let recorded = scene.record(60, &[("BTC", "100")]).await;
    assert_eq!((recorded.points, recorded.held_back), (1, 0));
    let history = scene.told(None, Currency::Usd, 61).await;
    assert_eq!(shown(&history), ["100", "0"]);
    assert_eq!(history.movement.unwrap().balances, amount("-100"));
}

async fn what_is_held_is_kept_whenever_it_changes(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1")]).await;
    let kept = async || {
        let mut db = scene.app.state.db.reader().await.unwrap();
        let begin = ("", Timestamp(0));
        let list = holding_snapshots::list_page(&mut db, &scene.user.id, begin, 99).await;
        let list = list.unwrap().into_iter().map(|(_, one)| one);
        let held = list.map(|one| (one.held, one.partial));
        held.collect::<Vec<_>>()
    };
    let first = (r#"{"spot":{"BTC":"1"}}"#.to_owned(), false);
    assert_eq!(kept().await, std::slice::from_ref(&first));
    sync(&scene.browser, &scene.connection).await;
    set(&scene.app, &KEY, Spot, "BTC", "0.4", "0.6");
    sync(&scene.browser, &scene.connection).await;
    assert_eq!(kept().await, std::slice::from_ref(&first));
    let fault = Fault::on(FUNDING, Effect::gateway());
    scene.app.setup.sandbox.control().inject(fault);
    scene.hold("BTC", "1.000000000000000001").await;
    let second = r#"{"spot":{"BTC":"1.000000000000000001"}}"#.to_owned();
    assert_eq!(kept().await, [first, (second, true)]);
}

async fn anothers_history_cannot_be_had(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1")]).await;
    scene.record(0, &[("BTC", "100")]).await;
    let stranger = scene.app.signed_in("b@example.org").await;
    let users = coffer::services::accounts::list(&scene.app.state)
        .await
        .unwrap();
    let other = users.into_iter().find(|user| user.id != scene.user.id);
    let other = other.unwrap().into();
    let portfolio = scene.portfolio().await;
    let state = &scene.app.state;
    for id in [portfolio.as_str(), scene.user.id.as_str(), "nobody"] {
        let (range, currency) = (Range::All, Currency::Usd);
        let told = series(state, &other, Some(id), range, currency, scene.at(1)).await;
        assert_eq!(told, Err(Problem::NotFound), "{id}");
    }
    let form = [("id", ""), ("range", "all")];
    let own = crate::functions::call(&stranger, "/do/load-history", &form).await;
    assert!(own.body.contains("\"points\":[]"), "{}", own.body);
}

async fn points_are_thinned_once_a_day(kind: Kind) {
    const DAY: i64 = 24 * 60;
    let scene = Scene::new(kind, &[("BTC", "1")]).await;
    // Six points in two hours that begin with a full hour.
    let begin = scene.minutes_to_full_hour();
    for (minute, held) in [
        (0, "1"),
        (10, "1.1"),
        (59, "1.2"),
        (60, "1.3"),
        (90, "1.4"),
        (119, "1.5"),
    ] {
        scene.hold("BTC", held).await;
        scene.record(begin + minute, &[("BTC", "100")]).await;
    }
    let (state, user) = (&scene.app.state, &scene.user.id);
    let points = "SELECT CAST(COUNT(*) AS BIGINT) FROM value_points";
    thin(state, user, scene.at(begin + 120)).await.unwrap();
    assert_eq!(number(&scene.app, points).await, 12);
    let later = scene.at(begin + 2 * DAY + 120);
    thin(state, user, later).await.unwrap();
    assert_eq!(number(&scene.app, points).await, 4);
    let minutes = "SELECT CAST(COUNT(DISTINCT minute) AS BIGINT) FROM value_rates";
    assert_eq!(number(&scene.app, minutes).await, 2);
    let (range, currency) = (Range::All, Currency::Usd);
    let told = history::series(state, &scene.user, None, range, currency, later).await;
    let told = told.unwrap();
    assert_eq!(shown(&told), ["120", "150"]);
    assert_eq!(told.movement.unwrap().balances, amount("30"));
}
