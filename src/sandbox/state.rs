//! Everything the exchanges know: accounts, keys, limits, and what was asked of them.

use std::{collections::BTreeMap, fmt, time::Duration};

use super::{
    Fault, Record, Wallet, binance,
    call::Call,
    clock::Clock,
    fault::{self, Effect},
    okx,
    reply::Reply,
    wallet::Row,
};

/// An exchange that the sandbox plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exchange {
    /// Binance, spot and wallet.
    Binance,
    /// OKX, version 5.
    Okx,
}

impl Exchange {
    /// The exchange a path belongs to.
    pub(super) fn of_path(path: &str) -> Self {
        if path.starts_with("/api/v5/") {
            Self::Okx
        } else {
            Self::Binance
        }
    }
}

/// The name as the exchange writes it.
impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Binance => "Binance",
            Self::Okx => "OKX",
        })
    }
}

/// An account and what lies in it.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) exchange: Exchange,
    pub(super) uid: &'static str,
    pub(super) wallets: BTreeMap<Wallet, Vec<Row>>,
}

impl Account {
    /// The rows of a wallet, none when it was never used.
    pub(super) fn rows(&self, wallet: Wallet) -> &[Row] {
        self.wallets.get(&wallet).map_or(&[], Vec::as_slice)
    }
}

/// The whole of the sandbox, behind one lock.
pub(super) struct State {
    pub(super) clock: Clock,
    /// The address the exchanges take every request to come from.
    pub(super) seen_address: String,
    pub(super) accounts: Vec<Account>,
    pub(super) binance: binance::Binance,
    pub(super) okx: okx::Okx,
    pub(super) maintenance: Vec<Exchange>,
    pub(super) faults: Vec<Fault>,
    pub(super) delays: Vec<(String, Duration)>,
    pub(super) records: Vec<Record>,
}

/// What an exchange makes of a request.
pub(super) struct Verdict {
    pub(super) reply: Reply,
    /// The account behind the key, when key and signature were accepted.
    pub(super) uid: Option<&'static str>,
    pub(super) attempted_write: bool,
}

impl Verdict {
    /// A verdict on a request that showed no key.
    pub(super) fn anonymous(reply: Reply) -> Self {
        Self {
            reply,
            uid: None,
            attempted_write: false,
        }
    }
}

/// An answer with what is done to it on the way.
pub(super) struct Outcome {
    pub(super) reply: Reply,
    pub(super) effect: Option<Effect>,
    pub(super) delay: Option<Duration>,
}

impl State {
    /// The state at the start: every ready-made key, nothing asked yet.
    pub(super) fn new(region: Option<okx::OkxRegion>) -> Self {
        let mut accounts = binance::accounts();
        accounts.extend(okx::accounts());
        Self {
            clock: Clock::default(),
            seen_address: "127.0.0.1".to_owned(),
            accounts,
            binance: binance::Binance::new(),
            okx: okx::Okx::new(region),
            maintenance: Vec::new(),
            faults: Vec::new(),
            delays: Vec::new(),
            records: Vec::new(),
        }
    }

    /// Judges a request at the instant it arrived, remembers it and says how to answer.
    pub(super) fn answer(&mut self, call: &Call) -> Outcome {
        let now_ms = self.clock.now_ms();
        let exchange = Exchange::of_path(&call.path);
        let verdict = match exchange {
            Exchange::Binance => binance::judge(self, call, now_ms),
            Exchange::Okx => okx::judge(self, call, now_ms),
        };
        let effect = fault::next(&mut self.faults, &call.path);
        self.records.push(Record {
            exchange,
            method: call.method.to_string(),
            path: call.path.clone(),
            parameters: call.parameter_names(),
            authenticated: verdict.uid.is_some(),
            uid: verdict.uid.map(str::to_owned),
            status: effect
                .as_ref()
                .and_then(Effect::status)
                .unwrap_or(verdict.reply.status),
            attempted_write: verdict.attempted_write,
            at_ms: now_ms,
        });
        let mut delays = self.delays.iter();
        let delay = delays
            .find(|(prefix, _)| call.path.starts_with(prefix))
            .map(|(_, delay)| *delay);
        Outcome {
            reply: verdict.reply,
            effect,
            delay,
        }
    }

    /// The account with this number.
    pub(super) fn account(&self, exchange: Exchange, uid: &str) -> Option<&Account> {
        self.accounts
            .iter()
            .find(|account| account.exchange == exchange && account.uid == uid)
    }

    /// The account behind an API key of either exchange.
    pub(super) fn account_of_mut(&mut self, api_key: &str) -> Option<&mut Account> {
        let binance = self
            .binance
            .key_mut(api_key)
            .map(|key| (Exchange::Binance, key.uid));
        let okx = self
            .okx
            .key_mut(api_key)
            .map(|key| (Exchange::Okx, key.uid));
        let (exchange, uid) = binance.or(okx)?;
        self.accounts
            .iter_mut()
            .find(|account| account.exchange == exchange && account.uid == uid)
    }
}
