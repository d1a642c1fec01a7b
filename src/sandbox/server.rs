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

use super::{Control, OkxRegion, call::Call, flight::Lane, reply::Reply, streams};

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

/// Counts a request out when its answer begins, or when the caller has hung up.
struct Landing(Control, Vec<Lane>);

impl Drop for Landing {
    fn drop(&mut self) {
        self.0.land(&self.1);
    }
}

async fn handle(Shared(control): Shared<Control>, request: Request) -> Response {
    if let Some(address) = streams::address(&request) {
        return streams::serve(&control, &address, request).await;
    }
    let came = tokio::time::Instant::now();
    let Some(call) = Call::read(request).await else {
        return Reply::html(413, "").into_response();
    };
    let outcome = control.answer(&call);
    let _landing = Landing(control, outcome.lanes);
    // However long it took to find the answer, it is as late as it is to be.
    tokio::time::sleep_until(came + outcome.delay).await;
    if let Some(effect) = &outcome.effect {
        effect.hold().await;
    }
    match outcome.effect {
        Some(effect) => effect.apply(outcome.reply),
        None => outcome.reply.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpStream,
        time::{Duration, Instant},
    };

    use tokio::io::AsyncWriteExt;

    use super::*;
    use crate::sandbox::{Effect, Exchange, Fault};

    const TIME: &str = "/api/v3/time";

    async fn start() -> Sandbox {
        Sandbox::start(Options::default()).await.unwrap()
    }

    /// The bytes of the answer, up to a megabyte or the end of the connection.
    async fn get(sandbox: &Sandbox, target: &str) -> Vec<u8> {
        let (address, target) = (sandbox.address, target.to_owned());
        let asked = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            let request = format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            Write::write_all(&mut stream, request.as_bytes()).unwrap();
            let mut answer = Vec::new();
            stream.take(1 << 20).read_to_end(&mut answer).ok();
            answer
        });
        asked.await.unwrap()
    }

    async fn until(met: impl Fn() -> bool) {
        for _ in 0..500 {
            if met() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(met());
    }

    async fn text(sandbox: &Sandbox, target: &str) -> String {
        String::from_utf8_lossy(&get(sandbox, target).await).into_owned()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn both_exchanges_stand_behind_one_port() {
        let sandbox = start().await;
        let binance = text(&sandbox, TIME).await;
        assert!(binance.starts_with("HTTP/1.1 200") && binance.contains("\"serverTime\":"));
        assert!(binance.contains("x-mbx-used-weight-1m: 1\r\n"));
        let okx = text(&sandbox, "/api/v5/public/time").await;
        assert!(okx.starts_with("HTTP/1.1 200") && okx.contains("\"ts\":\""));
        let exchanges: Vec<_> = sandbox
            .control()
            .records()
            .iter()
            .map(|record| record.exchange)
            .collect();
        assert_eq!(exchanges, [Exchange::Binance, Exchange::Okx]);
        assert_eq!(sandbox.control().count("/api/v5/"), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_dropped_sandbox_answers_no_more() {
        let sandbox = start().await;
        let address = sandbox.address;
        drop(sandbox);
        until(|| TcpStream::connect(address).is_err()).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_dropped_connection_carries_not_a_byte() {
        let sandbox = start().await;
        sandbox
            .control()
            .inject(Fault::on(TIME, Effect::Drop).times(1));
        assert_eq!(get(&sandbox, TIME).await, b"");
        assert!(text(&sandbox, TIME).await.starts_with("HTTP/1.1 200"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_answer_can_be_cut_retyped_and_broken_off() {
        let sandbox = start().await;
        let control = sandbox.control();
        control.inject(Fault::on(TIME, Effect::Truncate).times(1));
        let cut = text(&sandbox, TIME).await;
        assert!(
            cut.contains("content-length: 14\r\n") && cut.ends_with("\r\n\r\n{\"serverTime\":")
        );
        control.inject(Fault::on(TIME, Effect::ContentType("text/plain".to_owned())).times(1));
        assert!(
            text(&sandbox, TIME)
                .await
                .contains("content-type: text/plain\r\n")
        );
        control.inject(Fault::on(TIME, Effect::BreakOff).times(1));
        let broken = text(&sandbox, TIME).await;
        assert!(
            broken.contains("\r\n{\"serverTime\":\r\n") && !broken.contains('}'),
            "{broken}"
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_fault_answers_in_place_of_the_exchange() {
        let sandbox = start().await;
        let control = sandbox.control();
        control.inject(Fault::on("/api", Effect::binance_too_much(Some("7"))).times(1));
        let refused = text(&sandbox, TIME).await;
        assert!(refused.starts_with("HTTP/1.1 429") && refused.contains("retry-after: 7\r\n"));
        control.inject(Fault::on("/api", Effect::redirect("http://127.0.0.1:1/")).times(1));
        assert!(
            text(&sandbox, TIME)
                .await
                .contains("location: http://127.0.0.1:1/\r\n")
        );
        let statuses: Vec<_> = control
            .records()
            .iter()
            .map(|record| record.status)
            .collect();
        assert_eq!(statuses, [429, 301]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_body_can_be_a_bomb_or_without_end() {
        let sandbox = start().await;
        sandbox
            .control()
            .inject(Fault::on(TIME, Effect::GzipBomb { megabytes: 8 }).times(1));
        let bomb = get(&sandbox, TIME).await;
        assert!((8 << 10..80 << 10).contains(&bomb.len()), "{}", bomb.len());
        sandbox.control().inject(Fault::on(TIME, Effect::Endless));
        assert_eq!(get(&sandbox, TIME).await.len(), 1 << 20);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_answer_can_be_late_drip_or_never_come() {
        let sandbox = start().await;
        let control = sandbox.control();
        let moment = Duration::from_millis(200);
        let before = Instant::now();
        control.inject(Fault::on(TIME, Effect::Late(moment)).times(1));
        assert!(text(&sandbox, TIME).await.ends_with('}'));
        assert!(before.elapsed() >= moment);
        control.inject(Fault::on(TIME, Effect::Drip(Duration::from_millis(10))).times(1));
        let before = Instant::now();
        assert!(text(&sandbox, TIME).await.contains("\r\n}\r\n"));
        assert!(before.elapsed() >= moment);
        control.inject(Fault::on(TIME, Effect::Hang).times(1));
        let hung = tokio::time::timeout(moment, get(&sandbox, TIME)).await;
        assert!(hung.is_err());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_slow_exchange_holds_up_no_other() {
        let sandbox = start().await;
        let control = sandbox.control();
        control.set_latency(Exchange::Binance, Duration::from_secs(3600));
        let request = format!("GET {TIME} HTTP/1.1\r\nhost: x\r\n\r\n");
        let mut waiting = Vec::new();
        for _ in 0..8 {
            let mut stream = tokio::net::TcpStream::connect(sandbox.address)
                .await
                .unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            waiting.push(stream);
        }
        until(|| control.max_in_flight(Exchange::Binance) == 8).await;
        let quick = text(&sandbox, "/api/v5/public/time").await;
        assert!(quick.starts_with("HTTP/1.1 200"));
        assert_eq!(control.max_in_flight(Exchange::Okx), 1);
        drop(waiting);
        until(|| {
            control.clear_records();
            control.max_in_flight(Exchange::Binance) == 0
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_answer_can_be_held_back() {
        let sandbox = start().await;
        sandbox.control().delay(TIME, Duration::from_millis(300));
        let before = Instant::now();
        get(&sandbox, TIME).await;
        assert!(before.elapsed() >= Duration::from_millis(300));
    }
}
