//! At the door of the API: who is calling, and whether these are too many calls.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State as AxumState};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;

use super::allowance::tell;
use super::problem::Refused;
use crate::domain::token::Scope;
use crate::error::Problem;
use crate::http::AuthSession;
use crate::http::address::Source;
use crate::services::State;
use crate::services::accounts::User;
use crate::services::throttle::{Throttle, TooMany};
use crate::services::tokens::{self, Caller};

const MINUTE: Duration = Duration::from_secs(60);

/// What the door needs.
#[derive(Clone, Debug)]
pub struct Gate {
    state: State,
    callers: Arc<Throttle>,
    addresses: Arc<Throttle>,
}

impl Gate {
    /// A door at the pace of `state`.
    pub fn new(state: &State) -> Self {
        let calls = state.settings.pace.calls_a_minute;
        Self {
            state: state.clone(),
            callers: Arc::new(Throttle::new(calls, MINUTE)),
            addresses: Arc::new(Throttle::new(calls.saturating_mul(2), MINUTE)),
        }
    }
}

/// Finds out who is calling, for the handler to ask, and counts the call. One that nobody is known to
/// have made counts for its address, so that tokens cannot be guessed; any other counts for its caller
/// and, whatever tokens they have, for that person at this address. So nobody can use up what others
/// have, though all may come from one proxy's address.
pub async fn admit(AxumState(gate): AxumState<Gate>, mut request: Request, next: Next) -> Response {
    let now = gate.state.clock.now();
    let Source(address) = Source::of(request.extensions());
    let (token, session) = (token(request.headers()), signed_in(&request));
    let counted = match who(&gate.state, token, session).await {
        Ok(caller) => {
            let person = format!("{address} {}", caller.user.id);
            let id = caller.token_id.as_ref().unwrap_or(&caller.user.id);
            let counted = gate.addresses.count(&person, now);
            let counted = counted.and_then(|_| gate.callers.count(id, now));
            request.extensions_mut().insert(caller);
            counted
        }
        Err(Problem::TokenRefused) => gate.addresses.count(&address, now),
        Err(problem) => return Refused::from(problem).into_response(),
    };
    match counted {
        Ok(allowance) => {
            let mut response = next.run(request).await;
            tell(allowance, &mut response);
            response
        }
        Err(refused) => too_many(refused),
    }
}

/// The owner of the token that the call carries; without one, whoever is signed in at the browser.
async fn who(
    state: &State,
    token: Result<Option<SecretString>, Problem>,
    session: Option<User>,
) -> Result<Caller, Problem> {
    match token? {
        Some(token) => tokens::caller(state, &token).await,
        None => Ok(Caller {
            user: session.ok_or(Problem::TokenRefused)?,
            scope: Scope::Manage,
            token_id: None,
        }),
    }
}

fn signed_in(request: &Request) -> Option<User> {
    let session = request.extensions().get::<AuthSession>()?;
    Some(session.user.clone()?.0)
}

/// The token of `Authorization: Bearer`. Anything else there is refused, not passed over.
fn token(headers: &HeaderMap) -> Result<Option<SecretString>, Problem> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            let (scheme, token) = value
                .to_str()
                .ok()
                .and_then(|value| value.split_once(' '))
                .ok_or(Problem::TokenRefused)?;
            let is_bearer = scheme.eq_ignore_ascii_case("bearer");
            let token = is_bearer.then(|| SecretString::from(token.trim()));
            token.map(Some).ok_or(Problem::TokenRefused)
        }
        (Some(_), Some(_)) => Err(Problem::TokenRefused),
    }
}

fn too_many(refused: TooMany) -> Response {
    let seconds = refused.retry_after_seconds;
    let mut response = Refused::from(Problem::TooManyCalls { seconds }).into_response();
    tell(refused.allowance, &mut response);
    response
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use secrecy::ExposeSecret;

    use super::*;

    fn read(values: &[&'static str]) -> Result<Option<String>, Problem> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        Ok(token(&headers)?.map(|token| token.expose_secret().to_owned()))
    }

    #[test]
    fn only_a_single_bearer_token_counts() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["Bearer abc"]), Ok(Some("abc".into())));
        assert_eq!(read(&["bearer  abc "]), Ok(Some("abc".into())));
        for wrong in [
            &["Basic abc"][..],
            &["Bearer"],
            &[""],
            &["Bearer a", "Bearer a"],
        ] {
            assert_eq!(read(wrong), Err(Problem::TokenRefused), "{wrong:?}");
        }
    }
}
