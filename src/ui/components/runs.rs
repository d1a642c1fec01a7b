//! The past syncs of a connection, one row each.

use leptos::prelude::*;

use super::holdings::UNKNOWN;
use super::notice::WalletTroubles;
use crate::domain::overview;
use crate::domain::report::{SyncReport, WalletSummary};
use crate::domain::text::count;
use crate::domain::wallet;

/// The columns of figures.
const FIGURES: [&str; 6] = ["Assets", "Added", "Updated", "Removed", "Time", "Weight"];

/// The table of past syncs, newest first.
#[component]
pub fn RunsTable(
    /// The reports.
    reports: Vec<SyncReport>,
) -> impl IntoView {
    let rows = reports.into_iter().map(row).collect_view();
    let heads = FIGURES
        .map(|name| view! { <th scope="col" class="number">{name}</th> })
        .collect_view();
    view! {
        <section aria-label="Past syncs">
            <div class="table-wrap" role="region" aria-label="Last syncs" tabindex="0">
                <table class="holdings runs">
                    <caption><h2>"Last syncs"</h2></caption>
                    <thead>
                        <tr>
                            <th scope="col">"When"</th>
                            <th scope="col" class="main-figure">"Outcome"</th>
                            <th scope="col" class="run-wallets">"Wallets"</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="fact-note">
                "Weight is what the exchange counts a sync’s calls against this server’s limit; where it \
                 counts calls alone, each weighs 1."
            </p>
        </section>
    }
    .into_any()
}

fn row(report: SyncReport) -> impl IntoView {
    let figures = FIGURES
        .into_iter()
        .zip(figures(&report))
        .map(|(name, figure)| {
            let unknown = figure.is_none().then_some("unknown");
            let class = format!("number {}", unknown.unwrap_or_default());
            let calls = (name == "Weight" && figure.is_some())
                .then(|| count(report.calls as usize, "call"));
            let figure = figure.unwrap_or_else(|| UNKNOWN.to_owned());
            view! { <td class=class data-label=name title=calls>{figure}</td> }
        })
        .collect_view();
    let wallets_class = if report.wallets.is_empty() {
        "run-wallets unknown"
    } else {
        "run-wallets"
    };
    view! {
        <tr>
            <th scope="row">{report.started_at.readable()}</th>
            <td class="main-figure"><Outcome report=report.clone()/></td>
            <td class=wallets_class><RunWallets report/></td>
            {figures}
        </tr>
    }
}

/// The figures of a run in the order of [`FIGURES`]; none where nothing was read or counted.
fn figures(report: &SyncReport) -> [Option<String>; 6] {
    let read = |n: usize| report.success().then(|| n.to_string());
    [
        read(report.assets_count),
        read(report.added),
        read(report.updated),
        read(report.removed),
        Some(report.time_taken()),
        (report.calls > 0).then(|| report.weight.to_string()),
    ]
}

#[component]
fn Outcome(report: SyncReport) -> impl IntoView {
    let (class, title) = match (report.success(), report.is_partial()) {
        (false, _) => ("badge badge-bad", "Failed"),
        (true, true) => ("badge badge-warn", "Partial"),
        (true, false) => ("badge badge-good", "Synced"),
    };
    let failure = report.failure.map(|failure| {
        let sentence = failure.sentence(&report.exchange);
        view! { " "<span class="run-failure">{sentence}</span> }
    });
    view! { <span class=class>{title}</span>{failure} }
}

/// How many wallets were read, and on demand how each fared.
#[component]
fn RunWallets(report: SyncReport) -> impl IntoView {
    if report.wallets.is_empty() {
        return UNKNOWN.into_any();
    }
    let is_read = |wallet: &&WalletSummary| wallet.outcome == wallet::Outcome::Read;
    let read = report.wallets.iter().filter(is_read).count();
    let all = overview::to_read(&report.wallets);
    view! {
        <details class="sources">
            <summary>{format!("{read} of {all} read")}</summary>
            <p>{report.wallets_line()}</p>
            <WalletTroubles report/>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::problem::ExchangeProblem;
    use crate::domain::report::{Failure, Step};
    use crate::domain::timestamp::Timestamp;

    #[test]
    fn a_run_that_read_nothing_shows_no_figures_of_holdings() {
        let mut report = SyncReport {
            duration_ms: 420,
            assets_count: 3,
            added: 2,
            updated: 1,
            weight: 46,
            calls: 5,
            ..SyncReport::empty("a", "Binance", Timestamp(0))
        };
        let shown = |report: &SyncReport| {
            figures(report).map(|figure| figure.unwrap_or_else(|| UNKNOWN.to_owned()))
        };
        assert_eq!(shown(&report), ["3", "2", "1", "0", "0.42 s", "46"]);
        report.failure = Some(Failure::Exchange {
            step: Step::ProveKey,
            problem: ExchangeProblem::Unavailable,
        });
        report.calls = 0;
        let none = UNKNOWN;
        assert_eq!(shown(&report), [none, none, none, none, "0.42 s", none]);
    }
}
