//! The section of the page: a line, its description, and the same as a table.

use coffer::ui::Drawing;

use super::scene::Scene;
use crate::functions::call;
use crate::support::{Kind, Page, on_both_databases};

on_both_databases![
    the_page_shows_the_line_and_the_same_as_a_table,
    a_hostile_asset_is_inert_in_the_picture,
    a_range_drawn_by_itself_is_what_the_page_shows,
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
        // Where amounts are hidden, these are as well.
        for figure in [
            ".history-change strong",
            ".history-table td.number",
            ".chart-value",
        ] {
            assert!(!page.all(figure).is_empty(), "{figure}");
            assert!(
                page.all(&format!("{figure}:not(.amount)")).is_empty(),
                "{figure}"
            );
        }
        assert!(
            !page.body.contains(" style="),
            "no inline style passes the policy"
        );
    }
    // The table below keeps the range, and the range the table.
    let page = scene.browser.get("/?by=wallet&range=7d").await;
    for links in [".holdings thead a", ".group-by a"] {
        let links = page.attributes(links, "href");
        assert!(
            links.len() > 1 && links.iter().all(|to| to.ends_with("range=7d")),
            "{links:?}"
        );
    }
    let links = page.attributes("nav[aria-label=Range] a", "href");
    assert_eq!(links[0], "/?by=wallet&range=24h");
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

async fn a_range_drawn_by_itself_is_what_the_page_shows(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1")]).await;
    for (minute, price) in [(0, "1000"), (60, "1250"), (70, "1200")] {
        scene.record(minute, &[("BTC", price)]).await;
    }
    scene.app.setup.clock.advance_minutes(70);
    let own = scene.portfolio().await;
    for (id, path) in [("", "/".to_owned()), (&own, format!("/portfolios/{own}"))] {
        for (asked, range) in [("24h", "24h"), ("all", "all"), ("<b>", "30d")] {
            let whole = scene.browser.get(&format!("{path}?range={range}")).await;
            let form = [("id", id), ("range", asked)];
            let answer = call(&scene.browser, "/do/draw-history", &form).await;
            let drawing: Drawing = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(drawing.range.as_str(), range);
            let alone = Page {
                body: drawing.html,
                ..answer
            };
            for part in [
                ".history-change",
                "#history-description",
                ".history-table td",
                ".chart text",
            ] {
                assert!(!alone.all(part).is_empty(), "{part}");
                assert_eq!(alone.all(part), whole.all(part), "{part}");
            }
            for (part, name) in [(".chart path", "d"), (".chart-reader", "data-spots")] {
                assert_eq!(alone.attributes(part, name), whole.attributes(part, name));
            }
            let spots = &alone.attributes(".chart-reader", "data-spots")[0];
            assert_eq!(
                spots.split(' ').count(),
                alone.all(".history-table tbody tr").len()
            );
            // Nothing but what is shown of the range.
            assert!(alone.all("script, [style], h2, leptos-island").is_empty());
        }
    }
}
