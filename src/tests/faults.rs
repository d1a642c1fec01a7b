//! Every way an exchange can fail, told calmly, with nothing stored and nothing foreign.

use coffer::sandbox::{DemoKey, Effect, Fault};

use crate::scene::{BOTH, assert_nothing_stored, connect, count, sync};
use crate::support::{App, Browser, Kind, on_both_databases};

on_both_databases![
    an_exchange_that_fails_is_told_at_the_step_it_failed,
    an_answer_that_is_no_balance_list_is_never_taken_for_an_empty_one,
    a_clock_that_is_wrong_is_set_by_the_exchanges,
    a_wrong_clock_that_stays_wrong_is_told_after_one_more_try,
];

pub const PROVING: &str = "This happened while proving the key. Nothing was stored.";
const WALLETS: &str = "This happened while reading the wallets. Nothing was stored.";
const RESTRICTIONS: &str = "/sapi/v1/account/apiRestrictions";
const SPOT: &str = "/api/v3/account";
/// How spot is read once the account is known.
const SPOT_AGAIN: &str = "/sapi/v3/asset/getUserAsset";
const FUNDING: &str = "/sapi/v1/asset/get-funding-asset";

/// Words of the exchanges, of their gateways and of libraries that nobody is to see.
pub const FOREIGN: [&str; 12] = [
    "restricted location",
    "request weight",
    "IP banned",
    "403 Forbidden",
    "could not be satisfied",
    "Invalid API",
    "Invalid Sign",
    "Signature for this request",
    "canary",
    "reqwest",
    "signature=",
    "127.0.0.1",
];

/// Connecting with this key tells these sentences, and stores nothing.
pub async fn refused(
    app: &App,
    browser: &Browser,
    key: &DemoKey,
    more: &[(&str, &str)],
    told: &[&str],
) {
    let page = browser.connect(key, more).await;
    assert_eq!(page.status, 422, "{told:?}");
    let alert = page.one("[role=alert]");
    for sentence in told {
        assert!(alert.contains(sentence), "{sentence}: {alert}");
    }
    for foreign in FOREIGN {
        assert!(!page.body.contains(foreign), "{foreign}: {alert}");
    }
    for secret in [
        key.api_key,
        key.secret_key,
        key.passphrase.unwrap_or(key.api_key),
    ] {
        assert!(!page.body.contains(secret), "{alert}");
    }
    assert_nothing_stored(app).await;
}

async fn an_exchange_that_fails_is_told_at_the_step_it_failed(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let control = app.setup.sandbox.control();
    let down = "does not answer at the moment.";
    let odd = "sent an answer that could not be understood.";
    let page = "<html><body>canary</body></html>";
    let effects = [
        (Effect::Drop, down),
        (Effect::gateway(), down),
        (Effect::answer(500, "text/plain", "canary"), down),
        (Effect::json(200, r#"{"canary": true}"#), odd),
        (Effect::answer(200, "text/html", page), odd),
        (Effect::Truncate, odd),
        (Effect::BreakOff, down),
        (Effect::redirect("http://127.0.0.1:9/canary"), odd),
        (Effect::GzipBomb { megabytes: 64 }, odd),
    ];
    for (effect, sentence) in effects {
        control.clear_faults();
        control.inject(Fault::on("/api/v5/account/config", effect.clone()));
        refused(&app, &browser, &BOTH[1], &[], &[sentence, PROVING]).await;
        control.inject(Fault::on(SPOT, effect.clone()));
        control.inject(Fault::on(FUNDING, effect));
        refused(&app, &browser, &BOTH[0], &[], &[sentence, WALLETS]).await;
    }
    // An answer about the rights that tells none is no proof of anything.
    control.clear_faults();
    control.inject(Fault::on(RESTRICTIONS, Effect::json(200, "{}")));
    let told = [
        "does not say what this key may do",
        "while reading what the key may do.",
    ];
    refused(&app, &browser, &BOTH[0], &[], &told).await;
}

async fn an_answer_that_is_no_balance_list_is_never_taken_for_an_empty_one(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let control = app.setup.sandbox.control();
    let ids = [
        connect(&browser, &BOTH[0], &[]).await,
        connect(&browser, &BOTH[1], &[]).await,
    ];
    for body in [
        "{}",
        "[]",
        "null",
        "0",
        "",
        r#"{"code":"0","msg":""}"#,
        r#"{"code":"0","data":null}"#,
        r#"{"balances":{}}"#,
        r#"{"balances":null}"#,
    ] {
        control.clear_faults();
        control.inject(Fault::on(
            "/api/v5/account/balance",
            Effect::json(200, body),
        ));
        // Spot is read with a call that lists only what there is: no row at all is its word for an
        // empty wallet.
        let spot = if body == "[]" { "{}" } else { body };
        control.inject(Fault::on(SPOT_AGAIN, Effect::json(200, spot)));
        for id in &ids {
            let page = sync(&browser, id).await;
            let told = page.one("[role=status]");
            assert!(
                told.contains("failed, Funding read (3 holdings)"),
                "{body}: {told}"
            );
            assert!(told.contains("0 removed"), "{body}: {told}");
        }
        assert_eq!(count(&app, "holdings").await, 24, "{body}");
    }
}

async fn a_clock_that_is_wrong_is_set_by_the_exchanges(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let control = app.setup.sandbox.control();
    for (key, ms) in [(BOTH[0], 3_600_000), (BOTH[1], -3_600_000)] {
        control.skew_clock(ms);
        connect(&browser, &key, &[]).await;
    }
    for ms in [10_000, -10_000, 0] {
        control.skew_clock(ms);
        let page = browser.submit("/do/sync-all", &[]).await;
        assert_eq!(page.all("[role=status]").len(), 2, "{ms}: {}", page.text());
    }
}

async fn a_wrong_clock_that_stays_wrong_is_told_after_one_more_try(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let control = app.setup.sandbox.control();
    let outside = Effect::binance(400, -1021, "Timestamp for this request canary");
    control.inject(Fault::on(RESTRICTIONS, outside));
    let told = [
        "The clock of this server and that of Binance do not agree.",
        "Set this server's clock",
        PROVING,
    ];
    refused(&app, &browser, &BOTH[0], &[], &told).await;
    assert_eq!(control.count(RESTRICTIONS), 2);
}
