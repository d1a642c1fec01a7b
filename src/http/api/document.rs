//! The OpenAPI document: what all endpoints have in common is put to each here, so that none is
//! without it.

use axum::http::StatusCode;
use utoipa::OpenApi as _;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};

use super::problem::{self, KIND};

const ABOUT: &str = "What Coffer knows of your accounts on exchanges, for your own programs.\n\n\
    Amounts and prices are decimal numbers in strings, exact to the last digit. Times are RFC 3339 in \
    UTC. What has no usable price has none here either: `null`, never zero.\n\n\
    A call carries a token, made under Settings or by `coffer token add`, as `Authorization: Bearer`. \
    A token has a scope: `read`, `sync` or `manage`, each of which holds those before it. A browser \
    that is signed in may call as well, from pages of this server.\n\n\
    Lists come in parts: give `next` of one as `cursor` for the part after it. A call that creates \
    something may carry an `Idempotency-Key`: sent again under it, it is not done again.\n\n\
    Every answer tells by `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (in seconds) \
    how many calls a minute there may be. Errors are RFC 9457, with a `code` out of a closed set and \
    the `request_id` that stands in the server's log.";

/// Every error there may be, by the name of its answer in the document.
const ERRORS: [(&str, StatusCode); 12] = [
    ("Unreadable", StatusCode::BAD_REQUEST),
    ("Unauthenticated", StatusCode::UNAUTHORIZED),
    ("Forbidden", StatusCode::FORBIDDEN),
    ("NotFound", StatusCode::NOT_FOUND),
    ("TooSlow", StatusCode::REQUEST_TIMEOUT),
    ("Conflict", StatusCode::CONFLICT),
    ("TooLarge", StatusCode::PAYLOAD_TOO_LARGE),
    ("NotJson", StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ("Invalid", StatusCode::UNPROCESSABLE_ENTITY),
    ("TooManyCalls", StatusCode::TOO_MANY_REQUESTS),
    ("Internal", StatusCode::INTERNAL_SERVER_ERROR),
    ("Unavailable", StatusCode::SERVICE_UNAVAILABLE),
];

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(problem::Wire)), tags(
    (name = "Connections", description = "Accounts on exchanges, each by a key that can only read"),
    (name = "Portfolios", description = "What is held, and what it is worth"),
    (name = "By hand", description = "What is held elsewhere, as you entered it"),
    (name = "Syncing", description = "Reading accounts again, and what came of it"),
    (name = "Market", description = "Prices, candles, and how the exchanges fare"),
    (name = "One key", description = "For people with one key of Binance: neither ids nor choices"),
    (name = "You", description = "Your own settings, and what you were told"),
))]
struct Base;

/// The document without its paths.
pub fn base() -> OpenApi {
    let mut document = Base::openapi();
    document.info.title = "Coffer".into();
    document.info.description = Some(ABOUT.into());
    let components = document.components.get_or_insert_default();
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "A token made under Settings, or by `coffer token add`.",
        ));
    let session = ApiKeyValue::with_description(
        "coffer-id",
        "The session of a browser; over https the cookie is `__Host-id`.",
    );
    components.security_schemes.extend([
        ("token".into(), SecurityScheme::Http(token.build()).into()),
        (
            "session".into(),
            SecurityScheme::ApiKey(ApiKey::Cookie(session)).into(),
        ),
    ]);
    for (name, status) in ERRORS {
        components
            .responses
            .insert(name.into(), answer(status).into());
    }
    document
}

fn answer(status: StatusCode) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    let mut answer = ResponseBuilder::new()
        .description(problem::words(status))
        .content(KIND, content.build());
    if status == StatusCode::UNAUTHORIZED {
        answer = answer.header("WWW-Authenticate", header(Type::String, "Always `Bearer`."));
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        answer = answer.header("Retry-After", header(Type::Integer, "Seconds to wait."));
    }
    answer.build()
}

fn header(kind: Type, description: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(kind)))
        .description(Some(description))
        .build()
}

/// Puts to every endpoint the errors that it may answer with.
pub fn completed(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        for (operation, changes) in operations(item) {
            for (name, status) in ERRORS {
                let told = operation.responses.responses.contains_key(status.as_str());
                // What an endpoint says of an error by itself is that there is one.
                if told || may_answer(operation, changes, status) {
                    let answers = &mut operation.responses.responses;
                    let answer = RefOr::Ref(Ref::from_response_name(name));
                    answers.insert(status.as_str().to_owned(), answer);
                }
            }
        }
    }
    document
}

/// The operations of a path, and whether each may change something.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&mut Operation, bool)> {
    let all = [
        (&mut item.get, false),
        (&mut item.post, true),
        (&mut item.put, true),
        (&mut item.patch, true),
        (&mut item.delete, true),
    ];
    all.into_iter()
        .filter_map(|(operation, changes)| Some((operation.as_mut()?, changes)))
}

fn may_answer(operation: &Operation, changes: bool, status: StatusCode) -> bool {
    let takes = |place: ParameterIn| {
        let parameters = operation.parameters.iter().flatten();
        let mut parameters = parameters.filter_map(inline);
        parameters.any(|parameter| parameter.parameter_in == place)
    };
    let typed = operation.request_body.is_some();
    match status {
        StatusCode::BAD_REQUEST => typed || takes(ParameterIn::Query),
        StatusCode::UNPROCESSABLE_ENTITY => {
            typed || takes(ParameterIn::Query) || takes(ParameterIn::Header)
        }
        StatusCode::NOT_FOUND => takes(ParameterIn::Path),
        StatusCode::CONFLICT
        | StatusCode::REQUEST_TIMEOUT
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNSUPPORTED_MEDIA_TYPE => changes,
        _ => true,
    }
}

fn inline(parameter: &RefOr<Parameter>) -> Option<&Parameter> {
    match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    }
}
