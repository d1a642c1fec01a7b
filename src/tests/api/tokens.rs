//! Tokens: made once, kept as a hash, ended by time, by their owner and by a new password.

use std::path::Path;
use std::time::Duration;

use coffer::domain::token::TokenForm;
use coffer::error::Problem;
use coffer::services::accounts::deletion;
use coffer::services::{accounts, tokens};
use coffer::storage::{StorageError, users};

use super::client::{Client, client_of, token_for, user_of};
use crate::scene::{count, number, told};
use crate::support::{App, Browser, Kind, PASSWORD, Page, on_both_databases};

on_both_databases![
    a_token_is_made_on_its_page_and_shown_once,
    a_token_is_kept_as_a_hash_alone,
    a_token_ends_by_time_and_by_its_owners_word,
    a_new_password_revokes_all_tokens,
    a_password_that_is_changed_meanwhile_makes_no_token_and_deletes_nothing,
    the_tokens_of_an_account_go_with_it,
    a_use_is_noted_at_most_once_a_minute,
    wrong_fields_of_the_form_are_told_beside_them,
];

const ANNA: &str = "anna@example.org";
const PAGE: &str = "/settings/tokens";

async fn make(browser: &Browser, name: &str, scope: &str) -> Page {
    let form = [
        ("name", name),
        ("scope", scope),
        ("expires", "30"),
        ("current_password", PASSWORD),
    ];
    browser.post("/do/make-token", &form).await
}

async fn a_token_is_made_on_its_page_and_shown_once(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let made = make(&browser, "Spreadsheet <b>", "read").await;
    assert_eq!(made.status, 200);
    let token = made.one(".secret-text");
    assert_eq!((token.len(), &token[..7]), (71, "coffer_"));
    Client::new(&app, &token)
        .get("/connections")
        .await
        .with(200);
    let page = browser.get(PAGE).await;
    assert!(!page.body.contains(&token), "shown twice");
    assert_eq!(page.one("tbody th"), "Spreadsheet <b>");
    assert_eq!(page.one("tbody td code"), token[67..]);
    assert_eq!(page.one("tbody td[data-label='Last used']"), "just now");
    // The same form, sent again by a reload, makes no second one.
    let again = make(&browser, "Spreadsheet <b>", "read").await;
    assert_eq!(again.status, 422);
    assert_eq!(
        again.one("#name-error"),
        "You have a token of this name already."
    );
    let id = page.attributes("tbody input[name=id]", "value").remove(0);
    let page = browser.submit("/do/revoke-token", &[("id", &id)]).await;
    assert!(told(&page).starts_with("Revoked Spreadsheet <b>"));
    assert_eq!(page.all("tbody th"), Vec::<String>::new());
    let refused = Client::new(&app, &token).get("/connections").await;
    refused.refused(401, "unauthenticated");
}

async fn a_token_is_kept_as_a_hash_alone(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let token = make(&browser, "A", "manage").await.one(".secret-text");
    Client::new(&app, &token).get("/portfolio").await.with(200);
    let mut db = app.state.db.reader().await.unwrap();
    let sql = "SELECT token_hash, hint FROM api_tokens";
    let (hash, hint): (String, String) = sqlx::query_as(sql).fetch_one(&mut *db).await.unwrap();
    assert_eq!(hash, coffer::security::sha256_hex(token.as_bytes()));
    assert_eq!(hint, token[67..]);
    drop(db);
    for entry in std::fs::read_dir(app.setup.database.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        assert!(!holds(&path, &token[7..]), "{}", path.display());
    }
    // What is kept lets nobody in.
    for text in [hash.clone(), format!("coffer_{hash}")] {
        let refused = Client::new(&app, &text).get("/portfolio").await;
        refused.refused(401, "unauthenticated");
    }
}

fn holds(file: &Path, text: &str) -> bool {
    let bytes = std::fs::read(file).unwrap_or_default();
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

async fn a_token_ends_by_time_and_by_its_owners_word(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    app.signed_in("bob@example.org").await;
    let day = Client::new(&app, &token_for(&app, ANNA, "read", "1").await);
    let ever = client_of(&app, ANNA, "sync").await;
    app.setup.clock.advance_minutes(24 * 60 - 1);
    day.get("/portfolio").await.with(200);
    app.setup.clock.advance_minutes(1);
    day.get("/portfolio").await.refused(401, "unauthenticated");
    ever.get("/portfolio").await.with(200);
    let sql = "SELECT id FROM api_tokens WHERE scope = 'sync'";
    let mut db = app.state.db.reader().await.unwrap();
    let id: String = sqlx::query_scalar(sql).fetch_one(&mut *db).await.unwrap();
    drop(db);
    let anna = user_of(&app, ANNA).await;
    let bob = user_of(&app, "bob@example.org").await;
    let anothers = tokens::revoke(&app.state, &bob, &id).await;
    assert_eq!(anothers, Err(Problem::NotFound));
    ever.get("/portfolio").await.with(200);
    let name = tokens::revoke(&app.state, &anna, &id).await;
    assert_eq!(name.unwrap(), "sync never");
    ever.get("/portfolio").await.refused(401, "unauthenticated");
}

async fn a_new_password_revokes_all_tokens(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    app.signed_in("bob@example.org").await;
    let annas = client_of(&app, ANNA, "read").await;
    let bobs = client_of(&app, "bob@example.org", "read").await;
    let new = "plum tree river stone";
    let form = [("current_password", PASSWORD), ("new_password", new)];
    assert_eq!(browser.post("/do/change-password", &form).await.status, 303);
    annas
        .get("/portfolio")
        .await
        .refused(401, "unauthenticated");
    let annas = client_of(&app, ANNA, "read").await;
    annas.get("/portfolio").await.with(200);
    let reset = accounts::reset_password(&app.state, ANNA, PASSWORD.into());
    reset.await.unwrap();
    annas
        .get("/portfolio")
        .await
        .refused(401, "unauthenticated");
    bobs.get("/portfolio").await.with(200);
}

async fn a_password_that_is_changed_meanwhile_makes_no_token_and_deletes_nothing(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let id = user_of(&app, ANNA).await;
    let anna = accounts::find(&app.state, &id).await.unwrap().unwrap();
    let (id, hash) = (anna.id.clone(), app.state.passwords.hash("other".into()));
    let hash = hash.await.unwrap();
    let (changed, begins) = tokio::sync::oneshot::channel();
    let changing = app.state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move {
            users::update_password_hash(db, &id, &hash).await?;
            let _ = changed.send(());
            // As long as proving the old password takes.
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(())
        })
    });
    let form = TokenForm {
        name: "A",
        scope: "manage",
        expires: "never",
    };
    let using = async {
        begins.await.unwrap();
        let making = tokens::make(&app.state, &anna, &form, PASSWORD.into());
        let deleting = deletion::delete(&app.state, &anna, PASSWORD.into(), ANNA);
        tokio::join!(making, deleting)
    };
    let (changed, (made, deleted)) = tokio::join!(changing, using);
    changed.unwrap();
    assert!(made.is_err());
    assert_eq!(deleted, Err(Problem::Unauthenticated));
    assert_eq!(count(&app, "api_tokens").await, 0);
    assert_eq!(count(&app, "users").await, 1);
}

async fn the_tokens_of_an_account_go_with_it(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "read").await;
    let delete = app.state.db.write::<_, StorageError, _>(|db| {
        Box::pin(async move {
            sqlx::query("DELETE FROM users").execute(db).await?;
            Ok(())
        })
    });
    delete.await.unwrap();
    client
        .get("/portfolio")
        .await
        .refused(401, "unauthenticated");
    assert_eq!(count(&app, "api_tokens").await, 0);
}

async fn a_use_is_noted_at_most_once_a_minute(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "read").await;
    let sql = "SELECT COALESCE(last_used_at, 0) FROM api_tokens";
    assert_eq!(number(&app, sql).await, 0);
    client.get("/portfolio").await.with(200);
    let first = number(&app, sql).await;
    assert!(first > 0);
    client.get("/portfolio").await.with(200);
    assert_eq!(number(&app, sql).await, first);
    app.setup.clock.advance_minutes(1);
    client.get("/portfolio").await.with(200);
    assert!(number(&app, sql).await >= first + 60_000);
}

async fn wrong_fields_of_the_form_are_told_beside_them(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let form = [
        ("name", ""),
        ("scope", "root"),
        ("expires", "0"),
        ("current_password", PASSWORD),
    ];
    let page = browser.post("/do/make-token", &form).await;
    assert_eq!(page.status, 422);
    for field in ["name", "scope", "expires"] {
        assert!(!page.one(&format!("#{field}-error")).is_empty(), "{field}");
    }
    let form = [
        ("name", "Kept"),
        ("scope", "sync"),
        ("expires", "365"),
        ("current_password", "not mine at all"),
    ];
    let page = browser.post("/do/make-token", &form).await;
    assert_eq!(page.status, 422);
    let told = page.one("#current_password-error");
    assert_eq!(told, "This is not your current password.");
    assert_eq!(page.attributes("#name", "value"), ["Kept"]);
    assert_eq!(
        page.attributes("option[selected]", "value"),
        ["sync", "365"]
    );
    assert!(!page.body.contains("not mine at all"));
    assert_eq!(count(&app, "api_tokens").await, 0);
}
