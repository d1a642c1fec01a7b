//! One connection in full: its facts, what it holds, and its last syncs.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::working::{Working, WorkingView};
use crate::domain::connection::Connection;
use crate::domain::history::backfill::Backfill;
use crate::domain::notice::Notice;
use crate::domain::portfolio::PortfolioName;
use crate::domain::report::SyncReport;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{Balance, WalletName};
use crate::ui::components::connection_card::{ConnectionButtons, ConnectionFacts};
use crate::ui::components::holdings::WalletTable;
use crate::ui::components::runs::RunsTable;
use crate::ui::pages::connection::load_connection;
use crate::ui::pages::connections::sync;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionData {
    /// The connection.
    pub connection: Connection,
    /// The exchange's name.
    pub exchange: String,
    /// The exchange and its regional site.
    pub site: String,
    /// Whether keys of the exchange have a passphrase.
    pub has_passphrase: bool,
    /// Balances by wallet.
    pub holdings: Vec<(WalletName, Vec<Balance>)>,
    /// The newest reports.
    pub reports: Vec<SyncReport>,
    /// All portfolios of its owner, by name.
    pub portfolios: Vec<PortfolioName>,
    /// Where fetching the days before stands; `None` when nothing can be said of them.
    pub past: Option<Backfill>,
    /// When this was so.
    pub now: Timestamp,
    /// A notice that waited for the page.
    pub notice: Option<Notice>,
}

/// The page's contents.
#[island]
pub fn ConnectionPanel(
    /// What to show.
    data: ConnectionData,
) -> impl IntoView {
    let working = Working::new(data.notice.clone());
    let id = data.connection.id.clone();
    let label = data.connection.label.clone();
    let data = RwSignal::new(data);
    let (busy_id, sync_id) = (id.clone(), id.clone());
    let busy = Signal::derive(move || working.is(&busy_id));
    let on_sync = move |event: leptos::ev::SubmitEvent| {
        let id = sync_id.clone();
        let refresh = async move |_: &_| {
            if let Ok(fresh) = load_connection(id).await {
                data.set(fresh);
            }
        };
        working.run(&event, &sync_id, sync(sync_id.clone()), refresh);
    };
    view! {
        <WorkingView working doing="Asking the exchange…"/>
        <section class="card">
            {move || {
                let shown = data.get();
                view! {
                    <ConnectionFacts connection=shown.connection exchange=shown.exchange
                        site=shown.site now=shown.now/>
                }
            }}
            <ConnectionButtons id label busy on_sync/>
        </section>
        {move || view! { <Wallets data=data.get()/> }}
        {move || view! { <RunsTable reports=data.get().reports/> }}
    }
}

#[component]
fn Wallets(data: ConnectionData) -> impl IntoView {
    let one = |(wallet, balances): (WalletName, Vec<Balance>)| {
        let empty = balances.is_empty();
        let title = wallet.title();
        if empty {
            view! { <p class="empty">{format!("Nothing in {title}.")}</p> }.into_any()
        } else {
            view! { <WalletTable wallet balances/> }.into_any()
        }
    };
    view! {
        <section aria-labelledby="holdings-of-wallets">
            <h2 id="holdings-of-wallets">"Wallets"</h2>
            {data.holdings.into_iter().map(one).collect_view()}
        </section>
    }
}
