//! One WebSocket on the wire: reads, writes, asks whether the other end is there, and closes.

use std::time::Duration;

use axum::{
    extract::{
        FromRequestParts, Request,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{Instant, sleep_until},
};

use super::{Address, Out};
use crate::sandbox::{Control, Exchange};

/// How often a silent exchange looks whether it may speak again.
const LOOK: Duration = Duration::from_millis(10);

/// Whether a request wants to become a WebSocket of an exchange, and where.
pub(in crate::sandbox) fn address(request: &Request) -> Option<Address> {
    let upgrade = request.headers().get("upgrade")?.to_str().ok()?;
    upgrade.eq_ignore_ascii_case("websocket").then(|| Address {
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
    })
}

/// Opens a WebSocket, or refuses to.
pub(in crate::sandbox) async fn serve(
    control: &Control,
    address: &Address,
    request: Request,
) -> Response {
    let (tell, told) = unbounded_channel();
    let opened = control.state().open_stream(address, tell.clone());
    let (id, exchange) = match opened {
        Ok(opened) => opened,
        Err(status) => return refused_with(status),
    };
    let (mut parts, _) = request.into_parts();
    let forget = Forget(control.clone(), id);
    match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade.on_upgrade(move |socket| async move {
            Line {
                control: forget.0.clone(),
                id,
                exchange,
                heard_at: Instant::now(),
                pong_until: None,
                _tell: tell,
            }
            .run(socket, told)
            .await;
            drop(forget);
        }),
        Err(rejection) => rejection.into_response(),
    }
}

/// A refusal in place of a WebSocket.
fn refused_with(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    status.into_response()
}

/// Forgets a socket when it is closed, however that comes about.
struct Forget(Control, u64);

impl Drop for Forget {
    fn drop(&mut self) {
        self.0.state().forget_stream(self.1);
    }
}

struct Line {
    control: Control,
    id: u64,
    exchange: Exchange,
    /// When anything was said last, by either side.
    heard_at: Instant,
    /// Until when the answer to a ping must be there.
    pong_until: Option<Instant>,
    /// Kept, so that the other end of what is to be sent never closes by itself.
    _tell: UnboundedSender<Out>,
}

impl Line {
    async fn run(mut self, mut socket: WebSocket, mut told: UnboundedReceiver<Out>) {
        let every = self.control.state().streams.ping_every;
        let mut ping_at = Instant::now() + every;
        loop {
            if self.is_silent() {
                tokio::time::sleep(LOOK).await;
                continue;
            }
            let goes_on = tokio::select! {
                message = socket.recv() => match message {
                    Some(Ok(message)) => self.hear(message),
                    _ => false,
                },
                Some(out) = told.recv() => {
                    self.heard_at = Instant::now();
                    send(&mut socket, out).await
                }
                () = sleep_until(self.idle_until()), if self.exchange == Exchange::Okx => {
                    send(&mut socket, Out::Close(4004, "No data received in 30s.")).await
                }
                () = sleep_until(ping_at), if self.exchange == Exchange::Binance => {
                    ping_at = Instant::now() + every;
                    self.ping(&mut socket).await
                }
            };
            if !goes_on {
                return;
            }
        }
    }

    fn hear(&mut self, message: Message) -> bool {
        self.heard_at = Instant::now();
        match message {
            Message::Text(text) => self.control.state().hear_stream(self.id, &text),
            Message::Pong(_) => {
                self.pong_until = None;
                self.control.state().note_sign(self.exchange);
            }
            Message::Binary(_) | Message::Ping(_) => {}
            Message::Close(_) => return false,
        }
        true
    }

    /// Asks whether the other end is there, unless it has not answered the last time.
    async fn ping(&mut self, socket: &mut WebSocket) -> bool {
        if self.pong_until.is_some_and(|until| until <= Instant::now()) {
            return send(socket, Out::Close(1008, "Pong timeout")).await;
        }
        let (within, now_ms) = {
            let state = self.control.state();
            (state.streams.pong_within, state.clock.now_ms())
        };
        self.pong_until.get_or_insert(Instant::now() + within);
        let payload = now_ms.to_string();
        socket.send(Message::Ping(payload.into())).await.is_ok()
    }

    fn idle_until(&self) -> Instant {
        self.heard_at + self.control.state().streams.idle
    }

    fn is_silent(&self) -> bool {
        let state = self.control.state();
        state.streams.silent.contains(&self.exchange)
    }
}

/// Sends something; `false` at the end.
async fn send(socket: &mut WebSocket, out: Out) -> bool {
    match out {
        Out::Text(text) => socket.send(Message::Text(text.into())).await.is_ok(),
        Out::Binary(bytes) => socket.send(Message::Binary(bytes.into())).await.is_ok(),
        Out::Drop => false,
        Out::Close(code, reason) => {
            let frame = CloseFrame {
                code,
                reason: reason.into(),
            };
            // Whoever is gone needs no goodbye.
            let _ = socket.send(Message::Close(Some(frame))).await;
            false
        }
    }
}
