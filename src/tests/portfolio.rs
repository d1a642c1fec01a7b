//! The figures of the portfolio: whose they are, how old they are, and what is missing.

use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{Effect, Fault};

use crate::scene::{BOTH, assert_only_read, connect, count, fact, quantities, quantity, sync};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    connections_of_one_portfolio_are_summed_and_those_of_others_are_not,
    a_portfolio_of_somebody_else_is_refused_at_its_field,
    an_empty_account_was_read_all_the_same,
    a_failed_wallet_keeps_its_balances_and_is_told_with_its_age,
    a_wallet_that_is_gone_leaves_its_balances_and_the_total_incomplete,
    a_paused_connection_is_told_and_its_figures_age,
];

const FUNDING: &str = "/sapi/v1/asset/get-funding-asset";

async fn connections_of_one_portfolio_are_summed_and_those_of_others_are_not(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &binance::READ_ONLY, &[("label", "Köln 币")]).await;
    let page = browser.get("/connections").await;
    assert_eq!(page.all(".card h3"), ["Köln 币"]);
    let portfolios = page.attributes("select[name=portfolio] option", "value");
    let own = portfolios.last().unwrap().clone();
    connect(&browser, &okx::READ_ONLY, &[("portfolio", &own)]).await;
    connect(&browser, &okx::SECOND, &[]).await;
    let page = browser.get(&format!("/portfolios/{own}")).await;
    assert_eq!(quantity(&page, "BTC").unwrap(), "0.528691348901234568");
    assert_eq!(page.all("nav.switch li"), ["All", "Binance", "OKX"]);
    let other = page.attributes("nav.switch li:last-child a", "href");
    let page = browser.get(&other[0]).await;
    assert_eq!(quantity(&page, "BTC").unwrap(), "0.75");
    let page = browser.get("/").await;
    assert_eq!(quantity(&page, "BTC").unwrap(), "1.278691348901234568");
}

async fn a_portfolio_of_somebody_else_is_refused_at_its_field(kind: Kind) {
    let app = App::start(kind).await;
    let owner = app.signed_in("a@example.org").await;
    connect(&owner, &binance::READ_ONLY, &[]).await;
    let page = owner.get("/connections").await;
    let portfolios = page.attributes("select[name=portfolio] option", "value");
    let stranger = app.signed_in("b@example.org").await;
    let page = stranger
        .connect(&okx::READ_ONLY, &[("portfolio", &portfolios[1])])
        .await;
    assert_eq!(page.status, 422);
    assert_eq!(
        page.one("#portfolio-error"),
        "Pick a portfolio of the list."
    );
    assert_eq!(count(&app, "connections").await, 1);
    // Its own page is not there for strangers either.
    let path = format!("/portfolios/{}", portfolios[1]);
    assert_eq!(owner.get(&path).await.status, 200);
    let page = stranger.get(&path).await;
    assert_eq!(page.status, 404);
    assert!(!page.body.contains("LDUSDT"));
}

async fn an_empty_account_was_read_all_the_same(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &okx::EMPTY, &[]).await;
    app.setup.clock.advance_minutes(5);
    let page = browser.get("/").await;
    assert!(
        page.text().contains("Oldest figure 5 minutes ago"),
        "{}",
        page.text()
    );
    assert!(page.text().contains("Complete: every wallet answered"));
}

async fn a_failed_wallet_keeps_its_balances_and_is_told_with_its_age(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let before = quantities(&browser.get("/").await);
    app.setup.clock.advance_minutes(5);
    let control = app.setup.sandbox.control();
    control.inject(Fault::on(FUNDING, Effect::gateway()));
    let page = sync(&browser, &id).await;
    let told = page.one("[role=status]");
    assert!(
        told.contains("Spot read (10 holdings), Funding failed"),
        "{told}"
    );
    assert!(
        told.contains("Funding: Binance does not answer at the moment."),
        "{told}"
    );
    assert!(
        told.contains("0 added, 0 updated, 0 removed, 13 unchanged"),
        "{told}"
    );
    assert!(fact(&page, "Status").starts_with("Partial"));
    let page = browser.get("/").await;
    assert_eq!(quantities(&page), before);
    let text = page.text();
    assert!(text.contains("Oldest figure 5 minutes ago"), "{text}");
    assert!(text.contains("Not complete: see below."), "{text}");
    let gaps = page.all("ul.gaps li");
    assert_eq!(
        gaps,
        ["Binance: Funding could not be read; its last balances are shown."]
    );
    // Both wallets answer again, and all is whole.
    control.clear_faults();
    assert!(fact(&sync(&browser, &id).await, "Status").starts_with("Up to date"));
    let text = browser.get("/").await.text();
    assert!(text.contains("Oldest figure just now"), "{text}");
    assert_only_read(&app);
}

async fn a_wallet_that_is_gone_leaves_its_balances_and_the_total_incomplete(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let page = Effect::answer(404, "text/html", "<html>Not found</html>");
    app.setup.sandbox.control().inject(Fault::on(FUNDING, page));
    let page = sync(&browser, &id).await;
    assert!(page.one("[role=status]").contains("Funding not available"));
    assert!(fact(&page, "Status").starts_with("Partial"));
    let page = browser.get("/").await;
    assert_eq!(quantity(&page, "BNB").unwrap(), "0.33");
    assert!(page.text().contains("Not complete: see below."));
    assert_eq!(
        page.all("ul.gaps li"),
        ["Binance: Funding is not available any more; its last balances are shown."]
    );
}

async fn a_paused_connection_is_told_and_its_figures_age(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &binance::SECOND, &[]).await;
    let id = connect(&browser, &okx::SECOND, &[]).await;
    app.setup.clock.advance_minutes(90);
    let control = app.setup.sandbox.control();
    control.inject(Fault::on("/api/v5/", Effect::Drop));
    browser.submit("/do/sync-all", &[]).await;
    let page = browser.get("/").await;
    let gaps = page.all("ul.gaps li");
    assert_eq!(
        gaps[0],
        "OKX: Not read the last time. OKX does not answer at the moment."
    );
    assert!(gaps[1].starts_with("Prices of OKX could not be read since"));
    assert_eq!(gaps.len(), 2);
    assert!(page.text().contains("Oldest figure 1 hour ago"));
    assert_eq!(quantity(&page, "BTC").unwrap(), "1.25");
    let page = browser.get(&format!("/connections/{id}")).await;
    assert!(fact(&page, "Status").starts_with("Paused"));
    assert!(fact(&page, "Last synced").starts_with("1 hour ago"));
}
