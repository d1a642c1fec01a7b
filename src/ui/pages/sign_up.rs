//! Making an account.

use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::domain::notice::Done;
use crate::domain::typed::Typed;
use crate::error::Problem;
use crate::ui::components::field::{Field, field_error};
use crate::ui::forms::FormFailure;

/// Whether accounts can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Openness {
    /// They can.
    Open,
    /// They cannot.
    Closed,
}

/// The page.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let failure = use_context::<FormFailure>();
    view! {
        <Title text="Create account · Coffer"/>
        <div class="narrow">
            <h1>"Create account"</h1>
            <Suspense>{Suspend::new(async move {
                match sign_up_state().await {
                    Ok(Openness::Open) => view! { <SignUpForm failure/> }.into_any(),
                    _ => view! { <Closed/> }.into_any(),
                }
            })}</Suspense>
        </div>
    }
}

#[component]
fn SignUpForm(failure: Option<FormFailure>) -> impl IntoView {
    let failure = failure.as_ref();
    let email = failure.map(|f| f.value("email")).unwrap_or_default();
    view! {
        <p class="lead">
            "Everything stays on this server. The email is only your name here; nothing is sent to it."
        </p>
        <form method="post" action="/do/sign-up">
            <Field name="email" label="Email" kind="email" required=true autocomplete="username"
                value=email error=field_error(failure, "email")/>
            <Field name="password" label="Password" kind="password" required=true
                autocomplete="new-password" error=field_error(failure, "password")
                hint="At least 8 characters. A few words in a row are best."/>
            <button type="submit" class="button-main">"Create account"</button>
        </form>
        <p class="aside">"Have an account? "<a href="/sign-in">"Sign in"</a></p>
    }
}

#[component]
fn Closed() -> impl IntoView {
    view! {
        <p>"This server takes no new accounts."</p>
        <p>"Ask whoever runs it for one, or "<a href="/sign-in">"sign in"</a>"."</p>
    }
}

/// Whether accounts can be made now.
#[server(prefix = "/do", endpoint = "sign-up-state")]
pub async fn sign_up_state() -> Result<Openness, Problem> {
    let state = crate::http::state()?;
    let open = crate::services::accounts::sign_up_is_open(&state).await?;
    Ok(if open {
        Openness::Open
    } else {
        Openness::Closed
    })
}

/// Makes an account and signs it in.
#[server(prefix = "/do", endpoint = "sign-up")]
pub async fn sign_up(
    #[server(default)] email: String,
    #[server(default)] password: Typed,
) -> Result<Done, Problem> {
    let state = crate::http::state()?;
    let session = crate::http::auth::session().await?;
    let user = crate::services::accounts::sign_up(&state, &email, password.expose().into()).await?;
    crate::http::auth::start_session(session, user).await?;
    Ok(Done::go("/"))
}
