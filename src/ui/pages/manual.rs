//! One holding entered by hand: changing it, and asking before it is deleted.

use leptos::prelude::*;

use super::not_found::Missing;
use crate::domain::manual::{ManualForm, ManualHolding};
use crate::domain::notice::Done;
use crate::error::Problem;
use crate::ui::components::arranged::{EntryLine, id_in_address};
use crate::ui::components::manual_form::ManualFields;
use crate::ui::components::problem::ProblemNotice;
use crate::ui::components::title::PageTitle;
use crate::ui::forms::FormFailure;

/// The page that changes it.
#[component]
pub fn ManualPage() -> impl IntoView {
    let failure = FormFailure::of("/do/change-manual");
    of_holding(move |holding| view! { <ChangeForm holding failure/> })
}

/// The page that asks before it is deleted.
#[component]
pub fn DeleteManualPage() -> impl IntoView {
    of_holding(|holding| view! { <Question holding/> })
}

/// A page about the holding in the address; one that is not there is told.
fn of_holding<V: IntoView + 'static>(
    show: impl FnOnce(ManualHolding) -> V + Send + 'static,
) -> impl IntoView {
    let id = id_in_address();
    view! {
        <Suspense>{Suspend::new(async move {
            match load_manual(id).await {
                Ok(holding) => {
                    let back = list_of(&holding);
                    view! {
                        <p class="crumbs"><a href=back>"Held by hand"</a></p>
                        {show(holding)}
                    }
                    .into_any()
                }
                Err(Problem::NotFound) => view! { <Missing/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

/// The address of everything entered by hand into the same portfolio.
fn list_of(holding: &ManualHolding) -> String {
    format!("/portfolios/{}/manual", holding.portfolio_id)
}

#[component]
fn ChangeForm(holding: ManualHolding, failure: Option<FormFailure>) -> impl IntoView {
    let back = list_of(&holding);
    let label = holding.entry.label.clone();
    let form = ManualForm::from(&holding.entry);
    view! {
        <PageTitle text=format!("Change {label} · Coffer")/>
        <h1>"Change "<bdi>{label}</bdi></h1>
        <section class="card">
            <form method="post" action="/do/change-manual">
                <input type="hidden" name="id" value=holding.id/>
                <ManualFields form failure/>
                <div class="buttons">
                    <button type="submit" class="button-main">"Save"</button>
                    <a class="button button-quiet" href=back>"Leave it"</a>
                </div>
            </form>
        </section>
    }
}

#[component]
fn Question(holding: ManualHolding) -> impl IntoView {
    let back = list_of(&holding);
    let label = holding.entry.label.clone();
    view! {
        <PageTitle text=format!("Delete {label} · Coffer")/>
        <h1>"Delete "<bdi>{label}</bdi>"?"</h1>
        <p>
            "This removes "<EntryLine entry=holding.entry/>
            " and its note from Coffer. It cannot be brought back."
        </p>
        <div class="buttons">
            <form method="post" action="/do/delete-manual">
                <input type="hidden" name="id" value=holding.id/>
                <button type="submit" class="button-danger">"Delete holding"</button>
            </form>
            <a class="button button-quiet" href=back>"Keep it"</a>
        </div>
    }
}

/// One holding entered by hand.
#[server(prefix = "/do", endpoint = "load-manual")]
pub async fn load_manual(#[server(default)] id: String) -> Result<ManualHolding, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    crate::services::manual::find(&state, &user.id, &id).await
}

/// Takes what its owner says now of a holding.
#[server(prefix = "/do", endpoint = "change-manual")]
pub async fn change_manual(
    #[server(default)] id: String,
    #[server(flatten)] form: ManualForm,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let holding = crate::services::manual::change(&state, &user.id, &id, &form).await?;
    let next = list_of(&holding);
    Ok(Done::tell(
        &next,
        crate::domain::notice::Notice::Arranged(crate::domain::deed::Deed::Changed(holding.entry)),
    ))
}

/// Deletes a holding entered by hand.
#[server(prefix = "/do", endpoint = "delete-manual")]
pub async fn delete_manual(#[server(default)] id: String) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let holding = crate::services::manual::delete(&state, &user.id, &id).await?;
    let next = list_of(&holding);
    Ok(Done::tell(
        &next,
        crate::domain::notice::Notice::Arranged(crate::domain::deed::Deed::Removed(holding.entry)),
    ))
}
