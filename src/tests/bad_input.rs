//! What nobody means to send: names that want to be markup, sums beyond any number, prices that
//! vanish.

use coffer::domain::amount::Amount;
use coffer::domain::currency::Currency;
use coffer::sandbox::Exchange;
use coffer::sandbox::Wallet::{Funding, Spot};
use coffer::services::history::record;

use crate::functions::call;
use crate::history::scene::{KEY, Scene, amount, drawn, market, shown};
use crate::labels::is_inert;
use crate::scene::{connect, number, quantity, set, sync};
use crate::support::{App, Kind, Page, on_both_databases};

on_both_databases![
    an_asset_that_wants_to_be_markup_is_text_on_every_page,
    sums_longer_than_any_number_are_exact,
    a_price_that_vanishes_is_told_and_is_no_loss,
];

const MARKUP: [&str; 7] = [
    "</svg><script>alert(1)</script>",
    "\"><img/src=x/onerror=alert(1)>",
    "</title><script>alert(1)</script>",
    "'><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}${7*7}<!--",
    "=HYPERLINK(\"https://evil\")",
];

/// Everything that may name an asset, and what stands in its title.
async fn pages_with_assets(scene: &Scene) -> Vec<(String, &'static str)> {
    let portfolio = scene.portfolio().await;
    let by_hand = scene
        .browser
        .get(&format!("/portfolios/{portfolio}/manual"))
        .await;
    let mut pages: Vec<_> = by_hand
        .attributes(".entry a", "href")
        .into_iter()
        .map(|path| (path, "Coffer"))
        .collect();
    for (path, title) in [
        ("/", "Portfolio"),
        ("/?by=wallet", "Portfolio"),
        ("/?by=exchange", "Portfolio"),
        ("/?q=%3Cscript%3E&sort=asset&range=24h", "Portfolio"),
        ("/portfolios", "Portfolios"),
        ("/portfolios/ID", "Portfolio"),
        ("/portfolios/ID/manual", "Coffer"),
        ("/portfolios/ID/delete", "Delete"),
        ("/portfolios/ID/merge", "Merge"),
        ("/connections", "Connections"),
        ("/connections/CONNECTION", "Binance"),
        ("/notices", "Notices"),
    ] {
        let path = path
            .replace("ID", &portfolio)
            .replace("CONNECTION", &scene.connection);
        pages.push((path, title));
    }
    pages
}

/// Somebody who holds such assets, on an exchange and by hand, with a history and notices of them.
async fn with_markup(kind: Kind) -> Scene {
    let held: Vec<_> = MARKUP.iter().map(|name| (*name, "1")).collect();
    let scene = Scene::new(kind, &held).await;
    let portfolio = scene.portfolio().await;
    for name in MARKUP {
        let form = [
            ("id", portfolio.as_str()),
            ("asset", name),
            ("quantity", "2"),
            ("label", name),
        ];
        assert_eq!(
            scene.browser.post("/do/add-manual", &form).await.status,
            303
        );
    }
    // Dollars are offered where BTC has a price in them.
    let prices = |price| {
        let all = MARKUP.iter().map(|name| (*name, price));
        all.chain([("BTC", "100")]).collect::<Vec<_>>()
    };
    scene.record(0, &prices("1")).await;
    scene.record(10, &prices("1.01")).await;
    // One price alone makes a jump that is held back and named, and a balance goes with a notice.
    let mut jumped = prices("1.01");
    jumped[0].1 = "900";
    scene.record(20, &jumped).await;
    scene.hold(MARKUP[1], "5").await;
    scene.record(30, &prices("1.01")).await;
    scene.record(40, &jumped).await;
    scene.app.setup.clock.advance_minutes(41);
    scene
}

async fn an_asset_that_wants_to_be_markup_is_text_on_every_page(kind: Kind) {
    let scene = with_markup(kind).await;
    for (path, title) in pages_with_assets(&scene).await {
        let page = scene.browser.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        is_inert(&page, &path);
        assert!(
            page.one("title").contains(title),
            "{path}: {}",
            page.one("title")
        );
    }
    let page = scene.browser.get("/").await;
    for name in MARKUP {
        assert!(page.text().contains(name), "{name}: {}", page.text());
    }
    assert!(
        page.text()
            .contains(&format!("The price of {} alone", MARKUP[0]))
    );
    assert!(
        scene
            .browser
            .get("/notices")
            .await
            .text()
            .contains(MARKUP[1])
    );
    let page = call(&scene.browser, "/do/draw-history", &[("range", "24h")]).await;
    let drawing: serde_json::Value = serde_json::from_str(&page.body).unwrap();
    let page = Page {
        body: drawing["html"].as_str().unwrap().to_owned(),
        ..page
    };
    is_inert(&page, "the history drawn by itself");
    let pictures = page.all(".chart svg[role=img]");
    assert_eq!(pictures.len(), 1, "{}", page.body);
}

async fn sums_longer_than_any_number_are_exact(kind: Kind) {
    let most = "9".repeat(100);
    let app = App::start(kind).await;
    set(&app, &KEY, Spot, "HUGE", &most, "0");
    set(&app, &KEY, Funding, "HUGE", &most, "0");
    app.setup
        .sandbox
        .control()
        .set_price(Exchange::Binance, ["HUGE", "USDT"], "99999999.5");
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &KEY, &[]).await;
    let page = browser.get("/").await;
    // Twice 10^100 − 1.
    let sum = format!("1{}8", "9".repeat(99));
    assert_eq!(quantity(&page, "HUGE").unwrap().replace(',', ""), sum);
    let worth = page.one(".total-figure").replace(',', "");
    assert!(worth.split('.').next().unwrap().len() > 105, "{worth}");
    // It is told, and syncs and history go on with it.
    assert_eq!(browser.get(&format!("/connections/{id}")).await.status, 200);
    let page = sync(&browser, &id).await;
    assert!(
        page.one("[role=status]").contains("0 updated"),
        "{}",
        page.text()
    );
    let user = crate::leases::owner(&app).await;
    let now = app.state.clock.now();
    for (minute, price) in [(0, "99999999.5"), (1, "99999999.75")] {
        let at = now.plus_ms(minute * 60_000);
        let market = market(at, &[("HUGE", price), ("BTC", "100")]);
        let source = coffer::domain::history::Source::Sync;
        let recorded = record(&app.state, &user, &market, source, at)
            .await
            .unwrap();
        assert_eq!(recorded.points, 2);
    }
    app.setup.clock.advance_minutes(1);
    let page = browser.get("/?range=24h").await;
    let values = page.all(".history-table tbody td.number");
    let whole = |text: &str| text.replace(',', "").split('.').next().unwrap().to_owned();
    let newest = Amount::parse_own(&sum)
        .unwrap()
        .times(&amount("99999999.75"));
    assert_eq!(values.len(), 2);
    assert_eq!(whole(&values[0]), whole(newest.as_str()));
    assert_eq!(page.all(".chart svg[role=img]").len(), 1);
}

async fn a_price_that_vanishes_is_told_and_is_no_loss(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1"), ("RARE", "4")]).await;
    scene.record(0, &[("BTC", "100"), ("RARE", "20")]).await;
    scene.record(60, &[("BTC", "100")]).await;
    let history = scene.told(None, Currency::Usd, 61).await;
    assert_eq!(shown(&history), ["180", "100"]);
    let remark = history.points[1].remark(&history.tellers);
    assert_eq!(remark, "partial, 1 asset without a price");
    let movement = history.movement.clone().unwrap();
    let nothing = amount("0");
    assert_eq!((&movement.prices, &movement.balances), (&nothing, &nothing));
    assert_eq!(movement.coverage, amount("-80"));
    let body = drawn(history);
    assert!(
        body.contains("by assets that gained or lost their price"),
        "{body}"
    );
    // Nobody is told that their value fell.
    let told = "SELECT CAST(COUNT(*) AS BIGINT) FROM notices";
    assert_eq!(number(&scene.app, told).await, 0);
    let page = scene.browser.get("/").await;
    assert!(page.one(".total-beside").contains("without a price"));
    // It is still gone, and the value still not whole.
    scene.record(110, &[("BTC", "101")]).await;
    let history = scene.told(None, Currency::Usd, 111).await;
    assert!(history.points[2].partial);
    // It is back.
    scene.record(120, &[("BTC", "100"), ("RARE", "20")]).await;
    let history = scene.told(None, Currency::Usd, 121).await;
    assert_eq!(shown(&history), ["180", "100", "101"]);
    assert_eq!(history.held_back.unwrap().value, Some(amount("180")));
    // A price that comes back alone is one to be borne out.
    scene.record(130, &[("BTC", "100"), ("RARE", "20")]).await;
    let history = scene.told(None, Currency::Usd, 131).await;
    assert_eq!(shown(&history), ["180", "100", "101", "180", "180"]);
    let partial: Vec<_> = history.points.iter().map(|point| point.partial).collect();
    assert_eq!(partial, [false, true, true, false, false]);
    assert_eq!(history.movement.unwrap().coverage, nothing);
    assert_eq!(number(&scene.app, told).await, 0);
}
