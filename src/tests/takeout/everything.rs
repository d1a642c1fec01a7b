//! Everything of a person in one file: nothing left out, nothing of others, no secret.

use coffer::sandbox::keys::{binance, okx};
use serde_json::Value;

use super::person::{Person, WEBHOOK};
use super::{json, schema, taken};
use crate::leases::execute;
use crate::support::{App, Kind, PASSWORD, on_both_databases};

on_both_databases![
    everything_of_a_person_is_in_one_file,
    no_secret_and_nothing_of_others_is_in_it,
];

/// Where each table's rows are told: a list of the document, or a value of it.
const TOLD: [(&str, &str); 22] = [
    ("users", "/account/email"),
    ("sessions", "/sessions/0/created_at"),
    ("portfolios", "/portfolios/0/name"),
    ("connections", "/connections/0/api_key_masked"),
    ("followings", "/connections/0/followed"),
    ("wallets", "/connections/0/wallets/0/outcome"),
    ("holdings", "/holdings/0/quantity"),
    ("assets", "/holdings/0/asset"),
    ("manual_holdings", "/manual_holdings/0/note"),
    ("value_series", "/series/0/looked_at"),
    ("value_points", "/history/0/value_usdt"),
    ("holding_snapshots", "/snapshots/0/held/spot"),
    ("sync_runs", "/runs/0/wallets/0/name"),
    ("recordings", "/recordings/0/recording/answers/0/path"),
    ("notices", "/notices/0/sentence"),
    ("telling_preferences", "/telling/failing_hours"),
    ("webhooks", "/webhook/url"),
    ("deliveries", "/deliveries/0/outcome"),
    ("api_tokens", "/api_tokens/0/scope"),
    ("backfills", "/past_days/0/state"),
    ("backfilled_days", "/past_days/0/days/0/value_usdt"),
    ("watched_pairs", "/watchlist/0"),
];

/// Tables that are in no file, and why.
const LEFT_OUT: [(&str, &str); 14] = [
    ("instance_facts", "facts of the server"),
    ("key_checks", "constants sealed with the master key"),
    ("pauses", "until when exchanges want no calls"),
    ("outages", "when exchanges did not answer"),
    ("replicas", "processes that share the database"),
    ("price_books", "everybody's prices"),
    ("candle_series", "everybody's candles"),
    ("candles", "the same"),
    ("candle_gaps", "the same"),
    ("candle_backfills", "the same"),
    ("value_rates", "everybody's rates, told beside each point"),
    (
        "sync_batches",
        "which runs were asked for at once; the runs are told",
    ),
    ("sync_batch_items", "the same"),
    (
        "api_answers",
        "what programs were answered, kept for a day in case they ask twice",
    ),
];

async fn everything_of_a_person_is_in_one_file(kind: Kind) {
    let app = App::start(kind).await;
    let person = Person::settled(&app, "carola", &binance::READ_ONLY).await;
    let another = "INSERT INTO backfilled_days SELECT id, 86400000, '7', 0, 0 FROM connections";
    execute(&app, another).await;
    let told = json(&taken(&person.browser, "everything.json").await);
    assert_eq!(told["coffer_export"], 1);
    for table in schema::tables(&app).await.keys() {
        let known = TOLD.iter().find(|(name, _)| name == table);
        let left_out = LEFT_OUT.iter().any(|(name, _)| name == table);
        assert!(
            known.is_some() != left_out,
            "{table}: is it told, or left out?"
        );
        if let Some((_, place)) = known {
            let value = told.pointer(place).unwrap_or(&Value::Null);
            assert!(!value.is_null(), "{table} at {place}: {told:#}");
        }
    }
    // Not one of each, but all.
    let rows = schema::with(&schema::rows(&app).await, &person.needles(), true);
    for (table, list) in [
        ("sessions", "/sessions"),
        ("portfolios", "/portfolios"),
        ("connections", "/connections"),
        ("manual_holdings", "/manual_holdings"),
        ("value_series", "/series"),
        ("value_points", "/history"),
        ("holding_snapshots", "/snapshots"),
        ("sync_runs", "/runs"),
        ("recordings", "/recordings"),
        ("notices", "/notices"),
        ("deliveries", "/deliveries"),
        ("api_tokens", "/api_tokens"),
        ("backfills", "/past_days"),
        ("watched_pairs", "/watchlist"),
    ] {
        let list = told.pointer(list).unwrap().as_array().unwrap();
        assert_eq!(list.len(), rows[table].len(), "{table}");
    }
    let fetched = told["past_days"].as_array().unwrap().iter();
    let days = fetched.map(|one| one["days"].as_array().unwrap().len());
    assert_eq!(days.sum::<usize>(), rows["backfilled_days"].len());
    assert_eq!(rows["backfilled_days"].len(), 2);
    let held = rows["holdings"].len() + rows["manual_holdings"].len();
    assert_eq!(told["holdings"].as_array().unwrap().len(), held);
    assert_eq!(told["webhook"]["url"], format!("{WEBHOOK}carola"));
    assert_eq!(told["manual_holdings"][0]["quantity"], "-12.5");
    assert!(
        told["account"]["created_at"]
            .as_str()
            .unwrap()
            .ends_with('Z')
    );
    assert_eq!(told["telling"]["balance_percent"], "7.5");
}

async fn no_secret_and_nothing_of_others_is_in_it(kind: Kind) {
    let app = App::start(kind).await;
    let key = okx::READ_ONLY;
    let person = Person::settled(&app, "carola", &key).await;
    let other = Person::settled(&app, "dagobert", &binance::READ_ONLY).await;
    let page = taken(&person.browser, "everything.json").await;
    for needle in other.needles() {
        assert!(!page.body.contains(&needle), "{needle}");
    }
    let cookie = person.browser.cookie_header();
    let (_, cookie) = cookie.split_once('=').unwrap();
    let secrets = [
        key.api_key,
        key.secret_key,
        key.passphrase.unwrap(),
        PASSWORD,
        cookie,
    ];
    for secret in secrets {
        assert!(!page.body.contains(secret), "{secret}");
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!page.body.contains(&hex), "{secret}");
    }
    assert!(!page.body.contains("$argon2"));
    let mut db = app.state.db.reader().await.unwrap();
    for sql in [
        "SELECT api_key FROM connections UNION SELECT secret_key FROM connections \
         UNION SELECT secret FROM webhooks",
    ] {
        let sealed: Vec<Vec<u8>> = sqlx::query_scalar(sql).fetch_all(&mut *db).await.unwrap();
        assert!(sealed.len() > 3);
        for blob in sealed {
            use base64::Engine as _;
            use base64::engine::general_purpose::STANDARD;
            for text in [hex::encode(&blob), STANDARD.encode(&blob)] {
                assert!(!page.body.contains(&text), "something sealed");
            }
        }
    }
    let hashes: Vec<String> = sqlx::query_scalar("SELECT id_hash FROM sessions")
        .fetch_all(&mut *db)
        .await
        .unwrap();
    assert!(hashes.iter().all(|hash| !page.body.contains(hash)));
}
