//! The page of one pair.

use coffer::sandbox::{Effect, Exchange};

use super::watch;
use crate::labels::is_inert;
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    exchanges_are_compared_by_what_they_told,
    what_nobody_lists_has_no_page,
    what_makes_no_picture_is_said_and_the_usual_one_shown,
    a_pair_is_watched_and_let_go_from_its_own_page,
];

const BTC: [&str; 2] = ["BTC", "USDT"];

async fn exchanges_are_compared_by_what_they_told(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    control.set_price(Exchange::Binance, BTC, "64000");
    control.set_price(Exchange::Okx, BTC, "63936");
    let browser = app.signed_in("a@example.org").await;
    let page = browser.get("/market/BTC-USDT").await;
    assert_eq!((page.status, page.one("h1").as_str()), (200, "BTC-USDT"));
    assert_eq!(page.one("head title"), "BTC-USDT · Coffer");
    assert_eq!(page.one(".compared caption"), "Exchanges compared, in USDT");
    assert_eq!(page.all(".compared tbody th"), ["Binance", "OKX"]);
    assert_eq!(
        page.all(".compared td[data-label=Price]"),
        ["64,000", "63,936"]
    );
    let differences = page.all(".compared td[data-label=Compared]");
    assert_eq!(differences, ["–", "\u{2212}0.1 %"]);
    assert!(page.all(".compared thead th")[2].ends_with("with Binance"));
    // One of them alone is compared with nothing.
    let page = browser.get("/market/OKB-USDT").await;
    assert_eq!(page.all(".compared td[data-label=Price]"), ["–", "47.21"]);
    assert_eq!(page.all(".compared td[data-label=Compared]"), ["–", "–"]);
    assert_eq!(
        page.all(".missing-prices li"),
        ["Binance does not trade it."]
    );
}

async fn what_nobody_lists_has_no_page(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    for symbol in [
        "NOPE-USDT",
        "USDT-BTC",
        "BTCUSDT",
        "btc-usdt",
        "BTC",
        "-",
        "A-B-C",
        "%00-USDT",
        "%E2%80%AEBTC-USDT",
        "%3Cscript%3E-USDT",
        "..%2F..%2Fetc",
    ] {
        let page = browser.get(&format!("/market/{symbol}")).await;
        assert_eq!(
            (page.status, page.one("h1").as_str()),
            (404, "Nothing is here"),
            "{symbol}"
        );
        is_inert(&page, symbol);
    }
    // What is watched keeps its page, so that it can be let go.
    watch(&browser, "OKB-USDT").await;
    let control = app.setup.sandbox.control();
    control.remove_pair(Exchange::Okx, ["OKB", "USDT"]);
    app.setup.clock.advance_minutes(70);
    let page = browser.get("/market/OKB-USDT").await;
    assert_eq!(page.status, 200);
    assert_eq!(
        page.all(".missing-prices li"),
        ["Binance does not trade it.", "OKX does not trade it."]
    );
}

async fn what_makes_no_picture_is_said_and_the_usual_one_shown(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    for (query, sentence) in [
        (
            "exchange=kraken",
            "There is no such exchange here: pick one of the list.",
        ),
        (
            "range=%3Cscript%3E",
            "There is no such range: pick one of the list.",
        ),
        (
            "interval=1H",
            "There are no candles of such a length: pick one of the list.",
        ),
        (
            "interval=1w&range=24h",
            "Candles of 1w are too long for 24 h.",
        ),
    ] {
        let page = browser.get(&format!("/market/BTC-USDT?{query}")).await;
        assert_eq!(page.status, 400, "{query}");
        assert_eq!(page.one("[role=alert] .notice-head"), sentence);
        let chosen = page.all(".view-choice [aria-current]");
        assert_eq!(chosen, ["Binance", "24 h", "15m"]);
        is_inert(&page, query);
    }
    let page = browser
        .get("/market/BTC-USDT?exchange=okx&range=30d&interval=1d")
        .await;
    assert_eq!(page.status, 200);
    assert_eq!(
        page.all(".view-choice [aria-current]"),
        ["OKX", "30 d", "1d"]
    );
    // Of what one exchange lists alone, the usual candles are its own.
    let page = browser.get("/market/OKB-USDT").await;
    assert_eq!(page.all(".view-choice [aria-current]")[0], "OKX");
    for link in page.attributes(".view-choice a", "href") {
        let to = browser.get(&link).await;
        assert_eq!(to.status, 200, "{link}");
        assert_eq!(to.all(".view-choice [aria-current]").len(), 3, "{link}");
    }
}

async fn a_pair_is_watched_and_let_go_from_its_own_page(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let form = [("symbol", "ADA-USDT"), ("stay", "1")];
    let page = browser.get("/market/ADA-USDT").await;
    assert_eq!(
        page.attributes(".section-head form", "action"),
        ["/do/watch"]
    );
    let page = browser.submit("/do/watch", &form).await;
    assert_eq!(page.one("h1"), "ADA-USDT");
    assert_eq!(
        page.one("[role=status]"),
        "Added ADA-USDT to your watchlist."
    );
    assert_eq!(
        page.attributes(".section-head form", "action"),
        ["/do/unwatch"]
    );
    let page = browser.submit("/do/unwatch", &form).await;
    assert_eq!(
        page.one("[role=status]"),
        "Removed ADA-USDT from your watchlist."
    );
    assert_eq!(page.one(".section-head button"), "Add to watchlist");
    // An exchange that does not answer leaves the page standing.
    for exchange in [Exchange::Binance, Exchange::Okx] {
        app.setup
            .sandbox
            .control()
            .fail_prices(exchange, Effect::Drop);
    }
    app.setup.clock.advance_minutes(20);
    let page = browser.get("/market/ADA-USDT").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.all(".compared td[data-label=Price]"), ["–", "–"]);
}
