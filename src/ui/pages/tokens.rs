//! API tokens: what lets a person's own programs in.

use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::domain::notice::{Done, Notice};
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{ApiToken, Scope};
use crate::domain::typed::Typed;
use crate::error::Problem;
use crate::ui::components::field::{Field, field_error};
use crate::ui::components::notice::NoticeView;
use crate::ui::components::problem::ProblemNotice;
use crate::ui::components::select::{Select, option};
use crate::ui::components::tokens::TokensTable;
use crate::ui::forms::FormFailure;

/// The address of the form.
const MAKE: &str = "/do/make-token";
/// How long a token may live, and how that reads; the first is proposed.
const LIFETIMES: [(&str, &str); 4] = [
    ("90", "90 days"),
    ("30", "30 days"),
    ("365", "365 days"),
    ("never", "Until it is revoked"),
];

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokensData {
    /// The tokens, oldest first.
    pub tokens: Vec<ApiToken>,
    /// A token right after it was made, and never again.
    pub secret: Option<Typed>,
    /// What was just done.
    pub notice: Option<Notice>,
    /// When this was so.
    pub now: Timestamp,
}

/// The page.
#[component]
pub fn TokensPage() -> impl IntoView {
    let failure = FormFailure::of(MAKE);
    let revoked = FormFailure::of("/do/revoke-token");
    view! {
        <Title text="API tokens · Coffer"/>
        <p class="crumbs"><a href="/settings">"Settings"</a></p>
        <h1>"API tokens"</h1>
        {revoked.map(|failure| view! { <ProblemNotice problem=failure.problem/> })}
        <Suspense>{Suspend::new(async move {
            match load_tokens().await {
                Ok(data) => view! { <Contents data failure/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

#[component]
fn Contents(data: TokensData, failure: Option<FormFailure>) -> impl IntoView {
    view! {
        {data.notice.map(|notice| view! { <NoticeView notice/> })}
        {data.secret.map(|secret| view! { <NewToken secret/> })}
        <MakeForm failure/>
        <TokensTable tokens=data.tokens now=data.now/>
    }
}

/// The token, which is not shown a second time.
#[component]
fn NewToken(secret: Typed) -> impl IntoView {
    view! {
        <section class="card secret" aria-labelledby="token-heading">
            <h2 id="token-heading">"Your new token"</h2>
            <p role="status">"Copy it now: it is not shown again, and not kept here."</p>
            <p><code class="secret-text">{secret.expose().to_owned()}</code></p>
            <p>"Send it with every call, as "<code>"Authorization: Bearer"</code>"."</p>
        </section>
    }
}

#[component]
fn MakeForm(failure: Option<FormFailure>) -> impl IntoView {
    let failure = failure.as_ref();
    let value = |name: &str| failure.map_or_else(String::new, |failure| failure.value(name));
    let (name, scope, expires) = (value("name"), value("scope"), value("expires"));
    let scopes = Scope::ALL
        .map(|one| option(one.as_str(), one.title(), one.as_str() == scope))
        .collect_view();
    let lifetimes = LIFETIMES
        .map(|(days, title)| option(days, title, days == expires))
        .collect_view();
    view! {
        <section class="card" aria-labelledby="make-heading">
            <h2 id="make-heading">"New token"</h2>
            <p class="lead">
                "A token lets a program in without your password. What it can do is on "
                <a href="/api/docs">"the API's own page"</a>"."
            </p>
            <form method="post" action=MAKE>
                <Field name="name" label="Name" value=name required=true error=field_error(failure, "name")
                    hint="What will use it, such as “Spreadsheet”."/>
                <Select name="scope" label="It may" error=field_error(failure, "scope")>{scopes}</Select>
                <Select name="expires" label="It lives" error=field_error(failure, "expires")>{lifetimes}</Select>
                <Field name="current_password" label="Current password" kind="password" required=true
                    autocomplete="current-password" error=field_error(failure, "current_password")
                    hint="A token outlasts this session, so it takes your password to make one."/>
                <button type="submit" class="button-main">"Make token"</button>
            </form>
        </section>
    }
}

/// Everything the page shows.
#[server(prefix = "/do", endpoint = "load-tokens")]
pub async fn load_tokens() -> Result<TokensData, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let session = crate::http::auth::session().await?;
    Ok(TokensData {
        tokens: crate::services::tokens::list(&state, &user.id).await?,
        secret: crate::http::shown::secret(),
        notice: crate::http::flash::take(&session.session).await?,
        now: state.clock.now(),
    })
}

/// Makes a token, which is shown this once.
#[server(prefix = "/do", endpoint = "make-token")]
pub async fn make_token(
    #[server(default)] name: String,
    #[server(default)] scope: String,
    #[server(default)] expires: String,
    #[server(default)] current_password: Typed,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let form = crate::domain::token::TokenForm {
        name: &name,
        scope: &scope,
        expires: &expires,
    };
    let password = current_password.expose().into();
    let token = crate::services::tokens::make(&state, &user, &form, password).await?;
    let token = Typed::from(secrecy::ExposeSecret::expose_secret(&token));
    Ok(Done::show("/settings/tokens", token))
}

/// Revokes a token.
#[server(prefix = "/do", endpoint = "revoke-token")]
pub async fn revoke_token(#[server(default)] id: String) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let name = crate::services::tokens::revoke(&state, &user.id, &id).await?;
    Ok(Done::tell("/settings/tokens", Notice::TokenRevoked(name)))
}
