//! A recording played back on loopback: whoever asks gets what an exchange once answered.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::call::{Call, decode};
use super::clock::Clock;
use super::reply::Reply;
use crate::domain::exchange::ExchangeId;
use crate::domain::recording::{Answer, BadRecording, Content, Recording};

/// Why a recording is not played.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// It is none.
    #[error(transparent)]
    BadRecording(#[from] BadRecording),
    /// The port is taken, or loopback cannot be bound.
    #[error("loopback cannot be listened on")]
    Listen(#[from] io::Error),
}

/// A recording, playing. Dropping it stops it. Keys and signatures are not looked at: any will do.
#[derive(Debug)]
pub struct Replay {
    exchange: ExchangeId,
    address: SocketAddr,
    /// Dropped with the replay, which tells the server to stop.
    _stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Replay {
    /// Plays a recording on 127.0.0.1; port 0 takes any that is free.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn start(recording: &str, port: u16) -> Result<Self, ReplayError> {
        let recording = Recording::parse(recording)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let answers: Arc<[Answer]> = recording.answers.into();
        let router = Router::new().fallback(handle).with_state(answers);
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(listener, router).with_graceful_shutdown(async {
            stopped.await.ok();
        });
        let server = tokio::spawn(async move {
            server.await.ok();
        });
        Ok(Self {
            exchange: recording.exchange,
            address,
            _stop: stop,
            server,
        })
    }

    /// Whose answers are played.
    #[must_use]
    pub fn exchange(&self) -> &ExchangeId {
        &self.exchange
    }

    /// The base address of the exchange, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Runs until the listener fails or this future is dropped.
    pub async fn wait(mut self) {
        (&mut self.server).await.ok();
    }
}

async fn handle(Shared(answers): Shared<Arc<[Answer]>>, request: Request) -> Response {
    let reply = match Call::read(request).await {
        Some(call) => answer(&answers, &call, Clock::default().now_ms()),
        None => Reply::html(413, ""),
    };
    reply.into_response()
}

fn answer(answers: &[Answer], call: &Call, now_ms: i64) -> Reply {
    // An old time would have every client take its own clock for wrong.
    match call.path.as_str() {
        "/api/v3/time" => return Reply::json(200, format!(r#"{{"serverTime":{now_ms}}}"#)),
        "/api/v5/public/time" => {
            let body = format!(r#"{{"code":"0","msg":"","data":[{{"ts":"{now_ms}"}}]}}"#);
            return Reply::json(200, body);
        }
        _ => {}
    }
    let wanted = page(&call.query);
    let asked = |answer: &&Answer| {
        answer.method == call.method.as_str()
            && answer.path == call.path
            && page(&answer.parameters) == wanted
    };
    let Some(answer) = answers.iter().rfind(asked) else {
        return Reply::html(404, "");
    };
    match answer.content() {
        Content::Json(body) => Reply::json(answer.status, body),
        Content::NotJson => Reply::html(answer.status, "<html></html>"),
        // What is not known is not made up: an empty list would pass for an empty wallet.
        Content::LeftOut => Reply::html(503, "<html></html>"),
    }
}

/// Which page of a list is asked for.
fn page(query: &str) -> String {
    let mut pairs = decode(query).into_iter();
    let page = pairs.find_map(|(name, value)| (name == "current").then_some(value));
    page.unwrap_or_else(|| "1".to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;

    const RECORDING: &str = r#"{"format":"coffer-recording-1","exchange":"binance","taken_at":"",
        "amounts":"kept","answers":[
        {"taken_at":"","method":"GET","path":"/a","parameters":"current=1&size=2","status":200,
         "body":{"rows":[1]}},
        {"taken_at":"","method":"GET","path":"/a","parameters":"size=2&current=2","status":200,
         "body":{"rows":[2]}},
        {"taken_at":"","method":"POST","path":"/b","parameters":"","status":418,
         "body":{"code":-1003,"msg":""}},
        {"taken_at":"","method":"GET","path":"/html","parameters":"","status":403,
         "body":{"not_json":true,"bytes":112}},
        {"taken_at":"","method":"GET","path":"/large","parameters":"","status":200,
         "body":{"left_out":true,"bytes":999999}}]}"#;

    fn asked(method: Method, target: &str) -> (u16, String) {
        let answers = Recording::parse(RECORDING).unwrap().answers;
        let call = Call::made(method, target, &[], "");
        let reply = answer(&answers, &call, 1_767_225_600_000);
        (reply.status, reply.body)
    }

    #[test]
    fn pages_are_told_apart_and_nothing_else_that_was_sent_counts() {
        for (target, body) in [
            ("/a", r#"{"rows":[1]}"#),
            (
                "/a?current=1&timestamp=9&signature=wrong",
                r#"{"rows":[1]}"#,
            ),
            ("/a?size=100&current=2", r#"{"rows":[2]}"#),
        ] {
            assert_eq!(asked(Method::GET, target), (200, body.to_owned()));
        }
        let banned = r#"{"code":-1003,"msg":""}"#.to_owned();
        assert_eq!(asked(Method::POST, "/b"), (418, banned));
    }

    #[test]
    fn what_was_not_recorded_is_not_there() {
        for (method, target) in [
            (Method::GET, "/a?current=3"),
            (Method::POST, "/a"),
            (Method::GET, "/b"),
            (Method::GET, "/"),
        ] {
            assert_eq!(asked(method, target).0, 404, "{target}");
        }
    }

    #[test]
    fn a_body_that_was_not_kept_is_no_answer_that_could_be_believed() {
        assert_eq!(asked(Method::GET, "/html").0, 403);
        let (status, body) = asked(Method::GET, "/large");
        assert_eq!((status, body.starts_with('<')), (503, true));
    }

    #[test]
    fn the_time_is_the_present() {
        let (_, binance) = asked(Method::GET, "/api/v3/time");
        assert_eq!(binance, r#"{"serverTime":1767225600000}"#);
        let (_, okx) = asked(Method::GET, "/api/v5/public/time");
        assert_eq!(
            okx,
            r#"{"code":"0","msg":"","data":[{"ts":"1767225600000"}]}"#
        );
    }
}
