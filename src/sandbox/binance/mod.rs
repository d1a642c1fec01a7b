//! Binance: the spot and wallet interfaces, as its manual has them.

mod accounts;
mod auth;
mod earn;
mod endpoints;
mod key;
mod klines;
mod margin;
mod market;
mod overview;
mod params;
mod past;
mod refusal;
mod rights;
mod streams;
mod table;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wallet_tests;
mod wallets;
mod weights;
mod writes;

pub(super) use accounts::accounts;
pub(super) use key::Binance;
pub(super) use streams::{Api, Prices};

use std::sync::Arc;

use super::{
    Exchange, Wallet,
    account::Account,
    call::Call,
    reply::Reply,
    state::{State, Verdict},
    wallet::Row,
};
use endpoints::{Endpoint, Security};
use key::Key;
use params::Params;
use refusal::Refusal;

/// What an endpoint knows when it answers.
struct Context<'a> {
    state: &'a State,
    call: &'a Call,
    params: &'a Params,
    /// The key that signed; `None` on public endpoints.
    key: Option<&'a Key>,
    now_ms: i64,
}

impl<'a> Context<'a> {
    /// The account behind the key.
    fn account(&self) -> Option<&'a Account> {
        self.state.accounts.get(Exchange::Binance, &self.key?.uid)
    }

    /// The rows of a wallet.
    fn rows(&self, wallet: Wallet) -> &'a [Row] {
        self.account().map_or(&[], |account| account.rows(wallet))
    }

    /// A time in the unit the request asked for: milliseconds, or microseconds by header.
    fn stamp(&self, ms: i64) -> Result<i64, Refusal> {
        match self.call.header("x-mbx-time-unit") {
            None | Some("MILLISECOND" | "millisecond") => Ok(ms),
            Some("MICROSECOND" | "microsecond") => Ok(ms.saturating_mul(1000)),
            Some(_) => Err(Refusal::time_unit()),
        }
    }
}

/// Judges a request to a path of Binance's.
pub(super) fn judge(state: &mut State, call: &Call, now_ms: i64) -> Verdict {
    let found = endpoints::find(call);
    let attempted_write = found.map_or(!call.method.is_safe(), Endpoint::writes);
    let verdict = match found {
        _ if closed(state, call) => Verdict::anonymous(Refusal::maintenance().into()),
        _ if on_testnet(state, call) => Verdict::anonymous(Reply::html(404, "\n")),
        Some(endpoint) => admit(state, call, endpoint, now_ms),
        None => Verdict::anonymous(Reply::html(endpoints::status_of_unknown(call), "")),
    };
    Verdict {
        attempted_write,
        ..verdict
    }
}

/// Whether maintenance closes the path: all but the one that tells of it.
fn closed(state: &State, call: &Call) -> bool {
    state.maintenance.contains(&Exchange::Binance) && call.path != rights::SYSTEM_STATUS
}

/// Whether the path does not exist because the key is one of the test network's.
fn on_testnet(state: &State, call: &Call) -> bool {
    let key = call
        .header(auth::KEY_HEADER)
        .and_then(|text| state.binance.key(text));
    call.path.starts_with("/sapi/") && key.is_some_and(|key| key.testnet)
}

/// Counts the request's weight and, within the limit, answers it.
fn admit(state: &mut State, call: &Call, endpoint: &Endpoint, now_ms: i64) -> Verdict {
    let charge =
        state
            .binance
            .weights
            .charge(endpoint.limit, endpoint.path, endpoint.weight, now_ms);
    let mut verdict = match &charge.refused {
        Some(overrun) => Verdict::anonymous(overrun.reply(now_ms)),
        None => answer(state, call, endpoint, now_ms),
    };
    for name in endpoint.limit.headers() {
        verdict.reply = verdict.reply.with_header(name, charge.used);
    }
    verdict
}

fn answer(state: &State, call: &Call, endpoint: &Endpoint, now_ms: i64) -> Verdict {
    let params = match Params::read(call) {
        Ok(params) => params,
        Err(refusal) => return Verdict::anonymous(refusal.into()),
    };
    let key = match endpoint.security {
        Security::None => None,
        _ => match auth::authenticate(state, call, &params, now_ms) {
            Ok(key) => Some(key),
            Err(refusal) => return Verdict::anonymous(refusal.into()),
        },
    };
    let context = Context {
        state,
        call,
        params: &params,
        key,
        now_ms,
    };
    let reply = params
        .expect_only(endpoint.params, key.is_some())
        .and_then(|()| endpoint.security.permit(key))
        .and_then(|()| (endpoint.serve)(&context))
        .unwrap_or_else(Reply::from);
    Verdict {
        reply,
        uid: key.map(|key| Arc::clone(&key.uid)),
        attempted_write: false,
    }
}
