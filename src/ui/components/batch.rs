//! How far a sync of all connections has come.

use leptos::prelude::*;

use crate::domain::progress::{ItemState, ProgressItem, SyncProgress};
use crate::domain::text::count;

/// The totals and each connection's turn. Elements stay the same while their text changes, so that
/// the keyboard keeps its place on them.
#[component]
pub fn BatchPanel(
    /// What is shown; nothing while there is none.
    batch: Signal<Option<SyncProgress>>,
    /// What is said once, when script saw the end.
    ended: Signal<String>,
    /// Whether script keeps the panel up to date.
    alive: Signal<bool>,
) -> impl IntoView {
    let any = Memo::new(move |_| batch.read().as_ref().is_some_and(|b| b.total() > 0));
    move || any.get().then(|| panel(batch, ended, alive))
}

fn panel(
    batch: Signal<Option<SyncProgress>>,
    ended: Signal<String>,
    alive: Signal<bool>,
) -> AnyView {
    let of = move |read: fn(&SyncProgress) -> usize| batch.read().as_ref().map(read).unwrap_or(0);
    let totals = move || batch.read().as_ref().map(SyncProgress::totals);
    let total = move || of(SyncProgress::total).to_string();
    let over = move || (of(SyncProgress::successful) + of(SyncProgress::failed)).to_string();
    let running = move || batch.read().as_ref().is_some_and(|b| !b.is_done());
    let refresh = move || {
        let offered = running() && !alive.get();
        offered.then(|| view! { <a href="/connections">"Refresh"</a> })
    };
    view! {
        <section class="card batch" aria-labelledby="batch-heading">
            <h2 id="batch-heading">"Sync all"</h2>
            <p class="batch-totals"><span id="batch-totals">{totals}</span>" "{refresh}</p>
            <progress class="batch-bar" aria-label="Connections that had their turn"
                aria-describedby="batch-totals" max=total value=over>
            </progress>
            <ul class="batch-items">
                <For each=move || ids(&batch.read()) key=Clone::clone let(id)>
                    {item(id, batch)}
                </For>
            </ul>
            <p class="visually-hidden" role="status">{move || ended.get()}</p>
        </section>
    }
    .into_any()
}

fn ids(batch: &Option<SyncProgress>) -> Vec<String> {
    let items = batch.iter().flat_map(|batch| &batch.items);
    items.map(|item| item.connection_id.clone()).collect()
}

fn item(id: String, batch: Signal<Option<SyncProgress>>) -> AnyView {
    let href = format!("/connections/{id}");
    let shown = Memo::new(move |_| {
        let batch = batch.read();
        let mut items = batch.iter().flat_map(|batch| &batch.items);
        items.find(|item| item.connection_id == id).cloned()
    });
    let label = move || shown.read().as_ref().map(|item| item.label.clone());
    let exchange = move || shown.read().as_ref().map(|item| item.exchange.clone());
    view! {
        <li>
            <a href=href><bdi>{label}</bdi></a>" "
            <span class="batch-exchange">{exchange}</span>" "
            <span class="batch-state">{move || shown.read().as_ref().map(state)}</span>
        </li>
    }
    .into_any()
}

/// How a connection fares: its mark, and what there is to say beyond that.
fn state(item: &ProgressItem) -> AnyView {
    match &item.state {
        ItemState::Waiting => view! { <span class="badge">"Waiting"</span> }.into_any(),
        ItemState::Syncing => view! { <span class="badge badge-busy">"Syncing"</span> }.into_any(),
        ItemState::Synced {
            assets_count,
            partial,
            ..
        } => {
            let partial =
                partial.then(|| view! { " "<span class="badge badge-warn">"Partial"</span> });
            view! { <span class="badge badge-good">{count(*assets_count, "asset")}</span>{partial} }
                .into_any()
        }
        ItemState::Failed(failure) => {
            let told = failure.told(&item.exchange);
            view! {
                <span class="badge badge-bad">"Failed"</span>" "
                <span class="fact-note">{told}</span>
            }
            .into_any()
        }
    }
}
