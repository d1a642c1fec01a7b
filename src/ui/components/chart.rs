//! The line of a history as a picture, drawn on the server.

use leptos::prelude::*;

use super::plane::Plane;
use crate::domain::chart::{Spot, spots};
use crate::domain::currency::Currency;
use crate::domain::history::chart::Chart;

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
    view! {
        <div class="chart">
            <Plane label described_by levels=chart.levels moments=chart.moments class="amount">
                {stretches}
                {held_back}
                {dots}
            </Plane>
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
