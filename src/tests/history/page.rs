//! The section of the page: a line, its description, and the same as a table.

use super::scene::Scene;
use crate::support::{Kind, on_both_databases};

on_both_databases![
    the_page_shows_the_line_and_the_same_as_a_table,
    a_hostile_asset_is_inert_in_the_picture,
];

async fn the_page_shows_the_line_and_the_same_as_a_table(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1")]).await;
    scene.record(0, &[("BTC", "1000")]).await;
    scene.app.setup.clock.advance_minutes(60);
    scene.record(60, &[("BTC", "1250")]).await;
    let portfolio = format!("/portfolios/{}", scene.portfolio().await);
    for path in ["/", &portfolio] {
        let page = scene.browser.get(&format!("{path}?range=7d")).await;
        assert_eq!(page.status, 200);
        assert_eq!(
            page.attributes("svg[role=img]", "aria-label"),
            ["Value in USD"]
        );
        let described = page.one("#history-description");
        assert!(
            described.contains("lowest 1,000.00, highest 1,250.00"),
            "{described}"
        );
        assert_eq!(
            page.attributes(".chart path.chart-line", "d"),
            ["M0 10000L10000 1667"]
        );
        let current = page.attributes("nav[aria-label=Range] a[aria-current]", "href");
        assert_eq!(current, [format!("{path}?range=7d")]);
        assert_eq!(page.all("nav[aria-label=Range] a").len(), 5);
        let values = page.all(".history-table tbody td.number");
        assert_eq!(values, ["1,250.00", "1,000.00"]);
        let change = page.one(".history-change");
        assert!(change.starts_with("+250.00 USD (+25 %) since "), "{change}");
        assert!(
            !page.body.contains(" style="),
            "no inline style passes the policy"
        );
    }
    // A range that does not exist is the usual one.
    let page = scene.browser.get("/?range=%3Cscript%3E").await;
    let current = page.attributes("nav[aria-label=Range] a[aria-current]", "href");
    assert_eq!(current, ["/?range=30d"]);
    assert!(!page.body.contains("range=<script"));
}

async fn a_hostile_asset_is_inert_in_the_picture(kind: Kind) {
    let name = "</svg><script>alert(1)</script>";
    let scene = Scene::new(kind, &[(name, "1")]).await;
    for (minute, price) in [(0, "100"), (10, "110"), (60, "300")] {
        scene.record(minute, &[(name, price), ("BTC", "1")]).await;
    }
    let page = scene.page("24h").await;
    assert!(page.text().contains(name), "{}", page.text());
    assert!(page.all("script").is_empty());
    assert_eq!(page.all(".chart svg[role=img]").len(), 1);
}
