//! The table of a portfolio: rows that can be put in order, each with where its figures come from.

use leptos::prelude::*;

use super::holdings::{Quantity, UNKNOWN};
use super::pager::Pager;
use super::provenance::PartLine;
use crate::domain::currency::Currency;
use crate::domain::exchange::{ExchangeId, name_of};
use crate::domain::money;
use crate::domain::portfolio::table::{By, Choice, PartsPage, Row, Sort};
use crate::domain::text::count;
use crate::domain::timestamp::Timestamp;

/// Where links to other parts of a row lead.
const PARTS_ID: &str = "parts";

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
        name_of(&self.exchanges, id)
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
        .map(|row| {
            view! { <HoldingRow row by path=path.clone() choice=choice.clone() told=told.clone()/> }
        })
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
fn HoldingRow(row: Row, by: By, path: String, choice: Choice, told: Told) -> impl IntoView {
    let label = row.name.clone();
    let test_money = row.test_money.then(|| {
        view! { " "<span class="badge badge-warn">"Test money"</span> }
    });
    let figures = (by == By::Asset).then(|| figures(&row, told.currency));
    let worth = worth(&row, told.currency);
    let share = figure("Share", "number", row.share.as_ref().map(money::percent));
    let parts = row.parts_page(&choice);
    // A link to other parts leads back to this row.
    let (id, open) = (parts.chosen.then_some(PARTS_ID), parts.chosen);
    view! {
        <tr>
            <th scope="row" aria-label=label>
                <details class="sources" id=id open=open>
                    <summary><bdi>{row.name.clone()}</bdi>{test_money}</summary>
                    <Parts row parts by path choice told/>
                </details>
            </th>
            {figures}
            {worth}
            {share}
        </tr>
    }
}

/// What a row is made of, page by page.
#[component]
fn Parts(
    row: Row,
    parts: PartsPage,
    by: By,
    path: String,
    choice: Choice,
    told: Told,
) -> impl IntoView {
    let total = count(parts.total, "part");
    let (page, pages) = (parts.page, parts.pages);
    let href = move |page| {
        let query = row.with_parts(&choice, page).query();
        format!("{path}{query}#{PARTS_ID}")
    };
    let lines = parts.parts.into_iter();
    let lines = lines.map(|part| view! { <PartLine part by told=told.clone()/> });
    view! {
        <ul>
            {lines.collect_view()}
            {(pages > 1).then(|| view! {
                <li><Pager label="Pages of the parts" page pages total href/></li>
            })}
        </ul>
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

/// A cell with a figure, or with a sign that there is none.
pub fn figure(label: &'static str, class: &'static str, shown: Option<String>) -> AnyView {
    match shown {
        Some(text) => view! { <td class=class data-label=label>{text}</td> }.into_any(),
        None => {
            let class = format!("{class} unknown");
            view! { <td class=class data-label=label>{UNKNOWN}</td> }.into_any()
        }
    }
}
