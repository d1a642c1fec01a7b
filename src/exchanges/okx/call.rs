//! What is OKX's own in a call.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::{Okx, TIME, refusals, sign, wire};
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

// Manual: OKX API v5, "REST Authentication" and "Demo Trading Services"; copy of 2025-08-17.
const KEY_HEADER: HeaderName = HeaderName::from_static("ok-access-key");
const SIGN_HEADER: HeaderName = HeaderName::from_static("ok-access-sign");
const TIMESTAMP_HEADER: HeaderName = HeaderName::from_static("ok-access-timestamp");
const PASSPHRASE_HEADER: HeaderName = HeaderName::from_static("ok-access-passphrase");
const DEMO_HEADER: HeaderName = HeaderName::from_static("x-simulated-trading");

/// How OKX talks, whoever asks.
struct Manners;

struct Key<'a> {
    access: Access<'a>,
}

impl Okx {
    /// Sends a signed request by the site's clock and gives an answer that is no refusal.
    pub(super) async fn signed(
        &self,
        site: &Site,
        access: Access<'_>,
        endpoint: &Endpoint,
    ) -> Result<Answer, ExchangeError> {
        let caller = self.caller(site, access.into());
        caller.call(&Key { access }, endpoint, "").await
    }

    /// The hosts, each with the region it is for. Test accounts are asked at the same ones.
    pub(super) fn all_hosts(&self) -> Vec<Host> {
        let host = |(region, site): &(String, Site)| Host {
            site: region.clone(),
            place: site.place("okx"),
            environment: Environment::Live,
        };
        each_once(self.sites.iter().map(host))
    }

    /// Asks a host for its time.
    pub(super) async fn time_of(
        &self,
        host: &Host,
        environment: Environment,
    ) -> Result<Timestamp, ExchangeProblem> {
        let mut sites = self.sites.iter().map(|(_, site)| site);
        let site = sites.find(|site| site.place("okx") == host.place);
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
            place: site.place("okx"),
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

    fn refusal(&self, answer: &Answer, _now_ms: i64) -> Option<ExchangeError> {
        refusals::refusal(answer)
    }

    /// OKX says nothing of it.
    fn used(&self, _answer: &Answer, _scope: Scope) -> Option<u32> {
        None
    }
}

impl Signer for Key<'_> {
    fn sign(
        &self,
        endpoint: &Endpoint,
        parameters: &str,
        now_ms: i64,
    ) -> Result<Signed, ExchangeError> {
        let credentials = self.access.credentials;
        let malformed = ExchangeProblem::InvalidCredentials(BadKey::Malformed);
        let key = secret_header(&credentials.api_key).ok_or(malformed)?;
        let passphrase = credentials.passphrase.as_ref().and_then(secret_header);
        let passphrase = passphrase.ok_or(ExchangeProblem::WrongPassphrase)?;
        let timestamp = sign::timestamp(now_ms)?;
        let joint = if parameters.is_empty() { "" } else { "?" };
        let target = format!("{}{joint}{parameters}", endpoint.path);
        let (secret, method) = (&credentials.secret_key, endpoint.method.as_str());
        let signature = sign::signature(secret, &timestamp, method, &target, "")?;
        let mut headers = HeaderMap::from_iter([
            (KEY_HEADER, key),
            (SIGN_HEADER, header(&signature)?),
            (TIMESTAMP_HEADER, header(&timestamp)?),
            (PASSPHRASE_HEADER, passphrase),
        ]);
        if self.access.environment == Environment::Testnet {
            headers.insert(DEMO_HEADER, HeaderValue::from_static("1"));
        }
        let query = parameters.to_owned();
        Ok(Signed { query, headers })
    }
}

fn header(text: &str) -> Result<HeaderValue, ExchangeError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| ExchangeProblem::BadResponse)?;
    value.set_sensitive(true);
    Ok(value)
}
