//! Asking before an account is deleted with everything in it.

use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::domain::belongings::Belongings;
use crate::domain::notice::Done;
use crate::domain::typed::Typed;
use crate::error::Problem;
use crate::ui::components::field::{Field, field_error};
use crate::ui::components::problem::ProblemNotice;
use crate::ui::forms::FormFailure;

/// What the page tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountData {
    /// Whose account it is.
    pub email: String,
    /// What goes with it.
    pub belongings: Belongings,
    /// Whether anybody can make an account here afterwards.
    pub opens_sign_up: bool,
}

/// The page.
#[component]
pub fn DeleteAccountPage() -> impl IntoView {
    let failure = FormFailure::of("/do/delete-account");
    view! {
        <Title text="Delete account · Coffer"/>
        <p class="crumbs"><a href="/settings/data">"Your data"</a></p>
        <Suspense>{Suspend::new(async move {
            match load_account().await {
                Ok(account) => view! { <Question account failure/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

#[component]
fn Question(account: AccountData, failure: Option<FormFailure>) -> impl IntoView {
    let failure = failure.as_ref();
    let email = failure.map(|f| f.value("email")).unwrap_or_default();
    view! {
        <h1>"Delete your account?"</h1>
        <Losses account=account.clone()/>
        <section class="card" aria-labelledby="confirm-heading">
            <h2 id="confirm-heading">"Confirm it is you"</h2>
            <form method="post" action="/do/delete-account">
                <Field name="email" label="Email" kind="email" required=true autocomplete="off" value=email
                    error=field_error(failure, "email") hint="Type the email of this account."/>
                <Field name="password" label="Password" kind="password" required=true
                    autocomplete="current-password" error=field_error(failure, "password")/>
                <div class="buttons">
                    <button type="submit" class="button-danger">"Delete account"</button>
                    <a class="button button-quiet" href="/settings/data">"Keep it"</a>
                </div>
            </form>
        </section>
    }
}

/// What goes, what stays, and what to do before.
#[component]
fn Losses(account: AccountData) -> impl IntoView {
    let has_keys = account.belongings.connections > 0;
    let words = account.belongings.words();
    let with = if words.is_empty() {
        String::new()
    } else {
        format!(", with {words}")
    };
    view! {
        <p>
            "This removes the account "<bdi>{account.email}</bdi>
            {format!(" from this server{with}. Every browser is signed out. It cannot be brought back.")}
        </p>
        <p>
            <a href="/export/everything.json">"Download everything"</a>
            " first if you may want any of it again."
        </p>
        {has_keys.then(|| view! {
            <p>"Nothing changes on the exchanges: delete the keys there as well."</p>
        })}
        {account.opens_sign_up.then(|| view! {
            <p>"Nobody else has an account here. Whoever comes first can make one then."</p>
        })}
    }
}

/// What the page tells.
#[server(prefix = "/do", endpoint = "load-account")]
pub async fn load_account() -> Result<AccountData, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let outlook = crate::services::accounts::deletion::outlook(&state, &user).await?;
    Ok(AccountData {
        email: user.email,
        belongings: outlook.belongings,
        opens_sign_up: outlook.opens_sign_up,
    })
}

/// Deletes the account with everything in it; all its sessions end.
#[server(prefix = "/do", endpoint = "delete-account")]
pub async fn delete_account(
    #[server(default)] email: String,
    #[server(default)] password: Typed,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let session = crate::http::auth::session().await?;
    let password = password.expose().into();
    crate::services::accounts::deletion::delete(&state, &user, password, &email).await?;
    crate::http::auth::end_session(session).await?;
    crate::http::privacy::hide_amounts(false, state.settings.is_https);
    crate::http::auth::forget_pages_in_browser();
    Ok(Done::tell(
        "/sign-in",
        crate::domain::notice::Notice::AccountDeleted,
    ))
}
