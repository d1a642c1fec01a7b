//! The connect form: what is wrong with it is told beside its field, and nothing is stored.

use coffer::sandbox::DemoKey;
use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{Effect, Fault};

use crate::scene::{assert_nothing_stored, connect, count, fact, ids, number};
use crate::support::{App, Kind, Page, Setup, on_both_databases};

on_both_databases![
    every_wrong_field_is_told_beside_it_and_nothing_is_stored,
    what_was_typed_stays_but_for_the_secrets,
    a_form_without_fields_is_answered_calmly,
    one_account_is_connected_once_per_person,
    two_connects_at_the_same_moment_make_one_connection,
    a_second_key_of_a_connected_account_is_refused_with_its_label,
    an_account_that_cannot_be_told_apart_is_not_connected,
    the_region_that_knows_the_key_is_kept,
    the_test_environment_is_proposed_when_the_operator_says_so,
];

/// A form that is fine but for what a test puts in its place.
fn form<'a>(change: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let key = okx::READ_ONLY;
    let fine = [
        ("exchange", "okx"),
        ("label", "My label"),
        ("api_key", key.api_key),
        ("secret_key", key.secret_key),
        ("passphrase", key.passphrase.unwrap()),
        ("region", "global"),
        ("environment", "live"),
        ("portfolio", ""),
        ("ignore_below", "0.25"),
    ];
    let changed = |(name, value): (&'a str, &'a str)| {
        let new = change.iter().find(|(other, _)| *other == name);
        (name, new.map_or(value, |(_, value)| value))
    };
    fine.into_iter().map(changed).collect()
}

/// Every field's error on a page, by the field's name.
pub fn errors(page: &Page) -> Vec<(String, String)> {
    let ids = page.attributes(".field-error:not([hidden])", "id");
    let texts = page.all(".field-error:not([hidden])");
    let name = |id: String| id.trim_end_matches("-error").to_owned();
    ids.into_iter().map(name).zip(texts).collect()
}

/// Fields with a value that will not do, each with its sentence.
fn wrong_fields(long: &str) -> [(&'static str, &str, &'static str); 18] {
    [
        ("exchange", "kraken", "Pick an exchange."),
        ("exchange", "", "Pick an exchange."),
        ("label", long, "Use at most 60 characters."),
        ("label", "a\u{202E}b", "Leave out invisible characters."),
        ("api_key", "", "Paste the API key."),
        (
            "api_key",
            "short",
            "An API key has 8 to 256 characters: copy it again, whole.",
        ),
        (
            "api_key",
            "with blank",
            "There is a blank in it: copy it again without blanks.",
        ),
        ("secret_key", "", "Paste the secret key."),
        (
            "secret_key",
            long,
            "A secret key has 8 to 256 characters: copy it again, whole.",
        ),
        (
            "secret_key",
            "schlüssel",
            "Only letters, digits and common signs belong here: copy it again.",
        ),
        ("passphrase", "", "Enter the passphrase of the key."),
        (
            "passphrase",
            long,
            "A passphrase has at most 256 characters.",
        ),
        ("region", "moon", "Pick a region of the list."),
        ("environment", "mainnet", "Pick Live or Testnet."),
        ("portfolio", "nobodys", "Pick a portfolio of the list."),
        (
            "ignore_below",
            "-1",
            "Enter a value such as 1 or 0.5, or leave it empty.",
        ),
        (
            "ignore_below",
            "1e999",
            "Enter a value such as 1 or 0.5, or leave it empty.",
        ),
        (
            "ignore_below",
            "NaN",
            "Enter a value such as 1 or 0.5, or leave it empty.",
        ),
    ]
}

async fn every_wrong_field_is_told_beside_it_and_nothing_is_stored(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let long = "x".repeat(300);
    for (field, value, sentence) in wrong_fields(&long) {
        let page = browser.post("/do/connect", &form(&[(field, value)])).await;
        assert_eq!(page.status, 422, "{field} {value}");
        let told = [(field.to_owned(), sentence.to_owned())];
        assert_eq!(errors(&page), told, "{field} {value}");
        assert!(page.one("[role=alert]").contains("needs another look"));
    }
    // All at once, each at its own field.
    let all: Vec<_> = [
        "label",
        "api_key",
        "secret_key",
        "passphrase",
        "ignore_below",
    ]
    .map(|name| (name, "\u{200B}"))
    .to_vec();
    let page = browser.post("/do/connect", &form(&all)).await;
    assert_eq!(errors(&page).len(), 5);
    assert_nothing_stored(&app).await;
    assert_eq!(app.setup.sandbox.control().records(), []);
}

async fn what_was_typed_stays_but_for_the_secrets(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let canaries = [
        ("api_key", "canary-api-key"),
        ("secret_key", "canary-secret-key"),
        ("passphrase", "canary-passphrase"),
        ("environment", "testnet"),
        ("region", "eea"),
    ];
    let page = browser.post("/do/connect", &form(&canaries)).await;
    assert_eq!(page.status, 422);
    assert!(!page.body.contains("canary"), "{}", page.body);
    let value = |name: &str| page.attributes(&format!("input[name={name}]"), "value");
    assert_eq!(value("label"), ["My label"]);
    assert_eq!(value("ignore_below"), ["0.25"]);
    for secret in ["api_key", "secret_key", "passphrase"] {
        assert!(value(secret).iter().all(String::is_empty), "{secret}");
    }
    let chosen = |name: &str| page.attributes(&format!("select[name={name}] [selected]"), "value");
    assert_eq!(chosen("exchange"), ["okx"]);
    assert_eq!(chosen("region"), ["eea"]);
    assert_eq!(chosen("environment"), ["testnet"]);
    assert_nothing_stored(&app).await;
}

async fn a_form_without_fields_is_answered_calmly(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let page = browser.post("/do/connect", &[]).await;
    assert_eq!(page.status, 422);
    let fields: Vec<_> = errors(&page).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["exchange", "api_key", "secret_key"]);
    assert_eq!(browser.post("/do/sync", &[]).await.status, 404);
    assert_eq!(browser.post("/do/delete", &[]).await.status, 404);
    assert_nothing_stored(&app).await;
}

async fn one_account_is_connected_once_per_person(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &okx::READ_ONLY, &[("label", "First of all")]).await;
    let page = browser
        .connect(&okx::READ_ONLY, &[("label", "Again")])
        .await;
    assert_eq!(page.status, 409);
    let told = page.one("[role=alert]");
    assert!(
        told.contains("connected already, as “First of all”"),
        "{told}"
    );
    assert_eq!(ids(&browser.get("/connections").await).len(), 1);
    assert_eq!(count(&app, "portfolios").await, 1);
    let other = app.signed_in("b@example.org").await;
    connect(&other, &okx::READ_ONLY, &[]).await;
}

async fn two_connects_at_the_same_moment_make_one_connection(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    for (exchange, key) in [(1, binance::READ_ONLY), (2, okx::READ_ONLY)] {
        let connect = |label: &'static str| {
            let browser = browser.clone();
            async move { browser.connect(&key, &[("label", label)]).await }
        };
        let (one, other) = tokio::join!(connect("One"), connect("Other"));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let refused = if one.status == 409 { &one } else { &other };
        let kept = if one.status == 409 { "Other" } else { "One" };
        let told = refused.one("[role=alert]");
        assert!(told.contains(&format!("as “{kept}”")), "{told}");
        assert_eq!(count(&app, "connections").await, exchange);
        assert_eq!(count(&app, "sync_runs").await, exchange);
    }
}

async fn a_second_key_of_a_connected_account_is_refused_with_its_label(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    for (first, second) in [
        (binance::READ_ONLY, binance::SAME_ACCOUNT),
        (okx::READ_ONLY, okx::SAME_ACCOUNT),
    ] {
        connect(&browser, &first, &[]).await;
        let page = browser.connect(&second, &[("label", "New")]).await;
        assert_eq!(page.status, 409);
        let told = page.one("[role=alert]");
        assert!(told.contains(&format!("as “{}”", first.exchange)), "{told}");
    }
    assert_eq!(count(&app, "connections").await, 2);
}

async fn an_account_that_cannot_be_told_apart_is_not_connected(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    // Binance tells the account's number with the spot wallet alone.
    let control = app.setup.sandbox.control();
    control.inject(Fault::on("/api/v3/account", Effect::gateway()));
    let page = browser.connect(&binance::READ_ONLY, &[]).await;
    assert_eq!(page.status, 422);
    let told = page.one("[role=alert]");
    assert!(
        told.contains("Binance does not answer at the moment."),
        "{told}"
    );
    assert!(
        told.contains("while reading the wallets. Nothing was stored."),
        "{told}"
    );
    assert_nothing_stored(&app).await;
    // OKX tells it with the rights: one wallet is enough.
    control.inject(Fault::on("/api/v5/account/balance", Effect::gateway()));
    let page = browser.connect(&okx::READ_ONLY, &[]).await;
    let told = page.one("[role=status]");
    assert!(
        told.contains("Trading failed, Funding read (3 holdings)"),
        "{told}"
    );
    assert_eq!(
        number(
            &app,
            "SELECT CAST(COUNT(account_uid) AS BIGINT) FROM connections"
        )
        .await,
        1
    );
}

async fn the_region_that_knows_the_key_is_kept(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let mut regions = Vec::new();
    let keys: [(DemoKey, &[(&str, &str)]); 2] =
        [(okx::READ_ONLY, &[]), (okx::EEA, &[("region", "eea")])];
    for (key, more) in keys {
        let id = connect(&browser, &key, more).await;
        let page = browser.get(&format!("/connections/{id}")).await;
        regions.push(fact(&page, "Exchange"));
    }
    assert_eq!(
        regions,
        ["OKX · Global (www.okx.com)", "OKX · Europe (my.okx.com)"]
    );
}

async fn the_test_environment_is_proposed_when_the_operator_says_so(kind: Kind) {
    let setup = Setup::new(kind).await;
    let app = setup.with("VALIDATE_API_ON_TESTNET", "1").start().await;
    let browser = app.signed_in("a@example.org").await;
    let page = browser.get("/connections").await;
    let chosen = page.attributes("select[name=environment] [selected]", "value");
    assert_eq!(chosen, ["testnet"]);
    let id = connect(&browser, &binance::TESTNET, &[]).await;
    let page = browser.get(&format!("/connections/{id}")).await;
    assert!(fact(&page, "Exchange").contains("Testnet"));
    let page = browser
        .connect(&binance::READ_ONLY, &[("environment", "live")])
        .await;
    assert!(page.one("[role=status]").starts_with("Synced"));
}
