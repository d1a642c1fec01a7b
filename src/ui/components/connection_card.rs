//! One connection at a glance.

use leptos::prelude::*;

use crate::domain::connection::{Connection, ConnectionStatus};
use crate::domain::exchange::Environment;
use crate::domain::report::WalletSummary;
use crate::domain::rights::RightsState;
use crate::domain::text::{list, mask};
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::Outcome;

/// The facts of a connection: exchange, key, rights, status, age, wallets.
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
    view! {
        <dl class="facts">
            <div><dt>"Exchange"</dt><dd>{site}" "{environment}</dd></div>
            <div><dt>"API key"</dt><dd><code>{mask(&connection.key_hint)}</code></dd></div>
            <div><dt>"Rights"</dt><dd><Rights connection=connection.clone()/></dd></div>
            <div><dt>"Status"</dt><dd><Status connection=connection.clone() exchange/></dd></div>
            <div><dt>"Last synced"</dt><dd>{synced}</dd></div>
            <div><dt>"Wallets"</dt><dd><Wallets wallets=connection.wallets/></dd></div>
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

#[component]
fn Status(connection: Connection, exchange: String) -> impl IntoView {
    let class = match connection.status {
        ConnectionStatus::Ok => "badge badge-good",
        ConnectionStatus::NeedsAttention => "badge badge-bad",
        ConnectionStatus::Partial | ConnectionStatus::Paused => "badge badge-warn",
        ConnectionStatus::NeverSynced => "badge",
    };
    let more = connection.last_failure.map(|failure| {
        format!(
            "{} {}",
            failure.sentence(&exchange),
            failure.next_step(&exchange)
        )
    });
    view! { <span class=class>{connection.status.title()}</span>" "<span class="fact-note">{more}</span> }
}

#[component]
fn Wallets(wallets: Vec<WalletSummary>) -> impl IntoView {
    let one = |wallet: WalletSummary| {
        let class = match wallet.outcome {
            Outcome::Read => "wallet",
            Outcome::NotAvailable => "wallet wallet-none",
            Outcome::NoPermission | Outcome::Failed => "wallet wallet-bad",
        };
        let told = match wallet.outcome {
            Outcome::Read => format!("{} {}", wallet.name.title(), wallet.holdings),
            _ => format!("{} {}", wallet.name.title(), wallet.outcome.title()),
        };
        view! { <li class=class>{told}</li> }
    };
    view! { <ul class="wallets">{wallets.into_iter().map(one).collect_view()}</ul> }
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
