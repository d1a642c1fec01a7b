//! What exchanges refuse for: the key, its addresses, the country, the pace.

use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{DemoKey, Effect, Fault};

use crate::faults::{PROVING, refused};
use crate::scene::{BOTH, assert_only_read, connect, count, sync};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    a_key_that_is_not_accepted_is_told_with_the_reason,
    a_key_bound_to_other_addresses_is_told_with_the_address_seen,
    an_exchange_that_refuses_to_serve_is_told_with_the_time_to_wait,
    a_refused_sync_keeps_what_is_held_and_tells_why,
];

/// Keys with a part that is wrong.
const WRONG_SECRET: DemoKey = DemoKey {
    secret_key: binance::SECOND.secret_key,
    ..binance::READ_ONLY
};
const UNKNOWN: DemoKey = DemoKey {
    api_key: "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
    ..binance::READ_ONLY
};
const MALFORMED: DemoKey = DemoKey {
    api_key: "no-key-of-this-exchange",
    ..binance::READ_ONLY
};
const OKX_SECRET: DemoKey = DemoKey {
    secret_key: okx::SECOND.secret_key,
    ..okx::READ_ONLY
};
const OKX_UNKNOWN: DemoKey = DemoKey {
    api_key: "00000000-e9f4-48e9-be55-cfd2a62c88b8",
    ..okx::READ_ONLY
};
const OKX_PHRASE: DemoKey = DemoKey {
    passphrase: okx::SECOND.passphrase,
    ..okx::READ_ONLY
};

/// Wrong keys, each with the sentence and the next step it is told.
fn wrong_keys() -> [(DemoKey, [&'static str; 2]); 6] {
    let again = "Copy the secret key again; a lost one means making a new key.";
    let unknown_next = "Check the key on Binance, its allowed addresses, and Live or Testnet here.";
    [
        (
            WRONG_SECRET,
            [
                "Binance says the secret key does not belong to this API key.",
                again,
            ],
        ),
        (
            UNKNOWN,
            [
                "Binance does not accept this key: it may be mistyped",
                unknown_next,
            ],
        ),
        (
            MALFORMED,
            [
                "This is not an API key of Binance.",
                "Copy the API key again, whole and without blanks.",
            ],
        ),
        (
            OKX_SECRET,
            [
                "OKX says the secret key does not belong to this API key.",
                again,
            ],
        ),
        (
            OKX_UNKNOWN,
            [
                "OKX does not accept this key: it may be mistyped",
                "Check the key on OKX",
            ],
        ),
        (
            OKX_PHRASE,
            [
                "OKX says the passphrase is not the key's.",
                "Enter the passphrase chosen when the key was made",
            ],
        ),
    ]
}

async fn a_key_that_is_not_accepted_is_told_with_the_reason(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    for (key, [sentence, next]) in wrong_keys() {
        refused(&app, &browser, &key, &[], &[sentence, next, PROVING]).await;
    }
    // Keys of the other environment.
    let testnet = [("environment", "testnet")];
    let other = [
        "This key belongs to the other environment.",
        "Switch between Live and Testnet",
        PROVING,
    ];
    refused(&app, &browser, &okx::DEMO, &[], &other).await;
    refused(&app, &browser, &okx::READ_ONLY, &testnet, &other).await;
    assert_only_read(&app);
}

async fn a_key_bound_to_other_addresses_is_told_with_the_address_seen(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let control = app.setup.sandbox.control();
    control.set_seen_address("198.51.100.9");
    let told = [
        "This key does not allow the address 198.51.100.9, which is how OKX sees this server.",
        "Add 198.51.100.9 to the key's allowed addresses on OKX.",
    ];
    refused(&app, &browser, &okx::IP_BOUND, &[], &told).await;
    // Binance has one refusal for several causes, of which this is one.
    let told = ["limited to other addresses", "its allowed addresses"];
    refused(&app, &browser, &binance::IP_BOUND, &[], &told).await;
    control.set_seen_address("203.0.113.7");
    for key in [okx::IP_BOUND, binance::IP_BOUND] {
        connect(&browser, &key, &[]).await;
    }
    assert!(
        browser
            .get("/connections")
            .await
            .text()
            .contains("Works from listed addresses only.")
    );
}

async fn an_exchange_that_refuses_to_serve_is_told_with_the_time_to_wait(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let control = app.setup.sandbox.control();
    let until = control.now_ms() + 600_000;
    let slow = "asks to slow down.";
    let cases = [
        (
            BOTH[0],
            Effect::binance_region(),
            [
                "Binance does not serve the country this server is in.",
                "on a machine of your own.",
            ],
        ),
        (
            BOTH[0],
            Effect::binance_too_much(Some("37")),
            [slow, "Try again in 37 seconds."],
        ),
        (
            BOTH[0],
            Effect::binance_too_much(None),
            [slow, "Try again in 1 second."],
        ),
        (
            BOTH[0],
            Effect::binance_banned(until, Some("600")),
            [slow, "Try again in 600 seconds."],
        ),
        (
            BOTH[0],
            Effect::firewall(),
            [slow, "Try again in 300 seconds."],
        ),
        (
            BOTH[1],
            Effect::okx_too_many(),
            [slow, "Try again in 2 seconds."],
        ),
        (
            BOTH[1],
            Effect::okx_too_many().with_header("Retry-After", "9"),
            [slow, "Try again in 9 seconds."],
        ),
        (
            BOTH[1],
            Effect::okx_bare(403, "50121", "canary"),
            ["OKX does not serve the country", "machine of your own."],
        ),
    ];
    for (key, effect, [sentence, next]) in cases {
        control.clear_faults();
        // Each of the waits before is over by now.
        app.setup.clock.advance_minutes(11);
        control.inject(Fault::on("/", effect));
        refused(&app, &browser, &key, &[], &[sentence, next, PROVING]).await;
    }
}

async fn a_refused_sync_keeps_what_is_held_and_tells_why(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let control = app.setup.sandbox.control();
    control.inject(Fault::on("/", Effect::binance_too_much(Some("41"))));
    let page = sync(&browser, &id).await;
    let told = page.one("[role=alert]");
    assert!(
        told.starts_with("Binance: Binance asks to slow down."),
        "{told}"
    );
    assert!(told.contains("Try again in 41 seconds."), "{told}");
    assert!(
        told.contains("The last balances stay, with their age."),
        "{told}"
    );
    control.clear_faults();
    app.setup.clock.advance_minutes(1);
    control.revoke_key(BOTH[0].api_key).unwrap();
    let page = sync(&browser, &id).await;
    assert!(
        page.one("[role=alert]")
            .contains("Binance does not accept this key")
    );
    let reports = page.all("table.runs tbody tr");
    assert_eq!(reports.len(), 3);
    assert!(reports[0].contains("does not accept this key") && reports[1].contains("slow down"));
    assert_eq!(count(&app, "holdings").await, 13);
}
