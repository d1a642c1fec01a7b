//! What reading one account weighs by the exchange's own measure, and how many a minute and address
//! can keep fresh.

use std::collections::BTreeMap;
use std::sync::Arc;

use coffer::domain::exchange::{Environment, ExchangeId};
use coffer::domain::timestamp::Timestamp;
use coffer::domain::wallet::{KnownWallet, WalletRead, WalletReading};
use coffer::exchanges::{
    Access, Alone, Credentials, Exchange, Hosts, Journal, Registry, Surroundings,
};
use coffer::sandbox::{Control, DemoKey, Options, Sandbox, keys};
use coffer::server::{system_clock, system_dice};
use secrecy::SecretString;
use std::time::Duration;

/// What a call weighs of which budget a minute. Manual: Binance's, the tables of weights; where a
/// path is not listed, calls are counted by account and hold up nobody else.
const WEIGHTS: &[(&str, u32, u32)] = &[
    ("/api/v3/time", 1, 6_000),
    ("/api/v3/account", 20, 6_000),
    ("/sapi/v1/account/apiRestrictions", 1, 12_000),
    ("/sapi/v3/asset/getUserAsset", 5, 12_000),
    ("/sapi/v1/asset/get-funding-asset", 1, 12_000),
    ("/sapi/v1/margin/account", 10, 12_000),
    ("/sapi/v1/asset/wallet/balance", 60, 12_000),
    ("/sapi/v1/simple-earn/flexible/position", 150, 12_000),
    ("/sapi/v1/simple-earn/locked/position", 150, 12_000),
];

/// Reads accounts of every kind for the first time, thoroughly, and as they are read every hour.
pub async fn run() {
    println!(
        "\nOne reading of one account (exchange, account, reading: weight in calls; a minute and address)"
    );
    let accounts = [
        ("binance", "spot and funding", keys::binance::READ_ONLY),
        ("binance", "every wallet", keys::binance::EVERY_WALLET),
        ("okx", "two wallets", keys::okx::READ_ONLY),
        ("okx", "every wallet", keys::okx::EVERY_WALLET),
    ];
    for (exchange, title, key) in accounts {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let control = sandbox.control();
        let registry = registry(&sandbox.url());
        let client = registry.find(&ExchangeId::new(exchange)).unwrap();
        let credentials = credentials(&key);
        // The clock is asked for once, and not by every sync.
        read(client, &credentials, &[], true).await;
        let mut known = Vec::new();
        for (reading, thorough) in [("first", true), ("thorough", true), ("hourly", false)] {
            control.clear_records();
            let (weight, calls, wallets) = read(client, &credentials, &known, thorough).await;
            known = remembered(&known, &wallets);
            let fresh = a_minute(control)
                .map_or_else(|| "no limit by address".to_owned(), |n| n.to_string());
            println!("{exchange:<8} {title:<17} {reading:<9} {weight:>4} in {calls:>2}   {fresh}");
        }
    }
}

async fn read(
    client: &dyn Exchange,
    credentials: &Credentials,
    known: &[KnownWallet],
    thorough: bool,
) -> (u32, u32, Vec<WalletReading>) {
    let journal = Journal::default();
    let access = Access {
        credentials,
        environment: Environment::Live,
        region: None,
        known,
        thorough,
        patience: Duration::from_secs(60),
        journal: &journal,
    };
    client.read_key(access).await.unwrap();
    let account = client.read_account(access).await;
    (journal.weight(), journal.calls(), account.wallets)
}

/// What a sync remembers of the wallets.
fn remembered(before: &[KnownWallet], wallets: &[WalletReading]) -> Vec<KnownWallet> {
    let one = |reading: &WalletReading| {
        let old = before.iter().find(|known| known.wallet == reading.wallet);
        KnownWallet {
            wallet: reading.wallet.clone(),
            outcome: reading.read.outcome(),
            holdings: match &reading.read {
                WalletRead::Read { balances, .. } => balances.len(),
                _ => old.map_or(0, |known| known.holdings),
            },
            asked_at: Timestamp(0),
            note: reading.note.clone().or_else(|| old?.note.clone()),
        }
    };
    wallets.iter().map(one).collect()
}

/// How many such readings the scarcest budget allows a minute, of which nine tenths are spent.
fn a_minute(control: &Control) -> Option<u32> {
    let mut spent: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for record in control.records() {
        let Some((path, weight, limit)) = WEIGHTS.iter().find(|(path, ..)| *path == record.path)
        else {
            continue;
        };
        // All paths under /api are paid for together.
        let budget = if path.starts_with("/api") {
            "/api"
        } else {
            path
        };
        spent.entry(budget).or_insert((0, *limit)).0 += weight;
    }
    let readings = |(weight, limit): &(u32, u32)| limit * 9 / 10 / weight;
    spent.values().map(readings).min()
}

fn registry(url: &str) -> Registry {
    let hosts = Hosts::live().with_binance(url);
    let hosts = hosts.and_then(|hosts| hosts.with_okx(url)).unwrap();
    let clock = system_clock();
    let surroundings = Surroundings {
        clock: Arc::new(move || clock.now().0),
        dice: system_dice(),
        pace: Duration::from_millis(500),
        answer_time: Duration::from_secs(20),
        neighbours: Arc::new(Alone::default()),
    };
    Registry::new(hosts, surroundings).unwrap()
}

fn credentials(key: &DemoKey) -> Credentials {
    Credentials {
        api_key: SecretString::from(key.api_key),
        secret_key: SecretString::from(key.secret_key),
        passphrase: key.passphrase.map(SecretString::from),
    }
}
