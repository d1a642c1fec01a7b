//! `Idempotency-Key`: a call that creates something, sent again, gets the answer it got before.

use axum::extract::FromRequestParts;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tracing::Instrument;

use super::problem::Refused;
use crate::error::Problem;
use crate::services::State;
use crate::services::answers::{self, Answer, Begun, Keyed};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Tells that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The key that a call came under, if any, and the path it came to.
#[derive(Clone, Debug)]
pub struct Once {
    key: Option<String>,
    path: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let mut keys = parts.headers.get_all(HEADER).iter();
        let key = keys.next().map(|key| key.to_str().unwrap_or_default());
        // Of two keys neither is the one that is meant.
        let key = if keys.next().is_some() { Some("") } else { key };
        Ok(Self {
            key: key.map(str::to_owned),
            path: parts.uri.path().to_owned(),
        })
    }
}

impl Once {
    /// Does the work and answers 201; or, if the same call was answered before, answers the same.
    /// The work goes on when the caller goes away. Of the body a hash is kept, and of an answer,
    /// which must hold nothing secret, all of it. A call that failed can be sent again.
    ///
    /// # Errors
    /// What is wrong with the key, and whatever keeps the work from being done.
    pub async fn create<T, W>(
        self,
        state: &State,
        user_id: &str,
        body: &[u8],
        work: W,
    ) -> Result<Response, Refused>
    where
        T: Serialize + Send + 'static,
        W: Future<Output = Result<T, Problem>> + Send + 'static,
    {
        let keyed = self
            .key
            .map(|key| Keyed::new(user_id, &key, &self.path, body));
        let (state, keyed) = (state.clone(), keyed.transpose()?);
        // From taking the key to giving it back, so that no key is left behind.
        let done = async move {
            let turn = match keyed {
                None => return Ok(given(work.await.and_then(|made| created(&made))?)),
                Some(keyed) => match answers::begin(&state, keyed).await? {
                    Begun::Before(answer) => return Ok(again(answer)),
                    Begun::Now(turn) => turn,
                },
            };
            let outcome = work.await.and_then(|made| created(&made));
            let kept = answers::end(&state, turn, outcome.clone().ok()).await;
            if kept.is_err() {
                tracing::warn!("the answer to a call was not kept under its key");
            }
            Ok::<_, Problem>(given(outcome?))
        };
        let done = tokio::spawn(done.in_current_span());
        Ok(done.await.map_err(|_| Problem::Internal)??)
    }
}

/// An answer that was given before.
fn again(answer: Answer) -> Response {
    let mut response = given(answer);
    let yes = HeaderValue::from_static("true");
    response.headers_mut().insert(REPLAYED, yes);
    response
}

fn created<T: Serialize>(made: &T) -> Result<Answer, Problem> {
    Ok(Answer {
        status: StatusCode::CREATED.as_u16(),
        body: serde_json::to_string(made).map_err(|_| Problem::Internal)?,
    })
}

fn given(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    (status, [(CONTENT_TYPE, "application/json")], answer.body).into_response()
}
