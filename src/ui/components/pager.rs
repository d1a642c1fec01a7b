//! Ways to the other pages of a long list.

use leptos::prelude::*;

/// Links to the page before and the page after, where there are several.
#[component]
pub fn Pager(
    /// What it is called.
    label: &'static str,
    /// The page shown, from 1.
    page: usize,
    /// How many there are.
    pages: usize,
    /// How much there is on all of them: `480 rows`.
    total: String,
    /// The address of a page.
    href: impl Fn(usize) -> String,
) -> impl IntoView {
    let link = |to: usize, text: &'static str| {
        (1..=pages)
            .contains(&to)
            .then(|| view! { <a class="button" href=href(to)>{text}</a> })
    };
    (pages > 1).then(|| {
        view! {
            <nav class="pager" aria-label=label>
                {link(page - 1, "Previous page")}
                <span>{format!("Page {page} of {pages}, {total}")}</span>
                {link(page + 1, "Next page")}
            </nav>
        }
    })
}
