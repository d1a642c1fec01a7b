//! Asking before a portfolio is deleted, and what becomes of what is in it.

use leptos::prelude::*;

use crate::domain::contents::Contents;
use crate::domain::notice::Done;
use crate::domain::portfolio::PortfolioName;
use crate::error::Problem;
use crate::ui::components::arranged::{ContentsList, NoOther, PortfolioSelect, of_portfolio};
use crate::ui::components::field::{FieldError, field_error};
use crate::ui::components::title::PageTitle;
use crate::ui::forms::FormFailure;

/// The page.
#[component]
pub fn DeletePortfolioPage() -> impl IntoView {
    let failure = FormFailure::of("/do/delete-portfolio");
    of_portfolio(move |contents| view! { <Question contents failure/> })
}

#[component]
fn Question(contents: Contents, failure: Option<FormFailure>) -> impl IntoView {
    let PortfolioName { id, name } = contents.portfolio.clone();
    let error = field_error(failure.as_ref(), "fate");
    let error = view! { <FieldError id="fate-error".to_owned() error/> };
    let choices = if contents.is_empty() {
        view! {
            <p>"Nothing is in it, so nothing else goes with it."</p>
            <div class="buttons">
                <form method="post" action="/do/delete-portfolio">
                    <input type="hidden" name="id" value=id/>
                    <button type="submit" class="button-danger">"Delete portfolio"</button>
                </form>
                <a class="button button-quiet" href="/portfolios">"Keep it"</a>
            </div>
        }
        .into_any()
    } else {
        let others = contents.others.clone();
        view! {
            <Keep id others failure/>
            <Drop contents/>
            <p><a class="button button-quiet" href="/portfolios">"Leave it as it is"</a></p>
        }
        .into_any()
    };
    view! {
        <PageTitle text=format!("Delete {} · Coffer", name)/>
        <h1>"Delete "<bdi>{name}</bdi>"?"</h1>
        {error}
        {choices}
    }
}

/// The way that loses nothing stands first.
#[component]
fn Keep(id: String, others: Vec<PortfolioName>, failure: Option<FormFailure>) -> impl IntoView {
    let form = if others.is_empty() {
        view! { <NoOther/> }.into_any()
    } else {
        view! {
            <form method="post" action="/do/delete-portfolio">
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="fate" value="keep"/>
                <PortfolioSelect name="into" label="Move it to" others failure/>
                <button type="submit" class="button-main">"Move, then delete portfolio"</button>
            </form>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="keep-heading">
            <h2 id="keep-heading">"Keep what is in it"</h2>
            {form}
        </section>
    }
}

#[component]
fn Drop(contents: Contents) -> impl IntoView {
    let keys = !contents.connections.is_empty();
    let (id, seen) = (contents.portfolio.id.clone(), contents.mark.clone());
    view! {
        <section class="card" aria-labelledby="drop-heading">
            <h2 id="drop-heading">"Delete what is in it as well"</h2>
            <p>"This is removed from Coffer and cannot be brought back:"</p>
            <ContentsList contents/>
            {keys.then(|| view! {
                <p>"Nothing changes on the exchange: delete the keys there as well if you no longer need them."</p>
            })}
            <form method="post" action="/do/delete-portfolio">
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="fate" value="drop"/>
                <input type="hidden" name="seen" value=seen/>
                <button type="submit" class="button-danger">"Delete all of it"</button>
            </form>
        </section>
    }
}

/// Deletes a portfolio; `fate` is `keep` for moving what is in it `into` another, or `drop` for
/// deleting what was `seen` in it as well.
#[server(prefix = "/do", endpoint = "delete-portfolio")]
pub async fn delete_portfolio(
    #[server(default)] id: String,
    #[server(default)] fate: String,
    #[server(default)] into: String,
    #[server(default)] seen: String,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let fate = crate::domain::contents::Fate::read(&fate, &into, &seen);
    let deed = crate::services::portfolios::delete(&state, &user.id, &id, fate).await?;
    Ok(Done::tell(
        "/portfolios",
        crate::domain::notice::Notice::Arranged(deed),
    ))
}
