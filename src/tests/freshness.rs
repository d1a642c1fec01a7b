//! Figures that are old though nothing failed: named beside every total they are in.

use coffer::domain::price::route::Market;
use coffer::sandbox::{Effect, Fault};
use coffer::services::valuation;

use crate::api::client::client_of;
use crate::leases::owner;
use crate::portfolios::{add_cash, create, id_of};
use crate::scene::{BOTH, connect, sync};
use crate::support::{App, Kind, Setup, on_both_databases};

on_both_databases![
    a_wallet_that_was_not_read_for_days_is_named_beside_each_total,
    a_wallet_that_is_gone_for_days_tells_its_age,
    what_is_recorded_of_old_wallets_is_partial,
];

const DAY: i64 = 24 * 60;
const ANNA: &str = "a@example.org";

/// An app where nothing is synced by itself and nobody is signed out.
async fn app(kind: Kind) -> App {
    let setup = Setup::new(kind).await.with("SESSION_IDLE", "30d");
    setup.with("SESSION_MAX", "30d").start().await
}

async fn a_wallet_that_was_not_read_for_days_is_named_beside_each_total(kind: Kind) {
    let app = app(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &BOTH[0], &[("label", "Main")]).await;
    let by_hand = create(&browser, "Cash").await;
    add_cash(&browser, &by_hand).await;
    let own = id_of(&browser.get("/portfolios").await, "Binance");
    let own = format!("/portfolios/{own}");
    app.setup.clock.advance_minutes(DAY - 1);
    assert!(browser.get("/").await.text().contains("Complete: every"));
    app.setup.clock.advance_minutes(2 * DAY + 2);
    for path in ["/", &own] {
        let page = browser.get(path).await;
        assert!(page.text().contains("Not up to date: see below."), "{path}");
        let gaps = page.all("ul.gaps li");
        assert_eq!(gaps.len(), 1, "{gaps:?}");
        assert!(gaps[0].starts_with("Main: Spot, Funding"), "{gaps:?}");
        assert!(gaps[0].ends_with(" are as of 3 days ago."), "{gaps:?}");
        assert_eq!(
            page.attributes("ul.gaps a", "href"),
            [format!("/connections/{id}")]
        );
    }
    let client = client_of(&app, ANNA, "read").await;
    for path in ["/portfolio", &own] {
        let told = client.get(path).await.with(200);
        assert_eq!(told["complete"], false, "{path}");
        let reason = told["missing"][0]["reason"].as_str().unwrap();
        assert!(reason.ends_with("as of 3 days ago."), "{reason}");
    }
    // What was entered by hand is as good as on the day it was entered.
    let path = format!("/portfolios/{by_hand}");
    let text = browser.get(&path).await.text();
    assert!(text.contains("Complete: every wallet answered"), "{text}");
    assert_eq!(client.get(&path).await.with(200)["complete"], true);
    sync(&browser, &id).await;
    let page = browser.get("/").await;
    assert_eq!(page.all("ul.gaps li"), [""; 0]);
    assert!(page.text().contains("Complete: every wallet answered"));
}

async fn a_wallet_that_is_gone_for_days_tells_its_age(kind: Kind) {
    let app = app(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let gone = Effect::answer(404, "text/html", "<html>Not found</html>");
    let funding = Fault::on("/sapi/v1/asset/get-funding-asset", gone);
    app.setup.sandbox.control().inject(funding);
    app.setup.clock.advance_minutes(2 * DAY);
    sync(&browser, &id).await;
    let page = browser.get("/").await;
    assert!(page.text().contains("Not complete: see below."));
    assert_eq!(
        page.all("ul.gaps li"),
        [
            "Binance: Funding is not available any more; its last balances are shown, as of 2 days \
             ago."
        ]
    );
}

async fn what_is_recorded_of_old_wallets_is_partial(kind: Kind) {
    let app = app(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let by_hand = create(&browser, "Cash").await;
    add_cash(&browser, &by_hand).await;
    let own = id_of(&browser.get("/portfolios").await, "Binance");
    let user = owner(&app).await;
    let partial = async || {
        let nothing = Market::new(Vec::new(), app.state.clock.now());
        let sheet = valuation::sheet(&app.state, &user, &nothing).await.unwrap();
        sheet.partial.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(partial().await, [""; 0]);
    app.setup.clock.advance_minutes(DAY + 1);
    assert_eq!(partial().await, [own]);
    sync(&browser, &id).await;
    assert_eq!(partial().await, [""; 0]);
}
