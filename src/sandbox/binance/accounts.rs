//! The accounts behind Binance's ready-made keys.

use crate::sandbox::{Exchange, Holding, Wallet, account::Account, catalog, wallet::Row};

type Amounts = &'static [(&'static str, &'static str, &'static str)];

/// Asset, free, locked.
const MAIN_SPOT: Amounts = &[
    ("BTC", "0.01234567", "0.00100000"),
    ("ETH", "1.50000000", "0.25000000"),
    ("USDT", "250.12345678", "49.87654322"),
    ("BNB", "0.00000000", "0.00000000"),
    ("SOL", "12.34567890", "0.00000000"),
    ("LDO", "12.50000000", "0.00000000"),
    ("LDUSDT", "1000.00000000", "0.00000000"),
    ("1000SATS", "20000.00000000", "500.00000000"),
    ("币安人生", "5.00000000", "0.00000000"),
    ("VTHO", "0.000000000000000037", "0.00000000"),
    ("EUR", "42.10000000", "7.90000000"),
];
const MAIN_FUNDING: Amounts = &[
    ("USDT", "75.25", "0"),
    ("BTC", "0.0005", "0"),
    ("BNB", "0.31", "0.02"),
];
/// The account with something in every wallet. What is in flexible earn shows in spot by itself.
const FULL_SPOT: Amounts = &[
    ("BTC", "0.25130000", "0.01000000"),
    ("ETH", "2.40000000", "0.00000000"),
    ("USDT", "1830.12000000", "169.88000000"),
    ("BNB", "3.15000000", "0.00000000"),
    ("LDO", "40.00000000", "0.00000000"),
    ("币安人生", "120.00000000", "0.00000000"),
];
const FULL_FUNDING: Amounts = &[("USDT", "310.5", "0"), ("EUR", "95.2", "0")];
const FULL_FLEXIBLE: Amounts = &[
    ("USDT", "2500.00000000", "0"),
    ("BTC", "0.05000000", "0"),
    ("SOL", "18.75000000", "0"),
    ("BAKE", "300.00000000", "0"),
    ("SHIB", "1500000.00000000", "0"),
];
const FULL_LOCKED: Amounts = &[
    ("AXS", "122.09202928", "0"),
    ("DOT", "85.50000000", "0"),
    ("AXS", "40.00000000", "0"),
];
const SECOND_SPOT: Amounts = &[
    ("BTC", "0.50000000", "0.00000000"),
    ("USDC", "1250.00000000", "0.00000000"),
];
const SECOND_FUNDING: Amounts = &[("ETH", "0.75", "0")];
const SMALL_SPOT: Amounts = &[
    ("ETH", "2.00000000", "0.00000000"),
    ("USDT", "10.00000000", "0.00000000"),
];
const TESTNET_SPOT: Amounts = &[
    ("BTC", "1.00000000", "0.00000000"),
    ("USDT", "10000.00000000", "0.00000000"),
    ("456", "18466.00000000", "0.00000000"),
    ("这是测试币", "18466.00000000", "0.00000000"),
];

/// Every account of this exchange.
pub(in crate::sandbox) fn accounts() -> Vec<Account> {
    vec![
        full(),
        account("418230571", rows(MAIN_SPOT), rows(MAIN_FUNDING)),
        account("507719264", rows(SECOND_SPOT), rows(SECOND_FUNDING)),
        account("633018452", rows(SMALL_SPOT), Vec::new()),
        account("690145823", rows(SMALL_SPOT), Vec::new()),
        account("712664390", Vec::new(), Vec::new()),
        account("745901138", many(), Vec::new()),
        account("768320417", rows(SMALL_SPOT), rows(SECOND_FUNDING)),
        account("803457712", rows(SMALL_SPOT), Vec::new()),
        account("831992046", rows(SMALL_SPOT), Vec::new()),
        account("859110375", rows(SMALL_SPOT), Vec::new()),
        account("877643201", rows(SMALL_SPOT), Vec::new()),
        account("1002340019", rows(TESTNET_SPOT), Vec::new()),
    ]
}

fn full() -> Account {
    let wallets = [
        (Wallet::Spot, rows(FULL_SPOT)),
        (Wallet::Funding, rows(FULL_FUNDING)),
        (Wallet::EarnFlexible, rows(FULL_FLEXIBLE)),
        (Wallet::EarnLocked, rows(FULL_LOCKED)),
        (Wallet::Margin, loans()),
    ];
    let mut account = Account::new(Exchange::Binance, "391857046", wallets);
    let bots = ("Trading Bots".to_owned(), "260.00".to_owned());
    account.elsewhere.extend([bots]);
    account
}

/// A margin account: coins bought with dollars that are owed.
fn loans() -> Vec<Row> {
    let nought = "0.00000000";
    vec![
        Row::Holding(Holding::owing("BTC", "0.02000000", nought, nought, nought)),
        Row::Holding(Holding::owing(
            "USDT",
            "120.50000000",
            nought,
            "900.00000000",
            "0.37125000",
        )),
    ]
}

fn account(uid: &str, spot: Vec<Row>, funding: Vec<Row>) -> Account {
    Account::new(
        Exchange::Binance,
        uid,
        [(Wallet::Spot, spot), (Wallet::Funding, funding)],
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
    let amount = |index: usize| format!("{}.{:08}", index * 7 % 1000, index * 7919 % 100_000_000);
    let codes = catalog::many_codes().enumerate();
    codes
        .map(|(index, code)| row(&code, &amount(index + 1), "0.00000000"))
        .collect()
}
