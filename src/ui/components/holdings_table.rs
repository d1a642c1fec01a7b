//! The table of a portfolio: rows that can be put in order, each with where its figures come from.

use leptos::prelude::*;

use super::holdings::{Quantity, UNKNOWN};
use super::provenance::PartLine;
use crate::domain::currency::Currency;
use crate::domain::exchange::ExchangeId;
use crate::domain::money;
use crate::domain::portfolio::table::{By, Choice, Row, Sort};
use crate::domain::text::count;
use crate::domain::timestamp::Timestamp;

/// How many parts of a row are listed.
const MOST_PARTS: usize = 200;

/// What figures are told with.
#[derive(Clone, Debug)]
pub struct Told {
    /// The currency of values.
    pub currency: Currency,
    /// What the exchanges are called.
    pub exchanges: Vec<(ExchangeId, String)>,
    /// The moment.
    pub now: Timestamp,
}

impl Told {
    /// The name that people know an exchange by.
    #[must_use]
    pub fn name(&self, id: &ExchangeId) -> String {
        let known = self.exchanges.iter().find(|(known, _)| known == id);
        known.map_or_else(|| id.to_string(), |(_, name)| name.clone())
    }
}

/// The rows of one page.
#[component]
pub fn HoldingsTable(
    /// The rows.
    rows: Vec<Row>,
    /// The page's path.
    path: String,
    /// How they are put in order.
    choice: Choice,
    /// What figures are told with.
    told: Told,
) -> impl IntoView {
    let by = choice.by();
    let body = rows
        .into_iter()
        .map(|row| view! { <HoldingRow row by told=told.clone()/> })
        .collect_view();
    let head = heads(by)
        .into_iter()
        .map(|(sort, title)| view! { <Head sort title path=path.clone() choice=choice.clone()/> })
        .collect_view();
    view! {
        <div class="table-wrap" role="region" aria-label="Holdings" tabindex="0">
            <table class="holdings">
                <caption>"Holdings"</caption>
                <thead><tr>{head}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}

fn heads(by: By) -> Vec<(Sort, &'static str)> {
    let first = match by {
        By::Asset => "Asset",
        By::Exchange => "Exchange",
        By::Wallet => "Wallet",
    };
    let mut heads = vec![(Sort::Asset, first)];
    if by == By::Asset {
        heads.extend([(Sort::Quantity, "Quantity"), (Sort::Price, "Price")]);
    }
    heads.extend([(Sort::Value, "Value"), (Sort::Share, "Share")]);
    heads
}

#[component]
fn Head(sort: Sort, title: &'static str, path: String, choice: Choice) -> impl IntoView {
    let href = format!("{path}{}", choice.sorted_by(sort).query());
    let (chosen, turned) = choice.sort();
    let order = (chosen == sort).then_some(if sort.falls() == turned {
        "ascending"
    } else {
        "descending"
    });
    let class = match sort {
        Sort::Asset => "",
        Sort::Value => "number main-figure",
        _ => "number",
    };
    view! { <th scope="col" class=class aria-sort=order><a href=href>{title}</a></th> }
}

#[component]
fn HoldingRow(row: Row, by: By, told: Told) -> impl IntoView {
    let label = row.name.clone();
    let more = row.parts.len().saturating_sub(MOST_PARTS);
    let parts = row.parts.iter().take(MOST_PARTS).cloned();
    let parts = parts
        .map(|part| view! { <PartLine part by told=told.clone()/> })
        .collect_view();
    let more = (more > 0).then(|| view! { <li>{format!("… and {more} more.")}</li> });
    let test_money = row.test_money.then(|| {
        view! { " "<span class="badge badge-warn">"Test money"</span> }
    });
    view! {
        <tr>
            <th scope="row" aria-label=label>
                <details class="sources">
                    <summary><bdi>{row.name.clone()}</bdi>{test_money}</summary>
                    <ul>{parts}{more}</ul>
                </details>
            </th>
            {(by == By::Asset).then(|| figures(&row, told.currency))}
            {worth(&row, told.currency)}
            {figure("Share", "number", row.share.as_ref().map(money::percent))}
        </tr>
    }
}

/// Quantity and price of one asset.
fn figures(row: &Row, currency: Currency) -> AnyView {
    let quantity = row.quantity.clone();
    let price = row
        .price
        .as_ref()
        .map(|price| money::price(price, currency));
    view! {
        <td class="number amount" data-label="Quantity">{quantity.map(|amount| view! { <Quantity amount/> })}</td>
        {figure("Price", "number", price)}
    }
    .into_any()
}

/// The value, with a word on what is not in it.
fn worth(row: &Row, currency: Currency) -> AnyView {
    let missing = (row.unpriced > 0 && row.value.is_some()).then(|| {
        let parts = count(row.unpriced, "part");
        view! { <span class="value-note">{format!("{parts} without a price")}</span> }
    });
    let none = if row.test_money { UNKNOWN } else { "no price" };
    match &row.value {
        Some(value) => {
            let (class, shown) = (sign(value.is_negative()), money::value(value, currency));
            view! { <td class="number main-figure amount" data-label="Value"><span class=class>{shown}</span>{missing}</td> }
                .into_any()
        }
        None => view! { <td class="number main-figure unknown" data-label="Value">{none}</td> }
            .into_any(),
    }
}

fn sign(negative: bool) -> &'static str {
    if negative { "negative" } else { "" }
}

fn figure(label: &'static str, class: &'static str, shown: Option<String>) -> AnyView {
    match shown {
        Some(text) => view! { <td class=class data-label=label>{text}</td> }.into_any(),
        None => {
            let class = format!("{class} unknown");
            view! { <td class=class data-label=label>{UNKNOWN}</td> }.into_any()
        }
    }
}

/// Ways to the other pages of a long table.
#[component]
pub fn Pager(
    /// The page shown, from 1.
    page: usize,
    /// How many there are.
    pages: usize,
    /// How many rows there are on all of them.
    total: usize,
    /// The page's path.
    path: String,
    /// What is chosen.
    choice: Choice,
) -> impl IntoView {
    let link = move |to: usize, text: &'static str| {
        let choice = Choice {
            page: to.to_string(),
            ..choice.clone()
        };
        let href = format!("{path}{}", choice.query());
        (1..=pages)
            .contains(&to)
            .then(|| view! { <a class="button" href=href>{text}</a> })
    };
    (pages > 1).then(|| {
        view! {
            <nav class="pager" aria-label="Pages of the table">
                {link(page - 1, "Previous page")}
                <span>{format!("Page {page} of {pages}, {}", count(total, "row"))}</span>
                {link(page + 1, "Next page")}
            </nav>
        }
    })
}
