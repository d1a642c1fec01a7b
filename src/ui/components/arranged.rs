//! What the pages that arrange one portfolio share.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::holdings::written;
use super::notice::NoticeView;
use super::problem::ProblemNotice;
use super::select::{Select, option};
use crate::domain::contents::{Contents, Feed};
use crate::domain::manual::ManualEntry;
use crate::domain::portfolio::PortfolioName;
use crate::domain::text::{count, mask};
use crate::error::Problem;
use crate::ui::components::field::field_error;
use crate::ui::forms::FormFailure;
use crate::ui::pages::not_found::Missing;
use crate::ui::pages::portfolios::load_contents;
use crate::ui::pages::settings::take_notice;

/// The id in the page's address.
#[must_use]
pub fn id_in_address() -> String {
    use_params_map().with_untracked(|params| params.get("id").unwrap_or_default())
}

/// A page about the portfolio in the address; one that is not there is told.
pub fn of_portfolio<V: IntoView + 'static>(
    show: impl FnOnce(Contents) -> V + Send + 'static,
) -> impl IntoView {
    let id = id_in_address();
    view! {
        <p class="crumbs"><a href="/portfolios">"Portfolios"</a></p>
        <Suspense>{Suspend::new(async move {
            match load_contents(id).await {
                Ok(contents) => show(contents).into_any(),
                Err(Problem::NotFound) => view! { <Missing/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

/// The notice that waits for the page.
#[component]
pub fn WaitingNotice() -> impl IntoView {
    view! {
        <Suspense>{Suspend::new(async move {
            let waiting = take_notice().await.ok().flatten();
            waiting.map(|notice| view! { <NoticeView notice/> })
        })}</Suspense>
    }
}

/// A choice among other portfolios; the only one there is, or the one picked before, is chosen.
#[component]
pub fn PortfolioSelect(
    /// Its name in the form.
    name: &'static str,
    /// Its accessible name.
    label: &'static str,
    /// What there is to choose from.
    others: Vec<PortfolioName>,
    /// The form, if it did not get through.
    failure: Option<FormFailure>,
) -> impl IntoView {
    let failure = failure.as_ref();
    let picked = failure.map(|f| f.value(name)).unwrap_or_default();
    let only = others.len() == 1;
    let options = others
        .iter()
        .map(|other| option(&other.id, &other.name, only || other.id == picked))
        .collect_view();
    view! {
        <Select name label error=field_error(failure, name)>
            {(!only).then(|| option("", "Pick one", false))}
            {options}
        </Select>
    }
}

/// Says that there is no other portfolio, and where to make one.
#[component]
pub fn NoOther() -> impl IntoView {
    view! {
        <p>"There is no other portfolio to move it to. "<a href="/portfolios">"Create one first"</a>"."</p>
    }
}

/// The connections and what was entered by hand, one line each.
#[component]
pub fn ContentsList(
    /// What to list.
    contents: Contents,
) -> impl IntoView {
    let feeds = contents.connections.into_iter().map(|feed: Feed| {
        let holdings = count(feed.holdings, "holding");
        view! {
            <li>
                <bdi>{feed.label}</bdi>
                {format!(": the key of {} ", feed.exchange)}
                <code>{mask(&feed.key_hint)}</code>
                {format!(" and {holdings}")}
            </li>
        }
    });
    let by_hand = contents
        .by_hand
        .into_iter()
        .map(|holding| view! { <li><EntryLine entry=holding.entry/></li> });
    view! {
        <ul class="contents">
            {feeds.collect_view()}
            {by_hand.collect_view()}
        </ul>
    }
}

/// What was entered by hand, in a line: `Ledger: 0.5 BTC`.
#[component]
pub fn EntryLine(
    /// The entry.
    entry: ManualEntry,
) -> impl IntoView {
    view! { <bdi>{entry.label.clone()}</bdi>": "<EntryQuantity entry/> }
}

/// How much of what; a debt is said to be one.
#[component]
pub fn EntryQuantity(
    /// The entry.
    entry: ManualEntry,
) -> impl IntoView {
    let debt = entry.is_debt();
    let class = if debt { "amount negative" } else { "amount" };
    let quantity = written(&entry.quantity);
    view! {
        {debt.then(|| view! { <span class="badge badge-bad">"Debt"</span>" " })}
        <span class=class>{quantity}</span>" "<bdi>{entry.asset.to_string()}</bdi>
    }
}
