//! Where each figure of the portfolio comes from: as the exchange sent it, and all of it.

use std::collections::BTreeSet;

use coffer::sandbox::MANY_ASSETS;
use coffer::sandbox::Wallet::{Funding, Spot};
use coffer::sandbox::keys::{binance, okx};

use crate::history::scene::KEY;

use crate::portfolios::create;
use crate::scene::{connect, set};
use crate::support::{App, Kind, Page, on_both_databases};

on_both_databases![
    what_is_free_and_what_is_locked_stands_beside_each_part,
    every_part_of_a_long_row_is_listed_on_one_of_its_pages,
];

/// The parts of an asset, up to where the time begins.
fn parts(page: &Page, asset: &str) -> Vec<String> {
    let assets = page.all("table.holdings summary bdi");
    let place = assets.iter().position(|one| one == asset).unwrap() + 1;
    let lines = page.all(&format!(
        "table.holdings tbody tr:nth-child({place}) .sources li"
    ));
    let source = |line: String| line.split(" · read").next().unwrap().to_owned();
    lines.into_iter().map(source).collect()
}

async fn what_is_free_and_what_is_locked_stands_beside_each_part(kind: Kind) {
    let app = App::start(kind).await;
    set(&app, &KEY, Spot, "BTC", "1234.50000000", "0.25000000");
    set(&app, &KEY, Spot, "ETH", "0.00000000", "0.00000001");
    set(&app, &KEY, Funding, "BTC", "2", "0");
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &KEY, &[("label", "Main")]).await;
    let portfolio = create(&browser, "Cash").await;
    let form = [
        ("id", portfolio.as_str()),
        ("asset", "BTC"),
        ("quantity", "3"),
        ("label", "Ledger"),
    ];
    assert_eq!(browser.post("/do/add-manual", &form).await.status, 303);
    let page = browser.get("/").await;
    let listed = parts(&page, "BTC");
    assert_eq!(
        listed[..2],
        [
            "1,234.75 (free 1,234.5, locked 0.25) Main · Spot",
            "2 (free 2, locked 0) Main · Funding"
        ]
    );
    // Nobody told what is free of what was entered by hand.
    assert!(listed[2].starts_with("3 Ledger · by hand"), "{listed:?}");
    let tiny = "0.00000001 (free 0, locked 0.00000001) Main · Spot";
    assert_eq!(parts(&page, "ETH"), [tiny]);
    // Hidden with all other amounts.
    assert_eq!(page.all(".sources .split.amount").len(), 3);
}

async fn every_part_of_a_long_row_is_listed_on_one_of_its_pages(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &binance::MANY, &[]).await;
    connect(&browser, &okx::SECOND, &[]).await;
    let mut page = browser.get("/?by=exchange&sort=asset&range=all").await;
    assert_eq!(page.all("details.sources[open]").len(), 0);
    let mut listed = BTreeSet::new();
    for number in 1..=3 {
        let row = "table.holdings tbody tr:first-child";
        let codes = page.all(&format!("{row} .sources li > bdi"));
        assert!(codes.len() <= 200);
        listed.extend(codes);
        let nav = format!("{row} nav[aria-label='Pages of the parts']");
        assert_eq!(
            page.one(&format!("{nav} span")),
            format!("Page {number} of 3, {MANY_ASSETS} parts")
        );
        let links = page.attributes(&format!("{nav} a"), "href");
        let next = links.last().unwrap();
        if number < 3 {
            let to = format!(
                "/?by=exchange&sort=asset&of=Binance&part={}&range=all#parts",
                number + 1
            );
            assert_eq!(*next, to);
            page = browser.get(next.split('#').next().unwrap()).await;
            // That row stands open, and no other.
            assert_eq!(page.all("details.sources[open]").len(), 1);
            assert_eq!(page.all("#parts summary"), ["Binance"]);
        }
    }
    assert_eq!(listed.len(), MANY_ASSETS);
    // Nonsense shows the first parts.
    for query in ["of=Binance&part=x", "of=Binance&part=-1", "of=<b>&part=2"] {
        let page = browser.get(&format!("/?by=exchange&{query}")).await;
        assert_eq!(page.status, 200);
        let told = page.all("nav[aria-label='Pages of the parts'] span");
        assert_eq!(told, [format!("Page 1 of 3, {MANY_ASSETS} parts")]);
    }
}
