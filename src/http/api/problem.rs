//! Errors as programs read them: RFC 9457, under every path of the API, whoever noticed them.

use std::collections::BTreeMap;

use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::is_at;
use crate::domain::rules::FieldErrors;
use crate::error::Problem;
use crate::http::request_id::RequestId;

/// The media type of an error.
pub const KIND: &str = "application/problem+json";

/// Why a call was not done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Wire {
    /// Always `about:blank`: the code says more.
    #[schema(example = "about:blank")]
    r#type: &'static str,
    /// The status in words.
    #[schema(example = "Not Found")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 404)]
    status: u16,
    /// What happened and what to do next.
    #[schema(example = "There is nothing here that you may see.")]
    detail: String,
    /// One of a closed set.
    #[schema(example = "not_found")]
    code: &'static str,
    /// The id of the call in the server's log.
    #[schema(example = "0123456789abcdef0123456789abcdef")]
    request_id: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(example = json!({"label": ["Use at most 60 characters."]}))]
    errors: BTreeMap<String, Vec<String>>,
    /// How many seconds to wait before trying again, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 20)]
    retry_after_seconds: Option<u64>,
}

/// What a handler answers when it cannot do as asked. The words are put to it at the door, where
/// those of all other errors are.
#[derive(Clone, Debug)]
pub struct Refused {
    status: StatusCode,
    problem: Option<Problem>,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        let status = StatusCode::from_u16(problem.status());
        Self {
            status: status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            problem: Some(problem),
        }
    }
}

impl From<StatusCode> for Refused {
    fn from(status: StatusCode) -> Self {
        Self {
            status,
            problem: None,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(problem) = self.problem {
            response.extensions_mut().insert(problem);
        }
        response
    }
}

/// The same problem, with fields of forms told by the names that they have in calls.
#[must_use]
pub fn by_other_names(problem: Problem, names: &[(&str, &str)]) -> Problem {
    let Problem::Invalid(fields) = problem else {
        return problem;
    };
    let mut own = FieldErrors::default();
    for (field, sentence) in fields.iter() {
        let other = names.iter().find(|(name, _)| *name == field);
        own.add(other.map_or(field, |(_, other)| other), Err(sentence));
    }
    Problem::Invalid(own)
}

/// Tells every error of the API as programs read it.
pub async fn face(request: Request, next: Next) -> Response {
    if !is_at(request.uri().path()) {
        return next.run(request).await;
    }
    let id = request.extensions().get::<RequestId>().cloned();
    let response = next.run(request).await;
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        told(response, id.unwrap_or_default().0)
    } else {
        response
    }
}

fn told(response: Response, request_id: String) -> Response {
    let (mut parts, _) = response.into_parts();
    let problem = parts.extensions.remove::<Problem>();
    let wire = wire(parts.status, problem.as_ref(), request_id);
    parts.headers.remove(CONTENT_LENGTH);
    parts
        .headers
        .insert(CONTENT_TYPE, HeaderValue::from_static(KIND));
    if parts.status == StatusCode::UNAUTHORIZED {
        let bearer = HeaderValue::from_static("Bearer");
        parts.headers.insert(WWW_AUTHENTICATE, bearer);
    }
    if let Some(seconds) = wire.retry_after_seconds {
        parts.headers.insert(RETRY_AFTER, seconds.into());
    }
    let body = serde_json::to_vec(&wire).unwrap_or_default();
    (parts, body).into_response()
}

fn wire(status: StatusCode, problem: Option<&Problem>, request_id: String) -> Wire {
    let mut errors = BTreeMap::new();
    if let Some(Problem::Invalid(fields)) = problem {
        let field = |(field, sentence): (&str, &str)| (field.to_owned(), vec![sentence.to_owned()]);
        errors.extend(fields.iter().map(field));
    }
    let detail = match problem {
        // What the pages say of these is about pages.
        None | Some(Problem::NotFound | Problem::Internal) => words(status).to_owned(),
        Some(Problem::Invalid(_)) => "Something in the call needs another look: see errors.".into(),
        Some(problem) => problem.told(),
    };
    Wire {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail,
        code: problem.map_or_else(|| code(status), Problem::code),
        request_id,
        errors,
        retry_after_seconds: problem.and_then(Problem::retry_after_seconds),
    }
}

/// The code of an error that no service noticed.
fn code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "unauthenticated",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::CONFLICT => "conflict",
        StatusCode::TOO_MANY_REQUESTS => "rate_limited",
        status if status.is_server_error() => "internal",
        _ => "validation_failed",
    }
}

/// What happened and what to do next, by the status.
pub(super) fn words(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => {
            "The call could not be read: check its JSON and its address against /api/docs."
        }
        StatusCode::UNAUTHORIZED => "The call needs a token: send it as Authorization: Bearer.",
        StatusCode::FORBIDDEN => {
            "The call was not sent from a page of this server, or its token does not reach that far."
        }
        StatusCode::NOT_FOUND => {
            "There is nothing here that you may see: check the path and the id."
        }
        StatusCode::METHOD_NOT_ALLOWED => "This cannot be done at this path: see the header Allow.",
        StatusCode::REQUEST_TIMEOUT => {
            "The call took too long to arrive: nothing was changed, try again."
        }
        StatusCode::CONFLICT => "This cannot be done at this moment: look at what is there first.",
        StatusCode::PAYLOAD_TOO_LARGE => "The body is larger than 64 KiB: send less.",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            "The body is not JSON: send it with Content-Type: application/json."
        }
        StatusCode::MISDIRECTED_REQUEST => {
            "This server does not go by that name: whoever runs it can set PUBLIC_URL."
        }
        StatusCode::UNPROCESSABLE_ENTITY => {
            "A field is missing or of another kind than documented: see /api/docs."
        }
        StatusCode::TOO_MANY_REQUESTS => "These are too many calls in a short time: wait a little.",
        StatusCode::SERVICE_UNAVAILABLE => {
            "Coffer cannot answer at the moment: look whether it was done before you try again."
        }
        status if status.is_server_error() => {
            "Something went wrong inside Coffer: the server's log says more under the request_id."
        }
        _ => "The call could not be understood: check it against /api/docs.",
    }
}
