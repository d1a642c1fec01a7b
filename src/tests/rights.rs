//! Only keys that can do no more than read, at the first sync and at every later one.

use coffer::sandbox::DemoKey;
use coffer::sandbox::keys::{binance, okx};

use crate::scene::{
    BOTH, assert_nothing_stored, assert_only_read, connect, count, fact, quantities, sync,
};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    a_key_that_can_do_more_is_refused_with_what_it_can_do,
    a_key_of_unknown_rights_needs_the_persons_word_and_stays_marked,
    a_key_of_the_test_environment_is_accepted_with_rights_unknown,
    a_key_without_the_right_to_read_is_refused,
    a_right_given_later_is_noticed_by_the_next_sync,
    a_proven_key_whose_rights_fall_silent_is_refused_every_time,
    a_key_accepted_by_word_is_refused_once_it_is_known_to_do_more,
];

const TICKED: (&str, &str) = ("accept_unknown", "yes");

async fn a_key_that_can_do_more_is_refused_with_what_it_can_do(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let unheard_of = "a right unknown to Coffer (enableSomethingNew)";
    let refused: [(DemoKey, &str); 6] = [
        (binance::TRADING, "spot and margin trading"),
        (
            binance::WITHDRAWING,
            "internal transfers, withdrawals and universal transfers",
        ),
        (binance::NEW_RIGHT, unheard_of),
        (okx::TRADING, "trading"),
        (okx::WITHDRAWING, "withdrawals and trading"),
        (okx::NEW_RIGHT, "a right unknown to Coffer (earn)"),
    ];
    for (key, rights) in refused {
        for more in [&[][..], &[TICKED]] {
            let page = browser.connect(&key, more).await;
            assert_eq!(page.status, 422, "{key:?}");
            let told = page.one("[role=alert]");
            let sentence = format!("This key can do more than read: it allows {rights}.");
            assert!(told.contains(&sentence), "{told}");
            assert!(told.contains("delete this one there"), "{told}");
            assert!(told.contains("while reading what the key may do. Nothing was stored."));
        }
    }
    assert_nothing_stored(&app).await;
    // Such a key never gets as far as the wallets.
    for path in [
        "/api/v3/account",
        "/sapi/v1/asset",
        "/api/v5/account/balance",
        "/api/v5/asset",
    ] {
        assert_eq!(app.setup.sandbox.control().count(path), 0, "{path}");
    }
    assert_only_read(&app);
}

async fn a_key_of_unknown_rights_needs_the_persons_word_and_stays_marked(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let keys = [
        binance::RIGHTS_HIDDEN,
        binance::RIGHT_MISSING,
        okx::RIGHT_MISSING,
    ];
    for key in keys {
        let page = browser.connect(&key, &[]).await;
        assert_eq!(page.status, 422, "{key:?}");
        let told = page.one("[role=alert]");
        assert!(told.contains("does not say what this key may do"), "{told}");
        assert!(told.contains("accept the risk when connecting"), "{told}");
    }
    assert_nothing_stored(&app).await;
    for key in keys {
        let id = connect(&browser, &key, &[TICKED]).await;
        for path in ["/connections".to_owned(), format!("/connections/{id}")] {
            let page = browser.get(&path).await;
            let marked = "Rights unknown Accepted by your word";
            assert!(fact(&page, "Rights").starts_with(marked), "{key:?}");
        }
        // The word holds for later syncs as well.
        let page = sync(&browser, &id).await;
        assert!(
            page.one("[role=status]").starts_with("Synced"),
            "{}",
            page.text()
        );
    }
    assert_only_read(&app);
}

async fn a_key_of_the_test_environment_is_accepted_with_rights_unknown(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let testnet = [("environment", "testnet")];
    let page = browser.connect(&binance::TESTNET, &testnet).await;
    let told = page.one("[role=status]");
    assert!(
        told.contains("Spot read (4 holdings), Funding not available"),
        "{told}"
    );
    assert!(fact(&page, "Rights").starts_with("Rights unknown Test environments"));
    assert!(fact(&page, "Status").starts_with("Up to date"));
    // OKX tells the rights of demo keys too, so they are judged.
    let id = connect(&browser, &okx::DEMO, &testnet).await;
    let page = browser.get(&format!("/connections/{id}")).await;
    assert!(fact(&page, "Rights").starts_with("Read-only"));
    let control = app.setup.sandbox.control();
    control
        .set_okx_perm(okx::DEMO.api_key, Some("read_only,trade"))
        .unwrap();
    let page = sync(&browser, &id).await;
    assert!(
        page.one("[role=alert]").contains("it allows trading"),
        "{}",
        page.text()
    );
    assert_only_read(&app);
}

async fn a_key_without_the_right_to_read_is_refused(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let page = browser.connect(&binance::NO_READING, &[TICKED]).await;
    assert_eq!(page.status, 422);
    let told = page.one("[role=alert]");
    assert!(told.contains("This key has no right to read."), "{told}");
    assert!(
        told.contains("Turn on reading for this key on Binance."),
        "{told}"
    );
    let page = browser.connect(&okx::NO_READING, &[TICKED]).await;
    assert_eq!(page.status, 422);
    assert_nothing_stored(&app).await;
}

/// Gives a key a right beyond reading.
fn give_trading(app: &App, key: &DemoKey) {
    let control = app.setup.sandbox.control();
    if key.passphrase.is_none() {
        let right = "enableSpotAndMarginTrading";
        control.set_binance_right(key.api_key, right, true).unwrap();
    } else {
        control
            .set_okx_perm(key.api_key, Some("read_only,trade"))
            .unwrap();
    }
}

/// Makes the exchange tell a key's rights no more.
fn silence(app: &App, key: &DemoKey) {
    let control = app.setup.sandbox.control();
    if key.passphrase.is_none() {
        control.hide_binance_rights(key.api_key, true).unwrap();
    } else {
        control.set_okx_perm(key.api_key, None).unwrap();
    }
}

async fn a_right_given_later_is_noticed_by_the_next_sync(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let mut ids = Vec::new();
    for key in BOTH {
        ids.push(connect(&browser, &key, &[]).await);
    }
    let before = quantities(&browser.get("/").await);
    for (key, id) in BOTH.iter().zip(&ids) {
        give_trading(&app, key);
        let page = sync(&browser, id).await;
        let told = page.one("[role=alert]");
        assert!(
            told.contains("This key can do more than read: it allows"),
            "{told}"
        );
        assert!(fact(&page, "Status").starts_with("Needs attention This key can do more"));
        let rights = fact(&page, "Rights");
        assert!(
            rights.starts_with("Can do more than read It allows"),
            "{rights}"
        );
        assert!(rights.contains("trading"), "{rights}");
    }
    let page = browser.get("/").await;
    assert_eq!(quantities(&page), before);
    assert_eq!(page.all("ul.gaps li").len(), 2);
    // The right is taken away again, and the key is as good as before.
    let control = app.setup.sandbox.control();
    control
        .set_okx_perm(BOTH[1].api_key, Some("read_only"))
        .unwrap();
    let page = sync(&browser, &ids[1]).await;
    assert!(fact(&page, "Status").starts_with("Up to date"));
    assert!(fact(&page, "Rights").starts_with("Read-only"));
    assert_only_read(&app);
}

async fn a_proven_key_whose_rights_fall_silent_is_refused_every_time(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    for key in BOTH {
        let id = connect(&browser, &key, &[]).await;
        silence(&app, &key);
        // The first refusal must not make the next sync take the key on trust.
        for _ in 0..3 {
            let page = sync(&browser, &id).await;
            let told = page.one("[role=alert]");
            assert!(told.contains("does not say what this key may do"), "{told}");
            assert!(fact(&page, "Status").starts_with("Needs attention"));
            assert!(!page.text().contains("Accepted by your word"));
        }
    }
    assert_eq!(count(&app, "holdings").await, 24);
    assert_only_read(&app);
}

async fn a_key_accepted_by_word_is_refused_once_it_is_known_to_do_more(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let key = okx::RIGHT_MISSING;
    let id = connect(&browser, &key, &[TICKED]).await;
    give_trading(&app, &key);
    let page = sync(&browser, &id).await;
    assert!(page.one("[role=alert]").contains("it allows trading"));
    // What is known once is not forgotten when the exchange falls silent again.
    silence(&app, &key);
    for _ in 0..2 {
        let page = sync(&browser, &id).await;
        assert!(
            page.one("[role=alert]").contains("does not say"),
            "{}",
            page.text()
        );
    }
    assert_only_read(&app);
}
