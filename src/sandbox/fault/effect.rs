//! What a fault does to an answer.

use std::{convert::Infallible, io, time::Duration};

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};

use super::rows;
use crate::sandbox::{gzip, reply::Reply};

/// How long a connection stays open after its last byte, for that byte to leave.
const BREATH: Duration = Duration::from_millis(20);

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
    /// The true answer, this much later.
    Late(Duration),
    /// No answer, while the connection stays open until the caller gives up.
    Hang,
    /// The true answer a byte at a time, with a pause before each.
    Drip(Duration),
    /// The true answer with its list made this long, like its first row but for the codes.
    Rows(usize),
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

impl Effect {
    /// The status that goes out in place of the true one, where there is one.
    pub(in crate::sandbox) fn status(&self) -> Option<u16> {
        match self {
            Self::Answer { status, .. } => Some(*status),
            Self::GzipBomb { .. } | Self::Endless => Some(200),
            _ => None,
        }
    }

    /// Waits for as long as the effect holds the answer back.
    pub(in crate::sandbox) async fn hold(&self) {
        match self {
            Self::Late(time) => tokio::time::sleep(*time).await,
            Self::Hang => std::future::pending().await,
            _ => {}
        }
    }

    /// Puts the effect in place of the true answer.
    pub(in crate::sandbox) fn apply(self, mut truth: Reply) -> Response {
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
            Self::Late(_) | Self::Hang => truth.into_response(),
            Self::Drip(pause) => {
                let bytes = std::mem::take(&mut truth.body).into_bytes();
                let drops = stream::iter(bytes).then(move |byte| async move {
                    tokio::time::sleep(pause).await;
                    Ok::<_, Infallible>(Bytes::from(vec![byte]))
                });
                truth.into_response_with(Body::from_stream(drops))
            }
            Self::Rows(count) => {
                let body = std::mem::take(&mut truth.body);
                truth.into_response_with(rows::lengthened(body, count))
            }
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

fn half(text: &str) -> String {
    text.chars().take(text.chars().count() / 2).collect()
}

fn broken() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionReset)
}
