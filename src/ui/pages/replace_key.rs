//! Putting another key in the place of a connection's key, from the connection's own page.

use leptos::prelude::*;

use crate::domain::key_form::KeyForm;
use crate::domain::notice::Done;
use crate::domain::typed::Typed;
use crate::error::Problem;
use crate::ui::components::accept_unknown::AcceptUnknown;
use crate::ui::components::field::{Field, field_error};
use crate::ui::components::problem::ProblemNotice;
use crate::ui::forms::FormFailure;

/// The form.
#[component]
pub fn ReplaceKeyForm(
    /// The connection's id.
    id: String,
    /// Whether keys of its exchange have a passphrase.
    has_passphrase: bool,
    /// The form, if it did not get through.
    failure: Option<FormFailure>,
) -> impl IntoView {
    let failure = failure.as_ref();
    // What is wrong with a field stands beside it.
    let refused = failure.map(|failure| failure.problem.clone());
    let refused = refused.filter(|problem| !matches!(problem, Problem::Invalid(_)));
    let passphrase = has_passphrase.then(|| {
        view! {
            <Field name="passphrase" label="Passphrase" kind="password" required=true
                autocomplete="new-password" error=field_error(failure, "passphrase")/>
        }
    });
    view! {
        <section class="card" aria-labelledby="key-heading">
            <h2 id="key-heading">"Replace the key"</h2>
            <p>"With another read-only key of the same account. The key that is here stays until the new one has passed."</p>
            {refused.map(|problem| view! { <ProblemNotice problem/> })}
            <form method="post" action="/do/replace-key" autocomplete="off">
                <input type="hidden" name="id" value=id/>
                <Field name="api_key" label="API key" required=true error=field_error(failure, "api_key")/>
                <Field name="secret_key" label="Secret key" kind="password" required=true
                    autocomplete="new-password" error=field_error(failure, "secret_key")/>
                {passphrase}
                <AcceptUnknown/>
                <Field name="current_password" label="Current password" kind="password" required=true
                    autocomplete="current-password" error=field_error(failure, "current_password")
                    hint="Your password for Coffer."/>
                <button type="submit">"Replace key"</button>
            </form>
        </section>
    }
}

/// Puts a key in the place of the one that is there, and syncs with it.
#[server(prefix = "/do", endpoint = "replace-key")]
pub async fn replace_key(
    #[server(default)] id: String,
    #[server(flatten)] form: KeyForm,
    #[server(default)] current_password: Typed,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let proof = crate::services::connections::Proof::Password(current_password.expose().into());
    let synced =
        crate::services::connections::replace_key(&state, &user, &id, &form, proof).await?;
    let notice = crate::domain::notice::Notice::KeyReplaced(synced.report);
    Ok(Done::tell(&format!("/connections/{id}"), notice))
}
