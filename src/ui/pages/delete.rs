//! Asking before a connection is deleted.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::connection::load_connection;
use super::not_found::Missing;
use crate::domain::connection::Connection;
use crate::domain::notice::Done;
use crate::domain::text::mask;
use crate::error::Problem;
use crate::ui::components::holdings::UnprovenBadge;
use crate::ui::components::problem::ProblemNotice;

/// The page.
#[component]
pub fn DeletePage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id").unwrap_or_default());
    view! {
        <Title text="Delete connection · Coffer"/>
        <p class="crumbs"><a href="/connections">"Connections"</a></p>
        <Suspense>{Suspend::new(async move {
            match load_connection(id).await {
                Ok(data) => view! { <Question connection=data.connection/> }.into_any(),
                Err(Problem::NotFound) => view! { <Missing/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

#[component]
fn Question(connection: Connection) -> impl IntoView {
    let unproven = connection.is_unproven();
    let holdings: usize = connection
        .wallets
        .iter()
        .map(|wallet| wallet.holdings)
        .sum();
    let holdings = crate::domain::text::count(holdings, "holding");
    view! {
        <h1>"Delete "<bdi>{connection.label}</bdi>"?"</h1>
        <p>
            "This removes the key "<code>{mask(&connection.key_hint)}</code>
            {format!(" and {holdings} from Coffer. Nothing changes on the exchange.")}
        </p>
        {unproven.then(|| view! { <p><UnprovenBadge/>" Delete the key on the exchange as well."</p> })}
        <div class="buttons">
            <form method="post" action="/do/delete">
                <input type="hidden" name="id" value=connection.id/>
                <button type="submit" class="button-danger">"Delete connection"</button>
            </form>
            <a class="button button-quiet" href="/connections">"Keep it"</a>
        </div>
    }
}

/// Deletes a connection with its key and holdings.
#[server(prefix = "/do", endpoint = "delete")]
pub async fn delete(#[server(default)] id: String) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let label = crate::services::connections::delete(&state, &user.id, &id).await?;
    Ok(Done::tell(
        "/connections",
        crate::domain::notice::Notice::Deleted(label),
    ))
}
