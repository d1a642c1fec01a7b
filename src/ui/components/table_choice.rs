//! How the table of holdings is grouped and searched.

use leptos::prelude::*;

use crate::domain::portfolio::table::{By, Choice};

/// Links for grouping and a field for searching, all by plain addresses.
#[component]
pub fn TableChoice(
    /// The page's path.
    path: String,
    /// What is chosen.
    choice: Choice,
) -> impl IntoView {
    let link = |by: By| {
        let to = Choice {
            by: if by == By::default() {
                String::new()
            } else {
                by.as_str().to_owned()
            },
            ..choice.from_start()
        };
        let href = format!("{path}{}", to.query());
        let current = (by == choice.by()).then_some("true");
        view! { <li><a href=href aria-current=current>{title(by)}</a></li> }
    };
    let links = By::ALL.map(link).collect_view();
    let hidden = |name: &'static str, value: &str| {
        let value = value.to_owned();
        (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value/> })
    };
    view! {
        <div class="table-choice">
            <nav class="group-by" aria-label="Group by"><ul>{links}</ul></nav>
            <form method="get" action=path.clone() role="search" class="search field">
                <label for="q" class="visually-hidden">"Search holdings"</label>
                <input id="q" name="q" type="search" value=choice.q.clone() placeholder="Asset, label or wallet"
                    autocomplete="off" spellcheck="false" maxlength="64"/>
                {hidden("by", &choice.by)}
                {hidden("sort", &choice.sort)}
                {hidden("small", &choice.small)}
                <input type="hidden" name="range" value=choice.range.clone() disabled=choice.range.is_empty()/>
                <button type="submit">"Search"</button>
            </form>
        </div>
    }
}

fn title(by: By) -> &'static str {
    match by {
        By::Asset => "Assets",
        By::Exchange => "Exchanges",
        By::Wallet => "Wallets",
    }
}
