//! What holdings were worth over time: the change in words, a picture, and the same as a table.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::chart::HistoryChart;
use super::problem::ProblemNotice;
use crate::domain::currency::Currency;
use crate::domain::history::chart::Chart;
use crate::domain::history::series::{HeldBack, History, Range, Told};
use crate::domain::history::words::money;
use crate::error::Problem;

/// What makes a history longer.
const ADDS: &str = "Each sync adds a point, and so does each day.";
/// What is known of the time before it.
const BEFORE: &str = "Binance also tells what the spot wallet held on the days before a connection; OKX \
                      tells nothing of past days.";
const DESCRIPTION: &str = "history-description";

/// The history of a portfolio, over the range that the address asks for.
#[component]
pub fn HistorySection(
    /// The portfolio's id; empty for all of them together.
    id: String,
) -> impl IntoView {
    let range = use_query_map().with_untracked(|query| query.get("range").unwrap_or_default());
    let path = match id.as_str() {
        "" => "/".to_owned(),
        id => format!("/portfolios/{id}"),
    };
    view! {
        <Suspense>{Suspend::new(async move {
            match load_history(id, range).await {
                Ok(history) => view! { <HistoryView history path/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

/// A history as it is shown.
#[component]
pub fn HistoryView(
    /// The history.
    history: History,
    /// The page's path.
    #[prop(default = "/".to_owned())]
    path: String,
) -> impl IntoView {
    let chosen = history.range;
    let body = match Chart::draw(&history) {
        Some(chart) => view! { <Drawn history chart/> }.into_any(),
        None => view! { <Beginning history/> }.into_any(),
    };
    view! {
        <section class="history" aria-labelledby="history-heading">
            <div class="history-head">
                <h2 id="history-heading">"History"</h2>
                <Ranges chosen path/>
            </div>
            {body}
        </section>
    }
}

#[component]
fn Ranges(chosen: Range, path: String) -> impl IntoView {
    let link = |range: Range| {
        let href = format!("{path}?range={}", range.as_str());
        let current = (range == chosen).then_some("true");
        view! { <li><a href=href aria-current=current>{range.title()}</a></li> }
    };
    view! {
        <nav class="ranges" aria-label="Range">
            <ul>{Range::ALL.map(link).collect_view()}</ul>
        </nav>
    }
}

#[component]
fn Drawn(history: History, chart: Chart) -> impl IntoView {
    let label = format!("Value in {}", history.currency);
    let mut notes = history.notes();
    notes.push("Times are in UTC. What rates between currencies did counts as prices.".to_owned());
    view! {
        <Change history=history.clone()/>
        <HistoryChart chart label described_by=DESCRIPTION/>
        <p id=DESCRIPTION class="visually-hidden">{history.description()}</p>
        <p class="fact-note">{notes.join(" ")}</p>
        <HeldBackNote history=history.clone()/>
        <ValueTable points=history.points currency=history.currency/>
    }
}

/// The change in words.
#[component]
fn Change(history: History) -> impl IntoView {
    let currency = history.currency;
    history.movement.as_ref().map(|movement| {
        let rest = format!(
            " {}: {}.",
            history.stretch(movement),
            movement.parts(currency)
        );
        view! {
            <p class="history-change">
                <strong>{movement.headline(currency)}</strong>
                {rest}
            </p>
        }
    })
}

/// What stands where there is no line yet.
#[component]
fn Beginning(history: History) -> impl IntoView {
    let currency = history.currency;
    let words = match history.points.as_slice() {
        [] if history.untold > 0 => {
            format!("There was no rate for {currency} in this time, so nothing can be told in it.")
        }
        [] if history.range == Range::All => {
            format!("History begins with the next sync. {ADDS} {BEFORE}")
        }
        [] => "Nothing was recorded in this time.".to_owned(),
        [only, ..] => format!(
            "History begins with {} {currency} on {}. {ADDS} {BEFORE}",
            money(&only.value, currency),
            only.at.readable()
        ),
    };
    view! {
        <p class="history-begins">{words}</p>
        <HeldBackNote history/>
    }
}

#[component]
fn HeldBackNote(history: History) -> impl IntoView {
    let currency = history.currency;
    history.held_back.map(|held: HeldBack| {
        let value = held.value.map_or_else(
            || "A value".to_owned(),
            |value| format!("{} {currency}", money(&value, currency)),
        );
        let words = format!(
            "{value} on {} is shown, not recorded. {} It is recorded when the next sync says about \
             the same; until then it stands at the edge of the picture where it lies beyond.",
            held.at.readable(),
            held.cause.sentence()
        );
        view! { <p class="history-held">{words}</p> }
    })
}

/// The points as a table, newest first.
#[component]
fn ValueTable(points: Vec<Told>, currency: Currency) -> impl IntoView {
    let row = |point: Told| {
        view! {
            <tr>
                <th scope="row"><time datetime=point.at.rfc3339()>{point.at.readable()}</time></th>
                <td class="number main-figure">{money(&point.value, currency)}</td>
                <td>{point.remark()}</td>
            </tr>
        }
    };
    let rows = points.into_iter().rev().map(row).collect_view();
    view! {
        <details class="history-table">
            <summary>"The same as a table"</summary>
            <div class="table-wrap" role="region" aria-label="Value over time" tabindex="0">
                <table class="holdings">
                    <caption>{format!("Value over time in {currency}")}</caption>
                    <thead>
                        <tr>
                            <th scope="col">"When"</th>
                            <th scope="col" class="number main-figure">"Value"</th>
                            <th scope="col">"Remark"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

/// What the section shows: one portfolio, or all of them when `id` is empty. A range that does not
/// exist is the usual one.
#[server(prefix = "/do", endpoint = "load-history")]
pub async fn load_history(
    #[server(default)] id: String,
    #[server(default)] range: String,
) -> Result<History, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let id = Some(id.as_str()).filter(|id| !id.is_empty());
    let range = Range::parse(&range).unwrap_or_default();
    let now = state.clock.now();
    crate::services::history::series(&state, &user, id, range, user.base_currency, now).await
}
