//! Sends one message to one webhook, and tells in a word of our own what came of it.

use std::error::Error;
use std::io;
use std::sync::{Once, OnceLock};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, Request, Response, redirect, tls};
use secrecy::SecretString;

use super::resolver::{NotPublic, Resolver, Unknown};
use super::{Reach, Target, sign};
use crate::domain::delivery::Outcome;
use crate::domain::timestamp::Timestamp;

/// The most time from looking a name up to having read the answer.
pub const ANSWER_TIME: Duration = Duration::from_secs(10);
/// The most bytes of an answer that are read; they are thrown away.
const MOST_BYTES: usize = 64 * 1024;

const TIMESTAMP: HeaderName = HeaderName::from_static("coffer-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("coffer-signature");

/// One message.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Where to.
    pub target: &'a Target,
    /// What signs it.
    pub secret: &'a SecretString,
    /// When it is sent.
    pub at: Timestamp,
    /// The JSON.
    pub body: &'a str,
}

/// The client of all webhooks.
#[derive(Debug)]
pub struct Webhooks {
    reach: Reach,
    answer_time: Duration,
    /// Made with the first message: reading the system's certificates takes its time.
    client: OnceLock<Option<Client>>,
}

impl Webhooks {
    /// A client that goes as far as it may. `answer_time` is the most time a message may take.
    #[must_use]
    pub fn new(reach: Reach, answer_time: Duration) -> Self {
        Self {
            reach,
            answer_time,
            client: OnceLock::new(),
        }
    }

    /// How far messages may go.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// Sends a message, and reads no more of the answer than its status.
    pub async fn send(&self, message: Message<'_>) -> Outcome {
        let Some(client) = self.client.get_or_init(|| self.build()) else {
            return Outcome::NoAnswer;
        };
        let Some(request) = request(message) else {
            return Outcome::Unsigned;
        };
        // Checked again: what was stored may have been changed since.
        if Target::parse(message.target.as_str(), self.reach).is_err() {
            return Outcome::Forbidden;
        }
        match client.execute(request).await {
            Ok(response) => {
                let status = response.status().as_u16();
                throw_away(response).await;
                Outcome::Status(status)
            }
            Err(error) => no_answer(&error),
        }
    }

    fn build(&self) -> Option<Client> {
        install_crypto();
        let mut builder = Client::builder()
            .user_agent(concat!("coffer-webhook/", env!("CARGO_PKG_VERSION")))
            .https_only(self.reach == Reach::Public)
            .tls_version_min(tls::Version::TLS_1_2)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .no_gzip()
            .http1_only()
            // A connection that is kept would outlive the check of its address.
            .pool_max_idle_per_host(0)
            .dns_resolver(Resolver(self.reach))
            .connect_timeout(self.answer_time / 2)
            .timeout(self.answer_time);
        if self.reach == Reach::LoopbackToo {
            // A machine without root certificates is good enough for tests.
            builder = builder.tls_certs_only([]);
        }
        let built = builder.build();
        if built.is_err() {
            tracing::error!("the client for webhooks cannot be set up: are there certificates?");
        }
        built.ok()
    }
}

/// A signed request; `None` when it cannot be signed.
fn request(message: Message<'_>) -> Option<Request> {
    let seconds = message.at.0.div_euclid(1_000);
    let signature = sign(message.secret, seconds, message.body)?;
    let mut signature = HeaderValue::from_str(&signature).ok()?;
    signature.set_sensitive(true);
    let mut request = Request::new(reqwest::Method::POST, message.target.url());
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(TIMESTAMP, HeaderValue::from(seconds));
    headers.insert(SIGNATURE, signature);
    *request.body_mut() = Some(message.body.to_owned().into());
    Some(request)
}

/// Reads an answer to its end, so that the receiver is not cut off, unless it is long or slow.
async fn throw_away(mut response: Response) {
    let mut left = MOST_BYTES;
    while let Ok(Some(chunk)) = response.chunk().await {
        let Some(rest) = left.checked_sub(chunk.len()) else {
            return;
        };
        left = rest;
    }
}

/// What kept an answer away. The error itself names the address, and is told nobody.
fn no_answer(error: &reqwest::Error) -> Outcome {
    let mut cause = error.source();
    while let Some(one) = cause {
        if one.is::<NotPublic>() {
            return Outcome::Forbidden;
        }
        if one.is::<Unknown>() {
            return Outcome::UnknownHost;
        }
        if is_of_tls(one) {
            return Outcome::NotSecure;
        }
        cause = one.source();
    }
    if error.is_timeout() {
        Outcome::TimedOut
    } else {
        Outcome::NoAnswer
    }
}

/// Whether an error is TLS's own, however often it was wrapped: the errors of the system show what
/// they wrap in no other way.
fn is_of_tls(error: &(dyn Error + 'static)) -> bool {
    let wrapped = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    error.is::<rustls::Error>() || wrapped.is_some_and(|inner| is_of_tls(inner))
}

fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Fails only where another one was installed before, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

#[cfg(test)]
mod tests;
