//! The one way out: a client that follows nothing, proxies nothing and reads no more than it must.

use std::error::Error;
use std::io;
use std::str::FromStr;
use std::sync::Once;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, Response, redirect, tls};
use secrecy::{ExposeSecret, SecretString};

use super::allow::Site;
use super::error::ExchangeError;
use super::hosts::Hosts;
use crate::domain::problem::ExchangeProblem;

/// The most bytes of an answer that are read, counted after decompression.
const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

/// A request before it is checked and sent.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    /// Exactly as signed; empty for none.
    pub(super) query: &'a str,
    pub(super) headers: HeaderMap,
}

/// A request that has been checked.
pub(super) struct Ready(reqwest::Request);

/// What came back.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Seconds the exchange asks to wait, where it says.
    pub(super) retry_after: Option<u64>,
    pub(super) headers: HeaderMap,
    /// The decompressed body. Empty for a refusal whose body could not be read.
    pub(super) body: Vec<u8>,
    /// From sending the request to having read the body.
    pub(super) round_trip: Duration,
}

impl Answer {
    /// Whether the status says that what follows is what was asked for.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The number in a header, whatever the case of its name; `None` where there is no such number.
    pub(super) fn number(&self, header: &str) -> Option<u32> {
        number(&self.headers, header)
    }

    /// The body as text.
    ///
    /// # Errors
    /// [`ExchangeProblem::BadResponse`] when it is not UTF-8.
    pub(super) fn text(&self) -> Result<&str, ExchangeError> {
        std::str::from_utf8(&self.body).map_err(|_| ExchangeProblem::BadResponse.into())
    }
}

/// The HTTP client of all exchanges.
pub(super) struct Transport {
    client: Client,
}

impl Transport {
    /// Sets the client up. `answer_time` is the most time from sending a call to having read its
    /// answer.
    ///
    /// # Errors
    /// [`ExchangeError::NoClient`] when TLS cannot be set up.
    pub(super) fn new(hosts: &Hosts, answer_time: Duration) -> Result<Self, ExchangeError> {
        install_crypto();
        let mut builder = Client::builder()
            .user_agent(concat!("coffer/", env!("CARGO_PKG_VERSION")))
            .https_only(hosts.all_https())
            .tls_version_min(tls::Version::TLS_1_2)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .gzip(true)
            .connect_timeout(answer_time / 4)
            .read_timeout(answer_time / 2)
            .timeout(answer_time);
        if !hosts.any_https() {
            // Only loopback is spoken to: a machine without root certificates is good enough.
            builder = builder.tls_certs_only([]);
        }
        let client = builder
            .build()
            .map_err(|e| ExchangeError::NoClient(e.without_url()))?;
        Ok(Self { client })
    }

    /// Makes a request of a call.
    ///
    /// # Errors
    /// [`ExchangeError::NotAllowed`] when it is not on the site's allow-list.
    pub(super) fn ready(&self, site: &Site, call: Call<'_>) -> Result<Ready, ExchangeError> {
        let mut request = reqwest::Request::new(call.method, site.url(call.path, call.query)?);
        *request.headers_mut() = call.headers;
        if request.method() == Method::POST {
            // Without it, no length is sent at all, and gateways refuse that.
            let none = HeaderValue::from_static("0");
            request.headers_mut().insert(CONTENT_LENGTH, none);
        }
        site.check(&request)?;
        Ok(Ready(request))
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// [`ExchangeError::TimedOut`] when there is no answer in time, [`ExchangeError::Transient`] when
    /// there is none at all or a good one is cut off,
    /// [`ExchangeProblem::BadResponse`] when a good one is too long or badly packed.
    pub(super) async fn send(&self, Ready(request): Ready) -> Result<Answer, ExchangeError> {
        let started = Instant::now();
        let response = self.client.execute(request).await;
        let response = response.map_err(|e| no_answer(&e))?;
        let status = response.status();
        let headers = response.headers().clone();
        let body = match read_body(response).await {
            Err(_) if !status.is_success() => Vec::new(),
            body => body?,
        };
        Ok(Answer {
            status: status.as_u16(),
            retry_after: number(&headers, RETRY_AFTER.as_str()),
            headers,
            body,
            round_trip: started.elapsed(),
        })
    }
}

/// A header value that is never printed; `None` when the text cannot stand in a header.
pub(super) fn secret_header(text: &SecretString) -> Option<HeaderValue> {
    let text = text.expose_secret();
    let plain = !text.is_empty() && text.is_ascii();
    let mut value = HeaderValue::from_str(text).ok().filter(|_| plain)?;
    value.set_sensitive(true);
    Some(value)
}

fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Fails only where another one was installed before, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

fn no_answer(error: &reqwest::Error) -> ExchangeError {
    let (timeout, connect) = (error.is_timeout(), error.is_connect());
    tracing::debug!(timeout, connect, "an exchange gave no answer");
    if timeout {
        ExchangeError::TimedOut
    } else {
        ExchangeError::Transient
    }
}

/// The number of a header; a date there, as `Retry-After` may have, counts as nothing said.
fn number<N: FromStr>(headers: &HeaderMap, name: &str) -> Option<N> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

async fn read_body(mut response: Response) -> Result<Vec<u8>, ExchangeError> {
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await.map_err(|e| broken(&e))?;
        let Some(chunk) = chunk else { return Ok(body) };
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(ExchangeProblem::BadResponse.into());
        }
        body.extend_from_slice(&chunk);
    }
}

/// What a body that could not be read comes to. Only what the connection did can be otherwise the
/// next time; a body that came whole and does not unpack cannot.
fn broken(error: &reqwest::Error) -> ExchangeError {
    if error.is_timeout() {
        return ExchangeError::TimedOut;
    }
    let mut cause = error.source();
    while let Some(wrapper) = cause.filter(|cause| cause.is::<reqwest::Error>()) {
        cause = wrapper.source();
    }
    // Unpacking fails with an error of its own, the connection with one of the HTTP library.
    if cause.is_some_and(|cause| cause.is::<io::Error>()) {
        ExchangeProblem::BadResponse.into()
    } else {
        ExchangeError::Transient
    }
}

#[cfg(test)]
mod tests;
