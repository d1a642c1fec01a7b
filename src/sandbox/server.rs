//! The listener on loopback that both exchanges stand behind.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
};

use axum::{
    Router,
    extract::{Request, State as Shared},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::{Control, OkxRegion, call::Call, reply::Reply};

/// How a sandbox is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The port on loopback; 0 takes any that is free.
    pub port: u16,
    /// The one OKX site to play, to which keys of the others do not exist; `None` serves the keys
    /// of every site.
    pub okx_region: Option<OkxRegion>,
}

/// Both exchanges, running. Dropping it stops them.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    control: Control,
    /// Dropped with the sandbox, which tells the server to stop.
    _stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Starts both exchanges on 127.0.0.1.
    ///
    /// # Errors
    /// The port is taken, or loopback cannot be bound.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let address = listener.local_addr()?;
        let control = Control::new(options.okx_region);
        let router = Router::new().fallback(handle).with_state(control.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(listener, router).with_graceful_shutdown(async {
            stopped.await.ok();
        });
        let server = tokio::spawn(async move {
            server.await.ok();
        });
        Ok(Self {
            address,
            control,
            _stop: stop,
            server,
        })
    }

    /// The base address of both exchanges, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The handle that reads what was asked and changes what is answered.
    #[must_use]
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Runs until the listener fails or this future is dropped.
    pub async fn wait(mut self) {
        (&mut self.server).await.ok();
    }
}

async fn handle(Shared(control): Shared<Control>, request: Request) -> Response {
    let Some(call) = Call::read(request).await else {
        return Reply::html(413, "").into_response();
    };
    let outcome = control.answer(&call);
    if let Some(delay) = outcome.delay {
        tokio::time::sleep(delay).await;
    }
    match outcome.effect {
        Some(effect) => effect.apply(outcome.reply),
        None => outcome.reply.into_response(),
    }
}
