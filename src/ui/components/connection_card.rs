//! One connection at a glance.

use leptos::prelude::*;

use super::connection_state::{Status, next_sync};
use super::wallets::{Completeness, Wallets};
use crate::domain::connection::Connection;
use crate::domain::exchange::Environment;
use crate::domain::rights::RightsState;
use crate::domain::text::{list, mask};
use crate::domain::timestamp::Timestamp;

/// The facts of a connection: exchange, key, rights, status, age, what is next, wallets.
#[component]
pub fn ConnectionFacts(
    /// The connection.
    connection: Connection,
    /// The exchange's name.
    exchange: String,
    /// The exchange and its regional site.
    site: String,
    /// The moment the page shows.
    now: Timestamp,
) -> impl IntoView {
    let environment = (connection.environment == Environment::Testnet)
        .then(|| view! { <span class="badge">"Testnet"</span> });
    let synced = match connection.last_synced_at {
        Some(at) => format!("{} ({})", at.age(now), at.readable()),
        None => "Never".to_owned(),
    };
    let next = next_sync(&connection, now);
    let coverage = (!connection.wallets.is_empty()).then(|| {
        let (connection, exchange) = (connection.clone(), exchange.clone());
        view! { <div><dt>"Coverage"</dt><dd><Completeness connection exchange/></dd></div> }
    });
    view! {
        <dl class="facts">
            <div><dt>"Exchange"</dt><dd>{site}" "{environment}</dd></div>
            <div><dt>"API key"</dt><dd><code>{mask(&connection.key_hint)}</code></dd></div>
            <div><dt>"Rights"</dt><dd><Rights connection=connection.clone()/></dd></div>
            <div>
                <dt>"Status"</dt>
                <dd><Status connection=connection.clone() exchange=exchange.clone() now/></dd>
            </div>
            <div><dt>"Last synced"</dt><dd>{synced}</dd></div>
            {next.map(|next| view! { <div><dt>"Next sync"</dt><dd>{next}</dd></div> })}
            {coverage}
            <div><dt>"Wallets"</dt><dd><Wallets connection now/></dd></div>
        </dl>
    }
    .into_any()
}

#[component]
fn Rights(connection: Connection) -> impl IntoView {
    let rights = connection.rights.clone();
    let class = match rights.state {
        RightsState::ReadOnly => "badge badge-good",
        RightsState::Excess => "badge badge-bad",
        RightsState::Unknown => "badge badge-warn",
    };
    let more = match rights.state {
        RightsState::Excess => format!("It allows {}.", list(&rights.excess)),
        RightsState::Unknown if connection.is_unproven() => {
            "Accepted by your word: the exchange does not say what it may do.".to_owned()
        }
        RightsState::Unknown => "Test environments do not say what a key may do.".to_owned(),
        RightsState::ReadOnly if rights.ip_restricted == Some(true) => {
            "Works from listed addresses only.".to_owned()
        }
        RightsState::ReadOnly => String::new(),
    };
    view! { <span class=class>{rights.state.title()}</span>" "<span class="fact-note">{more}</span> }
}

/// The buttons of a connection. `busy` is whether a sync runs.
#[component]
pub fn ConnectionButtons(
    /// The connection's id.
    id: String,
    /// Its label, so that each button has a name of its own.
    label: String,
    /// Whether it is being synced.
    #[prop(into)]
    busy: Signal<bool>,
    /// What to do instead of sending the form, where script runs.
    on_sync: impl Fn(leptos::ev::SubmitEvent) + 'static,
) -> impl IntoView {
    let ask = format!("/connections/{id}/delete");
    let hint_id = format!("label-{id}");
    view! {
        <div class="buttons">
            <form method="post" action="/do/sync" on:submit=on_sync>
                <input type="hidden" name="id" value=id/>
                <button type="submit" aria-describedby=hint_id.clone()
                    aria-disabled=move || busy.get().then_some("true")>
                    {move || if busy.get() { "Syncing…" } else { "Sync now" }}
                </button>
            </form>
            <form method="get" action=ask>
                <button type="submit" class="button-quiet" aria-describedby=hint_id.clone()>"Delete"</button>
            </form>
            <span class="visually-hidden" id=hint_id>{label}</span>
        </div>
    }
    .into_any()
}
