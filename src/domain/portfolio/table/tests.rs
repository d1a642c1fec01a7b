//! Rows in every order and grouping, with nothing lost on the way.

use super::super::tests::{amount, part};
use super::*;
use crate::domain::currency::Currency;
use crate::domain::portfolio::{gather, total, unpriced};

fn portfolio(parts: Vec<Part>) -> Portfolio {
    let holdings = gather(parts);
    Portfolio {
        name: None,
        currency: Currency::Usd,
        currency_is_priced: true,
        total: total(&holdings),
        unpriced: unpriced(&holdings),
        holdings,
        as_of: None,
        prices_as_of: None,
        gaps: Vec::new(),
        connections: 1,
    }
}

fn some() -> Portfolio {
    portfolio(vec![
        part("ADA", "spot", "100", Some("0.5")),
        part("BTC", "spot", "1", Some("60000")),
        part("BTC", "funding", "0.5", Some("60000")),
        part("XYZ", "spot", "7", None),
        part("EUR", "margin", "-40", Some("1.08")),
    ])
}

fn choice(sort: &str) -> Choice {
    Choice {
        sort: sort.to_owned(),
        ..Choice::default()
    }
}

fn names(choice: &Choice) -> Vec<String> {
    let table = table(&some(), choice);
    table.rows.into_iter().map(|row| row.name).collect()
}

#[test]
fn the_most_valuable_stands_first_and_what_has_no_value_last() {
    assert_eq!(names(&Choice::default()), ["BTC", "ADA", "EUR", "XYZ"]);
    assert_eq!(names(&choice("-value")), ["EUR", "ADA", "BTC", "XYZ"]);
}

#[test]
fn every_column_puts_rows_in_order_both_ways() {
    assert_eq!(names(&choice("asset")), ["ADA", "BTC", "EUR", "XYZ"]);
    assert_eq!(names(&choice("-asset")), ["XYZ", "EUR", "BTC", "ADA"]);
    assert_eq!(names(&choice("quantity")), ["ADA", "XYZ", "BTC", "EUR"]);
    assert_eq!(names(&choice("-price")), ["ADA", "EUR", "BTC", "XYZ"]);
    assert_eq!(names(&choice("share")), ["BTC", "ADA", "EUR", "XYZ"]);
    assert_eq!(names(&choice("<script>")), names(&Choice::default()));
}

#[test]
fn a_second_click_on_a_column_turns_it_round() {
    let once = Choice::default().sorted_by(Sort::Asset);
    assert_eq!(once.sort, "asset");
    assert_eq!(once.sorted_by(Sort::Asset).sort, "-asset");
    assert_eq!(once.sorted_by(Sort::Value).sort, "value");
    assert_eq!(Choice::default().sorted_by(Sort::Value).sort, "-value");
}

#[test]
fn wallets_and_exchanges_have_the_sums_of_what_lies_in_them() {
    let by = |by: &str| {
        let choice = Choice {
            by: by.to_owned(),
            ..Choice::default()
        };
        let rows = table(&some(), &choice).rows;
        let told = |row: Row| (row.name, row.value.unwrap().to_string(), row.unpriced);
        rows.into_iter().map(told).collect::<Vec<_>>()
    };
    let row = |name: &str, value: &str, unpriced| (name.to_owned(), value.to_owned(), unpriced);
    assert_eq!(by("exchange"), [row("Binance", "90006.8", 1)]);
    assert_eq!(
        by("wallet"),
        [
            row("Main · Spot", "60050", 1),
            row("Main · Funding", "30000", 0),
            row("Main · Cross margin", "-43.2", 0),
        ]
    );
}

#[test]
fn small_balances_are_counted_and_valued_and_can_be_listed() {
    let mut parts = vec![part("BTC", "spot", "1", Some("60000"))];
    let small = |part: Part| Part {
        small: true,
        ..part
    };
    parts.push(small(part("ADA", "spot", "1", Some("0.5"))));
    parts.push(small(part("ADA", "funding", "1", Some("0.5"))));
    let portfolio = portfolio(parts);
    let usual = table(&portfolio, &Choice::default());
    assert_eq!((usual.rows.len(), usual.small), (1, 2));
    assert_eq!(usual.small_value, amount("1"));
    assert_eq!(portfolio.total, Some(amount("60001")));
    let all = Choice {
        small: "all".to_owned(),
        ..Choice::default()
    };
    let all = table(&portfolio, &all);
    assert_eq!((all.rows.len(), all.small), (2, 0));
}

#[test]
fn an_asset_with_one_balance_that_is_not_small_is_listed_whole() {
    let small = Part {
        small: true,
        ..part("BTC", "funding", "0.00000001", Some("60000"))
    };
    let portfolio = portfolio(vec![part("BTC", "spot", "1", Some("60000")), small]);
    let rows = table(&portfolio, &Choice::default()).rows;
    assert_eq!(rows[0].quantity, Some(amount("1.00000001")));
}

#[test]
fn a_search_looks_at_assets_labels_and_wallets() {
    let found = |q: &str| {
        names(&Choice {
            q: q.to_owned(),
            ..Choice::default()
        })
    };
    assert_eq!(found(" bt "), ["BTC"]);
    assert_eq!(found("funding"), ["BTC"]);
    assert_eq!(found("main").len(), 4);
    assert!(found("nothing of the kind").is_empty());
}

#[test]
fn long_tables_come_page_by_page_and_no_page_is_beyond_the_last() {
    let parts = (0..450).map(|n| part(&format!("A{n:03}"), "spot", "1", None));
    let portfolio = portfolio(parts.collect());
    let page = |page: &str| {
        let choice = Choice {
            page: page.to_owned(),
            ..Choice::default()
        };
        let table = table(&portfolio, &choice);
        (
            table.page,
            table.pages,
            table.rows.len(),
            table.rows[0].name.clone(),
        )
    };
    assert_eq!(page(""), (1, 3, 200, "A000".to_owned()));
    assert_eq!(page("3"), (3, 3, 50, "A400".to_owned()));
    assert_eq!(page("99999999999999999999"), page("1"));
    assert_eq!(
        (page("99"), page("0"), page("-1")),
        (page("3"), page("1"), page("1"))
    );
}

#[test]
fn addresses_carry_any_text_safely() {
    let choice = Choice {
        q: "a&b=\"<币>".to_owned(),
        by: "wallet".to_owned(),
        ..Choice::default()
    };
    assert_eq!(choice.query(), "?by=wallet&q=a%26b%3D%22%3C%E5%B8%81%3E");
    assert_eq!(Choice::default().query(), "");
}

#[test]
fn many_parts_come_page_by_page_and_only_those_of_the_row_that_is_asked_for() {
    let mut parts: Vec<_> = (0..450)
        .map(|n| part("BTC", &format!("w{n:03}"), "1", None))
        .collect();
    parts.push(Part {
        test_money: true,
        ..part("BTC", "spot", "1", None)
    });
    let portfolio = portfolio(parts);
    let rows = table(&portfolio, &Choice::default()).rows;
    let (real, test_money) = (&rows[0], &rows[1]);
    let shown = |row: &Row, choice: &Choice| {
        let page = row.parts_page(choice);
        (page.page, page.pages, page.parts.len(), page.chosen)
    };
    let usual = Choice::default();
    assert_eq!(shown(real, &usual), (1, 3, 200, false));
    let last = real.with_parts(&usual, 3);
    assert_eq!(shown(real, &last), (3, 3, 50, true));
    assert_eq!(shown(test_money, &last), (1, 1, 1, false));
    assert_eq!(shown(real, &real.with_parts(&usual, 9)), (3, 3, 50, true));
    assert_eq!(last.query(), "?of=BTC&part=3");
    assert_eq!(last.sorted_by(Sort::Asset).query(), "?sort=asset");
}
