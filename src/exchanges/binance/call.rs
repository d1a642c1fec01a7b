//! What is Binance's own in a call.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;

use super::{Binance, TIME, refusals, sign, wire};
use crate::domain::exchange::Environment;
use crate::domain::problem::{BadKey, ExchangeProblem};
use crate::domain::timestamp::Timestamp;
use crate::exchanges::allow::{Endpoint, Site};
use crate::exchanges::calling::{Caller, Protocol, Signed, Signer, Terms};
use crate::exchanges::cost::Scope;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::hosts::{Host, each_once};
use crate::exchanges::tickers::terms;
use crate::exchanges::transport::{Answer, secret_header};
use crate::exchanges::{Access, Journal};

/// Manual: binance-spot-api-docs, rest-api.md, "Request Security"; state of 2026-07-21.
const KEY_HEADER: HeaderName = HeaderName::from_static("x-mbx-apikey");

/// How Binance talks, whoever asks.
struct Manners;

struct Key<'a> {
    secret: &'a SecretString,
    key: HeaderValue,
}

impl Binance {
    /// Sends a signed request by the exchange's clock and gives an answer that is no refusal.
    pub(super) async fn signed(
        &self,
        access: Access<'_>,
        endpoint: &Endpoint,
        parameters: &str,
    ) -> Result<Answer, ExchangeError> {
        let site = self.site(access.environment);
        let key = secret_header(&access.credentials.api_key)
            .ok_or(ExchangeProblem::InvalidCredentials(BadKey::Malformed))?;
        let signer = Key {
            secret: &access.credentials.secret_key,
            key,
        };
        let caller = self.caller(site, access.into());
        caller.call(&signer, endpoint, parameters).await
    }

    /// The hosts, each with what it is for.
    pub(super) fn all_hosts(&self) -> Vec<Host> {
        let host = |(name, site, environment): (&str, &Site, _)| Host {
            site: name.to_owned(),
            place: site.place("binance"),
            environment,
        };
        let hosts = [
            ("live", &self.live, Environment::Live),
            ("market", &self.market, Environment::Live),
            ("testnet", &self.testnet, Environment::Testnet),
        ];
        each_once(hosts.map(host))
    }

    /// Asks a host for its time.
    pub(super) async fn time_of(
        &self,
        host: &Host,
        environment: Environment,
    ) -> Result<Timestamp, ExchangeProblem> {
        let sites = [&self.live, &self.market, &self.testnet];
        let mut sites = sites.into_iter();
        let site = sites.find(|site| site.place("binance") == host.place);
        let site = site.ok_or(ExchangeProblem::WrongRegion)?;
        let journal = Journal::default();
        let terms = Terms {
            environment,
            ..terms(&journal)
        };
        let time = self.caller(site, terms).server_time().await;
        time.map_err(ExchangeError::into_problem)
    }

    /// Somebody who calls a site on these terms.
    pub(super) fn caller<'a>(&'a self, site: &'a Site, terms: Terms<'a>) -> Caller<'a> {
        Caller {
            shared: &self.shared,
            clocks: &self.clocks,
            site,
            place: site.place("binance"),
            terms,
            protocol: &Manners,
        }
    }
}

impl Protocol for Manners {
    fn time(&self) -> Endpoint {
        TIME
    }

    fn read_time(&self, body: &str) -> Result<i64, ExchangeError> {
        wire::server_time(body)
    }

    fn refusal(&self, answer: &Answer, now_ms: i64) -> Option<ExchangeError> {
        refusals::refusal(answer, now_ms)
    }

    /// Manual: binance-spot-api-docs, rest-api.md, "LIMITS" (state of 2026-07-21), and the general
    /// information of the wallet interface (copy of 2026).
    fn used(&self, answer: &Answer, scope: Scope) -> Option<u32> {
        answer.number(match scope {
            Scope::Address => "x-mbx-used-weight-1m",
            Scope::PathByAddress => "x-sapi-used-ip-weight-1m",
            Scope::PathByAccount => "x-sapi-used-uid-weight-1m",
        })
    }
}

impl Signer for Key<'_> {
    fn sign(
        &self,
        _endpoint: &Endpoint,
        parameters: &str,
        now_ms: i64,
    ) -> Result<Signed, ExchangeError> {
        Ok(Signed {
            query: sign::signed_query(self.secret, parameters, now_ms)?,
            headers: HeaderMap::from_iter([(KEY_HEADER, self.key.clone())]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weight_used_is_read_from_the_header_of_the_budget() {
        for (header, scope) in [
            ("X-MBX-USED-WEIGHT-1M", Scope::Address),
            ("X-SAPI-USED-IP-WEIGHT-1M", Scope::PathByAddress),
            ("X-SAPI-USED-UID-WEIGHT-1M", Scope::PathByAccount),
        ] {
            let mut answer = Answer::default();
            assert_eq!(Manners.used(&answer, scope), None);
            let name: HeaderName = header.parse().unwrap();
            answer.headers.insert(name, HeaderValue::from_static("17"));
            assert_eq!(Manners.used(&answer, scope), Some(17), "{header}");
        }
    }
}
