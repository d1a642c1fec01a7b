//! The line of a history as a picture, drawn on the server.

use leptos::prelude::*;

use crate::domain::currency::Currency;
use crate::domain::history::chart::spots::{self, percent};
use crate::domain::history::chart::{Chart, HEIGHT, Mark, Spot, WIDTH};

/// How much of the picture's height the line has; the rest is for the times below it.
const PLOT_PERCENT: i64 = 90;
/// Up to how many points each has a dot of its own.
const DOTTED: usize = 45;

/// A chart: lines on a plane that is stretched to the room there is, and unstretched words.
#[component]
pub fn HistoryChart(
    /// What to draw.
    chart: Chart,
    /// What its values are told in.
    currency: Currency,
    /// The id of the element that tells what it shows.
    described_by: &'static str,
) -> impl IntoView {
    let label = format!("Value in {currency}");
    let spots = spots::write(&chart.spots);
    let plane = format!("0 0 {WIDTH} {HEIGHT}");
    let height = format!("{PLOT_PERCENT}%");
    let levels = chart.levels.iter().map(level_line).collect_view();
    let stretches = chart
        .stretches
        .iter()
        .map(|stretch| {
            let (class, path) = (stretch.ink.class(), stretch.path.clone());
            view! { <path class=class d=path></path> }
        })
        .collect_view();
    let dots = dots(&chart)
        .into_iter()
        .map(dot("chart-dot"))
        .collect_view();
    let held_back = held_back(&chart);
    let values = chart.levels.iter().map(level_label).collect_view();
    let times = chart.moments.iter().map(moment_label).collect_view();
    view! {
        <div class="chart">
            <svg aria-hidden="true">{values}</svg>
            <svg role="img" aria-label=label aria-describedby=described_by>
                <svg width="100%" height=height viewBox=plane preserveAspectRatio="none">
                    {levels}
                    {stretches}
                    {held_back}
                    {dots}
                </svg>
                {times}
            </svg>
            <Reader spots currency/>
        </div>
    }
}

/// Lies over the plane, empty until script takes it to read off points.
#[component]
fn Reader(spots: String, currency: Currency) -> impl IntoView {
    view! {
        <div class="chart-reader" data-spots=spots data-currency=currency.to_string()>
            <span class="chart-cursor"></span>
            <span class="chart-spot"></span>
            <p class="chart-reading" aria-hidden="true">
                <strong class="amount"></strong>
                <span></span>
                <span></span>
            </p>
        </div>
    }
}

fn level_line(level: &Mark) -> impl IntoView + use<> {
    let path = format!("M0 {}H{WIDTH}", level.place);
    view! { <path class="chart-level" d=path></path> }
}

fn level_label(level: &Mark) -> impl IntoView + use<> {
    let y = percent(level.place * PLOT_PERCENT / 100);
    view! { <text class="chart-value amount" x="100%" y=y dy="4" text-anchor="end">{level.label.clone()}</text> }
}

fn moment_label(moment: &Mark) -> impl IntoView + use<> {
    let x = percent(moment.place);
    // A word in the middle would reach over the edge.
    let anchor = match moment.place {
        place if place < WIDTH / 16 => "start",
        place if place > WIDTH * 15 / 16 => "end",
        _ => "middle",
    };
    view! { <text class="chart-time" x=x y="100%" dy="-3" text-anchor=anchor>{moment.label.clone()}</text> }
}

/// The last point, or each where there are few.
fn dots(chart: &Chart) -> Vec<Spot> {
    if chart.spots.len() <= DOTTED {
        chart.spots.clone()
    } else {
        chart.spots.last().copied().into_iter().collect()
    }
}

/// A line of no length with round ends: a circle would be stretched with the plane.
fn dot(class: &'static str) -> impl Fn(Spot) -> AnyView {
    move |spot| {
        let path = format!("M{} {}h0", spot.x, spot.y);
        view! { <path class=class d=path></path> }.into_any()
    }
}

fn held_back(chart: &Chart) -> Option<impl IntoView + use<>> {
    let (from, to) = (chart.spots.last().copied()?, chart.held_back?);
    let path = format!("M{} {}L{} {}", from.x, from.y, to.x, to.y);
    Some(view! {
        <path class="chart-line chart-held-line" d=path></path>
        {dot("chart-dot chart-held")(to)}
    })
}
