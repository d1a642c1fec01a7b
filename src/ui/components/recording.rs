//! What an exchange last answered, to be saved.

use leptos::prelude::*;

/// The section of a connection's page that offers its recording.
#[component]
pub fn RecordingLinks(
    /// The connection's id.
    id: String,
) -> impl IntoView {
    let with = |amounts: &str| format!("/connections/{id}/recording?amounts={amounts}");
    view! {
        <section aria-labelledby="last-answers">
            <h2 id="last-answers">"Last answers"</h2>
            <p class="fact-note">
                "What the exchange answered last, to attach to a bug report. It holds no keys and \
                 no signatures, and account numbers are removed."
            </p>
            <div class="buttons">
                <a class="button" href=with("scrambled")>"Download with scrambled amounts"</a>
                <a class="button button-quiet" href=with("kept")>"Download with exact amounts"</a>
            </div>
        </section>
    }
    .into_any()
}
