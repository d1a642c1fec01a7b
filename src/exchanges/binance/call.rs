//! One signed call to Binance: clock, signature, sending, refusal.

use futures::future::BoxFuture;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::{Binance, TIME, refusals, sign, wire};
use crate::domain::problem::{BadKey, ExchangeProblem};
use crate::exchanges::allow::{Endpoint, Site};
use crate::exchanges::clock::Timed;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::transport::{Answer, Call, secret_header};
use crate::exchanges::{Access, Credentials};

/// Manual: binance-spot-api-docs, rest-api.md, "Request Security"; state of 2026-07-21.
const KEY_HEADER: HeaderName = HeaderName::from_static("x-mbx-apikey");

struct Signed<'a> {
    binance: &'a Binance,
    site: &'a Site,
    credentials: &'a Credentials,
    endpoint: &'a Endpoint,
    parameters: &'a str,
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
        let signed = Signed {
            binance: self,
            site,
            credentials: access.credentials,
            endpoint,
            parameters,
            key,
        };
        self.clocks.timed(site.base.as_str(), &signed).await
    }

    async fn send(&self, site: &Site, call: Call<'_>) -> Result<Answer, ExchangeError> {
        let answer = self.shared.transport.send(site, call).await?;
        match refusals::refusal(&answer, self.clocks.local_ms()) {
            Some(refusal) => Err(refusal),
            None => Ok(answer),
        }
    }
}

impl Timed for Signed<'_> {
    fn ask_time(&self) -> BoxFuture<'_, Result<i64, ExchangeError>> {
        Box::pin(async {
            let call = Call {
                method: TIME.method,
                path: TIME.path,
                query: "",
                headers: HeaderMap::new(),
            };
            let answer = self.binance.send(self.site, call).await?;
            wire::server_time(answer.text()?)
        })
    }

    fn attempt(&self, now_ms: i64) -> BoxFuture<'_, Result<Answer, ExchangeError>> {
        Box::pin(async move {
            let query = sign::signed_query(&self.credentials.secret_key, self.parameters, now_ms)?;
            let call = Call {
                method: self.endpoint.method.clone(),
                path: self.endpoint.path,
                query: &query,
                headers: HeaderMap::from_iter([(KEY_HEADER, self.key.clone())]),
            };
            self.binance.send(self.site, call).await
        })
    }
}
