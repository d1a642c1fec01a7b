//! The total of a portfolio: what it is worth, how old that is, and what is not in it.

use std::sync::Arc;

use leptos::prelude::*;

use super::holdings::{UNKNOWN, written};
use crate::domain::money;
use crate::domain::portfolio::{Gap, Portfolio};
use crate::domain::text::count;
use crate::domain::timestamp::Timestamp;

/// The total, its age, and whether it is whole.
#[component]
pub fn Summary(
    /// The portfolio.
    portfolio: Arc<Portfolio>,
    /// What keeps prices from being read, in sentences.
    price_troubles: Vec<String>,
    /// The moment.
    now: Timestamp,
    /// Whether this browser hides amounts.
    amounts_hidden: bool,
) -> impl IntoView {
    let currency = portfolio.currency;
    let figure = match &portfolio.total {
        Some(total) => {
            let shown = money::value(total, currency);
            view! { <span class="total-figure amount">{shown}</span> }.into_any()
        }
        None => view! { <span class="total-figure unknown">{UNKNOWN}</span> }.into_any(),
    };
    let beside = (portfolio.unpriced > 0).then(|| {
        let assets = count(portfolio.unpriced, "asset");
        view! { <p class="total-beside">{format!("+ {assets} without a price")}</p> }
    });
    let id = portfolio.name.as_ref().map(|name| name.id.clone());
    view! {
        <section class="summary" aria-label="Total">
            <p class="total-label">"Total value"</p>
            <p class="total">
                {figure}" "<span class="total-currency">{currency.as_str()}</span>
            </p>
            {beside}
            <p class="total-note">{ages(&portfolio, now)}" "{whole(&portfolio)}</p>
            {no_currency(&portfolio)}
            <Gaps gaps=portfolio.gaps.clone() price_troubles/>
            <Counted portfolio/>
            <HideAmounts amounts_hidden id=id.unwrap_or_default()/>
        </section>
    }
}

fn ages(portfolio: &Portfolio, now: Timestamp) -> String {
    let assets = count(portfolio.holdings.len(), "asset");
    let figures = portfolio.as_of.map_or_else(
        || "Nothing read yet".to_owned(),
        |at| format!("Oldest figure {} ({})", at.age(now), at.readable()),
    );
    let prices = portfolio
        .prices_as_of
        .map(|at| format!(", oldest price {}", at.age(now)));
    format!("{assets}. {figures}{}.", prices.unwrap_or_default())
}

fn whole(portfolio: &Portfolio) -> AnyView {
    let (class, text) = if portfolio.is_complete() {
        ("whole", "Complete: every wallet answered the last time.")
    } else if portfolio.is_only_old() {
        ("whole whole-not", "Not up to date: see below.")
    } else {
        ("whole whole-not", "Not complete: see below.")
    };
    view! { <span class=class>{text}</span> }.into_any()
}

fn no_currency(portfolio: &Portfolio) -> Option<AnyView> {
    let currency = portfolio.currency;
    (!portfolio.currency_is_priced).then(|| {
        view! {
            <p class="total-note whole-not">
                {format!("No price of {currency} can be had at the moment, so nothing is valued in it. Your quantities are all here.")}
            </p>
        }
        .into_any()
    })
}

#[component]
fn Gaps(gaps: Vec<Gap>, price_troubles: Vec<String>) -> impl IntoView {
    let one = |gap: Gap| {
        let href = format!("/connections/{}", gap.connection_id);
        view! { <li><a href=href><bdi>{gap.label}</bdi></a>": "{gap.reason}</li> }
    };
    let any = !gaps.is_empty() || !price_troubles.is_empty();
    let prices = price_troubles
        .into_iter()
        .map(|sentence| view! { <li>{sentence}</li> });
    any.then(|| {
        view! {
            <ul class="gaps">
                {gaps.into_iter().map(one).collect_view()}
                {prices.collect_view()}
            </ul>
        }
    })
}

/// What the total is made of.
#[component]
fn Counted(portfolio: Arc<Portfolio>) -> impl IntoView {
    let total = portfolio.total.as_ref()?;
    let priced = portfolio.holdings.iter().filter(|h| h.value.is_some());
    let sentence = format!(
        "The sum of quantity times price of {}, each listed below with its wallet, the time it was \
         read, and the pairs its price was taken over. Before rounding it is ",
        count(priced.count(), "asset")
    );
    let exact = written(&total.rounded(30));
    Some(view! {
        <details class="counted">
            <summary>"How this is counted"</summary>
            <p>
                {sentence}<span class="exact amount">{exact}</span>
                {format!(" {}.", portfolio.currency)}
            </p>
        </details>
    })
}

#[component]
fn HideAmounts(amounts_hidden: bool, id: String) -> impl IntoView {
    let (hide, text) = if amounts_hidden {
        ("0", "Show amounts")
    } else {
        ("1", "Hide amounts")
    };
    view! {
        <form method="post" action="/do/hide-amounts" class="hide-amounts">
            <input type="hidden" name="hide" value=hide/>
            <input type="hidden" name="id" value=id/>
            <button type="submit" class="button-quiet">{text}</button>
        </form>
    }
}
