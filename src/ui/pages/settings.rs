//! Settings: change of password, sign-out.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::domain::notice::{Done, Notice};
use crate::domain::typed::Typed;
use crate::error::Problem;
use crate::ui::components::field::{Field, field_error};
use crate::ui::components::notice::NoticeView;
use crate::ui::forms::FormFailure;

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let failure = use_context::<FormFailure>();
    let failure = failure.as_ref();
    view! {
        <Title text="Settings · Coffer"/>
        <h1>"Settings"</h1>
        <Suspense>{Suspend::new(async move {
            let waiting = take_notice().await.ok().flatten();
            waiting.map(|notice| view! { <NoticeView notice/> })
        })}</Suspense>
        <section class="card" aria-labelledby="telling-heading">
            <h2 id="telling-heading">"Telling"</h2>
            <p>"Choose what you are told, and have your own programs told by a webhook."</p>
            <p><a class="button" href="/settings/telling">"Open telling"</a></p>
        </section>
        <section class="card" aria-labelledby="password-heading">
            <h2 id="password-heading">"Change password"</h2>
            <form method="post" action="/do/change-password">
                <Field name="current_password" label="Current password" kind="password" required=true
                    autocomplete="current-password" error=field_error(failure, "current_password")/>
                <Field name="new_password" label="New password" kind="password" required=true
                    autocomplete="new-password" error=field_error(failure, "new_password")
                    hint="At least 8 characters. A few words in a row are best."/>
                <button type="submit" class="button-main">"Change password"</button>
            </form>
        </section>
    }
}

/// The button that ends the session.
#[component]
pub fn SignOutForm() -> impl IntoView {
    view! {
        <form method="post" action="/do/sign-out">
            <button type="submit" class="button-quiet">"Sign out"</button>
        </form>
    }
}

/// The notice that waits for the page.
#[server(prefix = "/do", endpoint = "take-notice")]
pub async fn take_notice() -> Result<Option<Notice>, Problem> {
    crate::http::signed_in().await?;
    let session = crate::http::auth::session().await?;
    crate::http::flash::take(&session.session).await
}

/// Changes the password; every other session of this person ends.
#[server(prefix = "/do", endpoint = "change-password")]
pub async fn change_password(
    #[server(default)] current_password: Typed,
    #[server(default)] new_password: Typed,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let session = crate::http::auth::session().await?;
    let (current, new) = (
        current_password.expose().into(),
        new_password.expose().into(),
    );
    let user = crate::services::accounts::change_password(&state, &user, current, new).await?;
    crate::http::auth::start_session(session, user).await?;
    Ok(Done::tell("/settings", Notice::PasswordChanged))
}

/// Ends the session, and asks the browser to forget what it kept.
#[server(prefix = "/do", endpoint = "sign-out")]
pub async fn sign_out() -> Result<Done, Problem> {
    crate::http::signed_in().await?;
    let session = crate::http::auth::session().await?;
    crate::http::auth::end_session(session).await?;
    crate::http::auth::forget_in_browser();
    Ok(Done::go("/sign-in"))
}
