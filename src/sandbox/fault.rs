//! What can go wrong on the way to an exchange, made to go wrong on demand.

use std::{convert::Infallible, io, time::Duration};

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use serde_json::json;

use super::{gzip, reply::Reply};

/// How long a connection stays open after its last byte, for that byte to leave.
const BREATH: Duration = Duration::from_millis(20);

/// A fault in force for the paths that begin with a prefix.
#[derive(Clone, Debug)]
pub struct Fault {
    prefix: String,
    left: Option<u32>,
    effect: Effect,
}

impl Fault {
    /// A fault for every path that begins with `prefix`, until cleared.
    #[must_use]
    pub fn on(prefix: &str, effect: Effect) -> Self {
        Self {
            prefix: prefix.to_owned(),
            left: None,
            effect,
        }
    }

    /// The same fault for the next `count` requests only.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self {
            left: Some(count),
            ..self
        }
    }
}

/// What happens in place of the true answer, or to it.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Another answer altogether.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The `Content-Type`.
        content_type: String,
        /// Further headers.
        headers: Vec<(String, String)>,
        /// The body's text.
        body: String,
    },
    /// The true answer, cut in half though complete as far as HTTP can tell.
    Truncate,
    /// The true answer under another `Content-Type`.
    ContentType(String),
    /// Half of the true answer, then the connection breaks.
    BreakOff,
    /// The connection is closed without a byte of an answer.
    Drop,
    /// Status 200 and a small gzip body that unpacks to this many megabytes.
    GzipBomb {
        /// The unpacked size, in megabytes.
        megabytes: u32,
    },
    /// Status 200 and a body of spaces without end.
    Endless,
}

/// The ready-made answers, in the exchanges' own words.
impl Effect {
    /// An answer without further headers.
    #[must_use]
    pub fn answer(status: u16, content_type: &str, body: &str) -> Self {
        Self::Answer {
            status,
            content_type: content_type.to_owned(),
            headers: Vec::new(),
            body: body.to_owned(),
        }
    }

    /// The same answer with one more header; other effects stay as they are.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// A JSON answer.
    #[must_use]
    pub fn json(status: u16, body: &str) -> Self {
        Self::answer(status, "application/json;charset=UTF-8", body)
    }

    /// An error of Binance's.
    #[must_use]
    pub fn binance(status: u16, code: i64, msg: &str) -> Self {
        Self::json(status, &json!({ "code": code, "msg": msg }).to_string())
    }

    /// An error of OKX's in its usual envelope, with an empty `data`.
    #[must_use]
    pub fn okx(status: u16, code: &str, msg: &str) -> Self {
        Self::json(
            status,
            &json!({ "code": code, "data": [], "msg": msg }).to_string(),
        )
    }

    /// An error of OKX's as authentication errors come: without `data`.
    #[must_use]
    pub fn okx_bare(status: u16, code: &str, msg: &str) -> Self {
        Self::json(status, &json!({ "msg": msg, "code": code }).to_string())
    }

    /// Binance: too much weight used, with or without a `Retry-After` in seconds.
    #[must_use]
    pub fn binance_too_much(retry_after: Option<&str>) -> Self {
        let msg = "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. \
                   Please use WebSocket Streams for live updates to avoid polling the API.";
        let effect = Self::binance(429, -1003, msg);
        retry_after.map_or(effect.clone(), |seconds| {
            effect.with_header("Retry-After", seconds)
        })
    }

    /// Binance: the address is banned until an instant, in milliseconds since the epoch.
    #[must_use]
    pub fn binance_banned(until_ms: i64, retry_after: Option<&str>) -> Self {
        let effect = Self::binance(418, -1003, &banned_text(until_ms));
        retry_after.map_or(effect.clone(), |seconds| {
            effect.with_header("Retry-After", seconds)
        })
    }

    /// Binance: the server stands where Binance does not serve.
    #[must_use]
    pub fn binance_region() -> Self {
        let msg = "Service unavailable from a restricted location according to 'b. Eligibility' in \
                   https://www.binance.com/en/terms. Please contact customer service if you believe \
                   you received this message in error.";
        Self::binance(451, 0, msg)
    }

    /// OKX: too many requests, by HTTP status too.
    #[must_use]
    pub fn okx_too_many() -> Self {
        Self::okx(429, "50011", "Too Many Requests")
    }

    /// A firewall's page.
    #[must_use]
    pub fn firewall() -> Self {
        let page = "<html>\n<head><title>403 Forbidden</title></head>\n<body>\n\
                    <center><h1>403 Forbidden</h1></center>\n</body>\n</html>\n";
        Self::answer(403, "text/html", page)
    }

    /// A content network's page for a server out of reach.
    #[must_use]
    pub fn gateway() -> Self {
        let page = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\">\n\
                    <HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD>\
                    <BODY><H1>503 ERROR</H1><H2>The request could not be satisfied.</H2></BODY></HTML>\n";
        Self::answer(503, "text/html", page)
    }

    /// A permanent redirect.
    #[must_use]
    pub fn redirect(url: &str) -> Self {
        Self::answer(301, "text/html", "").with_header("Location", url)
    }

    /// The status that goes out in place of the true one, where there is one.
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Answer { status, .. } => Some(*status),
            Self::GzipBomb { .. } | Self::Endless => Some(200),
            Self::Truncate | Self::ContentType(_) | Self::BreakOff | Self::Drop => None,
        }
    }

    /// Puts the effect in place of the true answer.
    pub(super) fn apply(self, mut truth: Reply) -> Response {
        match self {
            Self::Answer {
                status,
                content_type,
                headers,
                body,
            } => Reply {
                status,
                content_type,
                headers,
                body,
            }
            .into_response(),
            Self::Truncate => {
                truth.body = half(&truth.body);
                truth.into_response()
            }
            Self::ContentType(content_type) => {
                truth.content_type = content_type;
                truth.into_response()
            }
            Self::BreakOff => {
                let start = stream::iter([Ok(Bytes::from(half(&truth.body)))]);
                let end = stream::once(async {
                    tokio::time::sleep(BREATH).await;
                    Err(broken())
                });
                truth.into_response_with(Body::from_stream(start.chain(end)))
            }
            Self::Drop => {
                let nothing: [io::Result<Bytes>; 1] = [Err(broken())];
                truth.into_response_with(Body::from_stream(stream::iter(nothing)))
            }
            Self::GzipBomb { megabytes } => Reply::json(200, "")
                .with_header("Content-Encoding", "gzip")
                .into_response_with(Body::from(gzip::bomb(megabytes))),
            Self::Endless => {
                let spaces = Bytes::from(vec![b' '; 64 << 10]);
                let endless = stream::repeat_with(move || Ok::<_, Infallible>(spaces.clone()));
                Reply::json(200, "").into_response_with(Body::from_stream(endless))
            }
        }
    }
}

/// The first fault for the path, counted down; a fault used up is taken off the list.
pub(super) fn next(faults: &mut Vec<Fault>, path: &str) -> Option<Effect> {
    let index = faults
        .iter()
        .position(|fault| path.starts_with(&fault.prefix))?;
    let fault = faults.get_mut(index)?;
    let effect = fault.effect.clone();
    if let Some(left) = &mut fault.left {
        *left = left.saturating_sub(1);
        if *left == 0 {
            faults.remove(index);
        }
    }
    Some(effect)
}

/// Binance's words for a ban.
pub(super) fn banned_text(until_ms: i64) -> String {
    format!(
        "Way too much request weight used; IP banned until {until_ms}. \
         Please use WebSocket Streams for live updates to avoid bans."
    )
}

fn half(text: &str) -> String {
    text.chars().take(text.chars().count() / 2).collect()
}

fn broken() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionReset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_in_the_order_they_were_set_and_run_out() {
        let mut faults = vec![
            Fault::on("/api", Effect::Drop).times(1),
            Fault::on("/api/v3", Effect::Truncate).times(2),
        ];
        let mut seen = || next(&mut faults, "/api/v3/time").map(|effect| format!("{effect:?}"));
        assert_eq!(seen().as_deref(), Some("Drop"));
        assert_eq!(seen().as_deref(), Some("Truncate"));
        assert_eq!(seen().as_deref(), Some("Truncate"));
        assert_eq!(seen(), None);
    }
}
