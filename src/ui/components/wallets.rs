//! The wallets of a connection: what each gave, how old that is, and what is not itemised.

use leptos::prelude::*;

use crate::domain::connection::Connection;
use crate::domain::overview;
use crate::domain::report::WalletSummary;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::Outcome;

/// How much later a sync may end than a wallet of it was read, in milliseconds.
const SAME_SYNC_MS: i64 = 60_000;

/// How many wallets were read, and what the exchange says they do not itemise.
#[component]
pub fn Completeness(
    /// The connection.
    connection: Connection,
    /// The exchange's name.
    exchange: String,
) -> impl IntoView {
    let wallets = &connection.wallets;
    let told = connection.overview.as_ref();
    let hint = told.and_then(|told| overview::hint(told, wallets, &exchange));
    view! {
        {overview::completeness(wallets)}" "
        <span class="fact-note">{hint}</span>
    }
}

/// Each wallet with how it fared.
#[component]
pub fn Wallets(
    /// The connection.
    connection: Connection,
    /// The moment the page shows.
    now: Timestamp,
) -> impl IntoView {
    let synced = connection.last_synced_at;
    let one = |wallet: WalletSummary| {
        let class = match wallet.outcome {
            Outcome::Read => "wallet",
            Outcome::NotAvailable => "wallet wallet-none",
            Outcome::NoPermission | Outcome::Failed => "wallet wallet-bad",
        };
        view! { <li class=class>{told(&wallet, synced, now)}</li> }
    };
    view! { <ul class="wallets">{connection.wallets.into_iter().map(one).collect_view()}</ul> }
}

/// A wallet in a few words. Its age is told where it differs from the connection's.
fn told(wallet: &WalletSummary, synced: Option<Timestamp>, now: Timestamp) -> String {
    let title = wallet.name.title();
    let fared = match wallet.outcome {
        Outcome::Read => format!("{title} {}", wallet.holdings),
        _ => format!("{title} {}", wallet.outcome.title()),
    };
    let older = |at: &Timestamp| synced.is_some_and(|synced| synced.0 - at.0 > SAME_SYNC_MS);
    match wallet
        .read_at
        .filter(older)
        .filter(|_| wallet.shows_figures())
    {
        Some(at) => format!("{fared}, read {}", at.age(now)),
        None => fared,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wallet::WalletName;

    const HOUR_MS: i64 = 3_600_000;

    fn wallet(outcome: Outcome, holdings: usize, read_at: i64) -> WalletSummary {
        WalletSummary {
            name: WalletName::new("earn"),
            outcome,
            holdings,
            unreadable: 0,
            problem: None,
            read_at: Some(Timestamp(read_at)),
        }
    }

    #[test]
    fn a_wallet_read_at_another_time_tells_its_age() {
        let (synced, now) = (Some(Timestamp(5 * HOUR_MS)), Timestamp(6 * HOUR_MS));
        let told =
            |outcome, holdings, read_at| told(&wallet(outcome, holdings, read_at), synced, now);
        assert_eq!(told(Outcome::Read, 3, 5 * HOUR_MS), "Earn 3");
        assert_eq!(told(Outcome::Read, 3, HOUR_MS), "Earn 3, read 5 hours ago");
        assert_eq!(
            told(Outcome::Failed, 3, HOUR_MS),
            "Earn failed, read 5 hours ago"
        );
        assert_eq!(
            told(Outcome::NotAvailable, 0, HOUR_MS),
            "Earn not available"
        );
    }
}
