//! Earn and spot as one account tells them.

use super::super::super::tests::{
    ACCOUNT, FLEXIBLE, FUNDING, LOCKED, MARGIN, OVERVIEW, RESTRICTIONS, USER_ASSETS, asked,
    outcome, query, refused,
};
use super::super::*;
use super::scene::{NO_POSITIONS, Scene, TOKEN, names, totals};
use crate::domain::wallet::Outcome;
use crate::exchanges::Exchange;
use crate::exchanges::testing::{client, credentials, ok, registry, reply, target, testnet};

#[tokio::test]
async fn readings_of_an_account_with_earn_weigh_what_the_table_says() {
    let mut scene = Scene::new();
    scene.earn();
    scene.answer(
        &format!("{FLEXIBLE} 1"),
        reply(200, "binance_sapi_simple_earn_flexible_position.json"),
    );
    scene.sync(false).await;
    assert_eq!(scene.weight(), 1 + 20 + 1 + 10 + 60 + 2 * 150, "first");
    scene.sync(true).await;
    assert_eq!(scene.weight(), 1 + 5 + 1 + 10 + 60 + 2 * 150, "thorough");
    scene.sync(false).await;
    assert_eq!(scene.weight(), 1 + 5 + 1 + 10, "light");
    scene.answer(USER_ASSETS, ok(TOKEN));
    scene.sync(false).await;
    assert_eq!(
        scene.weight(),
        1 + 5 + 1 + 10 + 2 * 150,
        "light, changed tokens"
    );
    scene.sync(false).await;
    assert_eq!(scene.weight(), 1 + 5 + 1 + 10, "light again");
}

#[tokio::test]
async fn earn_is_read_to_its_last_page_and_counted_once() {
    let mut scene = Scene::new();
    scene.earn();
    for thorough in [false, true, false] {
        let account = scene.sync(thorough).await;
        let spot = totals(&account, "spot");
        let wanted = [
            "BTC",
            "USDT",
            "LDO",
            "EUR",
            "币安人生",
            "1000SATS",
            "VTHO",
            "MATIC",
        ];
        assert_eq!(names(&spot), wanted);
        let kept = WalletRead::Kept(Outcome::Read);
        if account.wallets[2].read != kept {
            let flexible = totals(&account, "earn_flexible");
            assert_eq!(names(&flexible), ["BAKE", "BTC", "SHIB", "USDT"]);
            assert_eq!(names(&totals(&account, "earn_locked")), ["AXS"]);
        }
    }
    let pages: Vec<_> = scene
        .fake
        .heads()
        .iter()
        .filter(|h| target(h) == FLEXIBLE)
        .map(|h| query(h).split("&recv").next().unwrap().to_owned())
        .collect();
    let once = ["current=1&size=100", "current=2&size=100"];
    assert_eq!(pages, [once, once].concat());
}

#[tokio::test]
async fn a_page_that_fails_fails_the_wallet_and_its_tokens_count_in_spot() {
    let mut scene = Scene::new();
    scene.earn();
    for bad in [
        reply(503, "binance_error_503_cloudfront.html"),
        ok("<html></html>"),
        ok(r#"{"code":"000000","success":true}"#),
    ] {
        scene.known.clear();
        scene.answer(FLEXIBLE, bad);
        let account = scene.sync(false).await;
        assert_eq!(outcome(&account, "earn_flexible"), Outcome::Failed);
        let spot = totals(&account, "spot");
        assert!(names(&spot).contains(&"LDUSDT"));
        assert_eq!(account.wallets[2].note, None);
    }
}

#[tokio::test]
async fn positions_that_were_read_before_do_not_count_in_spot_while_they_cannot_be_read() {
    let mut scene = Scene::new();
    scene.earn();
    scene.sync(false).await;
    scene.answer(FLEXIBLE, reply(503, "binance_error_503_cloudfront.html"));
    scene.answer(&format!("{FLEXIBLE} 1"), refused());
    for outcome_wanted in [Outcome::NoPermission, Outcome::NoPermission] {
        let account = scene.sync(true).await;
        assert_eq!(outcome(&account, "earn_flexible"), outcome_wanted);
        assert!(!names(&totals(&account, "spot")).contains(&"LDUSDT"));
    }
}

#[tokio::test]
async fn pages_without_end_are_a_bad_response() {
    let mut scene = Scene::new();
    scene.earn();
    scene.answer(&format!("{FLEXIBLE} 1"), ok(NO_POSITIONS));
    scene.answer(
        LOCKED,
        ok(r#"{"rows":[{"asset":"AXS","amount":"1"}],"total":5000}"#),
    );
    let account = scene.sync(true).await;
    let bad = WalletRead::Failed(ExchangeProblem::BadResponse);
    assert_eq!(account.wallets[3].read, bad);
    let pages = scene.news().into_iter().filter(|target| target == LOCKED);
    assert_eq!(pages.count(), MAX_PAGES);
}

#[tokio::test]
async fn earn_is_not_asked_once_another_call_was_told_to_wait() {
    let mut scene = Scene::new();
    scene.earn();
    let limited = reply(429, "binance_error_1003_weight_429.json");
    scene.answer(OVERVIEW, limited);
    let account = scene.sync(true).await;
    let wait = WalletRead::Failed(ExchangeProblem::RateLimited { seconds: 1 });
    assert_eq!(account.wallets[2].read, wait);
    assert_eq!(account.wallets[3].read, wait);
    assert!(names(&totals(&account, "spot")).contains(&"LDUSDT"));
    assert_eq!(
        scene.news(),
        [ACCOUNT, RESTRICTIONS, OVERVIEW, MARGIN, FUNDING]
    );
}

#[tokio::test]
async fn earn_tokens_of_a_test_account_count_in_spot() {
    let mut scene = Scene::new();
    scene.earn();
    let (registry, credentials) = (registry(&scene.fake.url), credentials());
    let binance: &dyn Exchange = client(&registry, "binance");
    let account = binance.read_account(testnet(&credentials)).await;
    assert!(names(&totals(&account, "spot")).contains(&"LDUSDT"));
    assert_eq!(asked(&scene.fake), [ACCOUNT]);
    assert_eq!(scene.weight(), 20);
}
