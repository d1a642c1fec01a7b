//! Deleting portfolios by their pages: what was in them stays somewhere, or goes as its owner saw it.

use coffer::sandbox::keys::{binance, okx};

use crate::portfolios::{add_cash, create, id_of, listed, pairs};
use crate::scene::{BOTH, assert_only_read, connect, count, counts, ids, told};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    a_deleted_portfolio_leaves_what_was_in_it_where_its_owner_says,
    the_only_portfolio_has_nowhere_to_leave_what_is_in_it,
    a_dropped_portfolio_takes_its_connections_along,
    nothing_is_dropped_that_its_owner_did_not_see,
    a_portfolio_made_by_hand_outlives_its_last_connection,
];

async fn a_deleted_portfolio_leaves_what_was_in_it_where_its_owner_says(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &BOTH[0], &[]).await;
    let id = id_of(&browser.get("/portfolios").await, "Binance");
    add_cash(&browser, &id).await;
    let other = create(&browser, "Other").await;
    let before = counts(&app).await;
    // Not said what becomes of it: nothing happens.
    for fate in ["", "all", "Drop"] {
        let form = [("id", id.as_str()), ("fate", fate), ("into", &other)];
        let page = browser.post("/do/delete-portfolio", &form).await;
        assert_eq!(
            (page.status, page.one("h1")),
            (422, "Delete Binance?".to_owned())
        );
        let told = "Something is in it: say whether it is kept or deleted as well.";
        assert_eq!(page.one("#fate-error"), told);
    }
    let form = [("id", id.as_str()), ("fate", "keep"), ("into", "")];
    let page = browser.post("/do/delete-portfolio", &form).await;
    assert_eq!(
        page.one("#into-error"),
        "Pick another portfolio of the list."
    );
    assert_eq!(counts(&app).await, before);
    let form = [("id", id.as_str()), ("fate", "keep"), ("into", &other)];
    let page = browser.submit("/do/delete-portfolio", &form).await;
    assert!(
        told(&page).ends_with("“Binance” is gone."),
        "{}",
        told(&page)
    );
    let inside = "1 connection and 1 holding entered by hand";
    assert_eq!(listed(&browser).await, pairs(&[("Other", inside)]));
    assert_eq!(counts(&app).await[1..], before[1..]);
    assert_eq!(count(&app, "manual_holdings").await, 1);
}

async fn the_only_portfolio_has_nowhere_to_leave_what_is_in_it(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &BOTH[0], &[]).await;
    let id = id_of(&browser.get("/portfolios").await, "Binance");
    let before = counts(&app).await;
    let page = browser.get(&format!("/portfolios/{id}/delete")).await;
    assert!(
        page.text()
            .contains("There is no other portfolio to move it to. Create one first"),
        "{}",
        page.text()
    );
    assert_eq!(page.all("select"), Vec::<String>::new());
    let form = [("id", id.as_str()), ("fate", "keep")];
    let page = browser.post("/do/delete-portfolio", &form).await;
    assert_eq!(page.status, 422);
    assert_eq!(
        page.one("[role=alert]").matches("another look").count(),
        1,
        "{}",
        page.text()
    );
    assert!(
        page.text()
            .contains("There is no other portfolio to move it to")
    );
    assert_eq!(counts(&app).await, before);
}

async fn a_dropped_portfolio_takes_its_connections_along(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let kept = connect(&browser, &BOTH[1], &[]).await;
    let before = counts(&app).await;
    connect(&browser, &BOTH[0], &[("label", "Mine")]).await;
    let id = id_of(&browser.get("/portfolios").await, "Binance");
    connect(&browser, &binance::SECOND, &[("portfolio", &id)]).await;
    add_cash(&browser, &id).await;
    let page = browser.get(&format!("/portfolios/{id}/delete")).await;
    let lost = page.all(".contents li");
    assert_eq!(lost.len(), 3, "{lost:?}");
    let hint = &BOTH[0].api_key[BOTH[0].api_key.len() - 4..];
    let key = format!("Mine: the key of Binance ••••{hint} and 13 holdings");
    assert_eq!((&lost[0], lost[2].as_str()), (&key, "Cash: 250.75 EUR"));
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    let form = [("id", id.as_str()), ("fate", "drop"), ("seen", &seen)];
    let page = browser.submit("/do/delete-portfolio", &form).await;
    assert_eq!(
        told(&page),
        "Deleted “Binance” with 2 connections and 1 holding entered by hand.\
         Delete the keys on the exchange as well if you no longer need them."
    );
    let after = counts(&app).await;
    // Assets stay known.
    assert_eq!(
        (after[0], after[1], after[2]),
        (before[0], before[1], before[2])
    );
    assert_eq!((after[4], after[5]), (before[4], before[5]));
    assert_eq!(count(&app, "manual_holdings").await, 0);
    assert_eq!(ids(&browser.get("/connections").await), [kept]);
    assert_only_read(&app);
}

async fn nothing_is_dropped_that_its_owner_did_not_see(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &BOTH[0], &[]).await;
    let id = id_of(&browser.get("/portfolios").await, "Binance");
    let path = format!("/portfolios/{id}/delete");
    let page = browser.get(&path).await;
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    connect(&browser, &okx::READ_ONLY, &[("portfolio", &id)]).await;
    let before = counts(&app).await;
    for seen in [seen.as_str(), ""] {
        let form = [("id", id.as_str()), ("fate", "drop"), ("seen", seen)];
        let page = browser.post("/do/delete-portfolio", &form).await;
        assert_eq!(page.status, 422);
        assert_eq!(
            page.one("#fate-error"),
            "What is in this portfolio has changed since the page was shown. \
             Nothing was deleted: look again."
        );
        // The list below it is the new one.
        assert_eq!(page.all(".contents li").len(), 2);
    }
    assert_eq!(counts(&app).await, before);
}

async fn a_portfolio_made_by_hand_outlives_its_last_connection(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let own = create(&browser, "Own").await;
    let id = connect(&browser, &BOTH[0], &[("portfolio", &own)]).await;
    let other = connect(&browser, &BOTH[1], &[]).await;
    let okx = id_of(&browser.get("/portfolios").await, "OKX");
    add_cash(&browser, &okx).await;
    for id in [id, other] {
        let page = browser.submit("/do/delete", &[("id", &id)]).await;
        assert!(told(&page).starts_with("Deleted "), "{}", told(&page));
    }
    assert_eq!(
        listed(&browser).await,
        pairs(&[
            ("OKX", "1 holding entered by hand"),
            ("Own", "Nothing in it yet")
        ])
    );
    let page = browser.get(&format!("/portfolios/{own}/delete")).await;
    assert!(
        page.text()
            .contains("Nothing is in it, so nothing else goes with it.")
    );
    let page = browser
        .submit("/do/delete-portfolio", &[("id", &own)])
        .await;
    assert_eq!(told(&page), "Deleted the portfolio “Own”.");
}
