//! What a portfolio holds besides its connections, entered by hand.

use leptos::prelude::*;

use crate::domain::contents::Contents;
use crate::domain::manual::{ManualForm, ManualHolding};
use crate::domain::notice::Done;
use crate::error::Problem;
use crate::ui::components::arranged::{EntryQuantity, WaitingNotice, of_portfolio};
use crate::ui::components::manual_form::ManualFields;
use crate::ui::components::title::PageTitle;
use crate::ui::forms::FormFailure;

/// The page.
#[component]
pub fn ByHandPage() -> impl IntoView {
    let failure = FormFailure::of("/do/add-manual");
    of_portfolio(move |contents| view! { <Body contents failure/> })
}

#[component]
fn Body(contents: Contents, failure: Option<FormFailure>) -> impl IntoView {
    let portfolio = contents.portfolio;
    let href = format!("/portfolios/{}", portfolio.id);
    // A form that did not get through stands right below what was wrong with it.
    let form_first = failure.is_some();
    let list = view! { <Entries holdings=contents.by_hand/> }.into_any();
    let form = view! { <AddForm id=portfolio.id failure/> }.into_any();
    let (first, second) = if form_first {
        (form, list)
    } else {
        (list, form)
    };
    view! {
        <PageTitle text=format!("Held by hand in {} · Coffer", portfolio.name)/>
        <div class="by-hand-head">
            <h1>"Held by hand"</h1>
            <p class="lead">
                "Cash, a cold wallet, a debt: what no connection reads. It stands in "
                <a href=href><bdi>{portfolio.name}</bdi></a>", as you entered it."
            </p>
        </div>
        <WaitingNotice/>
        {first}
        {second}
    }
}

#[component]
fn Entries(holdings: Vec<ManualHolding>) -> impl IntoView {
    if holdings.is_empty() {
        return view! { <p class="empty">"Nothing is entered by hand yet."</p> }.into_any();
    }
    view! { <ul class="entries">{holdings.into_iter().map(entry).collect_view()}</ul> }.into_any()
}

fn entry(holding: ManualHolding) -> impl IntoView {
    let href = format!("/manual/{}", holding.id);
    let ask = format!("{href}/delete");
    let label_id = format!("label-{}", holding.id);
    let entry = holding.entry;
    let note = (!entry.note.is_empty())
        .then(|| view! { <p class="entry-note"><bdi>{entry.note.clone()}</bdi></p> });
    view! {
        <li class="entry">
            <h2 id=label_id.clone()><bdi>{entry.label.clone()}</bdi></h2>
            <p class="entry-quantity"><EntryQuantity entry/></p>
            {note}
            <p class="fact-note">{format!("Entered {}", holding.updated_at.readable())}</p>
            <div class="buttons">
                <a class="button" href=href aria-describedby=label_id.clone()>"Change"</a>
                <a class="button button-quiet" href=ask aria-describedby=label_id>"Delete"</a>
            </div>
        </li>
    }
}

#[component]
fn AddForm(id: String, failure: Option<FormFailure>) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="add-heading">
            <h2 id="add-heading">"Add a holding"</h2>
            <form method="post" action="/do/add-manual">
                <input type="hidden" name="id" value=id/>
                <ManualFields failure/>
                <button type="submit" class="button-main">"Add"</button>
            </form>
        </section>
    }
}

/// Adds a holding to the portfolio of this id.
#[server(prefix = "/do", endpoint = "add-manual")]
pub async fn add_manual(
    #[server(default)] id: String,
    #[server(flatten)] form: ManualForm,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let holding = crate::services::manual::add(&state, &user.id, &id, &form).await?;
    let notice =
        crate::domain::notice::Notice::Arranged(crate::domain::deed::Deed::Entered(holding.entry));
    Ok(Done::tell(&format!("/portfolios/{id}/manual"), notice))
}
