//! What an exchange answered last, kept without secrets and handed to its owner.

mod replaying;

use coffer::domain::exchange::ExchangeId;
use coffer::domain::timestamp::Timestamp;
use coffer::exchanges::RawAnswer;
use coffer::sandbox::DemoKey;
use coffer::sandbox::keys::{binance, okx};
use coffer::services::recording::keep;
use coffer::storage::{StorageError, recordings};
use reqwest::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::Value;
use sqlx::Executor;

use crate::scene::{connect, count, number};
use crate::support::{App, Browser, Kind, Page, on_both_databases};

on_both_databases![
    nothing_that_tells_whose_account_it_is_is_stored_or_handed_out,
    exact_amounts_are_byte_for_byte_those_of_the_exchange,
    scrambled_amounts_are_other_amounts_and_what_is_handed_out_unasked,
    what_was_not_asked_again_stays_as_it_was_answered_last,
    a_recording_is_its_owners_alone,
    without_a_recording_the_page_says_what_to_do,
    a_recording_goes_with_its_connection,
    a_recording_that_was_spoilt_is_told_and_replaced_by_the_next,
];

/// 2026-11-21T12:00:00Z.
const NOON: Timestamp = Timestamp(1_795_262_400_000);
const MINUTE_MS: i64 = 60_000;

/// An answer whose body is given.
pub fn answer(question: &str, body: &str) -> RawAnswer {
    let (method, target) = question.split_once(' ').unwrap();
    let (path, parameters) = target.split_once('?').unwrap_or((target, ""));
    RawAnswer {
        method: method.to_owned(),
        path: path.to_owned(),
        parameters: parameters.to_owned(),
        status: 200,
        body: body.to_owned(),
    }
}

/// An answer whose body is a fixture.
pub fn fixture(question: &str, name: &str) -> RawAnswer {
    let path = format!("{}/src/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    answer(question, &std::fs::read_to_string(path).unwrap())
}

/// Keeps answers as the end of a sync does.
pub async fn record(app: &App, id: &str, exchange: &str, answers: Vec<RawAnswer>, at: Timestamp) {
    let (id, exchange) = (id.to_owned(), ExchangeId::new(exchange));
    let kept = app.state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move { keep(db, &id, &exchange, &answers, at).await })
    });
    kept.await.unwrap();
}

/// A connection without what its own syncs have left of answers.
async fn blank(app: &App, browser: &Browser, key: &DemoKey) -> String {
    let id = connect(browser, key, &[]).await;
    execute(app, "DELETE FROM recordings").await;
    id
}

async fn execute(app: &App, sql: &'static str) {
    let done = app.state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move { Ok(db.execute(sql).await.map(|_| ())?) })
    });
    done.await.unwrap();
}

async fn download(browser: &Browser, id: &str, query: &str) -> Page {
    browser
        .get(&format!("/connections/{id}/recording{query}"))
        .await
}

async fn stored(app: &App, id: &str) -> String {
    let mut db = app.state.db.reader().await.unwrap();
    recordings::find_answers(&mut db, id)
        .await
        .unwrap()
        .unwrap()
}

const ACCOUNT: &str = "GET /api/v3/account?omitZeroBalances=true";
const BODY: &str =
    r#"{"balances":[{"asset":"BTC","free":"4723846.89208129","locked":0.10}],"uid":354937868}"#;
const SIGNATURE: &str = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71";

async fn nothing_that_tells_whose_account_it_is_is_stored_or_handed_out(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("anna@example.org").await;
    let signed = format!("?current=1&timestamp=1767225600123&signature={SIGNATURE}");
    let key = binance::READ_ONLY;
    let echoed = format!(
        r#"{{"code":-2014,"msg":"API-key {} of {}, request ip: 203.0.113.7","{}":"{}"}}"#,
        key.api_key, key.secret_key, key.api_key, key.secret_key
    );
    let spot = [
        answer(&format!("GET /api/v3/account{signed}"), BODY),
        fixture(
            "GET /sapi/v1/simple-earn/locked/position",
            "binance_sapi_simple_earn_locked_position.json",
        ),
        answer("GET /sapi/v1/account/apiRestrictions", &echoed),
        answer(
            "GET /sapi/v1/margin/account",
            &format!("<html>{}</html>", key.api_key),
        ),
    ];
    let key = okx::READ_ONLY;
    let words = key.passphrase.unwrap();
    let config = [
        fixture(
            "GET /api/v5/account/config",
            "okx_account_config_trade_with_ip_constructed.json",
        ),
        answer(
            "GET /api/v5/asset/balances",
            &format!(
                r#"{{"code":"50105","ccy":"{words}","perm":"{}","msg":"{words}"}}"#,
                key.api_key
            ),
        ),
    ];
    let canaries = [
        SIGNATURE,
        "1767225600123",
        "354937868",
        "123123",
        "Axs*90",
        "203.0.113.7",
        "44705892343619584",
        binance::READ_ONLY.api_key,
        binance::READ_ONLY.secret_key,
        key.api_key,
        key.secret_key,
        words,
    ];
    for (key, answers) in [(binance::READ_ONLY, spot.to_vec()), (key, config.to_vec())] {
        let sent: String = answers.iter().map(|a| format!("{a:?}")).collect();
        assert!(
            canaries
                .iter()
                .filter(|canary| sent.contains(**canary))
                .count()
                > 3
        );
        let id = blank(&app, &browser, &key).await;
        let exchange = key.exchange.to_string().to_lowercase();
        record(&app, &id, &exchange, answers, NOON).await;
        let mut told = stored(&app, &id).await;
        for query in ["", "?amounts=kept", "?amounts=scrambled"] {
            let page = download(&browser, &id, query).await;
            assert_eq!(page.status, 200, "{}", page.body);
            told += &format!("{:?}\n{}", page.headers, page.body);
        }
        for canary in canaries {
            assert!(!told.contains(canary), "{canary} in {told}");
        }
    }
}

async fn exact_amounts_are_byte_for_byte_those_of_the_exchange(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("anna@example.org").await;
    let id = blank(&app, &browser, &binance::READ_ONLY).await;
    record(&app, &id, "binance", vec![answer(ACCOUNT, BODY)], NOON).await;
    let page = download(&browser, &id, "?amounts=kept").await;
    assert!(
        page.body.contains(&BODY.replace("354937868", "1")),
        "{}",
        page.body
    );
    let header = |name| page.headers.get(name).unwrap().to_str().unwrap();
    assert_eq!(header(CONTENT_TYPE), "application/json");
    assert_eq!(header(CACHE_CONTROL), "no-store");
    let name = "attachment; filename=\"coffer-recording-binance-2026-11-21.json\"";
    assert_eq!(header(CONTENT_DISPOSITION), name);
    let document: Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(document["format"], "coffer-recording-1");
    assert_eq!(document["exchange"], "binance");
    assert_eq!(document["taken_at"], "2026-11-21T12:00:00Z");
    assert_eq!(document["amounts"], "kept");
    let told = &document["answers"][0];
    assert_eq!(
        (&told["method"], &told["path"]),
        (&"GET".into(), &"/api/v3/account".into())
    );
    assert_eq!(
        (&told["parameters"], &told["status"]),
        (&"omitZeroBalances=true".into(), &200.into())
    );
}

async fn scrambled_amounts_are_other_amounts_and_what_is_handed_out_unasked(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("anna@example.org").await;
    let id = blank(&app, &browser, &binance::READ_ONLY).await;
    record(&app, &id, "binance", vec![answer(ACCOUNT, BODY)], NOON).await;
    let mut seen = Vec::new();
    for query in ["", "?amounts=scrambled"] {
        let page = download(&browser, &id, query).await;
        let document: Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!(document["amounts"], "scrambled");
        let row = &document["answers"][0]["body"]["balances"][0];
        assert_eq!(row["asset"], "BTC");
        let free = row["free"].as_str().unwrap().to_owned();
        assert_eq!((free.len(), free.find('.')), (16, Some(7)), "{free}");
        assert!(!page.body.contains("4723846.89208129"));
        seen.push(free);
    }
    // Two recordings cannot be laid beside each other.
    assert_ne!(seen[0], seen[1]);
    assert_eq!(download(&browser, &id, "?amounts=none").await.status, 400);
}

async fn what_was_not_asked_again_stays_as_it_was_answered_last(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("anna@example.org").await;
    let id = blank(&app, &browser, &binance::READ_ONLY).await;
    let earn = answer(
        "GET /sapi/v1/simple-earn/flexible/position?current=1",
        r#"{"total":0}"#,
    );
    record(
        &app,
        &id,
        "binance",
        vec![earn, answer(ACCOUNT, "[]")],
        NOON,
    )
    .await;
    let later = NOON.plus_ms(MINUTE_MS);
    record(&app, &id, "binance", vec![answer(ACCOUNT, BODY)], later).await;
    record(&app, &id, "binance", Vec::new(), later.plus_ms(MINUTE_MS)).await;
    let page = download(&browser, &id, "?amounts=kept").await;
    let document: Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(document["taken_at"], "2026-11-21T12:01:00Z");
    let answers = document["answers"].as_array().unwrap();
    let told: Vec<_> = answers
        .iter()
        .map(|a| (a["path"].as_str().unwrap(), a["taken_at"].as_str().unwrap()))
        .collect();
    let expected = [
        (
            "/sapi/v1/simple-earn/flexible/position",
            "2026-11-21T12:00:00Z",
        ),
        ("/api/v3/account", "2026-11-21T12:01:00Z"),
    ];
    assert_eq!(told, expected);
    assert_eq!(count(&app, "recordings").await, 1);
}

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
