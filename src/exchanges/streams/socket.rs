//! The one way out for streams: it follows nothing, packs nothing, and reads no more than it must.

use std::sync::Arc;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use rustls::ClientConfig;
use rustls_platform_verifier::ConfigVerifierExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
};

use super::StreamEnd;
use super::site::StreamSite;
use crate::domain::problem::ExchangeProblem;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::hosts::Hosts;
use crate::exchanges::refusal::{BAN_SECONDS, wait};

/// The most bytes of a message that are read.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
/// The room for what was read and not yet looked at, and for what could not be sent yet.
const BUFFER_BYTES: usize = 16 * 1024;
/// How long to wait at least after an exchange refused to open a stream because of too many.
const FLOOR_SECONDS: u64 = 60;

/// What streams are dialled with.
pub(in crate::exchanges) struct Outlet {
    tls: Option<Arc<ClientConfig>>,
}

impl Outlet {
    /// Sets it up, with the same trust in certificates as calls have.
    ///
    /// # Errors
    /// [`ExchangeError::NoTls`] when the system's root certificates cannot be read.
    pub(in crate::exchanges) fn new(hosts: &Hosts) -> Result<Self, ExchangeError> {
        // Only loopback is spoken to: a machine without root certificates is good enough.
        let tls = hosts
            .any_wss()
            .then(ClientConfig::with_platform_verifier)
            .transpose()
            .map_err(ExchangeError::NoTls)?;
        Ok(Self {
            tls: tls.map(Arc::new),
        })
    }

    /// Dials a site, which may take so long.
    ///
    /// # Errors
    /// [`NotOpened`].
    pub(super) async fn open(
        &self,
        site: &StreamSite,
        query: &str,
        at_most: Duration,
    ) -> Result<Socket, NotOpened> {
        let url = site.url(query).map_err(refused)?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES))
            .read_buffer_size(BUFFER_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(MAX_MESSAGE_BYTES);
        let connector = self.tls.clone().map_or(Connector::Plain, Connector::Rustls);
        let dialled =
            connect_async_tls_with_config(url.as_str(), Some(config), true, Some(connector));
        let (stream, _) = timeout(at_most, dialled)
            .await
            .map_err(|_| NotOpened::from(StreamEnd::Broken))?
            .map_err(|error| not_opened(&error))?;
        Ok(Socket {
            stream,
            site: site.clone(),
            at_most,
            heard_at: Instant::now(),
        })
    }
}

/// Why a stream was not opened.
#[derive(Debug)]
pub(super) struct NotOpened {
    pub(super) end: StreamEnd,
    /// Whether it is the whole address that is shut out.
    pub(super) is_ban: bool,
}

impl From<StreamEnd> for NotOpened {
    fn from(end: StreamEnd) -> Self {
        Self { end, is_ban: false }
    }
}

/// A stream that is open.
pub(super) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    site: StreamSite,
    /// How long sending may take.
    at_most: Duration,
    /// When anything was heard last, be it only that the other end is there.
    heard_at: Instant,
}

impl Socket {
    /// Sends a message.
    ///
    /// # Errors
    /// [`StreamEnd::Refused`] for what is not on the site's list, [`StreamEnd::Broken`].
    pub(super) async fn send(&mut self, message: &str) -> Result<(), StreamEnd> {
        self.site.check(message).map_err(refused)?;
        let sent = timeout(self.at_most, self.stream.send(Message::text(message)));
        match sent.await {
            Ok(Ok(())) => Ok(()),
            _ => Err(StreamEnd::Broken),
        }
    }

    /// Waits for the next message of text; `None` when nothing at all was heard for so long. Pings are
    /// answered on the way. Nothing is lost when it is given up and called again.
    ///
    /// # Errors
    /// [`StreamEnd::Broken`] for the end, a message that is too long, and one that is no text.
    pub(super) async fn next(&mut self, silence: Duration) -> Result<Option<Utf8Bytes>, StreamEnd> {
        loop {
            let until = self.heard_at + silence;
            let Ok(heard) = timeout_at(until, self.stream.next()).await else {
                return Ok(None);
            };
            self.heard_at = Instant::now();
            match heard {
                Some(Ok(Message::Text(text))) => return Ok(Some(text)),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Binary(_) | Message::Close(_) | Message::Frame(_)) | Err(_))
                | None => return Err(StreamEnd::Broken),
            }
        }
    }
}

fn refused(error: ExchangeError) -> StreamEnd {
    StreamEnd::Refused(error.into_problem())
}

fn not_opened(error: &Error) -> NotOpened {
    let Error::Http(answer) = error else {
        tracing::debug!("a stream could not be opened");
        return StreamEnd::Broken.into();
    };
    let status = answer.status().as_u16();
    let asked = answer.headers().get("retry-after");
    let asked = asked.and_then(|seconds| seconds.to_str().ok()?.trim().parse().ok());
    tracing::debug!(status, "a stream was not opened");
    let end = match status {
        418 => refused(wait(asked, BAN_SECONDS)),
        403 | 429 => refused(wait(asked, FLOOR_SECONDS)),
        451 => StreamEnd::Refused(ExchangeProblem::RegionBlocked),
        300..=499 => StreamEnd::Refused(ExchangeProblem::BadResponse),
        _ => StreamEnd::Broken,
    };
    NotOpened {
        end,
        is_ban: status == 418,
    }
}
