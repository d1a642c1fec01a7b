//! What holdings are worth: exact, with its way, and never made up.

use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{Effect, Exchange};

use crate::scene::{BOTH, connect, fact, quantity};
use crate::support::{App, Kind, Page, on_both_databases};

on_both_databases![
    values_are_told_with_price_share_and_where_they_come_from,
    what_has_no_price_is_counted_beside_the_total,
    an_exchange_without_prices_is_told_and_old_prices_are_not_used_for_long,
    the_base_currency_is_chosen_among_those_that_have_a_price,
    a_balance_below_the_limit_is_in_the_total_and_not_in_the_list,
    test_money_is_worth_nothing,
    a_table_is_put_in_order_grouped_and_searched_by_plain_addresses,
    hostile_choices_are_inert,
];

/// Every figure of an asset's row, by its column.
fn figure(page: &Page, asset: &str, column: &str) -> Option<String> {
    let names = page.attributes(".holdings tbody th", "aria-label");
    let row = names.iter().position(|name| name == asset)?;
    let figures = page.all(&format!(
        ".holdings tbody tr:nth-child({}) td[data-label={column}]",
        row + 1
    ));
    figures.into_iter().next()
}

fn total(page: &Page) -> String {
    page.one(".total-figure")
}

async fn values_are_told_with_price_share_and_where_they_come_from(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    control.set_price(Exchange::Binance, ["BTC", "USDT"], "60000.00000000");
    control.set_price(Exchange::Binance, ["BNB", "USDT"], "500.00000000");
    control.set_price(Exchange::Okx, ["USDT", "USD"], "0.999");
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &binance::READ_ONLY, &[]).await;
    let page = browser.get("/").await;
    assert_eq!(figure(&page, "BTC", "Price").unwrap(), "59,940.00");
    let quantity = quantity(&page, "BTC").unwrap();
    assert_eq!(quantity, "0.01384567");
    // 0.01384567 × 59,940 = 829.9094598.
    assert_eq!(figure(&page, "BTC", "Value").unwrap(), "829.91");
    assert!(figure(&page, "BTC", "Share").unwrap().ends_with(" %"));
    let text = page.text();
    for told in [
        "= 164.835 USD at 499.5 USD: BNB/USDT 500 on Binance (",
        "BTC/USDT 60,000 on Binance (",
        "USDT/USD 0.999 on OKX (",
        "How this is counted",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
}

async fn what_has_no_price_is_counted_beside_the_total(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &binance::READ_ONLY, &[]).await;
    let before = browser.get("/").await;
    for (exchange, quote) in [
        (Exchange::Binance, "USDT"),
        (Exchange::Binance, "BTC"),
        (Exchange::Okx, "USDT"),
    ] {
        control.remove_pair(exchange, ["SOL", quote]);
    }
    app.setup.clock.advance_minutes(2);
    let page = browser.get("/").await;
    assert_eq!(figure(&page, "SOL", "Value").unwrap(), "no price");
    assert_eq!(figure(&page, "SOL", "Price").unwrap(), "–");
    assert_eq!(quantity(&page, "SOL"), quantity(&before, "SOL"));
    assert_ne!(total(&page), total(&before));
    let unpriced = |page: &Page| {
        let beside = page.all(".total-beside");
        let number = |text: &String| text.split(' ').nth(1).unwrap().parse::<u32>().unwrap();
        beside.first().map_or(0, number)
    };
    assert_eq!(unpriced(&page), unpriced(&before) + 1);
    assert!(
        page.text().contains(
            "No price: none of the pairs that prices are taken over leads from it to USD."
        )
    );
}

async fn an_exchange_without_prices_is_told_and_old_prices_are_not_used_for_long(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &binance::READ_ONLY, &[]).await;
    let before = total(&browser.get("/").await);
    control.fail_prices(Exchange::Binance, Effect::gateway());
    control.fail_prices(Exchange::Okx, Effect::gateway());
    app.setup.clock.advance_minutes(5);
    browser.get("/").await;
    let page = browser.get("/").await;
    assert_eq!(total(&page), before);
    let told = page.all("ul.gaps li");
    assert!(
        told.iter()
            .any(|line| line.starts_with("Prices of Binance could not be read since")),
        "{told:?}"
    );
    assert!(
        page.text().contains("oldest price 5 minutes ago"),
        "{}",
        page.text()
    );
    app.setup.clock.advance_minutes(11);
    let page = browser.get("/").await;
    assert_eq!(total(&page), "–");
    assert!(
        page.text()
            .contains("No price of USD can be had at the moment")
    );
    assert!(quantity(&page, "BTC").is_some());
}

async fn the_base_currency_is_chosen_among_those_that_have_a_price(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &binance::READ_ONLY, &[]).await;
    let page = browser.get("/settings").await;
    let offered = page.attributes("#base_currency option", "value");
    assert!(
        offered.contains(&"EUR".to_owned()) && offered.contains(&"BTC".to_owned()),
        "{offered:?}"
    );
    assert!(!offered.contains(&"CHF".to_owned()), "{offered:?}");
    let page = browser
        .submit("/do/choose-currency", &[("base_currency", "EUR")])
        .await;
    assert_eq!(
        page.one("[role=status]"),
        "Values are told in EUR from now on."
    );
    let page = browser.get("/").await;
    assert_eq!(page.one(".total-currency"), "EUR");
    assert!(
        page.text().contains("divided by EUR/USDT"),
        "{}",
        page.text()
    );
    // A unit of the currency is worth one of itself, and what is chosen lasts.
    let page = browser
        .submit("/do/choose-currency", &[("base_currency", "BTC")])
        .await;
    assert_eq!(page.status, 200);
    let page = browser.get("/").await;
    assert_eq!(figure(&page, "BTC", "Price").unwrap(), "1.00000000");
    for wrong in ["CHF", "usd", "", "<script>"] {
        let page = browser
            .post("/do/choose-currency", &[("base_currency", wrong)])
            .await;
        assert_eq!(page.status, 422, "{wrong}");
        assert_eq!(
            page.one("#base_currency-error"),
            "Pick a currency of the list."
        );
    }
    assert_eq!(browser.get("/").await.one(".total-currency"), "BTC");
}

async fn a_balance_below_the_limit_is_in_the_total_and_not_in_the_list(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    control.set_price(Exchange::Binance, ["BNB", "USDT"], "588.40000000");
    let whole = app.signed_in("a@example.org").await;
    connect(&whole, &BOTH[0], &[]).await;
    let all = whole.get("/").await;
    let browser = app.signed_in("b@example.org").await;
    let id = connect(&browser, &BOTH[0], &[("ignore_below", "500")]).await;
    let page = browser.get("/").await;
    assert_eq!(total(&page), total(&all));
    assert_eq!(quantity(&page, "BNB"), None);
    // Without a price nothing is small.
    assert_eq!(
        figure(&page, "LDUSDT", "Value"),
        figure(&all, "LDUSDT", "Value")
    );
    assert!(
        page.text()
            .contains("below the limit of their connection not listed; in the total with")
    );
    let page = browser.get("/?small=all").await;
    assert_eq!(quantity(&page, "BNB"), quantity(&all, "BNB"));
    let page = browser.get(&format!("/connections/{id}")).await;
    assert!(page.text().contains("BNB"));
    assert_eq!(fact(&page, "Status"), "Up to date");
}

async fn test_money_is_worth_nothing(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &binance::TESTNET, &[("environment", "testnet")]).await;
    let page = browser.get("/").await;
    assert_eq!(total(&page), "0.00");
    assert!(
        page.text().contains("Test money is worth nothing."),
        "{}",
        page.text()
    );
    assert_eq!(page.all(".total-beside").len(), 0);
}

async fn a_table_is_put_in_order_grouped_and_searched_by_plain_addresses(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &binance::READ_ONLY, &[("label", "Köln 币")]).await;
    connect(&browser, &okx::READ_ONLY, &[]).await;
    let names = |page: &Page| page.attributes(".holdings tbody th", "aria-label");
    let page = browser.get("/?sort=asset").await;
    let mut sorted = names(&page);
    sorted.sort();
    assert_eq!(names(&page), sorted);
    assert_eq!(
        page.attributes(".holdings thead th[aria-sort]", "aria-sort"),
        ["ascending"]
    );
    let turn = page.attributes(".holdings thead th[aria-sort] a", "href");
    sorted.reverse();
    assert_eq!(names(&browser.get(&turn[0]).await), sorted);
    let page = browser.get("/?by=exchange").await;
    assert_eq!(
        page.all(".holdings thead th"),
        ["Exchange", "Value", "Share"]
    );
    assert_eq!(names(&page).len(), 2);
    let page = browser.get("/?by=wallet&q=k%C3%B6ln").await;
    assert!(
        names(&page)
            .iter()
            .all(|name| name.starts_with("Köln 币 · ")),
        "{:?}",
        names(&page)
    );
    let page = browser.get("/?q=nothing+of+the+kind").await;
    assert!(page.text().contains("Nothing that is listed contains"));
}

async fn hostile_choices_are_inert(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &binance::READ_ONLY, &[]).await;
    let hostile = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for field in ["q", "sort", "by", "small", "page", "range"] {
        let page = browser.get(&format!("/?{field}={hostile}")).await;
        assert_eq!(page.status, 200, "{field}");
        assert!(!page.body.contains("<script>alert"), "{field}");
    }
}
