//! What the exchanges say of one pair, side by side.

use leptos::prelude::*;

use super::holdings_table::figure;
use crate::domain::amount::Amount;
use crate::domain::exchange::{ExchangeId, name_of};
use crate::domain::market::Pair;
use crate::domain::market::board::{Board, Quoted};
use crate::domain::money::signed_percent;
use crate::domain::timestamp::Timestamp;

/// The table. Prices are compared with the first one there is. The region stays the same element while
/// its figures change, so that the keyboard keeps its place on it.
#[component]
pub fn ExchangesCompared(
    /// The pair.
    pair: Pair,
    /// What each exchange says, in one row.
    shown: RwSignal<Board>,
) -> impl IntoView {
    let of_table = pair.clone();
    view! {
        <div class="table-wrap" role="region" aria-label="Exchanges compared" tabindex="0">
            {move || table(&of_table, &shown.read())}
        </div>
        {move || reasons(&pair, &shown.read())}
    }
}

fn quoted(board: &Board) -> impl Iterator<Item = &Quoted> {
    board.rows.iter().flat_map(|row| &row.quoted)
}

fn table(pair: &Pair, board: &Board) -> impl IntoView + use<> {
    let first = quoted(board).find(|one| one.price.price().is_some());
    let compared = first.map_or_else(
        || "Difference".to_owned(),
        |first| format!("Compared with {}", board.name(&first.exchange)),
    );
    let heads = [
        "Price".to_owned(),
        compared,
        "24 h change".to_owned(),
        "24 h high".to_owned(),
        "24 h low".to_owned(),
        format!("24 h volume in {}", pair.base),
    ];
    let heads = heads.map(|title| view! { <th scope="col" class="number">{title}</th> });
    let rows = quoted(board).map(|one| {
        let compared_with = first.filter(|first| first.exchange != one.exchange);
        row(one, compared_with, pair, &board.exchanges, board.now)
    });
    let rows = rows.collect_view();
    view! {
        <table class="holdings compared">
            <caption>{format!("Exchanges compared, in {}", pair.quote)}</caption>
            <thead>
                <tr>
                    <th scope="col">"Exchange"</th>
                    {heads.collect_view()}
                    <th scope="col">"Age"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// Why there are no prices, of the exchanges that tell none.
fn reasons(pair: &Pair, board: &Board) -> Option<impl IntoView + use<>> {
    let names = |id: &ExchangeId| board.name(id);
    let told = quoted(board)
        .filter_map(|one| one.price.reason(&one.exchange, pair, &names, board.now))
        .map(|reason| view! { <li>{reason}</li> })
        .collect::<Vec<_>>();
    (!told.is_empty()).then(|| view! { <ul class="missing-prices">{told}</ul> })
}

fn row(
    one: &Quoted,
    other: Option<&Quoted>,
    pair: &Pair,
    exchanges: &[(ExchangeId, String)],
    now: Timestamp,
) -> impl IntoView + use<> {
    let day = one.day.as_ref();
    let difference = other.and_then(|other| one.difference_percent(other));
    let figures = [
        ("Compared", difference.as_ref().map(signed_percent)),
        (
            "24 h change",
            one.change_percent().as_ref().map(signed_percent),
        ),
        ("24 h high", day.map(|day| day.high.grouped())),
        ("24 h low", day.map(|day| day.low.grouped())),
        (
            "24 h volume",
            day.map(|day| format!("{} {}", day.volume.grouped(), pair.base)),
        ),
    ];
    let figures = figures.map(|(label, told)| figure(label, "number", told));
    let price = figure(
        "Price",
        "number main-figure",
        one.price.price().map(Amount::grouped),
    );
    let age = one.price.at().map(|at| {
        view! { <time datetime=at.rfc3339() title=at.readable()>{at.age(now)}</time> }
    });
    view! {
        <tr>
            <th scope="row">{name_of(exchanges, &one.exchange)}</th>
            {price}
            {figures.collect_view()}
            <td data-label="Age">{age}</td>
        </tr>
    }
}
