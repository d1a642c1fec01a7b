//! The keys of OKX, what they may do and where they are known.

use std::{collections::HashMap, sync::Arc};

use super::rates::Rates;
use crate::sandbox::keys::{DemoKey, okx as ready};

/// The site an account was opened on; a key is known there alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OkxRegion {
    /// www.okx.com
    Global,
    /// The European Economic Area.
    Eea,
    /// The United States and Australia.
    Us,
}

/// A key and what it may do.
#[derive(Clone)]
pub(in crate::sandbox) struct Key {
    api_key: String,
    pub(super) secret: String,
    pub(super) passphrase: String,
    pub(super) uid: Arc<str>,
    /// The account that this one belongs to; itself unless it is a sub-account.
    pub(super) main_uid: Arc<str>,
    /// Its rights as the configuration tells them; `None` leaves them untold.
    pub(in crate::sandbox) perm: Option<String>,
    /// The addresses it answers to; empty for all.
    pub(super) addresses: &'static [&'static str],
    pub(super) demo: bool,
    region: OkxRegion,
}

impl Key {
    fn new(demo: DemoKey, uid: &str, perm: &str) -> Self {
        let passphrase = demo.passphrase.unwrap_or_default();
        Self {
            perm: Some(perm.to_owned()),
            ..Self::read_only([demo.api_key, demo.secret_key, passphrase], uid)
        }
    }

    /// A key from its three parts: the public one, the one that signs and the passphrase.
    fn read_only([api_key, secret, passphrase]: [&str; 3], uid: &str) -> Self {
        let uid: Arc<str> = uid.into();
        Self {
            api_key: api_key.to_owned(),
            secret: secret.to_owned(),
            passphrase: passphrase.to_owned(),
            main_uid: Arc::clone(&uid),
            uid,
            perm: Some("read_only".to_owned()),
            addresses: &[],
            demo: false,
            region: OkxRegion::Global,
        }
    }

    /// Whether the account belongs to another one.
    pub(super) fn is_of_sub_account(&self) -> bool {
        self.uid != self.main_uid
    }

    /// Whether the key has a right. Where the rights are untold, it may read.
    pub(super) fn may(&self, word: &str) -> bool {
        self.perm
            .as_deref()
            .unwrap_or("read_only")
            .split(',')
            .any(|own| own == word)
    }

    /// Whether the key may be used from an address.
    pub(super) fn answers_to(&self, address: &str) -> bool {
        self.addresses.is_empty() || self.addresses.contains(&address)
    }
}

/// The exchange's side: its keys, its limits and the site it plays.
pub(in crate::sandbox) struct Okx {
    /// By API key.
    keys: HashMap<String, Arc<Key>>,
    region: Option<OkxRegion>,
    pub(in crate::sandbox) rates: Rates,
}

impl Okx {
    /// Every ready-made key, known to the site of its account; without a site, to all.
    pub(in crate::sandbox) fn new(region: Option<OkxRegion>) -> Self {
        Self {
            keys: keys(),
            region,
            rates: Rates::default(),
        }
    }

    /// A key, as far as this site knows it.
    pub(super) fn key(&self, api_key: &str) -> Option<&Arc<Key>> {
        let here = |key: &&Arc<Key>| self.region.is_none_or(|region| region == key.region);
        self.keys.get(api_key).filter(here)
    }

    pub(in crate::sandbox) fn key_mut(&mut self, api_key: &str) -> Option<&mut Key> {
        self.keys.get_mut(api_key).map(Arc::make_mut)
    }

    /// Forgets a key; `false` when there was none.
    pub(in crate::sandbox) fn remove_key(&mut self, api_key: &str) -> bool {
        self.keys.remove(api_key).is_some()
    }

    /// Makes a read-only key of an account, from its public part, the one that signs and the
    /// passphrase.
    pub(in crate::sandbox) fn add_key(&mut self, parts: [&str; 3], uid: &str) {
        let key = Key::read_only(parts, uid);
        self.keys.insert(key.api_key.clone(), Arc::new(key));
    }

    /// The account number behind a key.
    pub(in crate::sandbox) fn uid(&self, api_key: &str) -> Option<Arc<str>> {
        self.keys.get(api_key).map(|key| Arc::clone(&key.uid))
    }
}

fn keys() -> HashMap<String, Arc<Key>> {
    let keys = ready_made().into_iter();
    keys.map(|key| (key.api_key.clone(), Arc::new(key)))
        .collect()
}

fn ready_made() -> Vec<Key> {
    let read = |demo, uid| Key::new(demo, uid, "read_only");
    vec![
        read(ready::EVERY_WALLET, "43816620957184000"),
        read(ready::READ_ONLY, "44705892343619584"),
        read(ready::SAME_ACCOUNT, "44705892343619584"),
        read(ready::SECOND, "51903377218846720"),
        Key::new(ready::TRADING, "52210483367194624", "read_only,trade"),
        Key::new(
            ready::WITHDRAWING,
            "53377180926455808",
            "read_only,withdraw,trade",
        ),
        read(ready::EMPTY, "54018826491527168"),
        read(ready::MANY, "55290417736282112"),
        Key {
            addresses: &["203.0.113.7"],
            ..read(ready::IP_BOUND, "56471093328195584")
        },
        Key::new(ready::NEW_RIGHT, "57733820164509696", "read_only,earn"),
        Key {
            main_uid: "44705892343619584".into(),
            ..read(ready::SUB_ACCOUNT, "58840917725360128")
        },
        Key {
            perm: None,
            ..read(ready::RIGHT_MISSING, "59902264817430528")
        },
        Key::new(ready::NO_READING, "60011739284655104", "trade"),
        Key {
            demo: true,
            ..read(ready::DEMO, "61120483957276672")
        },
        Key {
            region: OkxRegion::Eea,
            ..read(ready::EEA, "62239917460823040")
        },
        Key {
            region: OkxRegion::Us,
            ..read(ready::US, "63350028814376960")
        },
    ]
}
