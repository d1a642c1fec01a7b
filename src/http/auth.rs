//! Who is calling: axum-login over the database's sessions.

use std::fmt;

use axum::extract::{Request, State as AxumState};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_login::tower_sessions::cookie::SameSite;
use axum_login::tower_sessions::{Expiry, SessionManagerLayer};
use axum_login::{AuthManagerLayer, AuthManagerLayerBuilder, AuthUser, AuthnBackend};
use leptos::prelude::use_context;
use secrecy::SecretString;

use super::address::Source;
use super::session_store::DatabaseSessions;
pub use super::session_store::Lifetimes;
use crate::error::Problem;
use crate::services::State;
use crate::services::accounts::{self, User};

/// Pages that anybody may open.
pub const OPEN_PAGES: [&str; 2] = ["/sign-in", "/sign-up"];

/// The session of a request.
pub type AuthSession = axum_login::AuthSession<Backend>;

/// What axum-login asks about people.
#[derive(Clone, Debug)]
pub struct Backend {
    state: State,
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct SignedIn(pub User);

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl AuthUser for SignedIn {
    type Id = String;

    fn id(&self) -> String {
        self.0.id.clone()
    }

    fn session_auth_hash(&self) -> &[u8] {
        &self.0.session_mark
    }
}

/// What somebody gives to sign in.
#[derive(Clone)]
pub struct SignInForm {
    /// The email.
    pub email: String,
    /// The password.
    pub password: SecretString,
    /// Where they come from.
    pub source: Source,
}

impl AuthnBackend for Backend {
    type User = SignedIn;
    type Credentials = SignInForm;
    type Error = Problem;

    async fn authenticate(&self, form: SignInForm) -> Result<Option<SignedIn>, Problem> {
        let Source(address) = &form.source;
        match accounts::sign_in(&self.state, &form.email, form.password, address).await {
            Ok(user) => Ok(Some(SignedIn(user))),
            Err(Problem::SignInRefused) => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    async fn get_user(&self, id: &String) -> Result<Option<SignedIn>, Problem> {
        Ok(accounts::find(&self.state, id).await?.map(SignedIn))
    }
}

/// The layer that gives every request its session. Over https the cookie is `__Host-id` and
/// Secure; over plain http, which only a loopback address should be, it is `coffer-id`.
#[must_use]
pub fn layer(
    state: State,
    lifetimes: Lifetimes,
    secure: bool,
) -> AuthManagerLayer<Backend, DatabaseSessions> {
    let sessions = SessionManagerLayer::new(DatabaseSessions::new(state.clone(), lifetimes))
        .with_name(if secure { "__Host-id" } else { "coffer-id" })
        .with_secure(secure)
        .with_same_site(SameSite::Lax)
        // The server's clock ends sessions; the cookie itself goes with the browser.
        .with_expiry(Expiry::OnSessionEnd);
    AuthManagerLayerBuilder::new(Backend { state }, sessions).build()
}

/// Sends whoever is not signed in from every page to the sign-in page.
pub async fn require_sign_in(session: AuthSession, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // Server functions ask by themselves, and are no pages.
    let is_page =
        matches!(*request.method(), Method::GET | Method::HEAD) && !path.starts_with("/do/");
    let open = OPEN_PAGES.contains(&path);
    if is_page && !open && session.user.is_none() {
        return Redirect::to("/sign-in").into_response();
    }
    next.run(request).await
}

/// Adds what tower-sessions leaves out when it removes a cookie: a browser keeps a `__Host-`
/// cookie whose removal is not Secure.
pub async fn complete_removal_cookie(
    AxumState(secure): AxumState<bool>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if secure {
        let cookies: Vec<_> = response
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .cloned()
            .collect();
        response.headers_mut().remove(SET_COOKIE);
        for cookie in cookies {
            let lacking = cookie.to_str().ok().filter(|text| !text.contains("Secure"));
            let whole = lacking.and_then(|text| format!("{text}; Secure; HttpOnly").parse().ok());
            response
                .headers_mut()
                .append(SET_COOKIE, whole.unwrap_or(cookie));
        }
    }
    response
}

/// The program's state, inside a server function.
///
/// # Errors
/// [`Problem::Internal`] outside of one.
pub fn state() -> Result<State, Problem> {
    use_context::<State>().ok_or(Problem::Internal)
}

/// The session of the request, inside a server function.
///
/// # Errors
/// [`Problem::Unavailable`] when sessions cannot be read.
pub async fn session() -> Result<AuthSession, Problem> {
    leptos_axum::extract::<AuthSession>()
        .await
        .map_err(|_| Problem::Unavailable)
}

/// Who is calling, inside a server function.
///
/// # Errors
/// [`Problem::Unauthenticated`] when nobody is signed in.
pub async fn signed_in() -> Result<User, Problem> {
    session()
        .await?
        .user
        .map(|user| user.0)
        .ok_or(Problem::Unauthenticated)
}

/// Where the request comes from, inside a server function.
#[must_use]
pub fn source() -> Source {
    let parts = use_context::<Parts>();
    Source::of(&parts.map(|parts| parts.extensions).unwrap_or_default())
}

/// Who goes by this email and password.
///
/// # Errors
/// [`Problem::SignInRefused`], [`Problem::TooManyGuesses`], [`Problem::Unavailable`].
pub async fn authenticate(session: &AuthSession, form: SignInForm) -> Result<User, Problem> {
    use axum_login::Error::{Backend, Session};
    match session.authenticate(form).await {
        Ok(Some(user)) => Ok(user.0),
        Ok(None) => Err(Problem::SignInRefused),
        Err(Backend(problem)) => Err(problem),
        Err(Session(error)) => Err(unavailable(error)),
    }
}

/// Asks the browser to forget what it kept of this server.
pub fn forget_in_browser() {
    clear_site_data("\"cache\", \"cookies\", \"storage\"");
}

/// The same but for cookies, where the answer brings one of its own.
pub fn forget_pages_in_browser() {
    clear_site_data("\"cache\", \"storage\"");
}

fn clear_site_data(what: &'static str) {
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        let name = HeaderName::from_static("clear-site-data");
        response.insert_header(name, HeaderValue::from_static(what));
    }
}

/// Signs somebody in under a new session id; whatever the session held before is gone.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn start_session(mut session: AuthSession, user: User) -> Result<(), Problem> {
    session.session.clear().await;
    session.session.cycle_id().await.map_err(unavailable)?;
    session.login(&SignedIn(user)).await.map_err(unavailable)
}

/// Signs out: the session's row is gone.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn end_session(mut session: AuthSession) -> Result<(), Problem> {
    session.logout().await.map(|_| ()).map_err(unavailable)
}

fn unavailable<E: fmt::Debug>(_: E) -> Problem {
    tracing::error!("sessions cannot be stored");
    Problem::Unavailable
}
