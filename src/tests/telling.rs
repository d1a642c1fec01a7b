//! Notices: what happened is told once, to whom it concerns, and again when it happens anew.

use coffer::domain::event::Told;
use coffer::sandbox::{Effect, Fault};
use coffer::services::{State, sync, telling};

use crate::leases::{execute, owner};
use crate::scene::{BOTH, connect, count};
use crate::support::{App, Browser, Kind, on_both_databases};

on_both_databases![
    a_key_that_dies_is_told_once_and_again_when_it_dies_anew,
    two_processes_that_see_the_same_tell_it_once,
    a_key_that_gained_rights_is_told_with_its_rights,
    a_sync_that_keeps_failing_is_told_when_it_has_lasted,
    the_hours_until_failing_is_told_are_the_persons_own,
    a_notice_that_cannot_be_kept_is_not_lost,
    notices_are_read_by_their_owner_alone_and_only_those_that_were_seen,
];

/// Where Binance tells what a key may do.
const RIGHTS: &str = "/sapi/v1/account/apiRestrictions";
const UNREAD: &str = ".site-nav .nav-count";

/// An app, the browser and the id of its only person, and a connection of theirs.
pub async fn connected(kind: Kind) -> (App, Browser, String, String) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[("label", "Main")]).await;
    let user = owner(&app).await;
    (app, browser, user, id)
}

/// Has Binance say that it does not know the key.
pub fn kill_key(app: &App) {
    let unknown = Effect::binance(400, -2008, "Invalid Api-Key ID.");
    app.setup
        .sandbox
        .control()
        .inject(Fault::on(RIGHTS, unknown));
}

/// Syncs and tells whether anything was read.
pub async fn synced(state: &State, user: &str, id: &str) -> bool {
    let synced = sync::sync_connection(state, user, id).await.unwrap();
    synced.report.success()
}

async fn told(app: &App, user: &str) -> Vec<Told> {
    telling::list(&app.state, user).await.unwrap()
}

async fn codes(app: &App, user: &str) -> Vec<&'static str> {
    let told = told(app, user).await;
    told.iter().map(|notice| notice.event.code()).collect()
}

async fn a_key_that_dies_is_told_once_and_again_when_it_dies_anew(kind: Kind) {
    let (app, browser, user, id) = connected(kind).await;
    assert_eq!(browser.get("/").await.all(UNREAD), [""; 0]);
    assert!(
        browser
            .get("/notices")
            .await
            .text()
            .contains("Nothing to tell yet.")
    );
    kill_key(&app);
    for _ in 0..3 {
        assert!(!synced(&app.state, &user, &id).await);
    }
    let page = browser.get("/notices").await;
    let sentences = page.all(".told-sentence");
    assert_eq!(sentences.len(), 1);
    assert!(sentences[0].starts_with("“Main” needs your attention. Binance does not accept"));
    assert!(
        page.one(".told-next")
            .starts_with("Check the key on Binance")
    );
    assert_eq!(
        page.attributes(".told-more a", "href"),
        [format!("/connections/{id}")]
    );
    for path in ["/", "/connections", "/notices", "/settings"] {
        assert_eq!(browser.get(path).await.one(UNREAD), "1 unread", "{path}");
    }
    app.setup.sandbox.control().clear_faults();
    assert!(synced(&app.state, &user, &id).await);
    assert_eq!(told(&app, &user).await.len(), 1);
    app.setup.clock.advance_minutes(1);
    kill_key(&app);
    for _ in 0..2 {
        assert!(!synced(&app.state, &user, &id).await);
    }
    assert_eq!(codes(&app, &user).await, ["key_needs_attention"; 2]);
}

async fn two_processes_that_see_the_same_tell_it_once(kind: Kind) {
    let (app, _, user, id) = connected(kind).await;
    let elsewhere = app.setup.state().await;
    kill_key(&app);
    for state in [&app.state, &elsewhere, &app.state] {
        assert!(!synced(state, &user, &id).await);
    }
    assert_eq!(told(&app, &user).await.len(), 1);
    // Even when what the first one noted is lost.
    execute(&app, "UPDATE connections SET last_failure = NULL").await;
    assert!(!synced(&elsewhere, &user, &id).await);
    assert_eq!(told(&app, &user).await.len(), 1);
}

async fn a_key_that_gained_rights_is_told_with_its_rights(kind: Kind) {
    let (app, _, user, id) = connected(kind).await;
    let control = app.setup.sandbox.control();
    let key = BOTH[0].api_key;
    let give = |right| control.set_binance_right(key, right, true).unwrap();
    give("enableSpotAndMarginTrading");
    for _ in 0..2 {
        assert!(!synced(&app.state, &user, &id).await);
    }
    let all = told(&app, &user).await;
    assert_eq!(all.len(), 1);
    assert_eq!(
        all[0].event.sentence(),
        "The key of “Main” can do more than read now: it allows spot and margin trading."
    );
    // Yet another right is news of its own.
    give("enableWithdrawals");
    for _ in 0..2 {
        assert!(!synced(&app.state, &user, &id).await);
    }
    assert_eq!(codes(&app, &user).await, ["key_gained_rights"; 2]);
    let newest = told(&app, &user).await.remove(0).event.sentence();
    assert!(newest.contains("withdrawals"), "{newest}");
}

async fn a_sync_that_keeps_failing_is_told_when_it_has_lasted(kind: Kind) {
    let (app, _, user, id) = connected(kind).await;
    let control = app.setup.sandbox.control();
    for spell in 1..=2 {
        control.inject(Fault::on("/", Effect::gateway()));
        for minutes in [0, 300, 59] {
            app.setup.clock.advance_minutes(minutes);
            assert!(!synced(&app.state, &user, &id).await);
            assert_eq!(told(&app, &user).await.len(), spell - 1, "{minutes}");
        }
        for minutes in [2, 60, 600] {
            app.setup.clock.advance_minutes(minutes);
            assert!(!synced(&app.state, &user, &id).await);
            assert_eq!(told(&app, &user).await.len(), spell, "{minutes}");
        }
        // It works again, and the next spell counts from its own beginning.
        control.clear_faults();
        assert!(synced(&app.state, &user, &id).await);
    }
    let sentence = told(&app, &user).await.remove(0).event.sentence();
    assert_eq!(
        sentence,
        "“Main” could not be synced for 6 hours. Binance does not answer at the moment."
    );
}

async fn the_hours_until_failing_is_told_are_the_persons_own(kind: Kind) {
    let (app, browser, user, id) = connected(kind).await;
    let form = [
        ("failing_hours", "1"),
        ("balance_percent", "2.5"),
        ("value_percent", "50"),
    ];
    let page = browser.submit("/do/save-telling", &form).await;
    assert_eq!(page.one("[role=status]"), "Saved.");
    for (field, value) in form {
        assert_eq!(page.attributes(&format!("#{field}"), "value"), [value]);
    }
    let control = app.setup.sandbox.control();
    control.inject(Fault::on("/", Effect::gateway()));
    assert!(!synced(&app.state, &user, &id).await);
    app.setup.clock.advance_minutes(61);
    assert!(!synced(&app.state, &user, &id).await);
    assert_eq!(codes(&app, &user).await, ["sync_failing"]);
}

async fn a_notice_that_cannot_be_kept_is_not_lost(kind: Kind) {
    let (app, _, user, id) = connected(kind).await;
    kill_key(&app);
    execute(&app, "ALTER TABLE notices RENAME TO away").await;
    // The sync and its notice stand or fall together.
    assert!(sync::sync_connection(&app.state, &user, &id).await.is_err());
    let known = "SELECT CAST(COUNT(*) AS BIGINT) FROM connections \
                 WHERE last_failure LIKE '%invalid_credentials%'";
    assert_eq!(crate::scene::number(&app, known).await, 0);
    execute(&app, "ALTER TABLE away RENAME TO notices").await;
    assert!(!synced(&app.state, &user, &id).await);
    assert_eq!(codes(&app, &user).await, ["key_needs_attention"]);
}

async fn notices_are_read_by_their_owner_alone_and_only_those_that_were_seen(kind: Kind) {
    let (app, browser, user, id) = connected(kind).await;
    let other = app.signed_in("b@example.org").await;
    kill_key(&app);
    assert!(!synced(&app.state, &user, &id).await);
    let page = browser.get("/notices").await;
    let until = page.attributes("input[name=until]", "value").remove(0);
    assert_eq!(other.get("/notices").await.all(".told-item").len(), 0);
    let later = (until.parse::<i64>().unwrap() + 9_000_000).to_string();
    other.post("/do/read-notices", &[("until", &later)]).await;
    assert_eq!(browser.get("/").await.one(UNREAD), "1 unread");
    // Another comes while the page is open.
    let control = app.setup.sandbox.control();
    control.clear_faults();
    app.setup.clock.advance_minutes(1);
    assert!(synced(&app.state, &user, &id).await);
    kill_key(&app);
    assert!(!synced(&app.state, &user, &id).await);
    let page = browser
        .submit("/do/read-notices", &[("until", &until)])
        .await;
    assert_eq!((page.status, page.one(UNREAD).as_str()), (200, "1 unread"));
    assert_eq!(page.all(".told-item").len(), 2);
    assert_eq!(page.all(".told-new").len(), 1);
    let until = page.attributes("input[name=until]", "value").remove(0);
    let page = browser
        .submit("/do/read-notices", &[("until", &until)])
        .await;
    assert_eq!(page.all(UNREAD), [""; 0]);
    assert!(!page.text().contains("Mark all read"));
    assert_eq!(count(&app, "notices").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_is_text_however_it_looks() {
    let evil = "</script><img src=x onerror=alert(1)>";
    let app = App::start(Kind::Sqlite).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[("label", evil)]).await;
    let user = owner(&app).await;
    kill_key(&app);
    assert!(!synced(&app.state, &user, &id).await);
    let balance = r#"{"event":"balance_changed","data":{"asset":"<svg/onload=x>","before":"0","after":"1","percent":null}}"#;
    execute(
        &app,
        &format!(
            "INSERT INTO notices (id, user_id, at, code, body, news) \
             VALUES ('n', '{user}', 1, 'balance_changed', '{balance}', 'n')"
        ),
    )
    .await;
    let page = browser.get("/notices").await;
    assert_eq!(page.all("main img, main script, main svg"), [""; 0]);
    let told = page.all(".told-sentence");
    assert!(told[0].contains(evil), "{told:?}");
    assert!(told[1].contains("<svg/onload=x>"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_costs_one_count_of_notices_and_none_for_strangers() {
    let app = App::start(Kind::Sqlite).await;
    let browser = app.signed_in("a@example.org").await;
    // Without the table, whoever is signed in is not known by the page, and strangers see no change.
    execute(&app, "ALTER TABLE notices RENAME TO away").await;
    assert_eq!(app.browser().get("/sign-in").await.status, 200);
    assert_eq!(browser.get("/settings").await.all(".site-nav").len(), 0);
    execute(&app, "ALTER TABLE away RENAME TO notices").await;
    let plan = "EXPLAIN QUERY PLAN SELECT CAST(COUNT(*) AS BIGINT) FROM notices \
                WHERE user_id = 'u' AND read_at IS NULL";
    let mut db = app.state.db.reader().await.unwrap();
    let rows: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(plan).fetch_all(&mut *db).await.unwrap();
    assert!(rows[0].3.contains("notices_unread"), "{rows:?}");
}
