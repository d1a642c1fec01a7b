//! Candles of a pair: what to look at, a picture, and the same as a table.

use leptos::prelude::*;

use super::plane::Plane;
use crate::domain::exchange::ExchangeId;
use crate::domain::market::Pair;
use crate::domain::market::candle::Candle;
use crate::domain::market::chart::{Bodies, Body};
use crate::domain::market::interval::Interval;
use crate::domain::market::shown::ShownCandles;
use crate::domain::market::view::{Span, View};
use crate::domain::timestamp::Timestamp;

const DESCRIPTION: &str = "candles-description";

/// How long candles of each exchange can be.
pub type Lengths = Vec<(ExchangeId, Vec<Interval>)>;

/// Links to other exchanges, times and lengths, all by plain addresses.
#[component]
pub fn ViewChoice(
    /// The page's path.
    path: String,
    /// What is looked at.
    view: View,
    /// The exchanges there are.
    exchanges: Vec<(ExchangeId, String)>,
    /// How long their candles can be.
    lengths: Lengths,
) -> impl IntoView {
    let told = |id: &ExchangeId| {
        let mut all = lengths.iter();
        all.find(|(one, _)| one == id)
            .map_or(&[][..], |(_, told)| told)
    };
    let link = |to: View, text: String| {
        let current = (to == view).then_some("true");
        let href = format!("{path}{}", to.query());
        view! { <li><a href=href aria-current=current>{text}</a></li> }
    };
    let places = exchanges.into_iter().map(|(exchange, name)| {
        let intervals = told(&exchange);
        link(view.on(exchange, intervals), name)
    });
    let places = places.collect_view();
    let spans = Span::ALL.map(|span| {
        let to = if span == view.span {
            view.clone()
        } else {
            view.over(span)
        };
        link(to, span.title().to_owned())
    });
    let intervals = view.intervals(told(&view.exchange));
    let intervals = intervals.into_iter().map(|interval| {
        let to = View {
            interval,
            ..view.clone()
        };
        link(to, interval.as_str().to_owned())
    });
    let intervals = intervals.collect_view();
    view! {
        <div class="view-choice">
            <nav class="ranges" aria-label="Exchange"><ul>{places}</ul></nav>
            <nav class="ranges" aria-label="Range"><ul>{spans.collect_view()}</ul></nav>
            <nav class="ranges" aria-label="Interval"><ul>{intervals}</ul></nav>
        </div>
    }
}

/// The picture, what is missing of it, and its table.
#[component]
pub fn CandlesView(
    /// The pair.
    pair: Pair,
    /// What is looked at.
    view: View,
    /// What the exchange is called.
    name: String,
    /// The candles.
    shown: ShownCandles,
    /// The moment.
    now: Timestamp,
) -> impl IntoView {
    let Some(chart) = shown.chart() else {
        let told = format!("{name} has no candles of {pair} in this time.");
        return view! { <p class="empty">{told}</p> }.into_any();
    };
    let description = shown.description(&pair, &view);
    let mut notes = vec![format!(
        "In {}, as of {}. Times are in UTC.",
        pair.quote,
        shown.as_of.readable_near(now)
    )];
    notes.extend(shown.missing());
    let label = format!("Candles of {pair} on {name}");
    let kinds = chart.kinds.into_iter().map(kind).collect_view();
    view! {
        <div class="chart candles">
            <Plane label described_by=DESCRIPTION levels=chart.levels moments=chart.moments>
                {kinds}
            </Plane>
        </div>
        <p id=DESCRIPTION class="visually-hidden">{description}</p>
        <p class="fact-note">{notes.join(" ")}</p>
        <CandleTable pair name candles=shown.candles/>
    }
    .into_any()
}

fn kind(kind: Bodies) -> impl IntoView {
    let body = match kind.body {
        Body::Rising => "candle-rising",
        Body::Falling => "candle-falling",
        Body::Flat => "candle-flat",
    };
    let open = if kind.is_final { "" } else { " candle-open" };
    let (wick, body) = (
        format!("candle-wick {body}{open}"),
        format!("candle-body {body}{open}"),
    );
    view! {
        <path class=wick d=kind.wicks></path>
        <path class=body d=kind.bodies></path>
    }
}

/// The candles as a table, newest first.
#[component]
fn CandleTable(pair: Pair, name: String, candles: Vec<Candle>) -> impl IntoView {
    let rows = candles.into_iter().rev().map(row).collect_view();
    let columns = ["Open", "High", "Low", "Close"];
    let columns = columns.map(|title| view! { <th scope="col" class="number">{title}</th> });
    let volume = format!("Volume in {}", pair.base);
    view! {
        <details class="history-table">
            <summary>"The same as a table"</summary>
            <div class="table-wrap" role="region" aria-label="Candles" tabindex="0">
                <table class="holdings candle-table">
                    <caption>{format!("Candles of {pair} on {name}, in {}", pair.quote)}</caption>
                    <thead>
                        <tr>
                            <th scope="col">"From"</th>
                            {columns.collect_view()}
                            <th scope="col" class="number">{volume}</th>
                            <th scope="col">"Remark"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

fn row(candle: Candle) -> impl IntoView {
    let figures = [
        ("Open", &candle.open),
        ("High", &candle.high),
        ("Low", &candle.low),
        ("Close", &candle.close),
        ("Volume", &candle.volume),
    ];
    let figures = figures.map(|(label, figure)| {
        view! { <td class="number" data-label=label>{figure.grouped()}</td> }
    });
    let remark = (!candle.is_final).then_some("still open");
    let at = candle.open_time;
    view! {
        <tr>
            <th scope="row"><time datetime=at.rfc3339()>{at.readable()}</time></th>
            {figures.collect_view()}
            <td>{remark}</td>
        </tr>
    }
}
