//! Which calls read an account, what they weigh, and what comes of each wallet.

mod earn;
mod scene;

use super::super::tests::{
    ACCOUNT, FLEXIBLE, FUNDING, LOCKED, MARGIN, OVERVIEW, RESTRICTIONS, USER_ASSETS, outcome,
    refused,
};
use super::*;
use crate::domain::wallet::Outcome;
use crate::exchanges::testing::{ok, reply, reply_with};
use scene::{NO_MARGIN, Scene, names, totals};

#[tokio::test]
async fn a_first_reading_asks_spot_by_the_call_that_tells_the_account() {
    let mut scene = Scene::new();
    let account = scene.sync(false).await;
    assert_eq!(
        scene.news(),
        [ACCOUNT, RESTRICTIONS, OVERVIEW, MARGIN, FUNDING]
    );
    assert_eq!(account.uid.as_deref(), Some("354937868"));
    let wallets: Vec<_> = account.wallets.iter().map(|w| w.wallet.as_str()).collect();
    assert_eq!(wallets, WALLETS);
    assert!(
        account
            .wallets
            .iter()
            .all(|w| w.read.outcome() == Outcome::Read)
    );
    assert_eq!(names(&totals(&account, "spot")), ["BTC", "LTC"]);
    assert_eq!(names(&totals(&account, "funding")), ["USDT"]);
    assert_eq!(names(&totals(&account, "margin")), ["BTC"]);
    assert_eq!(account.overview.unwrap().parts.len(), 1);
}

#[tokio::test]
async fn readings_weigh_what_the_table_says() {
    let mut scene = Scene::new();
    scene.sync(false).await;
    assert_eq!(scene.weight(), 1 + 20 + 1 + 10 + 60, "first, no earn");
    scene.sync(true).await;
    assert_eq!(scene.weight(), 1 + 5 + 1 + 10 + 60, "thorough, no earn");
    scene.sync(false).await;
    assert_eq!(scene.weight(), 1 + 5 + 1 + 10, "light");
    scene.answer(MARGIN, reply_with(400, "", NO_MARGIN.as_bytes()));
    scene.sync(false).await;
    scene.news();
    scene.sync(false).await;
    assert_eq!(scene.weight(), 1 + 5 + 1, "light, no margin account");
}

#[tokio::test]
async fn where_the_cheap_call_for_spot_is_missing_or_refused_the_other_is_made() {
    for refusal in [reply_with(404, "", b""), refused()] {
        let mut scene = Scene::new();
        scene.sync(false).await;
        scene.news();
        scene.answer(USER_ASSETS, refusal);
        let account = scene.sync(false).await;
        assert_eq!(names(&totals(&account, "spot")), ["BTC", "LTC"]);
        assert_eq!(account.uid.as_deref(), Some("354937868"));
        assert_eq!(scene.weight(), 1 + 5 + 20 + 1 + 10);
    }
}

#[tokio::test]
async fn a_spot_that_both_calls_miss_is_a_bad_response() {
    let mut scene = Scene::new();
    scene.sync(false).await;
    scene.answer(USER_ASSETS, reply_with(404, "", b""));
    scene.answer(ACCOUNT, reply_with(404, "", b""));
    let account = scene.sync(false).await;
    let bad = WalletRead::Failed(ExchangeProblem::BadResponse);
    assert_eq!(account.wallets[0].read, bad);
}

#[tokio::test]
async fn a_cheap_call_that_fails_is_a_failure_and_no_reason_for_a_dear_one() {
    let mut scene = Scene::new();
    scene.sync(false).await;
    scene.news();
    scene.answer(USER_ASSETS, ok("<html></html>"));
    let account = scene.sync(false).await;
    assert_eq!(outcome(&account, "spot"), Outcome::Failed);
    assert!(!scene.news().contains(&ACCOUNT.to_owned()));
}

#[tokio::test]
async fn a_wallet_that_is_not_there_or_not_permitted_is_asked_again_by_a_thorough_reading_only() {
    for (refusal, wanted) in [
        (
            reply_with(400, "", NO_MARGIN.as_bytes()),
            Outcome::NotAvailable,
        ),
        (refused(), Outcome::NoPermission),
    ] {
        let mut scene = Scene::new();
        for target in [MARGIN, FUNDING] {
            scene.answer(target, refusal.clone());
        }
        let account = scene.sync(false).await;
        let outcomes = |a: &AccountReading| [outcome(a, "margin"), outcome(a, "funding")];
        assert_eq!(outcomes(&account), [wanted; 2]);
        scene.news();
        let account = scene.sync(false).await;
        assert_eq!(account.wallets[1].read, WalletRead::Kept(wanted));
        assert_eq!(account.wallets[4].read, WalletRead::Kept(wanted));
        assert_eq!(scene.news(), [RESTRICTIONS, USER_ASSETS]);
        scene.sync(true).await;
        let news = scene.news();
        assert!(
            [MARGIN, FUNDING]
                .iter()
                .all(|t| news.contains(&(*t).to_owned()))
        );
    }
}

#[tokio::test]
async fn nothing_more_is_asked_once_the_exchange_asks_to_wait() {
    let mut scene = Scene::new();
    for target in [ACCOUNT, FUNDING, MARGIN, OVERVIEW, FLEXIBLE, LOCKED] {
        scene.answer(target, reply(418, "binance_error_1003_banned_418.json"));
    }
    let account = scene.sync(true).await;
    let wait = WalletRead::Failed(ExchangeProblem::RateLimited { seconds: 120 });
    assert!(account.wallets.iter().all(|wallet| wallet.read == wait));
    let together = [ACCOUNT, RESTRICTIONS, OVERVIEW, MARGIN, FUNDING];
    assert!(
        scene
            .news()
            .iter()
            .all(|asked| together.contains(&asked.as_str()))
    );
}

#[tokio::test]
async fn an_overview_that_fails_is_no_overview_and_no_wallets_failure() {
    for bad in [refused(), reply_with(404, "", b""), ok("<html></html>")] {
        let mut scene = Scene::new();
        scene.answer(OVERVIEW, bad);
        let account = scene.sync(true).await;
        assert_eq!(account.overview, None);
        assert!(
            account
                .wallets
                .iter()
                .all(|w| w.read.outcome() == Outcome::Read)
        );
        let news = scene.news();
        assert!(
            [FLEXIBLE, LOCKED]
                .iter()
                .all(|t| news.contains(&(*t).to_owned())),
            "nobody said that there is no earn"
        );
    }
}

#[tokio::test]
async fn a_wallet_that_was_never_read_makes_the_reading_thorough() {
    let mut scene = Scene::new();
    scene.sync(false).await;
    scene.news();
    scene
        .known
        .retain(|known| known.wallet.as_str() != "margin");
    scene.sync(false).await;
    assert_eq!(
        scene.news(),
        [RESTRICTIONS, OVERVIEW, MARGIN, FUNDING, USER_ASSETS]
    );
}
