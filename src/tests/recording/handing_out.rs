//! Who gets a recording, and what becomes of it.

use coffer::sandbox::keys::binance;
use reqwest::header::CONTENT_DISPOSITION;

use super::{ACCOUNT, BODY, NOON, answer, blank, download, execute, record};
use crate::scene::{count, number};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    a_recording_is_its_owners_alone,
    without_a_recording_the_page_says_what_to_do,
    a_recording_goes_with_its_connection,
    a_recording_that_was_spoilt_is_told_and_replaced_by_the_next,
];

async fn a_recording_is_its_owners_alone(kind: Kind) {
    let app = App::start(kind).await;
    let anna = app.signed_in("anna@example.org").await;
    let bob = app.signed_in("bob@example.org").await;
    let id = blank(&app, &anna, &binance::READ_ONLY).await;
    record(&app, &id, "binance", vec![answer(ACCOUNT, BODY)], NOON).await;
    assert_eq!(download(&anna, &id, "").await.status, 200);
    let nobodys = "0".repeat(32);
    let none = download(&bob, &nobodys, "").await;
    assert!(none.text().contains("There is no such page or connection."));
    for strange in [&id, "0123", "%00", "%3Cb%3E"] {
        let page = download(&bob, strange, "?amounts=kept").await;
        assert_eq!(
            (page.status, page.body),
            (404, none.body.clone()),
            "{strange}"
        );
    }
    let stranger = download(&app.browser(), &id, "").await;
    assert_eq!((stranger.status, stranger.body.as_str()), (303, ""));
    assert_eq!(stranger.location().unwrap(), "/sign-in");
}

async fn without_a_recording_the_page_says_what_to_do(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("anna@example.org").await;
    let id = blank(&app, &browser, &binance::READ_ONLY).await;
    let links = browser.get(&format!("/connections/{id}")).await;
    let links = links.attributes("[aria-labelledby=last-answers] a", "href");
    assert_eq!(links.len(), 2);
    for link in &links {
        let page = browser.get(link).await;
        assert_eq!(
            (page.status, page.headers.get(CONTENT_DISPOSITION)),
            (404, None)
        );
        let alert = "Nothing has been recorded for this connection yet. Sync it once, then \
                     download again.";
        assert_eq!(
            page.one("[role=alert]").replace("yet.Sync", "yet. Sync"),
            alert
        );
    }
    record(&app, &id, "binance", vec![answer(ACCOUNT, BODY)], NOON).await;
    let [scrambled, kept] = [browser.get(&links[0]).await, browser.get(&links[1]).await];
    assert!(
        scrambled.body.contains(r#""amounts": "scrambled""#),
        "{}",
        scrambled.body
    );
    assert!(kept.body.contains(r#""amounts": "kept""#), "{}", kept.body);
}

async fn a_recording_goes_with_its_connection(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("anna@example.org").await;
    let id = blank(&app, &browser, &binance::READ_ONLY).await;
    record(&app, &id, "binance", vec![answer(ACCOUNT, BODY)], NOON).await;
    assert_eq!(count(&app, "recordings").await, 1);
    browser.submit("/do/delete", &[("id", &id)]).await;
    assert_eq!(count(&app, "recordings").await, 0);
}

async fn a_recording_that_was_spoilt_is_told_and_replaced_by_the_next(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("anna@example.org").await;
    let id = blank(&app, &browser, &binance::READ_ONLY).await;
    record(&app, &id, "binance", vec![answer(ACCOUNT, BODY)], NOON).await;
    execute(&app, "UPDATE recordings SET answers = '[{'").await;
    assert_eq!(download(&browser, &id, "").await.status, 500);
    record(&app, &id, "binance", vec![answer(ACCOUNT, BODY)], NOON).await;
    assert_eq!(download(&browser, &id, "").await.status, 200);
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM recordings WHERE taken_at = 1795262400000";
    assert_eq!(number(&app, sql).await, 1);
}
