//! The connections page: connect an account, see the connected ones, sync them.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::domain::connect_form::ConnectForm;
use crate::domain::notice::Done;
use crate::domain::progress::SyncProgress;
use crate::error::Problem;
use crate::ui::components::problem::ProblemNotice;
use crate::ui::forms::FormFailure;
use crate::ui::islands::board::{BoardData, ConnectionsBoard};

/// The page.
#[component]
pub fn ConnectionsPage() -> impl IntoView {
    let failure = use_context::<FormFailure>();
    view! {
        <Title text="Connections · Coffer"/>
        <h1>"Connections"</h1>
        <Suspense>{Suspend::new(async move {
            match load_board().await {
                Ok(board) => view! { <ConnectionsBoard board failure/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

/// Everything the page shows.
#[server(prefix = "/do", endpoint = "load-board")]
pub async fn load_board() -> Result<BoardData, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let session = crate::http::auth::session().await?;
    Ok(BoardData {
        profiles: crate::services::connections::profiles(&state),
        portfolios: crate::services::portfolio::list(&state, &user).await?,
        connections: crate::services::connections::list(&state, &user.id).await?,
        default_environment: state.settings.default_environment,
        progress: load_progress().await?,
        now: state.clock.now(),
        notice: crate::http::flash::take(&session.session).await?,
    })
}

/// Connects an account.
#[server(prefix = "/do", endpoint = "connect")]
pub async fn connect(#[server(flatten)] form: ConnectForm) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let connected = crate::services::connect::connect(&state, &user.id, &form).await?;
    let notice = crate::domain::notice::Notice::Synced(vec![connected.report]);
    Ok(Done::tell("/connections", notice))
}

/// Syncs one connection.
#[server(prefix = "/do", endpoint = "sync")]
pub async fn sync(#[server(default)] id: String) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let synced = crate::services::sync::sync_connection(&state, &user.id, &id).await?;
    let notice = crate::domain::notice::Notice::Synced(vec![synced.report]);
    Ok(Done::tell(&format!("/connections/{id}"), notice))
}

/// The sync of all connections that runs, or ended less than ten minutes ago.
#[server(prefix = "/do", endpoint = "load-progress")]
pub async fn load_progress() -> Result<Option<SyncProgress>, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let Some(batch) = crate::services::sync::progress(&state, &user.id).await? else {
        return Ok(None);
    };
    if !batch.is_done() {
        return Ok(Some(batch));
    }
    let reports = crate::services::sync::reports_of(&state, &user.id, &batch.batch_id).await?;
    let now = state.clock.now();
    Ok(batch.ended_lately(&reports, now).then_some(batch))
}

/// Syncs every connection. Those who wait are answered after a few seconds, whether it is over or
/// not; the page then tells how far it has come.
#[server(prefix = "/do", endpoint = "sync-all")]
pub async fn sync_all() -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let begun = crate::services::sync::start_all(&state, &user.id).await?;
    let id = &begun.batch_id;
    let most = std::time::Duration::from_secs(5);
    let batch = crate::services::sync::wait_for_all(&state, &user.id, id, most).await?;
    if !batch.is_done() || batch.total() > crate::domain::notice::MOST_REPORTS {
        return Ok(Done::go("/connections"));
    }
    let reports = crate::services::sync::reports_of(&state, &user.id, id).await?;
    Ok(Done::tell(
        "/connections",
        crate::domain::notice::Notice::Synced(reports),
    ))
}
