//! What is entered by hand: its form, its pages, and how much of it there may be.

use coffer::domain::manual::ManualForm;
use coffer::error::Problem;
use coffer::services::manual;
use coffer::storage::StorageError;

use crate::connecting::errors;
use crate::labels::is_inert;
use crate::leases::owner;
use crate::portfolios::create;
use crate::scene::{count, told};
use crate::support::{App, Browser, Kind, Page, on_both_databases};

on_both_databases![
    a_holding_is_added_changed_and_deleted,
    every_wrong_field_is_told_beside_it_and_nothing_is_stored,
    a_thousand_is_the_most_however_many_add_at_once,
];

/// A form that is fine but for what a test puts in its place.
fn form<'a>(id: &'a str, change: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let fine = [
        ("id", id),
        ("asset", "btc"),
        ("quantity", "0.5"),
        ("label", "Ledger"),
        ("note", "In the safe"),
    ];
    let changed = |(name, value): (&'a str, &'a str)| {
        let new = change.iter().find(|(other, _)| *other == name);
        (name, new.map_or(value, |(_, value)| value))
    };
    fine.into_iter().map(changed).collect()
}

/// Label, quantity and note of everything on the page.
fn entries(page: &Page) -> Vec<String> {
    let (labels, quantities) = (page.all(".entry h2"), page.all(".entry-quantity"));
    assert_eq!(labels.len(), quantities.len());
    let both = labels.into_iter().zip(quantities);
    both.map(|(label, quantity)| format!("{label}: {quantity}"))
        .collect()
}

/// Somebody with an empty portfolio.
async fn with_portfolio(app: &App) -> (Browser, String) {
    let browser = app.signed_in("a@example.org").await;
    let id = create(&browser, "Main").await;
    (browser, id)
}

async fn a_holding_is_added_changed_and_deleted(kind: Kind) {
    let app = App::start(kind).await;
    let (browser, id) = with_portfolio(&app).await;
    let path = format!("/portfolios/{id}/manual");
    let page = browser.get(&path).await;
    assert_eq!(page.one("h1"), "Held by hand");
    assert!(page.text().contains("Nothing is entered by hand yet."));
    let page = browser.submit("/do/add-manual", &form(&id, &[])).await;
    assert_eq!(told(&page), "Added 0.5 BTC, “Ledger”.");
    app.setup.clock.advance_minutes(1);
    let debt = [
        ("asset", "EUR"),
        ("quantity", "-12000.50"),
        ("label", "Loan"),
        ("note", ""),
    ];
    let page = browser.submit("/do/add-manual", &form(&id, &debt)).await;
    assert_eq!(told(&page), "Added \u{2212}12,000.5 EUR, “Loan”, a debt.");
    assert_eq!(
        entries(&page),
        ["Ledger: 0.5 BTC", "Loan: Debt \u{2212}12,000.5 EUR"]
    );
    assert_eq!(page.all(".entry-note"), ["In the safe"]);
    let change = page.attributes(".entry .buttons a", "href").remove(0);
    let holding = change.rsplit('/').next().unwrap().to_owned();
    let page = browser.get(&change).await;
    assert_eq!(page.one("h1"), "Change Ledger");
    assert_eq!(page.attributes("#quantity", "value"), ["0.5"]);
    assert_eq!(page.attributes("#note", "value"), ["In the safe"]);
    let more = [("quantity", "0.500000000000000001"), ("label", "Trezor")];
    let page = browser
        .submit("/do/change-manual", &form(&holding, &more))
        .await;
    assert_eq!(
        told(&page),
        "Changed to 0.500000000000000001 BTC, “Trezor”."
    );
    assert_eq!(entries(&page)[0], "Trezor: 0.500000000000000001 BTC");
    let page = browser.get(&format!("{change}/delete")).await;
    assert_eq!(page.one("h1"), "Delete Trezor?");
    assert!(page.text().contains("Trezor : 0.500000000000000001 BTC"));
    let page = browser
        .submit("/do/delete-manual", &[("id", &holding)])
        .await;
    assert_eq!(told(&page), "Deleted 0.500000000000000001 BTC, “Trezor”.");
    assert_eq!(entries(&page), ["Loan: Debt \u{2212}12,000.5 EUR"]);
    // It is gone from every page.
    for path in [change.clone(), format!("{change}/delete")] {
        assert_eq!(browser.get(&path).await.status, 404);
    }
    for path in ["/do/change-manual", "/do/delete-manual"] {
        let page = browser.post(path, &form(&holding, &[])).await;
        assert_eq!(
            (page.status, page.one("h1")),
            (404, "Portfolios".to_owned())
        );
    }
    assert_eq!(count(&app, "manual_holdings").await, 1);
}

/// Fields with a value that will not do, each with its sentence.
fn wrong_fields<'a>(
    endless: &'a str,
    digits: &'a str,
) -> [(&'static str, &'a str, &'static str); 16] {
    let asset = "Enter a code such as BTC or EUR, without blanks.";
    let number =
        "Enter a number such as 0.5 or -1200, with a point before the fraction and no commas.";
    [
        ("asset", "", asset),
        ("asset", "B TC", asset),
        ("asset", "\u{202E}CTB", asset),
        ("asset", endless, asset),
        ("quantity", "", number),
        ("quantity", "0,5", number),
        ("quantity", "1e999", "Use at most 100 digits."),
        ("quantity", digits, "Use at most 100 digits."),
        ("quantity", "NaN", number),
        (
            "quantity",
            "-0.000",
            "Zero is nothing to hold: enter another number.",
        ),
        ("label", "", "Give it a name."),
        ("label", "a\u{200B}b", "Leave out invisible characters."),
        ("label", endless, "Use at most 60 characters."),
        (
            "note",
            "a\nb",
            "Leave out line breaks and invisible characters.",
        ),
        (
            "note",
            "\u{202E}evil",
            "Leave out line breaks and invisible characters.",
        ),
        ("note", endless, "Use at most 500 characters."),
    ]
}

async fn every_wrong_field_is_told_beside_it_and_nothing_is_stored(kind: Kind) {
    let app = App::start(kind).await;
    let (browser, id) = with_portfolio(&app).await;
    let page = browser.submit("/do/add-manual", &form(&id, &[])).await;
    let change = page.attributes(".entry .buttons a", "href").remove(0);
    let holding = change.rsplit('/').next().unwrap().to_owned();
    let (endless, digits) = ("x".repeat(10_000), "9".repeat(101));
    for (field, value, sentence) in wrong_fields(&endless, &digits) {
        for (path, id, heading) in [
            ("/do/add-manual", &id, "Held by hand"),
            ("/do/change-manual", &holding, "Change Ledger"),
        ] {
            let page = browser.post(path, &form(id, &[(field, value)])).await;
            assert_eq!((page.status, page.one("h1").as_str()), (422, heading));
            let told = [(field.to_owned(), sentence.to_owned())];
            assert_eq!(errors(&page), told, "{path} {field} {value}");
            // The rest of what was typed stays.
            let kept = page.attributes("#label, #asset", "value");
            let typed = |name: &'static str, fine| if field == name { value } else { fine };
            assert_eq!(kept, [typed("label", "Ledger"), typed("asset", "btc")]);
            is_inert(&page, field);
        }
    }
    let page = browser.post("/do/add-manual", &[("id", &id)]).await;
    assert_eq!(errors(&page).len(), 3);
    let page = browser.get(&format!("/portfolios/{id}/manual")).await;
    assert_eq!(entries(&page), ["Ledger: 0.5 BTC"]);
}

async fn a_thousand_is_the_most_however_many_add_at_once(kind: Kind) {
    let app = App::start(kind).await;
    let (browser, id) = with_portfolio(&app).await;
    let user = owner(&app).await;
    let (own, portfolio) = (user.clone(), id.clone());
    let filled = app.state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move {
            let sql = "INSERT INTO manual_holdings (id, user_id, portfolio_id, asset, quantity, \
                       label, note, created_at, updated_at) \
                       VALUES ($1, $2, $3, 'BTC', '1', 'x', '', 1, 1)";
            for number in 0..997 {
                let query = sqlx::query(sql).bind(format!("{number:032x}"));
                query.bind(&own).bind(&portfolio).execute(&mut *db).await?;
            }
            Ok(())
        })
    });
    filled.await.unwrap();
    let fine = ManualForm {
        asset: "BTC".to_owned(),
        quantity: "1".to_owned(),
        label: "x".to_owned(),
        note: String::new(),
    };
    let adds = (0..8).map(|_| manual::add(&app.state, &user, &id, &fine));
    let outcomes = futures::future::join_all(adds).await;
    let (added, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((added.len(), refused.len()), (3, 5));
    assert!(
        refused
            .iter()
            .all(|problem| matches!(problem, Err(Problem::Invalid(_))))
    );
    assert_eq!(count(&app, "manual_holdings").await, 1_000);
    let page = browser.post("/do/add-manual", &form(&id, &[])).await;
    assert_eq!(page.status, 422);
    assert_eq!(
        page.one("#asset-error"),
        "You have entered 1,000 holdings by hand, and that is the most: delete some first."
    );
    assert_eq!(entries(&page).len(), 1_000);
    // What is there can still be changed, and somebody else has a thousand of their own.
    let page = browser
        .submit("/do/change-manual", &form(&format!("{:032x}", 5), &[]))
        .await;
    assert_eq!(told(&page), "Changed to 0.5 BTC, “Ledger”.");
    let other = app.signed_in("b@example.org").await;
    let theirs = create(&other, "Main").await;
    let page = other.submit("/do/add-manual", &form(&theirs, &[])).await;
    assert_eq!(told(&page), "Added 0.5 BTC, “Ledger”.");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_entered_by_hand_is_text_on_every_page() {
    let app = App::start(Kind::Sqlite).await;
    let (browser, id) = with_portfolio(&app).await;
    let evil = [
        "</textarea><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</title><svg onload=alert(1)>",
        "=HYPERLINK(\"https://evil\")",
        "ארנק קר",
    ];
    for text in evil {
        let code = format!("<b>{}</b>", text.len());
        let change = [("label", text), ("note", text), ("asset", code.as_str())];
        let page = browser.submit("/do/add-manual", &form(&id, &change)).await;
        assert!(told(&page).contains(text), "{}", page.text());
        is_inert(&page, "added");
        let change = page.attributes(".entry .buttons a", "href").remove(0);
        let list = format!("/portfolios/{id}/manual");
        let ask = format!("/portfolios/{id}/delete");
        for path in [&list, &ask, &change, &format!("{change}/delete")] {
            let page = browser.get(path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(page.text().contains(text), "{path}: {text}");
            assert_eq!(page.all("main b"), Vec::<String>::new());
            is_inert(&page, path);
        }
        let holding = change.rsplit('/').next().unwrap();
        let page = browser
            .submit("/do/delete-manual", &[("id", holding)])
            .await;
        assert!(told(&page).contains(text));
        is_inert(&page, "deleted");
    }
}
