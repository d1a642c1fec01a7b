//! Everything the exchanges know: accounts, keys, limits, and what was asked of them.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::Arc,
    time::Duration,
};

use super::{
    Fault, Record,
    account::{Account, Accounts},
    binance,
    call::Call,
    clock::Clock,
    fault::{self, Effect},
    flight::{Flights, Lane},
    okx,
    pairs::Markets,
    reply::Reply,
    streams::Streams,
};

/// How many requests are remembered; the oldest are forgotten first.
const RECORDS: usize = 100_000;

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

/// The whole of the sandbox, behind one lock.
pub(super) struct State {
    pub(super) clock: Clock,
    /// The address the exchanges take every request to come from.
    pub(super) seen_address: String,
    pub(super) accounts: Accounts,
    pub(super) markets: Markets,
    pub(super) binance: binance::Binance,
    pub(super) okx: okx::Okx,
    pub(super) maintenance: Vec<Exchange>,
    pub(super) faults: Vec<Fault>,
    pub(super) delays: Vec<(String, Duration)>,
    /// How long every answer of an exchange takes.
    pub(super) latency: BTreeMap<Exchange, Duration>,
    pub(super) records: VecDeque<Record>,
    pub(super) flights: Flights,
    pub(super) streams: Streams,
}

/// What an exchange makes of a request.
pub(super) struct Verdict {
    pub(super) reply: Reply,
    /// The account behind the key, when key and signature were accepted.
    pub(super) uid: Option<Arc<str>>,
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
    /// How long it is held back.
    pub(super) delay: Duration,
    /// What to count the request out of when its answer begins.
    pub(super) lanes: Vec<Lane>,
}

impl State {
    /// The state at the start: every ready-made key, nothing asked yet.
    pub(super) fn new(region: Option<okx::OkxRegion>) -> Self {
        let mut accounts = Accounts::default();
        for account in binance::accounts().into_iter().chain(okx::accounts()) {
            accounts.insert(account);
        }
        Self {
            clock: Clock::default(),
            seen_address: "127.0.0.1".to_owned(),
            accounts,
            markets: Markets::default(),
            binance: binance::Binance::new(),
            okx: okx::Okx::new(region),
            maintenance: Vec::new(),
            faults: Vec::new(),
            delays: Vec::new(),
            latency: BTreeMap::new(),
            records: VecDeque::new(),
            flights: Flights::default(),
            streams: Streams::default(),
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
        self.remember(Record {
            exchange,
            method: call.method.to_string(),
            path: call.path.clone(),
            parameters: call.parameter_names(),
            authenticated: verdict.uid.is_some(),
            uid: verdict.uid.as_deref().map(str::to_owned),
            status: effect
                .as_ref()
                .and_then(Effect::status)
                .unwrap_or(verdict.reply.status),
            attempted_write: verdict.attempted_write,
            at_ms: now_ms,
        });
        Outcome {
            reply: verdict.reply,
            effect,
            delay: self.delay(exchange, &call.path),
            lanes: self.flights.take_off(exchange, verdict.uid, &call.path),
        }
    }

    /// The account behind an API key of either exchange.
    pub(super) fn account_of_mut(&mut self, api_key: &str) -> Option<&mut Account> {
        let (exchange, uid) = self.owner(api_key)?;
        self.accounts.get_mut(exchange, &uid)
    }

    /// The exchange and the account number behind an API key.
    pub(super) fn owner(&self, api_key: &str) -> Option<(Exchange, Arc<str>)> {
        let binance = self.binance.uid(api_key);
        let okx = || self.okx.uid(api_key).map(|uid| (Exchange::Okx, uid));
        binance.map(|uid| (Exchange::Binance, uid)).or_else(okx)
    }

    /// Remembers a request; of too many the latest.
    pub(super) fn remember(&mut self, record: Record) {
        if self.records.len() == RECORDS {
            self.records.pop_front();
        }
        self.records.push_back(record);
    }

    fn delay(&self, exchange: Exchange, path: &str) -> Duration {
        let mut delays = self.delays.iter();
        let of_path = delays.find(|(prefix, _)| path.starts_with(prefix));
        let latency = self.latency.get(&exchange).copied().unwrap_or_default();
        latency.saturating_add(of_path.map_or(Duration::ZERO, |(_, delay)| *delay))
    }
}
