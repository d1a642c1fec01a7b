//! The page for addresses where nothing is.

use leptos::prelude::*;
use leptos_meta::Title;

/// The page.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <Missing/> }
}

/// Says that nothing is here, with the status that goes with it.
#[component]
pub fn Missing() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Not found · Coffer"/>
        <div class="missing">
            <h1>"Nothing is here"</h1>
            <p>"There is no such page, or it is gone."</p>
            <p><a class="button" href="/">"Go to the portfolio"</a></p>
        </div>
    }
}
