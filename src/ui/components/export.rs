//! Links to files that are taken along.

use leptos::prelude::*;

/// Links to one subject as CSV and as JSON.
#[component]
pub fn ExportLinks(
    /// What is in the files, as people call it: `Holdings`.
    title: &'static str,
    /// The same in addresses: `holdings`.
    subject: &'static str,
    /// What they are narrowed to, as the address has it: `?portfolio=…`.
    #[prop(optional, into)]
    only: String,
) -> impl IntoView {
    let link = |ending: &str, format: &'static str| {
        let href = format!("/export/{subject}.{ending}{only}");
        view! { <a href=href aria-label=format!("{title} as {format}")>{format}</a> }
    };
    view! { {title}" "{link("csv", "CSV")}" "{link("json", "JSON")} }.into_any()
}
