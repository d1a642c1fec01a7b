//! What `/market` shows of a pair: a price as it was told, or why there is none.

use coffer::domain::market::board::Board;
use coffer::sandbox::{Effect, Exchange};

use crate::functions::call;
use crate::support::{App, Browser, Kind, Page, on_both_databases};

on_both_databases![
    prices_are_shown_as_they_were_told_each_with_its_age,
    where_there_is_no_price_the_reason_stands,
    a_price_that_is_too_old_or_doubted_is_no_number,
    what_is_asked_for_again_is_what_the_page_shows,
];

const BTC: [&str; 2] = ["BTC", "USDT"];

/// What stands in the cells of a pair's row, by exchange.
pub fn cells(page: &Page, pair: &str) -> [String; 2] {
    let pairs = page.all(".watchlist tbody th");
    let row = pairs.iter().position(|one| one == pair).unwrap();
    let cells = page.all(".watchlist tbody td.quoted");
    [cells[2 * row].clone(), cells[2 * row + 1].clone()]
}

/// The prices on a page, whatever they are of.
fn prices(page: &Page) -> Vec<String> {
    page.all(".quoted-price:not(.unknown)")
}

async fn somebody(app: &App) -> Browser {
    app.signed_in("a@example.org").await
}

async fn prices_are_shown_as_they_were_told_each_with_its_age(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    control.set_price(Exchange::Binance, BTC, "64210.55000000");
    control.set_price(Exchange::Okx, BTC, "64211.000000000000000001");
    // Nobody speaks against it.
    control.remove_pair(Exchange::Binance, ["XRP", "USDT"]);
    control.set_price(Exchange::Okx, ["XRP", "USDT"], "0.00000000000912");
    let browser = somebody(&app).await;
    let page = browser.get("/market").await;
    assert_eq!((page.status, page.one("h1").as_str()), (200, "Market"));
    assert_eq!(page.one("caption"), "Watchlist");
    assert_eq!(page.all("nav.site-nav [aria-current]"), ["Market"]);
    let [binance, okx] = cells(&page, "BTC-USDT");
    assert!(binance.starts_with("64,210.55"), "{binance}");
    assert!(binance.ends_with("just now"), "{binance}");
    assert!(okx.starts_with("64,211.000000000000000001"), "{okx}");
    assert!(cells(&page, "XRP-USDT")[1].starts_with("0.00000000000912"));
    app.setup.clock.advance_minutes(5);
    for exchange in [Exchange::Binance, Exchange::Okx] {
        control.fail_prices(exchange, Effect::Drop);
    }
    let page = browser.get("/market").await;
    let [binance, _] = cells(&page, "BTC-USDT");
    assert!(binance.ends_with("5 minutes ago"), "{binance}");
    // Without script all of it stands in the page.
    assert_eq!(page.all(".watchlist tbody tr").len(), 5);
    assert!(
        !page.body.contains(" style="),
        "no inline style passes the policy"
    );
}

async fn where_there_is_no_price_the_reason_stands(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    control.remove_pair(Exchange::Okx, ["SOL", "USDT"]);
    control.remove_pair(Exchange::Okx, ["BNB", "USDT"]);
    let browser = somebody(&app).await;
    let page = browser.get("/market").await;
    for pair in ["BNB-USDT", "SOL-USDT"] {
        assert_eq!(cells(&page, pair)[1], "–OKX does not trade it.");
        assert!(!cells(&page, pair)[0].starts_with('–'));
    }
    // Nobody has read it yet, so that nothing can be said of what it lists.
    let other = App::start(kind).await;
    let control = other.setup.sandbox.control();
    control.fail_prices(Exchange::Binance, Effect::Drop);
    let browser = somebody(&other).await;
    let page = browser.get("/market").await;
    assert_eq!(page.status, 200);
    let [binance, okx] = cells(&page, "BTC-USDT");
    assert_eq!(binance, "–Binance could not be read.");
    assert!(okx.starts_with("64,198.3"), "{okx}");
}

async fn a_price_that_is_too_old_or_doubted_is_no_number(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    for exchange in [Exchange::Binance, Exchange::Okx] {
        control.set_price(exchange, BTC, "64000");
    }
    let browser = somebody(&app).await;
    browser.get("/market").await;
    app.setup.clock.advance_minutes(2);
    control.set_price(Exchange::Okx, BTC, "900001");
    control.set_price(Exchange::Okx, ["ETH", "USDT"], "-3");
    let page = browser.get("/market").await;
    let [binance, okx] = cells(&page, "BTC-USDT");
    assert!(binance.starts_with("64,000"), "{binance}");
    assert_eq!(
        okx,
        "–Doubted: OKX says BTC/USDT 900,001, far from the 64,000 before. It is used once it has \
         stayed there for a while."
    );
    let [_, okx] = cells(&page, "ETH-USDT");
    assert_eq!(okx, "–Doubted: OKX says ETH/USDT -3, which cannot be.");
    assert!(!prices(&page).iter().any(|price| price.contains("900,001")));
    for exchange in [Exchange::Binance, Exchange::Okx] {
        control.fail_prices(exchange, Effect::Drop);
    }
    app.setup.clock.advance_minutes(16);
    let page = browser.get("/market").await;
    let [binance, _] = cells(&page, "BTC-USDT");
    assert!(
        binance.starts_with("–No price for 15 minutes: the last one is of "),
        "{binance}"
    );
    assert_eq!(prices(&page), Vec::<String>::new());
}

async fn what_is_asked_for_again_is_what_the_page_shows(kind: Kind) {
    let app = App::start(kind).await;
    let browser = somebody(&app).await;
    let page = browser.get("/market").await;
    let told = call(&browser, "/do/load-market", &[]).await;
    let board: Board = serde_json::from_str(&told.body).unwrap();
    let pairs: Vec<_> = board.rows.iter().map(|row| row.pair.to_string()).collect();
    assert_eq!(pairs, super::USUAL);
    let told = board.rows.iter().flat_map(|row| &row.quoted);
    let told = told.filter_map(|one| one.price.price().map(|price| price.grouped()));
    assert_eq!(told.collect::<Vec<_>>(), prices(&page));
    assert!(prices(&page).len() > 4);
}
