//! What calls bring: bodies, ids, and queries.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use zeroize::Zeroizing;

use super::problem::Refused;
use crate::domain::market::interval::Interval;
use crate::domain::rules::FieldErrors;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::http::limits;
use crate::security::is_id;

/// Refuses bodies that are not JSON. A form is what a browser sends to foreign servers unasked.
pub async fn only_json(request: Request, next: Next) -> Response {
    let has_other = request.headers().contains_key(CONTENT_TYPE) && !is_json(request.headers());
    if has_other && !request.method().is_safe() {
        return Refused::from(StatusCode::UNSUPPORTED_MEDIA_TYPE).into_response();
    }
    next.run(request).await
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// A JSON body.
#[derive(Debug)]
pub struct Body<T> {
    /// What it says.
    pub value: T,
    /// The bytes it came as; wiped when dropped, as it may hold secrets.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        if !is_json(request.headers()) {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into());
        }
        let bytes = to_bytes(request.into_body(), limits::MAX_BODY_BYTES).await;
        let bytes = bytes.map_err(|error| limits::unread(&error))?;
        let bytes = Zeroizing::new(bytes.to_vec());
        // What serde says may repeat what was sent.
        let value = serde_json::from_slice(&bytes).map_err(|error| match error.classify() {
            Category::Data => StatusCode::UNPROCESSABLE_ENTITY,
            Category::Io | Category::Syntax | Category::Eof => StatusCode::BAD_REQUEST,
        })?;
        Ok(Self { value, bytes })
    }
}

/// The `{id}` of a path.
#[derive(Clone, Debug)]
pub struct Id(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id = path.ok().map(|Path(id)| id).filter(|id| is_id(id));
        Ok(Self(id.ok_or(Problem::NotFound)?))
    }
}

/// The `{name}` of a path, which is checked by whoever takes it.
#[derive(Clone, Debug)]
pub struct Name(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(path.map_err(|_| Problem::NotFound)?.0))
    }
}

/// The query of an address as a struct, whose fields are checked by whoever takes it.
///
/// # Errors
/// A call that could not be read.
pub async fn query<T: DeserializeOwned>(parts: &mut Parts) -> Result<T, Refused> {
    let query = Query::<T>::from_request_parts(parts, &()).await;
    let query = query.map_err(|_| StatusCode::BAD_REQUEST)?;
    Ok(query.0)
}

/// Reads a moment that may be left out; what is none is told by its field.
pub fn moment(errors: &mut FieldErrors, field: &str, text: Option<&str>) -> Option<Timestamp> {
    let read = text.map(Timestamp::parse);
    let known = read.is_none_or(|read| read.is_some()).then_some(());
    let sentence = "Write a moment as 2026-01-01T00:00:00Z, or a day as 2026-01-01.";
    errors.add(field, known.ok_or(sentence));
    read.flatten()
}

/// Reads how long candles are.
///
/// # Errors
/// A sentence.
pub fn interval(text: &str) -> Result<Interval, &'static str> {
    let known = Interval::parse(text);
    known.map_err(|_| "Write a length such as 1m, 15m, 1h, 4h, 1d, 1w or 1M.")
}
