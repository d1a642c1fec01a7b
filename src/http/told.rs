//! Errors that no page of ours tells: a calm sentence by their status.

use axum::body::HttpBody;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use crate::error::Problem;

/// Nothing runs on these pages; they only have the style sheet.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; object-src 'none'; \
     form-action 'self'; frame-ancestors 'none'",
);

/// Whether whoever asks is a browser that will show the answer.
#[must_use]
pub fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Puts words to an error that comes without any, or whose words are not for people.
pub async fn calmly(request: Request, next: Next) -> Response {
    let wants_page = wants_page(request.headers());
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let kind = response.headers().get(CONTENT_TYPE);
    let is_plain = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let is_empty = response.body().size_hint().exact() == Some(0);
    if is_empty || (is_plain && wants_page) {
        with_words(response, wants_page)
    } else {
        response
    }
}

/// Tells a problem where no page of ours is at hand.
#[must_use]
pub fn problem(problem: &Problem, headers: &HeaderMap) -> Response {
    let status = StatusCode::from_u16(problem.status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (sentence, next_step) = (problem.sentence(), problem.next_step());
    telling(
        status.into_response(),
        &sentence,
        &next_step,
        wants_page(headers),
    )
}

fn with_words(response: Response, wants_page: bool) -> Response {
    let (sentence, next_step) = words(response.status());
    telling(response, sentence, next_step, wants_page)
}

fn telling(response: Response, sentence: &str, next_step: &str, wants_page: bool) -> Response {
    let status = response.status();
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.remove(CONTENT_TYPE);
    // The words that were there may have been compressed; these are not.
    parts.headers.remove(CONTENT_ENCODING);
    if wants_page {
        parts.headers.insert(CONTENT_SECURITY_POLICY, POLICY);
        let page = Html(page(sentence, next_step));
        (status, parts.headers, page).into_response()
    } else {
        let text = format!("{sentence} {next_step}\n");
        (status, parts.headers, text).into_response()
    }
}

/// What happened, and what to do next.
fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::FORBIDDEN => (
            "This form was not sent from a page of this server.",
            "Nothing was changed; open the page here and try again.",
        ),
        StatusCode::MISDIRECTED_REQUEST => (
            "This server does not go by that name.",
            "Whoever runs it can give it the name, by PUBLIC_URL.",
        ),
        StatusCode::NOT_FOUND => (
            "Nothing is here.",
            "The address may be mistyped, or what was there is gone.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            "This cannot be done at this address.",
            "Open a page and use its buttons.",
        ),
        StatusCode::REQUEST_TIMEOUT => (
            "The request took too long to arrive.",
            "Nothing was changed; try again.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "This form is larger than any of ours.",
            "Nothing was changed; go back and try again with less.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "Coffer cannot answer at the moment.",
            "Look whether it was done before you try again in a moment.",
        ),
        status if status.is_server_error() => (
            "Something went wrong inside Coffer.",
            "Look whether it was done before you try again; if it lasts, the server's log says \
             more under this request's id.",
        ),
        _ => (
            "This request could not be understood.",
            "Go back, reload the page and try again.",
        ),
    }
}

fn page(sentence: &str, next_step: &str) -> String {
    let [sentence, next_step] = [sentence, next_step].map(escaped);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Not done · Coffer</title>\
         <link rel=\"stylesheet\" href=\"/assets/coffer.css\"></head>\
         <body><header class=\"site-header\"><a class=\"brand\" href=\"/\">Coffer</a></header>\
         <main id=\"main\"><div class=\"notice notice-problem\" role=\"alert\">\
         <p class=\"notice-head\">{sentence}</p><p>{next_step}</p></div>\
         <p><a href=\"/\">Go to the portfolio</a></p></main></body></html>\n"
    )
}

/// A problem may name what somebody typed.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
