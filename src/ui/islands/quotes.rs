//! What the exchanges say of one pair, keeping up while the page is looked at.

use leptos::prelude::*;

use super::keeping_up::keep_up;
use crate::domain::market::Pair;
use crate::domain::market::board::Board;
use crate::ui::components::exchanges_compared::ExchangesCompared;
use crate::ui::pages::pair::load_quotes;

/// The table.
#[island]
pub fn LiveQuotes(
    /// The pair.
    pair: Pair,
    /// What to show, in one row.
    board: Board,
) -> impl IntoView {
    let shown = RwSignal::new(board);
    let symbol = pair.to_string();
    keep_up(shown, move || load_quotes(symbol.clone()));
    view! { <ExchangesCompared pair shown/> }
}
