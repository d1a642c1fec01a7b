//! Recordings as fixtures: whoever connects to one sees what was recorded.

use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{DemoKey, Replay};

use super::{NOON, answer, blank, download, fixture, record};
use crate::scene::{balances, connect, fact};
use crate::support::{App, Browser, Kind, Page, Setup};

/// Keys that no exchange knows.
const BINANCE: DemoKey = DemoKey {
    api_key: "AnyKeyWillDo0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP",
    secret_key: "AnySecretWillDo0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM",
    ..binance::READ_ONLY
};
const OKX: DemoKey = DemoKey {
    api_key: "00000000-1111-2222-3333-444444444444",
    secret_key: "0123456789ABCDEF0123456789ABCDEF",
    passphrase: Some("any will do"),
    ..okx::READ_ONLY
};

/// An app whose exchanges are one recording, and its connection's page.
async fn replayed(recording: &str, key: &DemoKey) -> (App, Browser, Page) {
    let replay = Replay::start(recording, 0).await.unwrap();
    let setup = Setup::new(Kind::Sqlite).await;
    let url = replay.url();
    let app = setup
        .with("BINANCE_API_URL", &url)
        .with("OKX_API_URL", &url)
        .start()
        .await;
    let browser = app.signed_in("anna@example.org").await;
    let id = connect(&browser, key, &[]).await;
    let page = browser.get(&format!("/connections/{id}")).await;
    (app, browser, page)
}

fn checked_in(name: &str) -> String {
    let folder = format!(
        "{}/src/tests/fixtures/recordings",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(format!("{folder}/{name}")).unwrap()
}

fn row(asset: &str, free: &str, locked: &str, total: &str) -> [String; 4] {
    [asset, free, locked, total].map(str::to_owned)
}

fn assert_shows_binance(page: &Page) {
    let spot = [
        row("BTC", "4,723,846.89208129", "0", "4,723,846.89208129"),
        row("LTC", "4,763,368.68006011", "0", "4,763,368.68006011"),
    ];
    assert_eq!(balances(page, "Spot"), spot);
    assert_eq!(balances(page, "Funding"), [row("USDT", "1", "0", "1")]);
    assert!(
        fact(page, "Rights").starts_with("Read only"),
        "{}",
        fact(page, "Rights")
    );
}

fn assert_shows_okx(page: &Page) {
    let trading = row(
        "USDT",
        "94.42612990333333",
        "5.468566666666667",
        "99.89469657000001",
    );
    assert_eq!(balances(page, "Trading"), [trading]);
    assert_eq!(balances(page, "Funding"), [row("TUSD", "100", "0", "100")]);
    assert!(
        fact(page, "Rights").starts_with("Read only"),
        "{}",
        fact(page, "Rights")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_of_binance_shows_what_was_recorded() {
    let (_app, _, page) = replayed(&checked_in("binance.json"), &BINANCE).await;
    assert_shows_binance(&page);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_of_okx_shows_what_was_recorded() {
    let (_app, _, page) = replayed(&checked_in("okx.json"), &OKX).await;
    assert_shows_okx(&page);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_downloaded_with_exact_amounts_can_be_played_back() {
    let app = App::start(Kind::Sqlite).await;
    let browser = app.signed_in("anna@example.org").await;
    let id = blank(&app, &browser, &binance::READ_ONLY).await;
    let spot = r#"[{"asset":"BTC","free":"4723846.89208129","locked":"0.00000000","freeze":"0",
        "withdrawing":"0","ipoable":"0","btcValuation":"0"},{"asset":"LTC","free":"4763368.68006011",
        "locked":"0.00000000","freeze":"0","withdrawing":"0","ipoable":"0","btcValuation":"0"}]"#;
    let answers = vec![
        fixture(
            "GET /sapi/v1/account/apiRestrictions",
            "binance_sapi_apiRestrictions_read_only_constructed.json",
        ),
        fixture(
            "GET /api/v3/account?omitZeroBalances=true",
            "binance_account.json",
        ),
        answer("POST /sapi/v3/asset/getUserAsset", spot),
        fixture(
            "POST /sapi/v1/asset/get-funding-asset",
            "binance_sapi_get_funding_asset.json",
        ),
        fixture(
            "GET /sapi/v1/simple-earn/flexible/position?current=1&size=100",
            "binance_sapi_simple_earn_flexible_position.json",
        ),
        fixture(
            "GET /sapi/v1/simple-earn/locked/position?current=1&size=100",
            "binance_sapi_simple_earn_locked_position.json",
        ),
        fixture(
            "GET /sapi/v1/margin/account",
            "binance_sapi_margin_account.json",
        ),
        fixture(
            "GET /sapi/v1/asset/wallet/balance",
            "binance_sapi_wallet_balance_ten_wallets_constructed.json",
        ),
    ];
    record(&app, &id, "binance", answers, NOON).await;
    let recording = download(&browser, &id, "?amounts=kept").await.body;
    assert_eq!(recording.trim(), checked_in("binance.json").trim());
    let (_other, _, page) = replayed(&recording, &BINANCE).await;
    assert_shows_binance(&page);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_checked_in_recording_of_okx_is_what_coffer_writes() {
    let app = App::start(Kind::Sqlite).await;
    let browser = app.signed_in("anna@example.org").await;
    let id = blank(&app, &browser, &okx::READ_ONLY).await;
    let answers = vec![
        fixture(
            "GET /api/v5/account/config",
            "okx_account_config_read_only_constructed.json",
        ),
        fixture(
            "GET /api/v5/account/balance",
            "okx_account_balance_spot_mode_recorded.json",
        ),
        fixture(
            "GET /api/v5/asset/balances",
            "okx_asset_balances_recorded.json",
        ),
        fixture(
            "GET /api/v5/finance/savings/balance",
            "okx_finance_savings_balance.json",
        ),
        fixture(
            "GET /api/v5/finance/staking-defi/orders-active",
            "okx_finance_staking_defi_orders_active.json",
        ),
        fixture(
            "GET /api/v5/asset/non-tradable-assets",
            "okx_asset_non_tradable.json",
        ),
        fixture(
            "GET /api/v5/asset/asset-valuation",
            "okx_asset_valuation.json",
        ),
    ];
    record(&app, &id, "okx", answers, NOON).await;
    let recording = download(&browser, &id, "?amounts=kept").await.body;
    assert_eq!(recording.trim(), checked_in("okx.json").trim());
}
