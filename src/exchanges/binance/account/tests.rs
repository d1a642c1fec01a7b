//! Which calls read an account, what they weigh, and what comes of each wallet.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use super::super::ALLOWED;
use super::super::tests::{
    ACCOUNT, FLEXIBLE, FUNDING, LOCKED, MARGIN, OVERVIEW, RESTRICTIONS, TIME, USER_ASSETS, account,
    asked, funding, outcome, query, refused, restrictions, time,
};
use super::*;
use crate::domain::wallet::Outcome;
use crate::exchanges::Exchange;
use crate::exchanges::testing::{
    Fake, client, credentials, live, ok, registry, reply, reply_with, target, testnet,
};

const NO_MARGIN: &str = r#"{"code":-3003,"msg":"Margin account does not exist."}"#;
const NO_EARN: &str = r#"[{"activate":true,"balance":"0","walletName":"Earn"}]"#;
const SOME_EARN: &str = r#"[{"activate":true,"balance":"0.1","walletName":"Earn"}]"#;
const NO_POSITIONS: &str = r#"{"total":0}"#;
const TOKEN: &str = r#"[{"asset":"LDUSDT","free":"5","locked":"0"}]"#;

/// An account whose answers can be changed between readings, and what is remembered of it.
struct Scene {
    fake: Fake,
    replies: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    known: Vec<KnownWallet>,
    seen: usize,
}

impl Scene {
    /// The manual's account, without earn.
    fn new() -> Self {
        let replies: Arc<Mutex<HashMap<String, Vec<u8>>>> = Arc::default();
        let script = Arc::clone(&replies);
        let fake = Fake::start(move |head, stream| {
            let target = target(head);
            let page = query_page(head);
            let replies = script.lock().unwrap();
            let reply = replies.get(&format!("{target} {page}"));
            let reply = reply.or_else(|| replies.get(&target)).cloned();
            let _ = stream.write_all(&reply.unwrap_or_else(|| reply_with(404, "", b"")));
        });
        let scene = Self {
            fake,
            replies,
            known: Vec::new(),
            seen: 0,
        };
        scene.answer(TIME, time());
        scene.answer(RESTRICTIONS, restrictions());
        scene.answer(ACCOUNT, account());
        scene.answer(USER_ASSETS, reply(200, "binance_sapi_getUserAsset.json"));
        scene.answer(FUNDING, funding());
        scene.answer(MARGIN, reply(200, "binance_sapi_margin_account.json"));
        scene.answer(OVERVIEW, ok(NO_EARN));
        scene.answer(FLEXIBLE, ok(NO_POSITIONS));
        scene.answer(LOCKED, ok(NO_POSITIONS));
        scene
    }

    fn answer(&self, target: &str, reply: Vec<u8>) {
        self.replies
            .lock()
            .unwrap()
            .insert(target.to_owned(), reply);
    }

    /// Gives an account flexible positions that spot lists again.
    fn earn(&self) {
        let page =
            |n| format!("binance_simple_earn_flexible_position_two_pages_{n}_constructed.json");
        self.answer(FLEXIBLE, reply(200, &page(2)));
        self.answer(&format!("{FLEXIBLE} 1"), reply(200, &page(1)));
        self.answer(
            LOCKED,
            reply(200, "binance_sapi_simple_earn_locked_position.json"),
        );
        self.answer(OVERVIEW, ok(SOME_EARN));
        self.answer(
            ACCOUNT,
            reply(200, "binance_account_with_earn_tokens_constructed.json"),
        );
        let spot =
            crate::exchanges::testing::fixture("binance_account_with_earn_tokens_constructed.json");
        let rows = spot.split_once("\"balances\":").unwrap().1;
        let rows = rows.split_once(']').unwrap().0;
        self.answer(USER_ASSETS, ok(&format!("{rows}]")));
    }

    /// Reads key and account as a sync does, and remembers the wallets as storage does.
    async fn sync(&mut self, thorough: bool) -> AccountReading {
        let (registry, credentials) = (registry(&self.fake.url), credentials());
        let binance: &dyn Exchange = client(&registry, "binance");
        let access = Access {
            known: &self.known,
            thorough,
            ..live(&credentials)
        };
        binance.read_key(access).await.unwrap();
        let reading = binance.read_account(access).await;
        self.known = reading
            .wallets
            .iter()
            .map(|w| remember(&self.known, w))
            .collect();
        reading
    }

    /// What was asked since this was last called.
    fn news(&mut self) -> Vec<String> {
        let mut news = self.fake.targets().split_off(self.seen);
        self.seen += news.len();
        news.retain(|target| target != TIME);
        news.sort();
        news
    }

    /// What the calls since then weigh by the manual.
    fn weight(&mut self) -> u32 {
        let listed = |target: &String| {
            let mut endpoints = ALLOWED.iter();
            endpoints.find(|e| format!("{} {}", e.method, e.path) == *target)
        };
        let news = self.news();
        news.iter()
            .map(|target| listed(target).unwrap().cost.weight)
            .sum()
    }
}

fn query_page(head: &str) -> &str {
    let line = head.lines().next().unwrap();
    if !line.contains('?') {
        return "";
    }
    let mut pairs = query(head)
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(name, _)| *name == "current")
        .map_or("", |(_, page)| page)
}

fn remember(known: &[KnownWallet], reading: &WalletReading) -> KnownWallet {
    let before = known.iter().find(|known| known.wallet == reading.wallet);
    let holdings = match &reading.read {
        WalletRead::Read { balances, .. } => balances.len(),
        _ => before.map_or(0, |known| known.holdings),
    };
    KnownWallet {
        wallet: reading.wallet.clone(),
        outcome: reading.read.outcome(),
        holdings,
        asked_at: Timestamp(0),
        note: reading.note.clone().or_else(|| before?.note.clone()),
    }
}

/// Asset and total of everything in a wallet.
fn totals(account: &AccountReading, wallet: &str) -> Vec<(String, String)> {
    let mut wallets = account.wallets.iter();
    let reading = wallets
        .find(|reading| reading.wallet.as_str() == wallet)
        .unwrap();
    let WalletRead::Read { balances, .. } = &reading.read else {
        panic!("{reading:?}");
    };
    balances
        .iter()
        .map(|b| (b.asset.to_string(), b.total.to_string()))
        .collect()
}

fn names(totals: &[(String, String)]) -> Vec<&str> {
    totals.iter().map(|(asset, _)| asset.as_str()).collect()
}

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
