//! Somebody's webhook on loopback: it remembers what it was sent and answers as it is told.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;

/// A message as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub headers: HeaderMap,
    pub body: String,
}

#[derive(Clone)]
struct Inbox {
    received: Arc<Mutex<Vec<Received>>>,
    status: Arc<Mutex<u16>>,
}

/// A receiver, gone when dropped.
pub struct Receiver {
    /// Where messages are to be sent.
    pub url: String,
    inbox: Inbox,
    serving: tokio::task::JoinHandle<()>,
}

impl Receiver {
    /// One that takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/in", listener.local_addr().unwrap());
        let inbox = Inbox {
            received: Arc::default(),
            status: Arc::new(Mutex::new(204)),
        };
        let router = Router::new().fallback(take).with_state(inbox.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            inbox,
            serving,
        }
    }

    /// Answers with this status from now on.
    pub fn answer(&self, status: u16) {
        *self.inbox.status.lock().unwrap() = status;
    }

    /// Everything that arrived so far.
    pub fn received(&self) -> Vec<Received> {
        self.inbox.received.lock().unwrap().clone()
    }
}

impl Received {
    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

async fn take(State(inbox): State<Inbox>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let body = String::from_utf8(body.to_vec()).unwrap();
    let message = Received { headers, body };
    inbox.received.lock().unwrap().push(message);
    StatusCode::from_u16(*inbox.status.lock().unwrap()).unwrap()
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
