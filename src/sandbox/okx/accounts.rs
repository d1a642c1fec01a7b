//! The accounts behind OKX's ready-made keys.

use crate::sandbox::{Exchange, Holding, Wallet, account::Account, catalog, wallet::Row};

type Amounts = &'static [(&'static str, &'static str, &'static str)];

/// Coin, available, frozen.
const MAIN_TRADING: Amounts = &[
    ("BTC", "0.412345678901234567", "0.1"),
    ("ETH", "3.000000000000000001", "0"),
    ("USDT", "1034.067890123456789", "200.5"),
    ("USDC", "99.999999999999999999", "0"),
    ("SOL", "7.25", "0.75"),
    ("OKB", "1.0000000000000001", "0"),
    ("PEPE", "123456789.123456789012345678", "0"),
    ("EUR", "15.5", "0"),
    ("DOGE", "0", "0"),
];
const MAIN_FUNDING: Amounts = &[
    ("USDT", "500.25", "0"),
    ("BTC", "0.002500000000000001", "0"),
    ("SHIB", "1000000", "250000"),
];
/// The account with something in every wallet.
const FULL_TRADING: Amounts = &[
    ("BTC", "0.181", "0.02"),
    ("ETH", "1.75", "0"),
    ("USDT", "940.25", "60"),
    ("SOL", "11.5", "0"),
];
const FULL_FUNDING: Amounts = &[("USDC", "420.75", "0"), ("TRX", "1500", "0")];
const FULL_SAVINGS: Amounts = &[
    ("USDT", "1211.0010630707982819", "0.0000106745475002"),
    ("BTC", "0.075", "0"),
];
const FULL_ONCHAIN: Amounts = &[("ETH", "2", "0"), ("DOT", "64.5", "0"), ("ETH", "0.5", "0")];
const FULL_DELISTED: Amounts = &[("CELT", "989.84719571", "0")];
const SECOND_TRADING: Amounts = &[("BTC", "0.75", "0"), ("ETH", "12.125", "0.5")];
const SECOND_FUNDING: Amounts = &[("USDC", "2500", "0")];
const SMALL_TRADING: Amounts = &[("ETH", "2", "0"), ("USDT", "10.5", "0")];
const SMALL_FUNDING: Amounts = &[("TRX", "321.000001", "0")];

/// Every account of this exchange.
pub(in crate::sandbox) fn accounts() -> Vec<Account> {
    vec![
        full(),
        account("44705892343619584", rows(MAIN_TRADING), rows(MAIN_FUNDING)),
        account(
            "51903377218846720",
            rows(SECOND_TRADING),
            rows(SECOND_FUNDING),
        ),
        account("52210483367194624", rows(SMALL_TRADING), Vec::new()),
        account("53377180926455808", rows(SMALL_TRADING), Vec::new()),
        account("54018826491527168", Vec::new(), Vec::new()),
        account("55290417736282112", many(), rows(SMALL_FUNDING)),
        account(
            "56471093328195584",
            rows(SMALL_TRADING),
            rows(SMALL_FUNDING),
        ),
        account("57733820164509696", rows(SMALL_TRADING), Vec::new()),
        account("58840917725360128", rows(SMALL_TRADING), Vec::new()),
        account("59902264817430528", rows(SMALL_TRADING), Vec::new()),
        account("60011739284655104", rows(SMALL_TRADING), Vec::new()),
        account("61120483957276672", rows(SECOND_TRADING), Vec::new()),
        account(
            "62239917460823040",
            rows(SMALL_TRADING),
            rows(SMALL_FUNDING),
        ),
        account(
            "63350028814376960",
            rows(SMALL_TRADING),
            rows(SMALL_FUNDING),
        ),
    ]
}

fn full() -> Account {
    let wallets = [
        (Wallet::Trading, rows(FULL_TRADING)),
        (Wallet::Funding, rows(FULL_FUNDING)),
        (Wallet::Savings, rows(FULL_SAVINGS)),
        (Wallet::OnchainEarn, rows(FULL_ONCHAIN)),
        (Wallet::NonTradable, rows(FULL_DELISTED)),
    ];
    Account::new(Exchange::Okx, "43816620957184000", wallets)
}

fn account(uid: &str, trading: Vec<Row>, funding: Vec<Row>) -> Account {
    Account::new(
        Exchange::Okx,
        uid,
        [(Wallet::Trading, trading), (Wallet::Funding, funding)],
    )
}

fn rows(amounts: Amounts) -> Vec<Row> {
    amounts
        .iter()
        .map(|(asset, free, locked)| row(asset, free, locked))
        .collect()
}

fn row(asset: &str, free: &str, locked: &str) -> Row {
    Row::Holding(Holding::new(asset, free, locked))
}

fn many() -> Vec<Row> {
    let amount =
        |index: usize| format!("{}.{:012}", index * 13 % 1000, index * 7_907_919 % 999_999);
    let codes = catalog::many_codes().enumerate();
    codes
        .map(|(index, code)| row(&code, &amount(index + 1), "0"))
        .collect()
}
