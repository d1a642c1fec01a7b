//! Keys that were stored: nowhere in plain, bound to their row, unreadable when touched, gone when
//! deleted.

use std::path::Path;

use coffer::domain::timestamp::Timestamp;
use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{DemoKey, Exchange};
use coffer::services::{accounts, connections, sync};
use coffer::storage::StorageError;
use coffer::storage::connections::SealedKey;
use sqlx::AssertSqlSafe;

use crate::support::{App, Browser, Kind, demo_key, on_both_databases};

on_both_databases![
    a_sealed_key_opens_in_its_own_place_only,
    a_damaged_key_is_unreadable_and_never_a_fault,
];

pub const COLUMNS: [&str; 3] = ["api_key", "secret_key", "passphrase"];

async fn execute(app: &App, sql: String) {
    let write = app.state.db.write::<_, StorageError, _>(|db| {
        Box::pin(async move {
            let done = sqlx::query(AssertSqlSafe(sql)).execute(db).await?;
            assert_eq!(done.rows_affected(), 1);
            Ok(())
        })
    });
    write.await.unwrap();
}

async fn plant(app: &App, id: &str, column: &str, blob: Option<Vec<u8>>) {
    let sql = format!("UPDATE connections SET {column} = $2 WHERE id = $1");
    let id = id.to_owned();
    let write = app.state.db.write::<_, StorageError, _>(|db| {
        Box::pin(async move {
            let query = sqlx::query(AssertSqlSafe(sql)).bind(id).bind(blob);
            assert_eq!(query.execute(db).await?.rows_affected(), 1);
            Ok(())
        })
    });
    write.await.unwrap();
}

pub async fn sealed(app: &App, user: &str, id: &str) -> SealedKey {
    let mut db = app.state.db.reader().await.unwrap();
    let found = coffer::storage::connections::find_to_sync(&mut db, user, id, Timestamp(1)).await;
    found.unwrap().unwrap().key
}

pub fn part<'a>(key: &'a SealedKey, column: &str) -> &'a [u8] {
    match column {
        "api_key" => &key.api_key,
        "secret_key" => &key.secret_key,
        _ => key.passphrase.as_deref().unwrap(),
    }
}

fn label(key: &DemoKey) -> String {
    format!("{}, {}", key.exchange, key.title)
}

/// Somebody with these keys connected; answers the browser, the user's id and the connections'.
pub async fn with_keys(app: &App, email: &str, keys: &[DemoKey]) -> (Browser, String, Vec<String>) {
    let browser = app.signed_in(email).await;
    for key in keys {
        let page = browser.connect(key, &[("label", &label(key))]).await;
        assert_eq!(page.status, 200, "{}", page.text());
    }
    let users = accounts::list(&app.state).await.unwrap();
    let user = users
        .into_iter()
        .find(|user| user.email == email)
        .unwrap()
        .id;
    let list = connections::list(&app.state, &user).await.unwrap();
    let id_of = |key: &DemoKey| {
        list.iter()
            .find(|c| c.label == label(key))
            .unwrap()
            .id
            .clone()
    };
    let ids = keys.iter().map(id_of).collect();
    (browser, user, ids)
}

/// The key is reported as unreadable, on the page too, and nobody was asked anything.
async fn is_unreadable(app: &App, browser: &Browser, id: &str, what: &str) {
    let control = app.setup.sandbox.control();
    control.clear_records();
    let page = browser.submit("/do/sync", &[("id", id)]).await;
    assert_eq!(page.status, 200, "{what}");
    let told = page.one("[role=alert]");
    assert!(
        told.contains("The stored key cannot be opened."),
        "{what}: {}",
        page.text()
    );
    assert_eq!(control.count("/"), 0, "{what}");
    let list = browser.get("/connections").await;
    assert!(
        list.text().contains("Needs attention"),
        "{what}: {}",
        list.text()
    );
}

async fn is_fine(browser: &Browser, id: &str, what: &str) {
    let page = browser.submit("/do/sync", &[("id", id)]).await;
    assert!(
        page.one("[role=status]").starts_with("Synced "),
        "{what}: {}",
        page.text()
    );
}

async fn a_sealed_key_opens_in_its_own_place_only(kind: Kind) {
    let app = App::start(kind).await;
    let keys = [okx::READ_ONLY, okx::SECOND, binance::READ_ONLY];
    let (anna, annas, ids) = with_keys(&app, "anna@example.org", &keys).await;
    let (bob, _, bobs) = with_keys(&app, "bob@example.org", &[okx::EEA]).await;
    let own = sealed(&app, &annas, &ids[0]).await;
    for (victim, browser) in [(&ids[1], &anna), (&bobs[0], &bob)] {
        for column in COLUMNS {
            let sql = format!(
                "UPDATE connections SET {column} = (SELECT {column} FROM connections \
                 WHERE id = '{}') WHERE id = '{victim}'",
                ids[0]
            );
            let keep = format!("SELECT {column} FROM connections WHERE id = $1");
            let mut db = app.state.db.reader().await.unwrap();
            let right: Vec<u8> = sqlx::query_scalar(AssertSqlSafe(keep))
                .bind(victim.as_str())
                .fetch_one(&mut *db)
                .await
                .unwrap();
            drop(db);
            execute(&app, sql).await;
            is_unreadable(&app, browser, victim, column).await;
            for other in [&ids[0], &ids[2]] {
                is_fine(&anna, other, column).await;
            }
            plant(&app, victim, column, Some(right)).await;
            is_fine(browser, victim, column).await;
        }
    }
    for (from, to) in [
        ("secret_key", "passphrase"),
        ("passphrase", "secret_key"),
        ("api_key", "secret_key"),
    ] {
        plant(&app, &ids[0], to, Some(part(&own, from).to_vec())).await;
        is_unreadable(&app, &anna, &ids[0], to).await;
        plant(&app, &ids[0], to, Some(part(&own, to).to_vec())).await;
    }
    execute(&app, format!("UPDATE connections SET user_id = (SELECT user_id FROM connections WHERE id = '{}'), portfolio_id = (SELECT portfolio_id FROM connections WHERE id = '{}') WHERE id = '{}'", bobs[0], bobs[0], ids[2])).await;
    is_unreadable(&app, &bob, &ids[2], "another person's row").await;
    is_fine(&anna, &ids[0], "the end").await;
}

async fn a_damaged_key_is_unreadable_and_never_a_fault(kind: Kind) {
    let app = App::start(kind).await;
    let keys = [okx::READ_ONLY];
    let (browser, user, ids) = with_keys(&app, "anna@example.org", &keys).await;
    let own = sealed(&app, &user, &ids[0]).await;
    let control = app.setup.sandbox.control();
    control.clear_records();
    for column in COLUMNS {
        let blob = part(&own, column).to_vec();
        let mut damaged: Vec<Vec<u8>> = (0..blob.len()).map(|end| blob[..end].to_vec()).collect();
        damaged.extend((0..blob.len()).map(|at| {
            let mut flipped = blob.clone();
            flipped[at] ^= 1 << (at % 8);
            flipped
        }));
        damaged.push([blob.as_slice(), &[0]].concat());
        // Every byte on the database at hand always, a sample where it takes long.
        let step = if kind == Kind::Sqlite { 1 } else { 7 };
        for blob in damaged.into_iter().step_by(step) {
            let length = blob.len();
            plant(&app, &ids[0], column, Some(blob)).await;
            let synced = sync::sync_connection(&app.state, &user, &ids[0]).await;
            let failure = synced.unwrap().report.failure.unwrap();
            assert_eq!(
                failure.code(),
                "credentials_unreadable",
                "{column} {length}"
            );
        }
        is_unreadable(&app, &browser, &ids[0], column).await;
        plant(&app, &ids[0], column, Some(blob)).await;
    }
    plant(&app, &ids[0], "passphrase", None).await;
    is_unreadable(&app, &browser, &ids[0], "without its passphrase").await;
    assert_eq!(control.count("/"), 0);
    plant(&app, &ids[0], "passphrase", own.passphrase.clone()).await;
    is_fine(&browser, &ids[0], "mended").await;
}

/// The files of a folder that hold any piece of a sealed secret. A row may be kept in pieces; its
/// first 9 bytes, version and key id, are those of every other.
pub fn files_with(folder: &Path, sealed: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let mut pieces = sealed[9..].chunks_exact(12);
        if pieces.any(|piece| bytes.windows(12).any(|window| window == piece)) {
            found.push(path.file_name().unwrap().display().to_string());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_key_is_gone_from_every_file() {
    let app = App::start(Kind::Sqlite).await;
    let keys = [okx::READ_ONLY, binance::READ_ONLY];
    let (browser, user, ids) = with_keys(&app, "anna@example.org", &keys).await;
    let folder = app.setup.database.folder.path();
    let key = sealed(&app, &user, &ids[0]).await;
    let kept = sealed(&app, &user, &ids[1]).await;
    browser.post("/do/sync-all", &[]).await;
    for column in COLUMNS {
        let found = files_with(folder, part(&key, column));
        assert!(!found.is_empty(), "{column} is not where it was looked for");
    }
    let page = browser.submit("/do/delete", &[("id", &ids[0])]).await;
    assert!(page.one("[role=status]").starts_with("Deleted "));
    for column in COLUMNS {
        let found = files_with(folder, part(&key, column));
        assert_eq!(found, Vec::<String>::new(), "{column}");
    }
    assert!(!files_with(folder, &kept.secret_key).is_empty());
    is_fine(&browser, &ids[1], "the other connection").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_went_with_its_portfolio_is_gone_from_every_file() {
    let app = App::start(Kind::Sqlite).await;
    let keys = [okx::READ_ONLY, binance::READ_ONLY];
    let (browser, user, ids) = with_keys(&app, "anna@example.org", &keys).await;
    let folder = app.setup.database.folder.path();
    let key = sealed(&app, &user, &ids[0]).await;
    let list = connections::list(&app.state, &user).await.unwrap();
    let portfolio = list[0].portfolio_id.clone();
    let page = browser
        .get(&format!("/portfolios/{portfolio}/delete"))
        .await;
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    for column in COLUMNS {
        assert!(!files_with(folder, part(&key, column)).is_empty());
    }
    let form = [
        ("id", portfolio.as_str()),
        ("fate", "drop"),
        ("seen", &seen),
    ];
    let page = browser.submit("/do/delete-portfolio", &form).await;
    assert!(page.one("[role=status]").starts_with("Deleted "));
    for column in COLUMNS {
        let found = files_with(folder, part(&key, column));
        assert_eq!(found, Vec::<String>::new(), "{column}");
    }
    is_fine(&browser, &ids[1], "the other connection").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_shows_the_last_four_characters_of_a_key_alone() {
    let app = App::start(Kind::Sqlite).await;
    let key = demo_key(Exchange::Binance, binance::READ_ONLY.api_key);
    let (browser, _, ids) = with_keys(&app, "anna@example.org", &[key]).await;
    let (rest, last) = key.api_key.split_at(key.api_key.len() - 4);
    for path in [
        "/connections".to_owned(),
        format!("/connections/{}", ids[0]),
        format!("/connections/{}/delete", ids[0]),
    ] {
        let page = browser.get(&path).await;
        assert_eq!(page.one("main code"), format!("••••{last}"), "{path}");
        for hidden in [
            &rest[rest.len() - 4..],
            &key.secret_key[..8],
            &key.api_key[..8],
        ] {
            assert!(!page.body.contains(hidden), "{path}");
        }
    }
}
