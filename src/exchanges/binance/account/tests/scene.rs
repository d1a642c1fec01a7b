//! An account that answers as told, and what a process remembers of it between readings.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use super::super::super::ALLOWED;
use super::super::super::tests::{
    ACCOUNT, FLEXIBLE, FUNDING, LOCKED, MARGIN, OVERVIEW, RESTRICTIONS, TIME, USER_ASSETS, account,
    funding, query, restrictions, time,
};
use super::super::*;
use crate::exchanges::Exchange;
use crate::exchanges::testing::{
    Fake, client, credentials, fixture, live, ok, registry, reply, reply_with, target,
};

pub(super) const NO_MARGIN: &str = r#"{"code":-3003,"msg":"Margin account does not exist."}"#;
pub(super) const NO_EARN: &str = r#"[{"activate":true,"balance":"0","walletName":"Earn"}]"#;
pub(super) const SOME_EARN: &str = r#"[{"activate":true,"balance":"0.1","walletName":"Earn"}]"#;
pub(super) const NO_POSITIONS: &str = r#"{"total":0}"#;
pub(super) const TOKEN: &str = r#"[{"asset":"LDUSDT","free":"5","locked":"0"}]"#;

/// An account whose answers can be changed between readings, and what is remembered of it.
pub(super) struct Scene {
    pub(super) fake: Fake,
    replies: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    pub(super) known: Vec<KnownWallet>,
    seen: usize,
}

impl Scene {
    /// The manual's account, without earn.
    pub(super) fn new() -> Self {
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

    pub(super) fn answer(&self, target: &str, reply: Vec<u8>) {
        self.replies
            .lock()
            .unwrap()
            .insert(target.to_owned(), reply);
    }

    /// Gives an account flexible positions that spot lists again.
    pub(super) fn earn(&self) {
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
        let spot = fixture("binance_account_with_earn_tokens_constructed.json");
        let rows = spot.split_once("\"balances\":").unwrap().1;
        let rows = rows.split_once(']').unwrap().0;
        self.answer(USER_ASSETS, ok(&format!("{rows}]")));
    }

    /// Reads key and account as a sync does, and remembers the wallets as storage does.
    pub(super) async fn sync(&mut self, thorough: bool) -> AccountReading {
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
    pub(super) fn news(&mut self) -> Vec<String> {
        let mut news = self.fake.targets().split_off(self.seen);
        self.seen += news.len();
        news.retain(|target| target != TIME);
        news.sort();
        news
    }

    /// What the calls since then weigh by the manual.
    pub(super) fn weight(&mut self) -> u32 {
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

pub(super) fn query_page(head: &str) -> &str {
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

pub(super) fn remember(known: &[KnownWallet], reading: &WalletReading) -> KnownWallet {
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
pub(super) fn totals(account: &AccountReading, wallet: &str) -> Vec<(String, String)> {
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

pub(super) fn names(totals: &[(String, String)]) -> Vec<&str> {
    totals.iter().map(|(asset, _)| asset.as_str()).collect()
}
