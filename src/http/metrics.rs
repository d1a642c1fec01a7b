//! Figures for Prometheus, to be asked from this machine or with a token of their own.

mod door;
mod exchanges;
mod program;
#[cfg(test)]
mod tests;
mod text;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{ConnectInfo, State as AxumState};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode, Version};
use axum::response::{IntoResponse, Response};
pub use door::Door;

use super::requests::Requests;
use crate::services::State;
use crate::services::health::counts;
use text::Text;

/// What Prometheus knows the format by.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Who asks, as far as the connection tells.
type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// Answers with the figures: 401 to who must show a token and shows none that is right, 404 where
/// nobody may ask from outside.
pub async fn show(
    Extension(door): Extension<Arc<Door>>,
    Extension(requests): Extension<Arc<Requests>>,
    peer: Peer,
    version: Version,
    headers: HeaderMap,
    AxumState(state): AxumState<State>,
) -> Response {
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer.ip());
    match door.refusal(peer, version, &headers) {
        Some(StatusCode::UNAUTHORIZED) => {
            (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")]).into_response()
        }
        Some(status) => status.into_response(),
        None => {
            let headers = [(CONTENT_TYPE, FORMAT), (CACHE_CONTROL, "no-store")];
            (headers, render(&state, &requests).await).into_response()
        }
    }
}

async fn render(state: &State, requests: &Requests) -> String {
    let counts = counts(state).await;
    let mut text = Text::default();
    program::write(&mut text, state, requests, counts.is_some());
    let shared = counts.as_ref().map(|counts| &counts.shared);
    exchanges::write(&mut text, state, shared);
    if let Some(counts) = &counts {
        program::write_counts(&mut text, state, counts);
    }
    text.into()
}
