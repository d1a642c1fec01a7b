//! One connection in full.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::change_connection::ChangeForm;
use super::follow_connection::FollowForm;
use super::move_connection::MoveForm;
use super::not_found::Missing;
use super::replace_key::ReplaceKeyForm;
use crate::error::Problem;
use crate::ui::components::export::ExportLinks;
use crate::ui::components::past_days::PastDaysNote;
use crate::ui::components::problem::ProblemNotice;
use crate::ui::components::recording::RecordingLinks;
use crate::ui::components::title::PageTitle;
use crate::ui::forms::FormFailure;
use crate::ui::islands::panel::{ConnectionData, ConnectionPanel};

/// The page.
#[component]
pub fn ConnectionPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id").unwrap_or_default());
    let failure = FormFailure::of("/do/move-connection");
    let change = FormFailure::of("/do/change-connection");
    let replacing = FormFailure::of("/do/replace-key");
    view! {
        <p class="crumbs"><a href="/connections">"Connections"</a></p>
        <Suspense>{Suspend::new(async move {
            match load_connection(id).await {
                Ok(data) => view! {
                    <PageTitle text=format!("{} · Coffer", data.connection.label)/>
                    <h1><bdi>{data.connection.label.clone()}</bdi></h1>
                    <ConnectionPanel data=data.clone()/>
                    {data.past.map(|past| view! { <PastDaysNote past exchange=data.exchange.clone()/> })}
                    <MoveForm id=data.connection.id.clone() portfolios=data.portfolios
                        portfolio_id=data.connection.portfolio_id.clone() failure/>
                    <FollowForm connection=data.connection.clone() exchange=data.exchange.clone()
                        now=data.now/>
                    <ChangeForm connection=data.connection.clone() failure=change/>
                    <ReplaceKeyForm id=data.connection.id.clone() has_passphrase=data.has_passphrase
                        failure=replacing/>
                    <p class="export">
                        "Export: "<ExportLinks title="Syncs" subject="runs"
                            only=format!("?connection={}", data.connection.id)/>
                    </p>
                    <RecordingLinks id=data.connection.id/>
                }
                .into_any(),
                Err(Problem::NotFound) => view! { <Missing/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

/// Everything the page shows.
#[server(prefix = "/do", endpoint = "load-connection")]
pub async fn load_connection(#[server(default)] id: String) -> Result<ConnectionData, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let session = crate::http::auth::session().await?;
    let details = crate::services::connections::details(&state, &user.id, &id).await?;
    let profiles = crate::services::connections::profiles(&state);
    let profile = profiles
        .iter()
        .find(|profile| profile.id == details.connection.exchange);
    let region = details.connection.region.as_deref();
    Ok(ConnectionData {
        site: profile
            .map(|profile| profile.site(region))
            .unwrap_or_default(),
        has_passphrase: profile.is_some_and(|profile| profile.has_passphrase),
        exchange: details.exchange,
        connection: details.connection,
        holdings: details.holdings,
        past: details.past,
        reports: crate::services::sync::runs(&state, &user.id, &id).await?,
        portfolios: crate::services::portfolio::list(&state, &user).await?,
        now: state.clock.now(),
        notice: crate::http::flash::take(&session.session).await?,
    })
}
