//! A handler that does nothing but return the same answer.

use std::net::TcpListener;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, DATE, TRANSFER_ENCODING};
use axum::routing::get;
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use tower_http::compression::CompressionLayer;

/// A server with that one answer at `/`, and the same compressed at `/compressed`.
pub struct Bare {
    pub url: String,
    handle: Handle<std::net::SocketAddr>,
}

impl Bare {
    pub fn start(mut headers: HeaderMap, body: Vec<u8>) -> Self {
        for own in [CONTENT_LENGTH, DATE, TRANSFER_ENCODING] {
            headers.remove(own);
        }
        let body = Bytes::from(body);
        let answer = move || async move { (headers, body) };
        let compressed = Router::new().route("/compressed", get(answer.clone()));
        let router = Router::new()
            .route("/", get(answer))
            .merge(compressed.layer(CompressionLayer::new()));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let handle = Handle::new();
        let server = axum_server::from_tcp(listener).unwrap();
        let server = server.acceptor(NoDelayAcceptor::new()).http1_only();
        let server = server.handle(handle.clone());
        tokio::spawn(async move { server.serve(router.into_make_service()).await.unwrap() });
        Self { url, handle }
    }

    pub fn end(self) {
        self.handle.shutdown();
    }
}
