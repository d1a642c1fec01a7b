//! The way to a database server, which can be cut and mended.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A listener that passes everything on while the way is open.
pub struct Proxy {
    address: SocketAddr,
    is_open: watch::Sender<bool>,
}

impl Proxy {
    /// Stands before the server of this address.
    pub async fn before(url: &str) -> Self {
        let server = reqwest::Url::parse(url).unwrap();
        let server = format!(
            "{}:{}",
            server.host_str().unwrap(),
            server.port().unwrap_or(5432)
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (is_open, open) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass(stream, server.clone(), open.clone()));
            }
        });
        Self { address, is_open }
    }

    /// The same database, by this way.
    pub fn url(&self, url: &str) -> String {
        let mut by_proxy = reqwest::Url::parse(url).unwrap();
        by_proxy
            .set_host(Some(&self.address.ip().to_string()))
            .unwrap();
        by_proxy.set_port(Some(self.address.port())).unwrap();
        by_proxy.to_string()
    }

    /// Breaks every connection, and lets none through until mended.
    pub fn cut(&self) {
        self.is_open.send_replace(false);
    }

    pub fn mend(&self) {
        self.is_open.send_replace(true);
    }
}

async fn pass(mut stream: TcpStream, server: String, mut open: watch::Receiver<bool>) {
    if !*open.borrow() {
        return;
    }
    let mut onward = TcpStream::connect(server).await.unwrap();
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut stream, &mut onward) => (),
        _ = open.wait_for(|open| !open) => (),
    }
}
