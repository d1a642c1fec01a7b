//! Watched pairs that keep up with their prices while the page is looked at.

use leptos::prelude::*;

use super::keeping_up::keep_up;
use crate::domain::market::board::Board;
use crate::ui::components::watchlist::WatchTable;
use crate::ui::forms::FormFailure;
use crate::ui::pages::market::load_market;

/// The table.
#[island]
pub fn WatchedPairs(
    /// What to show.
    board: Board,
    /// A form that did not get through.
    failure: Option<FormFailure>,
) -> impl IntoView {
    let shown = RwSignal::new(board);
    keep_up(shown, load_market);
    view! { <WatchTable shown failure/> }
}
