//! Accounts of OKX, read from servers that say what they are told to.

mod troubles;

use std::io::Write;
use std::sync::{Arc, Barrier};

use crate::domain::asset::AssetCode;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{KnownWallet, Outcome, WalletName, WalletRead};
use crate::exchanges::okx::sign::signature;
use crate::exchanges::okx::tests::{TIME, header, time};
use crate::exchanges::testing::{
    API_KEY, Fake, NOW_MS, PASSPHRASE, SECRET_KEY, client, credentials, hurried_registry, live, ok,
    registry, reply, secret, target, testnet,
};
use crate::exchanges::{Access, AccountReading};

const TRADING: &str = "GET /api/v5/account/balance";
const FUNDING: &str = "GET /api/v5/asset/balances";
const SAVINGS: &str = "GET /api/v5/finance/savings/balance";
const ONCHAIN_EARN: &str = "GET /api/v5/finance/staking-defi/orders-active";
const NON_TRADABLE: &str = "GET /api/v5/asset/non-tradable-assets";
const VALUATION: &str = "GET /api/v5/asset/asset-valuation";
/// The wallets in their order.
const WALLETS: [&str; 5] = [TRADING, FUNDING, SAVINGS, ONCHAIN_EARN, NON_TRADABLE];

/// An account whose answers are those of the manual, but for the one given.
fn account_but(path: &'static str, answer: Vec<u8>) -> Fake {
    Fake::start(move |head, stream| {
        let target = target(head);
        let reply = if target == path {
            answer.clone()
        } else {
            usual(&target)
        };
        let _ = stream.write_all(&reply);
    })
}

fn account() -> Fake {
    account_but("", Vec::new())
}

fn usual(target: &str) -> Vec<u8> {
    let name = match target {
        TIME => return time(),
        TRADING => "okx_account_balance_docs.json",
        FUNDING => "okx_asset_balances_docs.json",
        SAVINGS => "okx_finance_savings_balance.json",
        ONCHAIN_EARN => "okx_finance_staking_defi_orders_active.json",
        NON_TRADABLE => "okx_asset_non_tradable.json",
        VALUATION => "okx_asset_valuation.json",
        _ => return reply(404, "binance_error_403_waf.html"),
    };
    reply(200, name)
}

async fn read(fake: &Fake, access: Access<'_>) -> AccountReading {
    let registry = registry(&fake.url);
    client(&registry, "okx").read_account(access).await
}

/// Reads often without ever using up a budget.
async fn read_hurriedly(fake: &Fake) -> AccountReading {
    let (registry, credentials) = (hurried_registry(&fake.url), credentials());
    let access = live(&credentials);
    client(&registry, "okx").read_account(access).await
}

async fn read_live(fake: &Fake) -> AccountReading {
    read(fake, live(&credentials())).await
}

fn outcomes(account: &AccountReading) -> Vec<Outcome> {
    account.wallets.iter().map(|w| w.read.outcome()).collect()
}

/// Everything that was asked but the time, which calls at once may each ask for.
fn asked(fake: &Fake) -> Vec<String> {
    let mut targets = fake.targets();
    targets.retain(|target| target != TIME);
    targets.sort();
    targets
}

fn sorted<const N: usize>(mut targets: [&str; N]) -> [&str; N] {
    targets.sort_unstable();
    targets
}

/// Asset and total of every balance of a wallet.
fn holdings(account: &AccountReading, wallet: usize) -> Vec<(String, String)> {
    let WalletRead::Read { balances, .. } = &account.wallets[wallet].read else {
        panic!("{account:?}");
    };
    let told = balances.iter();
    told.map(|b| (b.asset.to_string(), b.total.to_string()))
        .collect()
}

fn known(wallet: &str, outcome: Outcome) -> KnownWallet {
    KnownWallet {
        wallet: WalletName::new(wallet),
        outcome,
        holdings: 0,
        asked_at: Timestamp(0),
        note: None,
    }
}

#[tokio::test]
async fn all_wallets_are_read_once_and_told_in_order() {
    let fake = account();
    let account = read_live(&fake).await;
    let names: Vec<_> = account.wallets.iter().map(|w| w.wallet.as_str()).collect();
    assert_eq!(
        names,
        [
            "trading",
            "funding",
            "savings",
            "onchain_earn",
            "non_tradable"
        ]
    );
    let pairs = |wallet| holdings(&account, wallet);
    let pair = |asset: &str, total: &str| (asset.to_owned(), total.to_owned());
    assert_eq!(pairs(0), [pair("USDT", "4992.890093622894")]);
    assert_eq!(pairs(1), [pair("ETH", "37.11827078")]);
    assert_eq!(pairs(2), [pair("USDT", "11.0010737453457821")]);
    assert_eq!(pairs(3), [pair("DOT", "2"), pair("USDT", "2")]);
    assert_eq!(
        pairs(4),
        [pair("CELT", "989.84719571"), pair("MEME", "0.001")]
    );
    let [trading, funding, savings, onchain, non_tradable] = WALLETS;
    let all = [trading, funding, savings, onchain, non_tradable, VALUATION];
    assert_eq!(asked(&fake), sorted(all));
}

#[tokio::test]
async fn every_call_is_signed_by_the_exchanges_clock() {
    let fake = account();
    read_live(&fake).await;
    let (times, heads): (Vec<_>, Vec<_>) = fake
        .heads()
        .into_iter()
        .partition(|head| target(head) == TIME);
    assert_eq!(heads.len(), 6);
    for head in heads {
        assert_eq!(header(&head, "ok-access-key"), Some(API_KEY));
        assert_eq!(header(&head, "ok-access-passphrase"), Some(PASSPHRASE));
        assert_eq!(header(&head, "x-simulated-trading"), None);
        let timestamp = header(&head, "ok-access-timestamp").unwrap();
        assert!(timestamp.starts_with("2025-12-31T23:00:00."), "{timestamp}");
        let target = target(&head);
        let path = target.trim_start_matches("GET ");
        let made = signature(&secret(SECRET_KEY), timestamp, "GET", path, "");
        assert_eq!(header(&head, "ok-access-sign"), made.ok().as_deref());
    }
    assert!(!times.is_empty());
    assert!(
        times
            .iter()
            .all(|head| header(head, "ok-access-key").is_none())
    );
}

#[tokio::test]
async fn what_was_not_there_or_not_allowed_is_asked_again_only_by_a_thorough_reading() {
    let credentials = credentials();
    for outcome in [Outcome::NotAvailable, Outcome::NoPermission] {
        let names = [
            "trading",
            "funding",
            "savings",
            "onchain_earn",
            "non_tradable",
        ];
        let known = names.map(|name| known(name, outcome));
        let access = |thorough| Access {
            known: &known,
            thorough,
            ..live(&credentials)
        };
        let fake = account();
        let account_reading = read(&fake, access(false)).await;
        assert_eq!(asked(&fake), sorted([TRADING, FUNDING, SAVINGS]));
        let kept = WalletRead::Kept(outcome);
        assert_eq!(account_reading.wallets[3].read, kept);
        assert_eq!(account_reading.wallets[4].read, kept);
        let fake = account();
        let account_reading = read(&fake, access(true)).await;
        assert_eq!(outcomes(&account_reading), [Outcome::Read; 5]);
    }
}

#[tokio::test]
async fn wallets_that_answered_or_failed_are_asked_every_time() {
    let credentials = credentials();
    let known = [
        known("savings", Outcome::Read),
        known("onchain_earn", Outcome::Failed),
        known("non_tradable", Outcome::Read),
    ];
    let fake = account();
    let access = Access {
        known: &known,
        thorough: false,
        ..live(&credentials)
    };
    assert_eq!(outcomes(&read(&fake, access).await), [Outcome::Read; 5]);
    assert_eq!(asked(&fake), sorted(WALLETS));
}

#[tokio::test]
async fn the_overview_is_asked_for_by_a_thorough_reading_only() {
    let credentials = credentials();
    let overview = read_live(&account()).await.overview.unwrap();
    assert_eq!(overview.unit, AssetCode::parse("BTC").unwrap());
    assert_eq!(overview.read_at, Timestamp(NOW_MS));
    assert_eq!(overview.parts.len(), 4);
    let access = Access {
        thorough: false,
        ..live(&credentials)
    };
    let fake = account();
    assert_eq!(read(&fake, access).await.overview, None);
    assert!(!asked(&fake).iter().any(|target| target == VALUATION));
}

#[tokio::test]
async fn wallets_are_asked_at_once() {
    // None of the five is answered before all five have been asked.
    let all_asked = Arc::new(Barrier::new(WALLETS.len()));
    let fake = Fake::start(move |head, stream| {
        let target = target(head);
        if WALLETS.contains(&target.as_str()) {
            all_asked.wait();
        }
        let _ = stream.write_all(&usual(&target));
    });
    assert_eq!(outcomes(&read_live(&fake).await), [Outcome::Read; 5]);
}
