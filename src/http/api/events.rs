//! A stream of what happens, for as long as its listener may hear it.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{FromRequestParts, State as AxumState};
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum_login::tower_sessions::session::Id as SessionId;
use futures::stream;
use serde::{Deserialize, Serialize};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::input::query;
use super::may::{May, Read};
use super::problem::Refused;
use super::{market, runs, sync_all};
use crate::domain::market::Pair;
use crate::domain::progress::SyncProgress;
use crate::error::Problem;
use crate::http::AuthSession;
use crate::http::session_store::is_alive;
use crate::services::events::{Heard, Listening, News, listen};
use crate::services::market::live::{self, LiveTicker, MOST_PAIRS, Watching};
use crate::services::tokens::Caller;
use crate::services::{State, accounts, tokens};

/// After how much silence a comment says that the stream is still there.
const SILENCE: Duration = Duration::from_secs(15);
/// How long a listener waits before it comes back.
const COME_BACK: Duration = Duration::from_secs(2);
/// How many looks pass before it is asked again whether a listener still may.
const LOOKS: u32 = 5;
const SYMBOLS: &str = "Name at most 100 pairs such as BTC-USDT, with commas between them.";

/// Streams what happens to your connections, as Server-Sent Events.
///
/// `run` is a sync that is over, as in `/connections/{id}/runs`; `progress` is a sync of all
/// connections, whenever it has come further; `lost` says that something was missed, so that what
/// you know may be old; `ticker` is the price of a pair you named, as in `/market/tickers`: the
/// newest, about twice a second at most, from every exchange that lists it. It has no id. Give the
/// id of the last event as `Last-Event-ID` to hear what came after it. A comment comes at least
/// every 15 seconds. One person may have 8 streams open; a stream ends when its token is revoked or
/// its browser signs out.
#[utoipa::path(get, path = "/events", tag = "Syncing", operation_id = "listenToEvents",
    params(("symbols" = Option<String>, Query, description = "At most 100 pairs whose prices are told, with commas between them", example = "BTC-USDT,ETH-USDT"),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the event that was heard last")),
    responses((status = 200, description = "Events, until the stream is closed", body = String, content_type = "text/event-stream",
        example = "event: run\nid: 0193d6f0-17\ndata: {\"id\": \"0193d6f0c1e74d7fb1a2c3d4e5f60717\", \"success\": true}\n\n")),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn events(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    pass: Pass,
    last: LastHeard,
    symbols: Symbols,
) -> Result<Response, Refused> {
    let user_id = &may.user.id;
    let (listening, running) = listen(&state, user_id, last.0.as_deref()).await?;
    let first = running.map(|running| progress(None, running));
    let open = Open {
        first: first.into_iter().chain([hello()]).collect(),
        check: checks(state.settings.pace.look * LOOKS),
        pass,
        listening,
        watching: (!symbols.0.is_empty()).then(|| live::watch(&state, symbols.0)),
        state,
    };
    let events = stream::unfold(open, next);
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(SILENCE))
        .into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that gathers would tell everything late.
    let name = HeaderName::from_static("x-accel-buffering");
    headers.insert(name, HeaderValue::from_static("no"));
    Ok(response)
}

/// A stream that is open.
struct Open {
    state: State,
    pass: Pass,
    /// What is told before anything is heard, the first last.
    first: Vec<Event>,
    listening: Listening,
    /// The prices that are asked for, if any are.
    watching: Option<Watching>,
    check: Interval,
}

async fn next(mut open: Open) -> Option<(Result<Event, Infallible>, Open)> {
    if let Some(event) = open.first.pop() {
        return Some((Ok(event), open));
    }
    loop {
        tokio::select! {
            () = open.state.closed() => return None,
            _ = open.check.tick() => {
                if !open.pass.holds(&open.state).await {
                    return None;
                }
            }
            heard = open.listening.next() => {
                return event(heard).map(|event| (Ok(event), open));
            }
            told = prices(&mut open.watching) => {
                open.first = told.iter().rev().map(ticker).collect();
                if let Some(event) = open.first.pop() {
                    return Some((Ok(event), open));
                }
            }
        }
    }
}

fn checks(every: Duration) -> Interval {
    let mut checks = interval(every);
    checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    checks
}

/// What a listener is told at once, so that it knows that it is heard.
fn hello() -> Event {
    Event::default().retry(COME_BACK).comment("open")
}

fn event(heard: Heard) -> Option<Event> {
    match heard {
        Heard::Over => None,
        Heard::Lost => Some(Event::default().event("lost").data("{}")),
        Heard::Told(told) => Some(match told.news.as_ref() {
            News::Progress(news) => progress(Some(told.id), news.clone()),
            News::Run { id, report } => {
                let event = Event::default().event("run").id(told.id);
                event.data(json(&runs::wire(id.clone(), report)))
            }
        }),
    }
}

/// What is new of the prices that are asked for.
async fn prices(watching: &mut Option<Watching>) -> Vec<LiveTicker> {
    match watching {
        Some(watching) => watching.next().await,
        None => std::future::pending().await,
    }
}

fn ticker(told: &LiveTicker) -> Event {
    Event::default()
        .event("ticker")
        .data(json(&market::live(told)))
}

fn progress(id: Option<String>, news: SyncProgress) -> Event {
    let told = sync_all::progress(news);
    let event = Event::default().event("progress").data(json(&told));
    match id {
        Some(id) => event.id(id),
        None => event,
    }
}

fn json<T: Serialize>(told: &T) -> String {
    serde_json::to_string(told).unwrap_or_default()
}

/// What let a listener in.
#[derive(Debug)]
pub struct Pass {
    caller: Caller,
    session: Option<SessionId>,
}

impl Pass {
    /// Whether it still does. As long as nobody can say, it does not.
    async fn holds(&self, state: &State) -> bool {
        self.asked(state).await.unwrap_or(false)
    }

    async fn asked(&self, state: &State) -> Result<bool, Problem> {
        let user = &self.caller.user;
        match (&self.caller.token_id, &self.session) {
            (Some(token_id), _) => {
                let (all, now) = (tokens::list(state, &user.id).await?, state.clock.now());
                let own = all.iter().find(|token| token.id == *token_id);
                Ok(own.is_some_and(|own| own.expires_at.is_none_or(|end| end > now)))
            }
            (None, Some(session)) => {
                let alive = is_alive(state, session, &user.id).await;
                let found = accounts::find(state, &user.id).await?;
                let same = found.is_some_and(|found| found.session_mark == user.session_mark);
                Ok(same && alive.map_err(|_| Problem::Unavailable)?)
            }
            (None, None) => Ok(false),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Pass {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let caller = parts.extensions.get::<Caller>().cloned();
        let session = parts.extensions.get::<AuthSession>();
        Ok(Self {
            caller: caller.ok_or(Problem::TokenRefused)?,
            session: session.and_then(|session| session.session.id()),
        })
    }
}

/// The id of the event that was heard last.
#[derive(Debug)]
pub struct LastHeard(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for LastHeard {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let last = parts.headers.get("last-event-id");
        // What is no text was never the id of an event.
        let last = last.map(|last| last.to_str().unwrap_or_default().to_owned());
        Ok(Self(last))
    }
}

#[derive(Deserialize)]
struct Typed {
    symbols: Option<String>,
}

/// The pairs whose prices are asked for.
#[derive(Debug)]
pub struct Symbols(Vec<Pair>);

impl<S: Send + Sync> FromRequestParts<S> for Symbols {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let typed: Typed = query(parts).await?;
        let Some(symbols) = typed.symbols else {
            return Ok(Self(Vec::new()));
        };
        let pairs = symbols.split(',').map(|one| Pair::parse(one.trim()));
        let pairs: Result<Vec<_>, _> = pairs.collect();
        match pairs {
            Ok(pairs) if pairs.len() <= MOST_PAIRS => Ok(Self(pairs)),
            _ => Err(Problem::field("symbols", SYMBOLS).into()),
        }
    }
}
