//! What people do, from the first page to the last.

use coffer::sandbox::Exchange;
use coffer::sandbox::keys::{binance, okx};

use crate::support::{App, Kind, demo_key, on_both_databases};

on_both_databases![a_newcomer_connects_both_exchanges_and_sees_exact_balances];

async fn a_newcomer_connects_both_exchanges_and_sees_exact_balances(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.browser();
    let form = [
        ("email", "First@Example.org"),
        ("password", "correct horse battery"),
    ];
    let page = browser.submit("/do/sign-up", &form).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.one("h1"), "Portfolio");
    let page = browser
        .connect(
            &demo_key(Exchange::Binance, binance::READ_ONLY.api_key),
            &[],
        )
        .await;
    assert!(
        page.one("[role=status]")
            .starts_with("Synced 11 assets from Binance"),
        "{}",
        page.text()
    );
    let page = browser
        .connect(&demo_key(Exchange::Okx, okx::READ_ONLY.api_key), &[])
        .await;
    assert!(
        page.one("[role=status]").starts_with("Synced "),
        "{}",
        page.text()
    );
    let portfolio = browser.get("/").await;
    assert!(portfolio.all("table.holdings tbody tr").len() > 10);
}
