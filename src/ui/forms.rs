//! Server functions as plain forms: after success a redirect, after a problem the page again with
//! the problem beside its field.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Problem;

/// What was typed and may be shown again: never keys, secrets or passwords.
const SHOWN_AGAIN: [&str; 21] = [
    "email",
    "exchange",
    "label",
    "region",
    "environment",
    "portfolio",
    "ignore_below",
    "name",
    "into",
    "asset",
    "quantity",
    "note",
    "failing_hours",
    "balance_percent",
    "value_percent",
    "exchange_news",
    "webhook_url",
    "scope",
    "expires",
    "symbol",
    "days",
];

/// A form that did not get through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormFailure {
    /// The address the form was sent to.
    pub action: String,
    /// Why.
    pub problem: Problem,
    /// What was typed, as far as it may be shown again.
    pub values: BTreeMap<String, String>,
}

impl FormFailure {
    /// The form sent to this address, on the page that is shown because it did not get through.
    #[must_use]
    pub fn of(action: &str) -> Option<Self> {
        leptos::prelude::use_context::<Self>().filter(|failure| failure.action == action)
    }

    /// What was typed into a field.
    #[must_use]
    pub fn value(&self, field: &str) -> String {
        self.values.get(field).cloned().unwrap_or_default()
    }

    /// Keeps of a form's fields what may be shown again.
    #[must_use]
    pub fn new(action: &str, problem: Problem, fields: Vec<(String, String)>) -> Self {
        let shown = |(name, _): &(String, String)| SHOWN_AGAIN.contains(&name.as_str());
        let values = fields.into_iter().filter(shown).collect();
        Self {
            action: action.to_owned(),
            problem,
            values,
        }
    }
}

#[cfg(feature = "ssr")]
pub use server::run;

#[cfg(feature = "ssr")]
mod server {
    use axum::body::{Body, Bytes, to_bytes};
    use axum::extract::{Request, State as AxumState};
    use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, SET_COOKIE};
    use axum::http::request::Parts;
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
    use axum::response::{IntoResponse, Redirect, Response};
    use axum_login::tower_sessions::Session;
    use leptos::prelude::provide_context;

    use super::FormFailure;
    use crate::domain::market::Pair;
    use crate::domain::notice::Done;
    use crate::domain::typed::Typed;
    use crate::error::Problem;
    use crate::http::shown::ShownOnce;
    use crate::http::{flash, limits, told};
    use crate::security::is_id;
    use crate::services::State;
    use crate::ui::{app, pages};

    const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

    /// Runs the server function at the request's address. A program gets its answer as JSON, with
    /// the problem's status; a browser's form gets a redirect or its page again.
    pub async fn run(AxumState(state): AxumState<State>, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let body = match to_bytes(body, limits::MAX_BODY_BYTES).await {
            Ok(body) => body,
            Err(error) => return limits::unread(&error).into_response(),
        };
        let wants_page = told::wants_page(&parts.headers);
        let answer = call(state.clone(), &parts, body.clone()).await;
        match read(answer).await {
            Ok((headers, json)) if wants_page => match serde_json::from_slice::<Done>(&json) {
                Ok(Done {
                    next,
                    secret: Some(secret),
                    ..
                }) => page_with(state, parts, &next, secret).await,
                Ok(done) => redirect(&parts, headers, done).await,
                Err(_) => problem_page(state, parts, Problem::BadRequest, &body).await,
            },
            Ok((headers, json)) => {
                (headers, [(CONTENT_TYPE, "application/json")], json).into_response()
            }
            Err(problem) if wants_page => problem_page(state, parts, problem, &body).await,
            Err(problem) => problem_json(&problem),
        }
    }

    /// Runs the function as if a program asked, so that the framework neither redirects nor puts
    /// errors into addresses.
    async fn call(state: State, parts: &Parts, body: Bytes) -> Response {
        let mut parts = parts.clone();
        parts
            .headers
            .insert(ACCEPT, HeaderValue::from_static("application/json"));
        let request = Request::from_parts(parts, Body::from(body));
        let context = move || provide_context(state.clone());
        leptos_axum::handle_server_fns_with_context(context, request)
            .await
            .into_response()
    }

    /// The function's result: its JSON with headers worth keeping, or the problem.
    async fn read(answer: Response) -> Result<(HeaderMap, Bytes), Problem> {
        let (parts, body) = answer.into_parts();
        let json = to_bytes(body, usize::MAX)
            .await
            .map_err(|_| Problem::Internal)?;
        if parts.status.is_success() {
            let mut headers = HeaderMap::new();
            for name in [CLEAR_SITE_DATA, SET_COOKIE] {
                if let Some(value) = parts.headers.get(&name) {
                    headers.insert(name, value.clone());
                }
            }
            return Ok((headers, json));
        }
        Err(serde_json::from_slice(&json).unwrap_or(match parts.status {
            StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST => Problem::BadRequest,
            _ => Problem::Internal,
        }))
    }

    async fn redirect(parts: &Parts, headers: HeaderMap, done: Done) -> Response {
        let session = parts.extensions.get::<Session>();
        if let (Some(session), Some(notice)) = (session, &done.notice) {
            // What was done stays done, even when it cannot be told.
            if flash::leave(session, notice).await.is_err() {
                tracing::warn!("a notice could not be left in the session");
            }
        }
        (headers, Redirect::to(&done.next)).into_response()
    }

    /// The page with what is shown on it once. It stands nowhere for a page after a redirect to find
    /// it, so it is the answer to the form.
    async fn page_with(state: State, mut parts: Parts, page: &str, secret: Typed) -> Response {
        parts.extensions.insert(ShownOnce(secret));
        app::render(state, as_get(parts, page), None).await
    }

    /// The page the form stands on, with the problem on it and the problem's status.
    async fn problem_page(state: State, parts: Parts, problem: Problem, body: &[u8]) -> Response {
        if problem == Problem::Unauthenticated {
            return Redirect::to("/sign-in").into_response();
        }
        let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
        let action = parts.uri.path().to_owned();
        let sent = fields.iter().find(|(name, value)| match name.as_str() {
            "id" => is_id(value),
            "symbol" => Pair::parse(value).is_ok(),
            _ => false,
        });
        let there = sent.filter(|_| problem != Problem::NotFound);
        let page = pages::of_action(&action, there.map(|(_, id)| id.as_str()));
        let (status, wait) = (problem.status(), wait(&problem));
        let failure = FormFailure::new(&action, problem, fields);
        let mut response = app::render(state, as_get(parts, &page), Some(failure)).await;
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
        (wait, response).into_response()
    }

    fn as_get(mut parts: Parts, page: &str) -> Request {
        parts.method = Method::GET;
        parts.uri = page.parse().unwrap_or_default();
        parts.headers.remove(CONTENT_LENGTH);
        parts.headers.remove(CONTENT_TYPE);
        Request::from_parts(parts, Body::empty())
    }

    /// How long to wait before another try, where that is known.
    fn wait(problem: &Problem) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(seconds) = problem.retry_after_seconds() {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        headers
    }

    fn problem_json(problem: &Problem) -> Response {
        let status = StatusCode::from_u16(problem.status()).unwrap_or_default();
        // The framework's client reads an answer with this header as an error of the function.
        let marked = [(HeaderName::from_static("serverfnerror"), "1")];
        let json = serde_json::to_vec(problem).unwrap_or_default();
        let wait = wait(problem);
        (
            status,
            marked,
            [(CONTENT_TYPE, "application/json")],
            wait,
            json,
        )
            .into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_never_among_the_values_shown_again() {
        let fields = [
            "email",
            "password",
            "api_key",
            "secret_key",
            "passphrase",
            "label",
        ];
        let typed = fields
            .map(|name| (name.to_owned(), "typed".to_owned()))
            .to_vec();
        let failure = FormFailure::new("/do/connect", Problem::BadRequest, typed);
        assert_eq!(
            failure.values.keys().collect::<Vec<_>>(),
            ["email", "label"]
        );
    }
}
