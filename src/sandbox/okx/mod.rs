//! OKX: version 5 of its interface, as its manual has it.

mod accounts;
mod auth;
mod candles;
mod earn;
mod endpoints;
mod funding;
mod key;
mod public;
mod rates;
mod refusal;
mod streams;
#[cfg(test)]
mod tests;
mod timestamp;
mod trading;
mod valuation;
#[cfg(test)]
mod wallet_tests;
mod writes;

pub(super) use accounts::accounts;
pub(super) use key::Okx;
pub use key::OkxRegion;
pub(super) use streams::{Private, Public, notice};

use std::sync::Arc;

use serde_json::json;

use super::{
    Exchange, Holding, Wallet,
    account::Account,
    call::Call,
    reply::Reply,
    state::{State, Verdict},
    wallet::Row,
};
use endpoints::{Endpoint, Right};
use key::Key;
use refusal::Refusal;

/// What an endpoint knows when it answers.
struct Context<'a> {
    state: &'a State,
    call: &'a Call,
    /// The key that signed; `None` on public endpoints.
    key: Option<&'a Key>,
    now_ms: i64,
}

impl<'a> Context<'a> {
    /// The account behind the key.
    fn account(&self) -> Option<&'a Account> {
        self.state.accounts.get(Exchange::Okx, &self.key?.uid)
    }

    fn rows(&self, wallet: Wallet) -> &'a [Row] {
        self.account().map_or(&[], |account| account.rows(wallet))
    }

    /// The rows' texts, of the coins asked for or of all; `write` may leave one out.
    fn texts(
        &self,
        wallet: Wallet,
        write: impl Fn(&Holding) -> Option<String>,
    ) -> Result<String, Refusal> {
        let wanted = self.call.query_value("ccy").filter(|list| !list.is_empty());
        let wanted: Option<Vec<_>> = wanted.as_deref().map(|list| list.split(',').collect());
        if wanted.as_ref().is_some_and(|list| list.len() > 20) {
            return Err(Refusal::parameter("ccy"));
        }
        let asked = |asset: &str| wanted.as_ref().is_none_or(|list| list.contains(&asset));
        let write = |holding: &Holding| {
            if asked(&holding.asset) {
                write(holding)
            } else {
                None
            }
        };
        let texts: Vec<_> = self
            .rows(wallet)
            .iter()
            .filter_map(|row| row.text(write))
            .collect();
        Ok(texts.join(","))
    }
}

/// The usual envelope around the text of `data`'s elements.
fn envelope(data: &str) -> Reply {
    Reply::json(200, format!(r#"{{"code":"0","data":[{data}],"msg":""}}"#))
}

/// Judges a request to a path of OKX's.
pub(super) fn judge(state: &mut State, call: &Call, now_ms: i64) -> Verdict {
    let found = endpoints::find(call);
    let attempted_write = found.map_or(!call.method.is_safe(), Endpoint::writes);
    let verdict = match found {
        Some(endpoint) if closed(state, endpoint) => {
            Verdict::anonymous(Refusal::maintenance().into())
        }
        Some(endpoint) => answer(state, call, endpoint, now_ms),
        None if endpoints::is_known_path(call) => Verdict::anonymous(Refusal::method().into()),
        None => Verdict::anonymous(Reply::json(
            404,
            json!({ "msg": "Not Found", "code": "404" }),
        )),
    };
    Verdict {
        attempted_write,
        ..verdict
    }
}

/// Whether maintenance closes the path: all but the one that tells of it.
fn closed(state: &State, endpoint: &Endpoint) -> bool {
    state.maintenance.contains(&Exchange::Okx) && endpoint.path != public::SYSTEM_STATUS
}

fn answer(state: &mut State, call: &Call, endpoint: &Endpoint, now_ms: i64) -> Verdict {
    let key = match endpoint.right {
        Right::Public => None,
        _ => match auth::authenticate(state, call, now_ms) {
            Ok(key) => Some(Arc::clone(key)),
            Err(refusal) => return Verdict::anonymous(refusal.into()),
        },
    };
    let uid = key.as_ref().map(|key| Arc::clone(&key.uid));
    // Private paths are counted by account, public ones by address, of which there is one.
    let within = state
        .okx
        .rates
        .count(uid.clone().unwrap_or_default(), endpoint, now_ms);
    let context = Context {
        state,
        call,
        key: key.as_deref(),
        now_ms,
    };
    let reply = within
        .then_some(())
        .ok_or_else(Refusal::too_many)
        .and_then(|()| endpoint.right.permit(key.as_deref()))
        .and_then(|()| (endpoint.serve)(&context))
        .unwrap_or_else(Reply::from);
    Verdict {
        reply,
        uid,
        attempted_write: false,
    }
}
