//! One signed call to OKX: clock, signature, sending, refusal.

use futures::future::BoxFuture;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::{Okx, TIME, refusals, sign, wire};
use crate::domain::exchange::Environment;
use crate::domain::problem::{BadKey, ExchangeProblem};
use crate::exchanges::Access;
use crate::exchanges::allow::{Endpoint, Site};
use crate::exchanges::clock::Timed;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::transport::{Answer, Call, secret_header};

// Manual: OKX API v5, "REST Authentication" and "Demo Trading Services"; copy of 2025-08-17.
const KEY_HEADER: HeaderName = HeaderName::from_static("ok-access-key");
const SIGN_HEADER: HeaderName = HeaderName::from_static("ok-access-sign");
const TIMESTAMP_HEADER: HeaderName = HeaderName::from_static("ok-access-timestamp");
const PASSPHRASE_HEADER: HeaderName = HeaderName::from_static("ok-access-passphrase");
const DEMO_HEADER: HeaderName = HeaderName::from_static("x-simulated-trading");

struct Signed<'a> {
    okx: &'a Okx,
    site: &'a Site,
    access: Access<'a>,
    endpoint: &'a Endpoint,
}

impl Okx {
    /// Sends a signed request by the site's clock and gives an answer that is no refusal.
    pub(super) async fn signed(
        &self,
        site: &Site,
        access: Access<'_>,
        endpoint: &Endpoint,
    ) -> Result<Answer, ExchangeError> {
        let signed = Signed {
            okx: self,
            site,
            access,
            endpoint,
        };
        self.clocks.timed(site.base.as_str(), &signed).await
    }

    async fn send(
        &self,
        site: &Site,
        endpoint: &Endpoint,
        headers: HeaderMap,
    ) -> Result<Answer, ExchangeError> {
        let call = Call {
            method: endpoint.method.clone(),
            path: endpoint.path,
            query: "",
            headers,
        };
        let answer = self.shared.transport.send(site, call).await?;
        match refusals::refusal(&answer) {
            Some(refusal) => Err(refusal),
            None => Ok(answer),
        }
    }
}

impl Signed<'_> {
    fn headers(&self, now_ms: i64) -> Result<HeaderMap, ExchangeError> {
        let credentials = self.access.credentials;
        let malformed = ExchangeProblem::InvalidCredentials(BadKey::Malformed);
        let key = secret_header(&credentials.api_key).ok_or(malformed)?;
        let passphrase = credentials.passphrase.as_ref().and_then(secret_header);
        let passphrase = passphrase.ok_or(ExchangeProblem::WrongPassphrase)?;
        let timestamp = sign::timestamp(now_ms)?;
        let Endpoint { method, path, .. } = self.endpoint;
        let secret = &credentials.secret_key;
        let signature = sign::signature(secret, &timestamp, method.as_str(), path, "")?;
        let mut headers = HeaderMap::from_iter([
            (KEY_HEADER, key),
            (SIGN_HEADER, header(&signature)?),
            (TIMESTAMP_HEADER, header(&timestamp)?),
            (PASSPHRASE_HEADER, passphrase),
        ]);
        if self.access.environment == Environment::Testnet {
            headers.insert(DEMO_HEADER, HeaderValue::from_static("1"));
        }
        Ok(headers)
    }
}

impl Timed for Signed<'_> {
    fn ask_time(&self) -> BoxFuture<'_, Result<i64, ExchangeError>> {
        Box::pin(async {
            let answer = self.okx.send(self.site, &TIME, HeaderMap::new()).await?;
            wire::server_time(answer.text()?)
        })
    }

    fn attempt(&self, now_ms: i64) -> BoxFuture<'_, Result<Answer, ExchangeError>> {
        Box::pin(async move {
            let headers = self.headers(now_ms)?;
            self.okx.send(self.site, self.endpoint, headers).await
        })
    }
}

fn header(text: &str) -> Result<HeaderValue, ExchangeError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| ExchangeProblem::BadResponse)?;
    value.set_sensitive(true);
    Ok(value)
}
