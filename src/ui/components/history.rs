//! What holdings were worth over time: the change in words, a picture, and the same as a table.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::chart::HistoryChart;
use super::problem::ProblemNotice;
use crate::domain::history::chart::Chart;
use crate::domain::history::series::{HeldBack, History, Range, Told};
use crate::domain::history::words::money;
use crate::domain::portfolio::table::Choice;
use crate::error::Problem;
use crate::ui::islands::history::HistoryReader;

/// What makes a history longer.
const ADDS: &str = "Each sync adds a point, and so does each day.";
const DESCRIPTION: &str = "history-description";

/// The history of a portfolio, over the range that the address asks for.
#[component]
pub fn HistorySection(
    /// The portfolio's id; empty for all of them together.
    id: String,
    /// What the address asks for.
    choice: Choice,
) -> impl IntoView {
    view! {
        <Suspense>{Suspend::new(async move {
            match load_history(id.clone(), choice.range.clone()).await {
                Ok(history) => view! {
                    <section class="history" aria-labelledby="history-heading">
                        <HistoryReader id choice range=history.range>
                            <HistoryView history/>
                        </HistoryReader>
                    </section>
                }
                .into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

/// What is shown of a range.
#[component]
pub fn HistoryView(
    /// The history over that range.
    history: History,
) -> impl IntoView {
    match Chart::draw(&history) {
        Some(chart) => view! { <Drawn history chart/> }.into_any(),
        None => view! { <Beginning history/> }.into_any(),
    }
}

#[component]
fn Drawn(history: History, chart: Chart) -> impl IntoView {
    let mut notes = history.notes();
    notes.push("Times are in UTC. What rates between currencies did counts as prices.".to_owned());
    view! {
        <Change history=history.clone()/>
        <HistoryChart chart currency=history.currency described_by=DESCRIPTION/>
        <p id=DESCRIPTION class="visually-hidden">{history.description()}</p>
        <p class="fact-note">{notes.join(" ")}</p>
        <HeldBackNote history=history.clone()/>
        <ValueTable history/>
    }
}

/// The change in words.
#[component]
fn Change(history: History) -> impl IntoView {
    let currency = history.currency;
    history.movement.as_ref().map(|movement| {
        view! {
            <p class="history-change">
                <strong class="amount">{movement.headline(currency)}</strong>
                {format!(" {}: ", history.stretch(movement))}
                <span class="amount">{movement.parts(currency)}</span>
                "."
            </p>
        }
    })
}

/// What stands where there is no line yet.
#[component]
fn Beginning(history: History) -> impl IntoView {
    let currency = history.currency;
    let before = history.tellers.sentence();
    let words = match history.points.as_slice() {
        [] if history.untold > 0 => {
            format!("There was no rate for {currency} in this time, so nothing can be told in it.")
                .into_any()
        }
        [] if history.range == Range::All => {
            format!("History begins with the next sync. {ADDS} {before}").into_any()
        }
        [] => "Nothing was recorded in this time.".into_any(),
        [only, ..] => view! {
            "History begins with "
            <span class="amount">{money(&only.value, currency)}</span>
            {format!(" {currency} on {}. {ADDS} {before}", only.at.readable())}
        }
        .into_any(),
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
        let value = held
            .value
            .map(|value| format!("{} {currency}", money(&value, currency)));
        let words = format!(
            " on {} is shown, not recorded. {} It is recorded when {}; until then it stands at the \
             edge of the picture where it lies beyond.",
            held.at.readable(),
            held.cause.sentence(),
            held.cause.borne_out()
        );
        view! {
            <p class="history-held">
                <span class="amount">{value.unwrap_or_else(|| "A value".to_owned())}</span>
                {words}
            </p>
        }
    })
}

/// The points as a table, newest first.
#[component]
fn ValueTable(history: History) -> impl IntoView {
    let currency = history.currency;
    let tellers = &history.tellers;
    let row = |point: Told| {
        view! {
            <tr>
                <th scope="row"><time datetime=point.at.rfc3339()>{point.at.readable()}</time></th>
                <td class="number main-figure amount"><span>{money(&point.value, currency)}</span></td>
                <td>{point.remark(tellers)}</td>
            </tr>
        }
    };
    let rows = history.points.into_iter().rev().map(row).collect_view();
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
    history_of(&user, &id, &range).await
}

#[cfg(feature = "ssr")]
async fn history_of(
    user: &crate::services::accounts::User,
    id: &str,
    range: &str,
) -> Result<History, Problem> {
    let state = crate::http::state()?;
    let id = Some(id).filter(|id| !id.is_empty());
    let range = Range::parse(range).unwrap_or_default();
    let now = state.clock.now();
    crate::services::history::series(&state, user, id, range, user.base_currency, now).await
}

/// A range drawn on the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawing {
    /// The range.
    pub range: Range,
    /// What is shown of it, as HTML.
    pub html: String,
}

/// What the section shows of a range, drawn, for the page to take it over in place.
#[server(prefix = "/do", endpoint = "draw-history")]
pub async fn draw_history(
    #[server(default)] id: String,
    #[server(default)] range: String,
) -> Result<Drawing, Problem> {
    let user = crate::http::signed_in().await?;
    let history = history_of(&user, &id, &range).await?;
    Ok(Drawing {
        range: history.range,
        html: view! { <HistoryView history/> }.to_html(),
    })
}
