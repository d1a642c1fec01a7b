//! Jumps by one price or one wallet: shown, and recorded once they are borne out.

use coffer::domain::currency::Currency;
use coffer::domain::history::quarantine::Cause;
use coffer::domain::wallet::WalletName;
use coffer::sandbox::Wallet::{Funding, Spot};
use coffer::sandbox::{Effect, Fault};
use coffer::services::history::Recorded;

use super::scene::{KEY, Scene, amount, shown};
use crate::leases::SPOT;
use crate::scene::{set, sync};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_jump_by_one_price_is_shown_and_recorded_once_it_is_confirmed,
    a_wallet_that_is_empty_all_at_once_is_held_back,
    a_wallet_that_grows_all_at_once_waits_until_it_is_read_again,
];

async fn a_jump_by_one_price_is_shown_and_recorded_once_it_is_confirmed(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1"), ("ETH", "1")]).await;
    scene.record(0, &[("BTC", "100"), ("ETH", "10")]).await;
    let recorded = scene.record(60, &[("BTC", "300"), ("ETH", "10")]).await;
    assert_eq!((recorded.points, recorded.held_back), (0, 2));
    let history = scene.told(None, Currency::Usd, 61).await;
    assert_eq!(shown(&history), ["110"]);
    let held = history.held_back.unwrap();
    assert_eq!(held.value, Some(amount("310")));
    assert!(matches!(held.cause, Cause::Price(asset) if asset.as_str() == "BTC"));
    let page = scene.page("24h").await;
    assert!(page.text().contains("is shown, not recorded"));
    assert!(page.text().contains("The price of BTC alone"));
    let recorded = scene.record(120, &[("BTC", "290"), ("ETH", "10")]).await;
    assert_eq!((recorded.points, recorded.held_back), (4, 0));
    let history = scene.told(None, Currency::Usd, 121).await;
    assert_eq!(shown(&history), ["110", "310", "300"]);
    assert_eq!(history.held_back, None);
}

async fn a_wallet_that_is_empty_all_at_once_is_held_back(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1")]).await;
    set(&scene.app, &KEY, Funding, "ETH", "1", "0");
    sync(&scene.browser, &scene.connection).await;
    scene.record(0, &[("BTC", "100"), ("ETH", "10")]).await;
    let control = scene.app.setup.sandbox.control();
    control.remove_asset(KEY.api_key, Spot, "BTC").unwrap();
    sync(&scene.browser, &scene.connection).await;
    scene.record(60, &[("BTC", "100"), ("ETH", "10")]).await;
    let history = scene.told(None, Currency::Usd, 61).await;
    assert_eq!(shown(&history), ["110"]);
    let spot = Cause::Wallet(WalletName::new("spot"));
    assert_eq!(history.held_back.unwrap().cause, spot);
    let page = scene.page("24h").await;
    let said = "What came to the Spot wallet, or went from it, would alone change the total";
    assert!(page.text().contains(said), "{}", page.text());
    let until = "recorded when the next sync that reads the Spot wallet says about the same";
    assert!(page.text().contains(until), "{}", page.text());
    // It was a mistake.
    scene.hold("BTC", "1").await;
    scene.record(120, &[("BTC", "101"), ("ETH", "10")]).await;
    let history = scene.told(None, Currency::Usd, 121).await;
    assert_eq!(shown(&history), ["110", "111"]);
    assert_eq!(history.held_back, None);
}

async fn a_wallet_that_grows_all_at_once_waits_until_it_is_read_again(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1")]).await;
    let prices = [("BTC", "100"), ("ETH", "10")];
    scene.record(0, &prices).await;
    scene.hold("BTC", "3").await;
    let held_back = Recorded {
        points: 0,
        held_back: 2,
    };
    assert_eq!(scene.record(60, &prices).await, held_back);
    // A later look at the same reading confirms nothing, nor does a sync that could not read it.
    assert_eq!(scene.record(120, &prices).await, held_back);
    let control = scene.app.setup.sandbox.control();
    control.inject(Fault::on(SPOT, Effect::gateway()));
    set(&scene.app, &KEY, Funding, "ETH", "1", "0");
    sync(&scene.browser, &scene.connection).await;
    assert_eq!(scene.record(180, &prices).await, held_back);
    control.clear_faults();
    sync(&scene.browser, &scene.connection).await;
    assert_eq!(scene.record(240, &prices).await.points, 4);
    let history = scene.told(None, Currency::Usd, 241).await;
    assert_eq!(shown(&history), ["100", "300", "310"]);
    assert_eq!(history.held_back, None);
    assert_eq!(history.movement.unwrap().balances, amount("210"));
}
