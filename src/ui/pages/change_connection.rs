//! Giving a connection another name or limit, from the connection's own page.

use leptos::prelude::*;

use crate::domain::connection::Connection;
use crate::domain::notice::Done;
use crate::error::Problem;
use crate::ui::components::field::{Field, field_error};
use crate::ui::forms::FormFailure;

/// The form.
#[component]
pub fn ChangeForm(
    /// The connection.
    connection: Connection,
    /// The form, if it did not get through.
    failure: Option<FormFailure>,
) -> impl IntoView {
    let failure = failure.as_ref();
    let typed = |name: &str, now: String| failure.map_or(now, |f| f.value(name));
    let label = typed("label", connection.label);
    let limit = connection.ignore_below.map(|limit| limit.to_string());
    let limit = typed("ignore_below", limit.unwrap_or_default());
    view! {
        <section class="card" aria-labelledby="change-heading">
            <h2 id="change-heading">"Name and small balances"</h2>
            <form method="post" action="/do/change-connection">
                <input type="hidden" name="id" value=connection.id/>
                <Field name="label" label="Label" value=label required=true
                    error=field_error(failure, "label")/>
                <Field name="ignore_below" label="Ignore balances below" value=limit
                    error=field_error(failure, "ignore_below")
                    hint="A value in your base currency, such as 1. Empty: all are listed."/>
                <button type="submit">"Save"</button>
            </form>
        </section>
    }
}

/// Gives a connection another name or limit.
#[server(prefix = "/do", endpoint = "change-connection")]
pub async fn change_connection(
    #[server(default)] id: String,
    #[server(default)] label: String,
    #[server(default)] ignore_below: String,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let changes = crate::services::connections::Changes {
        label: Some(label),
        portfolio: None,
        ignore_below: Some(ignore_below),
        follow: None,
    };
    let changed = crate::services::connections::change(&state, &user.id, &id, changes).await?;
    let notice = crate::domain::notice::Notice::ConnectionChanged(changed.label);
    Ok(Done::tell(&format!("/connections/{id}"), notice))
}
