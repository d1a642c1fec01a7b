//! The table of watched pairs: what each exchange says of them, and how they are arranged.

use leptos::prelude::*;

use super::field::{FieldError, field_error};
use super::holdings::UNKNOWN;
use crate::domain::exchange::{ExchangeId, name_of};
use crate::domain::market::Pair;
use crate::domain::market::board::{Board, Quoted, Row, Spark};
use crate::domain::money::signed_percent;
use crate::domain::timestamp::Timestamp;
use crate::ui::forms::FormFailure;

/// The forms of a row.
const REMOVE: &str = "/do/unwatch";
const MOVE: &str = "/do/move-watched";

/// The table. Prices follow the signal; pairs and their order are those of the page.
#[component]
pub fn WatchTable(
    /// What is shown now.
    shown: RwSignal<Board>,
    /// A form that did not get through.
    failure: Option<FormFailure>,
) -> impl IntoView {
    let board = shown.get_untracked();
    let last = board.rows.len().saturating_sub(1);
    let row = |(number, row): (usize, &Row)| {
        let place = Place {
            is_first: number == 0,
            is_last: number == last,
        };
        let failure = failure
            .clone()
            .filter(|it| it.value("symbol") == row.pair.to_string());
        let names = board.exchanges.clone();
        view! { <WatchRow row=row.clone() place names shown failure/> }
    };
    let rows = board.rows.iter().enumerate().map(row).collect_view();
    let columns = board.exchanges.iter();
    let columns = columns
        .map(|(_, name)| view! { <th scope="col" class="number">{name.clone()}</th> })
        .collect_view();
    view! {
        <div class="table-wrap" role="region" aria-label="Watchlist" tabindex="0">
            <table class="holdings watchlist">
                <caption>"Watchlist"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Pair"</th>
                        <th scope="col">"Last 24 hours"</th>
                        {columns}
                        <th scope="col"><span class="visually-hidden">"Arrange"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Where a row stands.
#[derive(Clone, Copy)]
struct Place {
    is_first: bool,
    is_last: bool,
}

#[component]
fn WatchRow(
    row: Row,
    place: Place,
    names: Vec<(ExchangeId, String)>,
    shown: RwSignal<Board>,
    failure: Option<FormFailure>,
) -> impl IntoView {
    let pair = row.pair.clone();
    let cells = names
        .iter()
        .map(|(exchange, name)| cell(&pair, exchange, name, shown))
        .collect_view();
    view! {
        <tr>
            <th scope="row"><a href=row.pair.path()><bdi>{row.pair.to_string()}</bdi></a></th>
            <td class="spark-cell">{spark(row.spark, &names)}</td>
            {cells}
            <td class="arrange"><Arrange pair=row.pair place failure/></td>
        </tr>
    }
}

/// What an exchange says of a pair, kept up to date.
fn cell(
    pair: &Pair,
    exchange: &ExchangeId,
    name: &str,
    shown: RwSignal<Board>,
) -> impl IntoView + use<> {
    let (pair, exchange) = (pair.clone(), exchange.clone());
    let told = Memo::new(move |_| {
        let board = shown.read();
        let row = board.rows.iter().find(|row| row.pair == pair)?;
        let quoted = row.quoted.iter().find(|one| one.exchange == exchange)?;
        Some(Words::of(quoted, &pair, &board))
    });
    let words = move || told.get().map(|words| view! { <QuotedView words/> });
    view! { <td class="number quoted" data-label=name.to_owned()>{words}</td> }
}

/// What stands in a cell.
#[derive(Clone, PartialEq, Eq)]
struct Words {
    /// The price; `None` where there is none.
    price: Option<String>,
    /// How it changed, and whether it fell.
    change: Option<(String, bool)>,
    /// When it was told, and how long ago.
    at: Option<(Timestamp, String)>,
    /// Why there is no price.
    reason: Option<String>,
}

impl Words {
    fn of(quoted: &Quoted, pair: &Pair, board: &Board) -> Self {
        let names = |id: &ExchangeId| board.name(id);
        let change = quoted.change_percent();
        Self {
            price: quoted.price.price().map(|price| price.grouped()),
            change: change.map(|change| (signed_percent(&change), change.is_negative())),
            at: quoted.price.at().map(|at| (at, at.age(board.now))),
            reason: quoted
                .price
                .reason(&quoted.exchange, pair, &names, board.now),
        }
    }
}

#[component]
fn QuotedView(words: Words) -> impl IntoView {
    let change = words.change.map(|(change, falls)| {
        let class = if falls { "falls" } else { "rises" };
        view! { <span class=class>{change}</span>" · " }
    });
    let at = words
        .at
        .map(|(at, age)| view! { <time datetime=at.rfc3339() title=at.readable()>{age}</time> });
    match words.price {
        Some(price) => view! {
            <span class="quoted-price">{price}</span>
            <span class="quoted-note">{change}{at}</span>
        }
        .into_any(),
        None => view! {
            <span class="quoted-price unknown">{UNKNOWN}</span>
            <span class="quoted-note">{words.reason}</span>
        }
        .into_any(),
    }
}

/// The last 24 hours as a line, with what it shows in words.
fn spark(spark: Option<Spark>, names: &[(ExchangeId, String)]) -> AnyView {
    let Some(spark) = spark else {
        return view! { <span class="unknown">{UNKNOWN}</span> }.into_any();
    };
    let label = format!(
        "Last 24 hours on {}: from {} to {}, lowest {}, highest {}",
        name_of(names, &spark.exchange),
        spark.first.grouped(),
        spark.last.grouped(),
        spark.low.grouped(),
        spark.high.grouped()
    );
    view! {
        <svg class="spark" role="img" aria-label=label viewBox="0 0 10000 10000" preserveAspectRatio="none">
            <path d=spark.path></path>
        </svg>
    }
    .into_any()
}

#[component]
fn Arrange(pair: Pair, place: Place, failure: Option<FormFailure>) -> impl IntoView {
    let symbol = pair.to_string();
    let error = failure.is_some().then(|| {
        let error = field_error(failure.as_ref(), "symbol");
        view! { <FieldError id="arrange-error".to_owned() error/> }
    });
    let shift = |way: &'static str, sign: &'static str, is_end: bool| {
        let name = format!("Move {symbol} {way}");
        view! {
            <form method="post" action=MOVE>
                <input type="hidden" name="symbol" value=symbol.clone()/>
                <input type="hidden" name="way" value=way/>
                <button type="submit" class="button-quiet" aria-label=name disabled=is_end>{sign}</button>
            </form>
        }
    };
    let remove = format!("Remove {symbol}");
    view! {
        <div class="buttons">
            {shift("up", "↑", place.is_first)}
            {shift("down", "↓", place.is_last)}
            <form method="post" action=REMOVE>
                <input type="hidden" name="symbol" value=symbol.clone()/>
                <button type="submit" class="button-quiet" aria-label=remove>"Remove"</button>
            </form>
        </div>
        {error}
    }
}
