//! The plane that pictures are drawn on: stretched to the room there is, with unstretched words beside
//! and below it.

use leptos::prelude::*;

use crate::domain::chart::spots::percent;
use crate::domain::chart::{HEIGHT, Mark, WIDTH};

/// How much of the picture's height the plane has; the rest is for the times below it.
const PLOT_PERCENT: i64 = 90;

/// The plane, and what stands beside and below it.
#[component]
pub fn Plane(
    /// What the picture is called.
    label: String,
    /// The id of the element that tells what it shows.
    described_by: &'static str,
    /// Round values, from the lowest up.
    levels: Vec<Mark>,
    /// Round times, from the left.
    moments: Vec<Mark>,
    /// A class for the values.
    #[prop(optional)]
    class: &'static str,
    /// What is drawn.
    children: Children,
) -> impl IntoView {
    let plane = format!("0 0 {WIDTH} {HEIGHT}");
    let height = format!("{PLOT_PERCENT}%");
    let lines = levels.iter().map(level_line).collect_view();
    let values = levels
        .iter()
        .map(|level| level_label(level, class))
        .collect_view();
    let times = moments.iter().map(moment_label).collect_view();
    view! {
        <svg aria-hidden="true">{values}</svg>
        <svg role="img" aria-label=label aria-describedby=described_by>
            <svg width="100%" height=height viewBox=plane preserveAspectRatio="none">
                {lines}
                {children()}
            </svg>
            {times}
        </svg>
    }
}

fn level_line(level: &Mark) -> impl IntoView + use<> {
    let path = format!("M0 {}H{WIDTH}", level.place);
    view! { <path class="chart-level" d=path></path> }
}

fn level_label(level: &Mark, class: &'static str) -> impl IntoView + use<> {
    let y = percent(level.place * PLOT_PERCENT / 100);
    let class = format!("chart-value {class}");
    view! { <text class=class x="100%" y=y dy="4" text-anchor="end">{level.label.clone()}</text> }
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
