//! The connections page as one piece: the form, the list, and what came of the last deed.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::connect_form::ConnectPanel;
use super::follow::Follow;
use super::working::{Working, WorkingView};
use crate::domain::connection::Connection;
use crate::domain::exchange::{Environment, ExchangeId, ExchangeProfile};
use crate::domain::notice::Notice;
use crate::domain::portfolio::PortfolioName;
use crate::domain::progress::SyncProgress;
use crate::domain::timestamp::Timestamp;
use crate::ui::components::batch::BatchPanel;
use crate::ui::components::connection_card::{ConnectionButtons, ConnectionFacts};
use crate::ui::forms::FormFailure;
use crate::ui::pages::connections::{load_board, sync, sync_all};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardData {
    /// The exchanges to choose from.
    pub profiles: Vec<ExchangeProfile>,
    /// The portfolios to choose from.
    pub portfolios: Vec<PortfolioName>,
    /// The connections there are.
    pub connections: Vec<Connection>,
    /// The environment the form proposes.
    pub default_environment: Environment,
    /// A sync of all connections that runs, or ended a short while ago.
    pub progress: Option<SyncProgress>,
    /// When this was so.
    pub now: Timestamp,
    /// A notice that waited for the page.
    pub notice: Option<Notice>,
}

impl BoardData {
    fn profile(&self, id: &ExchangeId) -> Option<&ExchangeProfile> {
        self.profiles.iter().find(|profile| profile.id == *id)
    }
}

/// The page's contents.
#[island]
pub fn ConnectionsBoard(
    /// What to show.
    board: BoardData,
    /// A form that did not get through.
    failure: Option<FormFailure>,
) -> impl IntoView {
    let working = Working::new(board.notice.clone());
    let follow = Follow::new(board.progress.clone(), board.notice.is_some());
    let data = RwSignal::new(board.clone());
    let refresh = async move || {
        if let Ok(fresh) = load_board().await {
            follow.show(fresh.progress.clone());
            data.set(fresh);
        }
    };
    // Runs in the browser alone, whoever started the batch.
    Effect::new(move |_| {
        follow.alive.set(true);
        if follow.is_running() {
            follow.watch(refresh);
        }
    });
    // A form that did not get through stands right below what was wrong with it.
    let form_first = failure.is_some();
    let portfolios = Memo::new(move |_| data.read().portfolios.clone()).into();
    let form = view! { <ConnectPanel board portfolios failure working refresh/> };
    let any = Memo::new(move |_| !data.read().connections.is_empty());
    let list = view! {
        <section class="connections" aria-labelledby="connected">
            <div class="section-head">
                <h2 id="connected">"Connected accounts"</h2>
                {move || any.get().then(|| sync_all_form(data, working, follow, refresh))}
            </div>
            {move || cards(any.get(), data, working, follow, refresh)}
        </section>
    };
    let (first, second) = if form_first {
        (form.into_any(), list.into_any())
    } else {
        (list.into_any(), form.into_any())
    };
    let shown = Signal::derive(move || follow.is_running());
    view! {
        <WorkingView working doing="Asking the exchange…" shown/>
        <BatchPanel batch=follow.batch.into() ended=follow.ended.into() alive=follow.alive.into()/>
        {first}
        {second}
    }
}

fn sync_all_form(
    data: RwSignal<BoardData>,
    working: Working,
    follow: Follow,
    refresh: impl AsyncFn() + Copy + 'static,
) -> impl IntoView {
    let busy = move || working.any() || follow.is_followed();
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        if untrack(busy) {
            return event.prevent_default();
        }
        follow.expect(refresh);
        working.run(&event, "all", sync_all(), async move |outcome| {
            let fresh = load_board().await.ok();
            let newest = fresh.as_ref().map(|board| board.progress.clone());
            follow.answered(outcome, newest);
            if let Some(fresh) = fresh {
                data.set(fresh);
            }
        });
    };
    view! {
        <form method="post" action="/do/sync-all" on:submit=on_submit>
            <button type="submit" aria-disabled=move || busy().then_some("true")>"Sync all"</button>
        </form>
    }
}

/// The list. A card stays the same element while its facts change, so that the keyboard keeps its
/// place on it.
fn cards(
    any: bool,
    data: RwSignal<BoardData>,
    working: Working,
    follow: Follow,
    refresh: impl AsyncFn() + Copy + Send + 'static,
) -> AnyView {
    if !any {
        return view! {
            <p class="empty">"Nothing is connected yet. Make a read-only key on your exchange and paste it into the form."</p>
        }
        .into_any();
    }
    let titles = move || {
        let board = data.read();
        let title = |c: &Connection| (c.id.clone(), c.label.clone());
        board.connections.iter().map(title).collect::<Vec<_>>()
    };
    view! {
        <ul class="cards">
            <For each=titles key=Clone::clone let((id, label))>
                {card(id, label, data, working, follow, refresh)}
            </For>
        </ul>
    }
    .into_any()
}

fn card(
    id: String,
    label: String,
    data: RwSignal<BoardData>,
    working: Working,
    follow: Follow,
    refresh: impl AsyncFn() + Copy + 'static,
) -> AnyView {
    let (busy_id, sync_id, facts_id) = (id.clone(), id.clone(), id.clone());
    let busy = Signal::derive(move || {
        let has_turn = follow.has_turn(&busy_id);
        working.is(&busy_id) || has_turn.unwrap_or_else(|| working.is("all"))
    });
    let on_sync = move |event: leptos::ev::SubmitEvent| {
        let deed = sync(sync_id.clone());
        working.run(&event, &sync_id, deed, async move |_| refresh().await);
    };
    let href = format!("/connections/{id}");
    view! {
        <li class="card">
            <h3><a href=href><bdi>{label.clone()}</bdi></a></h3>
            {move || facts(&data.read(), &facts_id)}
            <ConnectionButtons id label busy on_sync/>
        </li>
    }
    .into_any()
}

fn facts(board: &BoardData, id: &str) -> Option<AnyView> {
    let connection = board.connections.iter().find(|c| c.id == id)?.clone();
    let profile = board.profile(&connection.exchange);
    let exchange = profile.map(|p| p.name.clone()).unwrap_or_default();
    let site = profile
        .map(|p| p.site(connection.region.as_deref()))
        .unwrap_or_default();
    let now = board.now;
    Some(view! { <ConnectionFacts connection exchange site now/> }.into_any())
}
