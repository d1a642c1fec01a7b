//! Signing in.

use leptos::prelude::*;
use leptos_meta::Title;

use super::sign_up::{Openness, sign_up_state};
use crate::domain::notice::{Done, Notice};
use crate::domain::typed::Typed;
use crate::error::Problem;
use crate::ui::components::field::{Field, field_error};
use crate::ui::components::notice::NoticeView;
use crate::ui::forms::FormFailure;

/// The page.
#[component]
pub fn SignInPage() -> impl IntoView {
    let failure = use_context::<FormFailure>();
    let failure = failure.as_ref();
    let email = failure.map(|f| f.value("email")).unwrap_or_default();
    view! {
        <Title text="Sign in · Coffer"/>
        <Suspense>{Suspend::new(async move {
            let farewell = take_farewell().await.ok().flatten();
            farewell.map(|notice| view! { <NoticeView notice/> })
        })}</Suspense>
        <div class="narrow">
            <h1>"Sign in"</h1>
            <p class="lead">
                "Coffer shows what you hold on your exchanges, in one place, with keys that can only read."
            </p>
            <form method="post" action="/do/sign-in">
                <Field name="email" label="Email" kind="email" required=true autocomplete="username"
                    value=email error=field_error(failure, "email")/>
                <Field name="password" label="Password" kind="password" required=true
                    autocomplete="current-password" error=field_error(failure, "password")/>
                <button type="submit" class="button-main">"Sign in"</button>
            </form>
            <Suspense>{Suspend::new(async move {
                match sign_up_state().await {
                    Ok(Openness::Open) => Some(view! {
                        <p class="aside">"No account yet? "<a href="/sign-up">"Create an account"</a></p>
                    }),
                    _ => None,
                }
            })}</Suspense>
        </div>
    }
}

/// What is left to tell somebody whose account was deleted. Whoever asks gets what waits in their own
/// session.
#[server(prefix = "/do", endpoint = "take-farewell")]
pub async fn take_farewell() -> Result<Option<Notice>, Problem> {
    let session = crate::http::auth::session().await?;
    if session.user.is_some() {
        return Ok(None);
    }
    let waiting = crate::http::flash::take(&session.session).await?;
    if waiting.is_some() {
        // It was there for this notice alone.
        crate::http::auth::end_session(session).await?;
    }
    Ok(waiting)
}

/// Signs in, under a session that did not exist before.
#[server(prefix = "/do", endpoint = "sign-in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: Typed,
) -> Result<Done, Problem> {
    let session = crate::http::auth::session().await?;
    let form = crate::http::auth::SignInForm {
        email,
        password: password.expose().into(),
        source: crate::http::auth::source(),
    };
    let user = crate::http::auth::authenticate(&session, form).await?;
    crate::http::auth::start_session(session, user).await?;
    Ok(Done::go("/"))
}
