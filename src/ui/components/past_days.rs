//! What is known of the days before a connection was made.

use leptos::prelude::*;

use crate::domain::history::backfill::Backfill;

/// The section of a connection's page that says where its history begins.
#[component]
pub fn PastDaysNote(
    /// Where fetching the days before stands.
    past: Backfill,
    /// The exchange's name.
    exchange: String,
) -> impl IntoView {
    view! {
        <section aria-labelledby="past-days">
            <h2 id="past-days">"Before the first sync"</h2>
            <p class="fact-note">{past.sentence(&exchange)}</p>
        </section>
    }
    .into_any()
}
