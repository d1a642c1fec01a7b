//! Pairs in currencies that no total is made over: they are watched as any other.

use coffer::sandbox::{Effect, Exchange, Fault};

use super::page::cells;
use super::watch;
use crate::api::client::client_of;
use crate::scene::told;
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    a_pair_in_any_currency_is_shown_as_any_other,
    a_price_that_is_told_by_name_is_doubted_as_any_other,
    why_there_is_no_price_is_true_of_any_pair,
    what_cannot_be_asked_is_not_said_to_be_untraded,
];

const ANNA: &str = "anna@example.org";
const ARS: [&str; 2] = ["USDT", "ARS"];
const DAYS: &str = "/api/v3/ticker/24hr";
const LISTS: &str = "/api/v3/exchangeInfo";

async fn a_pair_in_any_currency_is_shown_as_any_other(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    for (typed, pair) in [("usdt/ars", "USDT-ARS"), ("EURAEUR", "EUR-AEUR")] {
        let page = watch(&browser, typed).await;
        assert_eq!(told(&page), format!("Added {pair} to your watchlist."));
    }
    let mut page = browser.get("/market").await;
    for (pair, price) in [("USDT-ARS", "1,374.2"), ("EUR-AEUR", "1.0012")] {
        let [binance, okx] = cells(&page, pair);
        assert!(binance.starts_with(price), "{binance}");
        assert!(
            binance.contains(" %") && binance.ends_with("just now"),
            "{binance}"
        );
        assert_eq!(okx, "–OKX does not trade it.");
    }
    // The first look may not wait for all of the pictures.
    for _ in 0..20 {
        if page.all("svg.spark").len() >= 7 {
            break;
        }
        page = browser.get("/market").await;
    }
    assert_eq!(page.all("svg.spark").len(), 7, "{}", page.text());
    let page = browser.get("/market/USDT-ARS").await;
    assert_eq!(page.all(".compared td[data-label=Price]"), ["1,374.2", "–"]);
    let client = client_of(&app, ANNA, "read").await;
    for symbols in ["USDT-ARS", "USDTARS", "usdt-ars,USDTARS"] {
        let path = format!("/market/tickers?symbols={symbols}");
        let told = client.get(&path).await.with(200)["tickers"].clone();
        assert_eq!(told.as_array().unwrap().len(), 1, "{told}");
        assert_eq!(told[0]["exchange"], "binance");
        assert_eq!(told[0]["symbol"], "USDT-ARS");
        assert_eq!(told[0]["price"], "1374.2");
        assert!(told[0]["change_24h_percent"].is_string(), "{told}");
    }
}

async fn a_price_that_is_told_by_name_is_doubted_as_any_other(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    watch(&browser, "USDT-ARS").await;
    browser.get("/market").await;
    app.setup.clock.advance_minutes(2);
    let control = app.setup.sandbox.control();
    control.set_price(Exchange::Binance, ARS, "13742000");
    let page = browser.get("/market").await;
    assert_eq!(
        cells(&page, "USDT-ARS")[0],
        "–Doubted: Binance says USDT/ARS 13,742,000, far from the 1,374.2 before. It is used once it \
         has stayed there for a while."
    );
    let client = client_of(&app, ANNA, "read").await;
    let told = client
        .get("/market/tickers?symbols=USDT-ARS")
        .await
        .with(200);
    assert!(told["tickers"][0]["price"].is_null(), "{told}");
}

async fn why_there_is_no_price_is_true_of_any_pair(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let control = app.setup.sandbox.control();
    control.inject(Fault::on(DAYS, Effect::json(200, "[]")));
    watch(&browser, "USDT-ARS").await;
    let shown = async || cells(&browser.get("/market").await, "USDT-ARS")[0].clone();
    assert_eq!(
        shown().await,
        "–Binance tells no price of it that can be one."
    );
    control.clear_faults();
    // Figures that were never read are not there because they cannot be read.
    let other = App::start(kind).await;
    let control = other.setup.sandbox.control();
    control.inject(Fault::on(
        DAYS,
        Effect::binance(503, -1001, "Internal error."),
    ));
    let browser = other.signed_in(ANNA).await;
    watch(&browser, "USDT-ARS").await;
    let shown = async || cells(&browser.get("/market").await, "USDT-ARS")[0].clone();
    assert_eq!(shown().await, "–Binance could not be read.");
    control.clear_faults();
    control.halt_pair(Exchange::Binance, ARS);
    other.setup.clock.advance_minutes(61);
    assert_eq!(shown().await, "–Binance does not trade it.");
}

async fn what_cannot_be_asked_is_not_said_to_be_untraded(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let control = app.setup.sandbox.control();
    control.inject(Fault::on(
        LISTS,
        Effect::binance(503, -1001, "Internal error."),
    ));
    let page = browser.post("/do/watch", &[("symbol", "USDT-ARS")]).await;
    assert_eq!(
        page.one("#symbol-error"),
        "Binance could not be asked whether this pair is traded there. Try again in a while."
    );
}
