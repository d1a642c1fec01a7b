//! The connections page as one piece: the form, the list, and what came of the last deed.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::connect_form::ConnectPanel;
use super::working::{Working, WorkingView};
use crate::domain::connection::Connection;
use crate::domain::exchange::{Environment, ExchangeId, ExchangeProfile};
use crate::domain::notice::Notice;
use crate::domain::portfolio::PortfolioName;
use crate::domain::timestamp::Timestamp;
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
    let data = RwSignal::new(board.clone());
    let refresh = move || {
        spawn_local(async move {
            if let Ok(fresh) = load_board().await {
                data.set(fresh);
            }
        });
    };
    // A form that did not get through stands right below what was wrong with it.
    let form_first = failure.is_some();
    let portfolios = Memo::new(move |_| data.read().portfolios.clone()).into();
    let form = view! { <ConnectPanel board portfolios failure working refresh/> };
    let any = Memo::new(move |_| !data.read().connections.is_empty());
    let list = view! {
        <section class="connections" aria-labelledby="connected">
            <div class="section-head">
                <h2 id="connected">"Connected accounts"</h2>
                {move || any.get().then(|| sync_all_form(working, refresh))}
            </div>
            {move || cards(any.get(), data, working, refresh)}
        </section>
    };
    let (first, second) = if form_first {
        (form.into_any(), list.into_any())
    } else {
        (list.into_any(), form.into_any())
    };
    view! {
        <WorkingView working doing="Asking the exchange…"/>
        {first}
        {second}
    }
}

fn sync_all_form(working: Working, refresh: impl Fn() + Copy + 'static) -> impl IntoView {
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        working.run(&event, "all", sync_all(), move |_| refresh());
    };
    view! {
        <form method="post" action="/do/sync-all" on:submit=on_submit>
            <button type="submit" aria-disabled=move || working.any().then_some("true")>"Sync all"</button>
        </form>
    }
}

/// The list. A card stays the same element while its facts change, so that the keyboard keeps its
/// place on it.
fn cards(
    any: bool,
    data: RwSignal<BoardData>,
    working: Working,
    refresh: impl Fn() + Copy + Send + 'static,
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
                {card(id, label, data, working, refresh)}
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
    refresh: impl Fn() + Copy + 'static,
) -> AnyView {
    let (busy_id, sync_id, facts_id) = (id.clone(), id.clone(), id.clone());
    let busy = Signal::derive(move || working.is(&busy_id) || working.is("all"));
    let on_sync = move |event: leptos::ev::SubmitEvent| {
        working.run(&event, &sync_id, sync(sync_id.clone()), move |_| refresh());
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
