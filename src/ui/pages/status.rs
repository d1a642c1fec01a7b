//! Status: how the exchanges and the answering process fare.

use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::domain::health::{ExchangeHealth, ProcessHealth, SyncCounts};
use crate::domain::text::count;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::ui::components::exchange_health::ExchangeHealthCard;
use crate::ui::components::problem::ProblemNotice;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusData {
    /// The exchanges, in the order forms show them.
    pub exchanges: Vec<ExchangeHealth>,
    /// The process that answered.
    pub process: ProcessHealth,
    /// When this was so.
    pub now: Timestamp,
}

/// The page.
#[component]
pub fn StatusPage() -> impl IntoView {
    view! {
        <Title text="Status · Coffer"/>
        <h1>"Status"</h1>
        <Suspense>{Suspend::new(async move {
            match load_status().await {
                Ok(data) => view! { <Contents data/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

#[component]
fn Contents(data: StatusData) -> impl IntoView {
    let StatusData {
        exchanges,
        process,
        now,
    } = data;
    let cards = exchanges
        .into_iter()
        .map(|health| view! { <ExchangeHealthCard health now/> })
        .collect_view();
    view! {
        <div class="section-head">
            <p class="lead">
                {format!("As of {}, from the calls of this process alone. No exchange was asked for this page.", now.readable())}
            </p>
            <a class="button" href="/status">"Refresh"</a>
        </div>
        {cards}
        <ProcessCard process now/>
    }
    .into_any()
}

#[component]
fn ProcessCard(process: ProcessHealth, now: Timestamp) -> impl IntoView {
    let facts = [
        ("Version", process.version.clone()),
        ("Running since", since(process.started_at, now)),
        ("Processes", processes(process.processes)),
        (
            "Memory",
            process.memory_bytes.map_or_else(not_told, mebibytes),
        ),
        (
            "Open files",
            process
                .open_files
                .map_or_else(not_told, |open| open.to_string()),
        ),
        ("Syncs here", syncs(process.syncs)),
    ];
    let fact =
        |(name, text): (&'static str, String)| view! { <div><dt>{name}</dt><dd>{text}</dd></div> };
    view! {
        <section class="card" aria-labelledby="process-heading">
            <h2 id="process-heading">"This process"</h2>
            <dl class="facts">{facts.into_iter().map(fact).collect_view()}</dl>
        </section>
    }
    .into_any()
}

fn since(at: Timestamp, now: Timestamp) -> String {
    format!("{} ({})", at.readable(), at.age(now))
}

fn not_told() -> String {
    "This system does not tell".to_owned()
}

fn processes(number: u32) -> String {
    match number {
        1 => "This one alone".to_owned(),
        more => format!("{more} share the database"),
    }
}

/// With one digit after the point, rounded down.
fn mebibytes(bytes: u64) -> String {
    let tenths = bytes / 1_024 * 10 / 1_024;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

fn syncs(counts: SyncCounts) -> String {
    let SyncCounts {
        ok,
        partial,
        failed,
    } = counts;
    let all = usize::try_from(ok + partial + failed).unwrap_or(usize::MAX);
    if all == 0 {
        return "None since it began".to_owned();
    }
    let all = count(all, "sync");
    format!("{all} since it began: {ok} complete, {partial} partial, {failed} failed")
}

/// Everything the page shows.
#[server(prefix = "/do", endpoint = "load-status")]
pub async fn load_status() -> Result<StatusData, Problem> {
    crate::http::signed_in().await?;
    let state = crate::http::state()?;
    Ok(StatusData {
        exchanges: crate::services::health::exchanges(&state).await?,
        process: crate::services::health::process(&state),
        now: state.clock.now(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_the_process_are_told_in_words() {
        assert_eq!(mebibytes(0), "0.0 MiB");
        assert_eq!(mebibytes(54_630_000), "52.0 MiB");
        assert_eq!(mebibytes(u64::MAX), "17592186044415.9 MiB");
        assert_eq!(processes(1), "This one alone");
        assert_eq!(processes(3), "3 share the database");
        assert_eq!(syncs(SyncCounts::default()), "None since it began");
        let counts = SyncCounts {
            ok: 1,
            ..SyncCounts::default()
        };
        let told = "1 sync since it began: 1 complete, 0 partial, 0 failed";
        assert_eq!(syncs(counts), told);
    }
}
