//! What was done, told after it was done.

use leptos::prelude::*;

use crate::domain::delivery;
use crate::domain::notice::Notice;
use crate::domain::progress::totals;
use crate::domain::report::SyncReport;
use crate::domain::text::count;
use crate::domain::wallet::Outcome;

/// A notice of any kind.
#[component]
pub fn NoticeView(
    /// What was done.
    notice: Notice,
) -> impl IntoView {
    match notice {
        Notice::Synced(reports) if reports.is_empty() => {
            plain("There is nothing to sync yet.".to_owned()).into_any()
        }
        Notice::Synced(reports) => view! { <Reports reports/> }.into_any(),
        Notice::Deleted(label) => {
            let told = format!("Deleted {label}: its key and its holdings are gone from here.");
            view! {
                <div class="notice notice-done" role="status">
                    <p class="notice-head">{told}</p>
                    <p>"Delete the key on the exchange as well if you no longer need it."</p>
                </div>
            }
            .into_any()
        }
        Notice::ConnectionChanged(label) => plain(format!("Saved {label}.")).into_any(),
        Notice::FollowingSwitched(label, on) => plain(following(&label, on)).into_any(),
        Notice::KeyReplaced(report) => view! {
            {plain(format!("Replaced the key of {}. Delete the old one on the exchange.", report.label))}
            <ReportNotice report/>
        }
        .into_any(),
        Notice::CurrencyChosen(currency) => {
            plain(format!("Values are told in {currency} from now on.")).into_any()
        }
        Notice::Arranged(deed) => {
            let next = deed.next_step().map(|step| view! { <p>{step}</p> });
            view! {
                <div class="notice notice-done" role="status">
                    <p class="notice-head">{deed.sentence()}</p>
                    {next}
                </div>
            }
            .into_any()
        }
        Notice::PasswordChanged => {
            plain("Your password is changed. Other browsers were signed out, and API tokens were revoked.".to_owned()).into_any()
        }
        Notice::AccountDeleted => view! {
            <div class="notice notice-done" role="status">
                <p class="notice-head">"Your account is deleted."</p>
                <p>"Delete the keys on the exchanges as well."</p>
            </div>
        }
        .into_any(),
        Notice::TellingSaved => plain("Saved.".to_owned()).into_any(),
        Notice::SecretMade => {
            plain("Saved. The webhook has a new secret: see below.".to_owned()).into_any()
        }
        Notice::TestSent(outcome) => test_sent(outcome).into_any(),
        Notice::TokenRevoked(name) => {
            plain(format!("Revoked {name}: it lets nobody in any more.")).into_any()
        }
        Notice::Watched(pair) => plain(format!("Added {pair} to your watchlist.")).into_any(),
        Notice::Fetching(pair) => {
            plain(format!("Candles of {pair} are being fetched: look again in a while.")).into_any()
        }
        Notice::Unwatched(pair) => plain(format!("Removed {pair} from your watchlist.")).into_any(),
    }
}

/// What came of each sync, and of several the totals first.
#[component]
fn Reports(reports: Vec<SyncReport>) -> impl IntoView {
    let synced = reports.iter().filter(|report| report.success()).count();
    let totals = (reports.len() > 1).then(|| {
        let told = totals(reports.len(), synced, reports.len() - synced);
        view! { <p class="notice-totals">{told}</p> }
    });
    let each = reports
        .into_iter()
        .map(|report| view! { <ReportNotice report/> })
        .collect_view();
    view! { {totals} {each} }
}

fn following(label: &str, on: bool) -> String {
    if on {
        format!("Following {label}.")
    } else {
        format!("No longer following {label}.")
    }
}

fn plain(told: String) -> impl IntoView {
    view! { <div class="notice notice-done" role="status"><p class="notice-head">{told}</p></div> }
}

/// What came of a test of the webhook.
fn test_sent(outcome: Option<delivery::Outcome>) -> impl IntoView {
    let (class, told) = match outcome {
        None => (
            "notice notice-partial",
            "The test is on its way: look again in a moment.".to_owned(),
        ),
        Some(outcome) if outcome.arrived() => (
            "notice notice-done",
            format!("The test arrived: {outcome}."),
        ),
        Some(outcome) => (
            "notice notice-partial",
            format!("The test did not arrive: {outcome}."),
        ),
    };
    view! { <div class=class role="status"><p class="notice-head">{told}</p></div> }
}

/// What one sync did.
#[component]
pub fn ReportNotice(
    /// Its report.
    report: SyncReport,
) -> impl IntoView {
    match &report.failure {
        Some(failure) => {
            let told = failure.sentence(&report.exchange);
            let next = failure.next_step(&report.exchange);
            view! {
                <div class="notice notice-problem" role="alert">
                    <p class="notice-head">{format!("{}: {told}", report.label)}</p>
                    <p>{next}</p>
                    <p class="notice-step">"The last balances stay, with their age."</p>
                </div>
            }
            .into_any()
        }
        None => view! { <SuccessNotice report/> }.into_any(),
    }
}

#[component]
fn SuccessNotice(report: SyncReport) -> impl IntoView {
    let class = if report.is_partial() {
        "notice notice-partial"
    } else {
        "notice notice-done"
    };
    view! {
        <div class=class role="status">
            <p class="notice-head">{report.headline()}</p>
            <p>{report.changes()}", "{report.time_taken()}</p>
            <p>{report.wallets_line()}</p>
            <WalletTroubles report/>
        </div>
    }
}

/// Why wallets failed and how many rows could not be read, if any.
#[component]
pub fn WalletTroubles(
    /// The report.
    report: SyncReport,
) -> impl IntoView {
    let mut lines = Vec::new();
    for wallet in &report.wallets {
        let title = wallet.name.title();
        if let (Outcome::Failed, Some(problem)) = (wallet.outcome, &wallet.problem) {
            let told = problem.told(&report.exchange);
            lines.push(format!("{title}: {told} Its last balances stay."));
        }
        if wallet.unreadable > 0 {
            let rows = count(wallet.unreadable, "row");
            lines.push(format!(
                "{title}: {rows} could not be read and were left as they were."
            ));
        }
    }
    (!lines.is_empty()).then(|| {
        let items = lines
            .into_iter()
            .map(|line| view! { <li>{line}</li> })
            .collect_view();
        view! { <ul class="notice-list">{items}</ul> }
    })
}
