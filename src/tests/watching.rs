//! The market's pages: what is watched, what the exchanges say of it, and candles.

mod ages;
mod any_pair;
mod api;
mod candles;
mod page;
mod pair;

use coffer::sandbox::{Effect, Exchange};
use coffer::services::watchlist;
use futures::future::join_all;

use crate::connecting::errors;
use crate::leases::{execute, owner};
use crate::scene::{count, told};
use crate::support::{App, Browser, Kind, Page, on_both_databases};

on_both_databases![
    pairs_are_added_as_they_are_typed,
    what_nobody_trades_is_refused_beside_the_field,
    what_cannot_be_asked_is_said_and_what_was_typed_stays,
    pairs_are_moved_and_removed_down_to_five,
    fifty_pairs_are_the_most_and_of_two_changes_at_once_none_is_lost,
    everybody_has_a_list_of_their_own,
];

/// Where the pairs of both exchanges stand in the page.
const PAIRS: &str = ".watchlist tbody th";

/// The five that are watched until somebody chooses.
pub const USUAL: [&str; 5] = ["BTC-USDT", "ETH-USDT", "SOL-USDT", "BNB-USDT", "XRP-USDT"];

async fn watch(browser: &Browser, typed: &str) -> Page {
    browser.submit("/do/watch", &[("symbol", typed)]).await
}

async fn pairs(browser: &Browser) -> Vec<String> {
    browser.get("/market").await.all(PAIRS)
}

async fn pairs_are_added_as_they_are_typed(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    assert_eq!(pairs(&browser).await, USUAL);
    let mut wanted: Vec<_> = USUAL.map(str::to_owned).to_vec();
    for (typed, pair) in [
        ("ada-usdt", "ADA-USDT"),
        (" dot/usdt ", "DOT-USDT"),
        ("SHIBUSDT", "SHIB-USDT"),
        ("btceur", "BTC-EUR"),
        ("币安人生/usdt", "币安人生-USDT"),
        ("OKB_USDT", "OKB-USDT"),
    ] {
        let page = watch(&browser, typed).await;
        assert_eq!(told(&page), format!("Added {pair} to your watchlist."));
        wanted.push(pair.to_owned());
        assert_eq!(page.all(PAIRS), wanted);
    }
    let page = browser.post("/do/watch", &[("symbol", "adausdt")]).await;
    assert_eq!(page.status, 422);
    assert_eq!(
        page.one("#symbol-error"),
        "It is on your watchlist already."
    );
    assert_eq!(page.attributes("#symbol", "value"), ["adausdt"]);
}

async fn what_nobody_trades_is_refused_beside_the_field(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let (pair, traded) = (
        "Write a pair such as BTC-USDT.",
        "No exchange here trades this pair.",
    );
    let endless = "A".repeat(10_000);
    for (typed, sentence) in [
        ("", pair),
        ("-", pair),
        ("BTC-USDT-EUR", pair),
        ("BTC-\u{202E}USDT", pair),
        (endless.as_str(), pair),
        ("NOPE-USDT", traded),
        ("BTCUSDTT", traded),
        ("USDT-BTC", traded),
        // It was traded once.
        ("BAKE-USDT", traded),
        ("<script>alert(1)</script>", traded),
    ] {
        let page = browser.post("/do/watch", &[("symbol", typed)]).await;
        assert_eq!((page.status, page.one("h1").as_str()), (422, "Market"));
        let told = [("symbol".to_owned(), sentence.to_owned())];
        assert_eq!(errors(&page), told, "{typed}");
        assert_eq!(page.attributes("#symbol", "value"), [typed]);
        crate::labels::is_inert(&page, typed);
    }
    assert_eq!(pairs(&browser).await, USUAL);
    assert_eq!(count(&app, "watched_pairs").await, 0);
}

async fn what_cannot_be_asked_is_said_and_what_was_typed_stays(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    control.fail_prices(Exchange::Okx, Effect::okx_too_many());
    control.inject(coffer::sandbox::Fault::on(
        "/api/v5/public/instruments",
        Effect::okx_too_many(),
    ));
    let browser = app.signed_in("a@example.org").await;
    let page = browser.post("/do/watch", &[("symbol", "OKB-USDT")]).await;
    assert_eq!(page.status, 422);
    assert_eq!(
        page.one("#symbol-error"),
        "OKX could not be asked whether this pair is traded there. Try again in a while."
    );
    assert_eq!(page.attributes("#symbol", "value"), ["OKB-USDT"]);
    // What the other exchange trades can be watched.
    let page = watch(&browser, "ADA-USDT").await;
    assert_eq!(told(&page), "Added ADA-USDT to your watchlist.");
}

async fn pairs_are_moved_and_removed_down_to_five(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let form = |symbol: &'static str, way: &'static str| [("symbol", symbol), ("way", way)];
    for (symbol, way) in [
        ("SOL-USDT", "up"),
        ("SOL-USDT", "up"),
        ("SOL-USDT", "up"),
        ("BNB-USDT", "down"),
    ] {
        let page = browser.post("/do/move-watched", &form(symbol, way)).await;
        assert_eq!(
            (page.status, page.location().unwrap()),
            (303, "/market".to_owned())
        );
    }
    let moved = ["SOL-USDT", "BTC-USDT", "ETH-USDT", "XRP-USDT", "BNB-USDT"];
    assert_eq!(pairs(&browser).await, moved);
    let page = browser
        .post("/do/move-watched", &form("SOL-USDT", "away"))
        .await;
    assert_eq!(page.status, 400);
    let page = browser.post("/do/unwatch", &[("symbol", "ETH-USDT")]).await;
    assert_eq!((page.status, page.one("h1").as_str()), (422, "Market"));
    let few = "You watch 5 pairs, and that is the fewest: add another first.";
    assert_eq!(page.one("#arrange-error"), few);
    let row = page.one(".watchlist tr:has(#arrange-error) th");
    assert_eq!(row, "ETH-USDT");
    watch(&browser, "ADA-USDT").await;
    let page = browser
        .submit("/do/unwatch", &[("symbol", "ETH-USDT")])
        .await;
    assert_eq!(told(&page), "Removed ETH-USDT from your watchlist.");
    let left = ["SOL-USDT", "BTC-USDT", "XRP-USDT", "BNB-USDT", "ADA-USDT"];
    assert_eq!(page.all(PAIRS), left);
    for (path, symbol) in [
        ("/do/unwatch", "ETH-USDT"),
        ("/do/unwatch", "no pair"),
        ("/do/move-watched", "ETH-USDT"),
    ] {
        let page = browser.post(path, &form(symbol, "up")).await;
        assert_eq!(
            (page.status, page.one("h1").as_str()),
            (404, "Market"),
            "{path}"
        );
    }
    assert_eq!(pairs(&browser).await, left);
}

async fn fifty_pairs_are_the_most_and_of_two_changes_at_once_none_is_lost(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let user = owner(&app).await;
    let control = app.setup.sandbox.control();
    for number in 0..50 {
        control.set_price(Exchange::Okx, [&format!("A{number}"), "USDT"], "1.5");
    }
    let typed: Vec<_> = (0..50).map(|number| format!("a{number}/usdt")).collect();
    let adds = typed
        .iter()
        .map(|typed| watchlist::add(&app.state, &user, typed));
    let (added, refused): (Vec<_>, Vec<_>) =
        join_all(adds).await.into_iter().partition(Result::is_ok);
    assert_eq!((added.len(), refused.len()), (45, 5));
    let list = watchlist::show(&app.state, &user).await.unwrap();
    let added = added.into_iter().map(Result::unwrap);
    assert!(added.into_iter().all(|pair| list.has(&pair)));
    assert_eq!(
        (list.pairs().len(), count(&app, "watched_pairs").await),
        (50, 50)
    );
    let page = browser.post("/do/watch", &[("symbol", "ADA-USDT")]).await;
    let most = "You watch 50 pairs, and that is the most: remove one first.";
    assert_eq!(
        (page.status, page.one("#symbol-error").as_str()),
        (422, most)
    );
    assert_eq!(page.all(PAIRS).len(), 50);
}

async fn everybody_has_a_list_of_their_own(kind: Kind) {
    let app = App::start(kind).await;
    let (anna, bob) = (
        app.signed_in("anna@example.org").await,
        app.signed_in("bob@example.org").await,
    );
    watch(&anna, "ADA-USDT").await;
    assert_eq!(pairs(&bob).await, USUAL);
    watch(&bob, "DOT-USDT").await;
    assert_eq!(pairs(&anna).await[5..], ["ADA-USDT"]);
    assert_eq!(pairs(&bob).await[5..], ["DOT-USDT"]);
    // A list that was spoilt is told, and nobody else is the worse for it.
    execute(
        &app,
        "UPDATE watched_pairs SET symbol = 'x' WHERE symbol = 'ADA-USDT'",
    )
    .await;
    assert_eq!(anna.get("/market").await.status, 500);
    assert_eq!(pairs(&bob).await.len(), 6);
}
