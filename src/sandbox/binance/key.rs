//! The keys of Binance and what they may do.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::weights::Weights;
use crate::sandbox::keys::{DemoKey, binance as ready};

/// Every flag that the manual names.
const FLAGS: &[&str] = &[
    "enableReading",
    "enableWithdrawals",
    "enableInternalTransfer",
    "enableMargin",
    "enableFutures",
    "permitsUniversalTransfer",
    "enableVanillaOptions",
    "enableFixApiTrade",
    "enableFixReadOnly",
    "enableSpotAndMarginTrading",
    "enablePortfolioMarginTrading",
];

/// A key and what it may do.
pub(in crate::sandbox) struct Key {
    api_key: String,
    pub(super) secret: String,
    pub(super) uid: Arc<str>,
    /// The flags that `apiRestrictions` tells.
    pub(in crate::sandbox) rights: BTreeMap<String, bool>,
    /// Whether `apiRestrictions` refuses the key.
    pub(in crate::sandbox) rights_hidden: bool,
    /// The addresses it answers to; empty for all.
    pub(super) addresses: &'static [&'static str],
    pub(super) testnet: bool,
    /// When its right to trade lapses, in milliseconds since the epoch.
    pub(super) trading_ends_ms: Option<i64>,
}

impl Key {
    fn new(demo: DemoKey, uid: &str) -> Self {
        Self::read_only(demo.api_key, demo.secret_key, uid)
    }

    fn read_only(api_key: &str, secret: &str, uid: &str) -> Self {
        let mut rights: BTreeMap<_, _> =
            FLAGS.iter().map(|&name| (name.to_owned(), false)).collect();
        rights.insert("enableReading".to_owned(), true);
        Self {
            api_key: api_key.to_owned(),
            secret: secret.to_owned(),
            uid: uid.into(),
            rights,
            rights_hidden: false,
            addresses: &[],
            testnet: false,
            trading_ends_ms: None,
        }
    }

    fn with(mut self, name: &str, on: bool) -> Self {
        self.rights.insert(name.to_owned(), on);
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.rights.remove(name);
        self
    }

    /// Whether the key has a right.
    pub(super) fn may(&self, right: &str) -> bool {
        self.rights.get(right).copied().unwrap_or(false)
    }

    /// Whether the key may be used from an address.
    pub(super) fn answers_to(&self, address: &str) -> bool {
        self.addresses.is_empty() || self.addresses.contains(&address)
    }
}

/// The exchange's side: its keys and its limits.
pub(in crate::sandbox) struct Binance {
    /// By API key.
    keys: HashMap<String, Key>,
    pub(in crate::sandbox) weights: Weights,
}

impl Binance {
    /// Every ready-made key, at full limits.
    pub(in crate::sandbox) fn new() -> Self {
        Self {
            keys: keys(),
            weights: Weights::default(),
        }
    }

    pub(super) fn key(&self, api_key: &str) -> Option<&Key> {
        self.keys.get(api_key)
    }

    pub(in crate::sandbox) fn key_mut(&mut self, api_key: &str) -> Option<&mut Key> {
        self.keys.get_mut(api_key)
    }

    /// Forgets a key; `false` when there was none.
    pub(in crate::sandbox) fn remove_key(&mut self, api_key: &str) -> bool {
        self.keys.remove(api_key).is_some()
    }

    /// Makes a read-only key of an account.
    pub(in crate::sandbox) fn add_key(&mut self, api_key: &str, secret: &str, uid: &str) {
        let key = Key::read_only(api_key, secret, uid);
        self.keys.insert(key.api_key.clone(), key);
    }

    /// The account number behind a key.
    pub(in crate::sandbox) fn uid(&self, api_key: &str) -> Option<Arc<str>> {
        self.key(api_key).map(|key| Arc::clone(&key.uid))
    }
}

fn keys() -> HashMap<String, Key> {
    let keys = ready_made().into_iter();
    keys.map(|key| (key.api_key.clone(), key)).collect()
}

fn ready_made() -> Vec<Key> {
    vec![
        Key::new(ready::EVERY_WALLET, "391857046"),
        Key::new(ready::READ_ONLY, "418230571"),
        Key::new(ready::SAME_ACCOUNT, "418230571"),
        Key::new(ready::SECOND, "507719264"),
        Key {
            trading_ends_ms: Some(1_893_456_000_000),
            ..Key::new(ready::TRADING, "633018452").with("enableSpotAndMarginTrading", true)
        },
        Key::new(ready::WITHDRAWING, "690145823")
            .with("enableWithdrawals", true)
            .with("enableInternalTransfer", true)
            .with("permitsUniversalTransfer", true),
        Key::new(ready::EMPTY, "712664390"),
        Key::new(ready::MANY, "745901138"),
        Key {
            addresses: &["203.0.113.7"],
            ..Key::new(ready::IP_BOUND, "768320417")
        },
        Key::new(ready::NEW_RIGHT, "803457712").with("enableSomethingNew", true),
        Key {
            rights_hidden: true,
            ..Key::new(ready::RIGHTS_HIDDEN, "831992046")
        },
        Key::new(ready::RIGHT_MISSING, "859110375").without("enableWithdrawals"),
        Key::new(ready::NO_READING, "877643201").with("enableReading", false),
        Key {
            testnet: true,
            ..Key::new(ready::TESTNET, "1002340019")
        },
    ]
}
