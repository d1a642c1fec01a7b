//! What a page shows once, right after it was made: it travels with the request that made it, and
//! stands nowhere else.

use axum::http::request::Parts;
use leptos::prelude::use_context;

use crate::domain::typed::Typed;

/// A secret to show on the page that answers this request.
#[derive(Clone, Debug)]
pub struct ShownOnce(pub Typed);

/// The secret to show, inside a server function of the page.
#[must_use]
pub fn secret() -> Option<Typed> {
    let parts = use_context::<Parts>()?;
    let shown = parts.extensions.get::<ShownOnce>();
    shown.map(|shown| shown.0.clone())
}
