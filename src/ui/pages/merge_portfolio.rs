//! Asking into which portfolio another is merged.

use leptos::prelude::*;

use crate::domain::contents::{Contents, amounts};
use crate::domain::notice::Done;
use crate::error::Problem;
use crate::ui::components::arranged::{NoOther, PortfolioSelect, of_portfolio};
use crate::ui::components::title::PageTitle;
use crate::ui::forms::FormFailure;

/// The page.
#[component]
pub fn MergePortfolioPage() -> impl IntoView {
    let failure = FormFailure::of("/do/merge-portfolio");
    of_portfolio(move |contents| view! { <Question contents failure/> })
}

#[component]
fn Question(contents: Contents, failure: Option<FormFailure>) -> impl IntoView {
    let inside = amounts(contents.connections.len(), contents.by_hand.len());
    let Contents {
        portfolio, others, ..
    } = contents;
    let form = if others.is_empty() {
        view! { <NoOther/> }.into_any()
    } else {
        view! {
            <form method="post" action="/do/merge-portfolio">
                <input type="hidden" name="id" value=portfolio.id/>
                <PortfolioSelect name="into" label="Merge into" others failure/>
                <div class="buttons">
                    <button type="submit" class="button-main">"Merge"</button>
                    <a class="button button-quiet" href="/portfolios">"Leave it"</a>
                </div>
            </form>
        }
        .into_any()
    };
    view! {
        <PageTitle text=format!("Merge {} · Coffer", portfolio.name)/>
        <h1>"Merge "<bdi>{portfolio.name.clone()}</bdi></h1>
        <section class="card">
            <p>
                "What is in it, "{inside}", moves to the other portfolio, and "
                <bdi>{portfolio.name}</bdi>" is gone. No key and no holding is deleted."
            </p>
            {form}
        </section>
    }
}

/// Moves everything in a portfolio into another; the first is gone.
#[server(prefix = "/do", endpoint = "merge-portfolio")]
pub async fn merge_portfolio(
    #[server(default)] id: String,
    #[server(default)] into: String,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let deed = crate::services::portfolios::merge(&state, &user.id, &id, &into).await?;
    Ok(Done::tell(
        "/portfolios",
        crate::domain::notice::Notice::Arranged(deed),
    ))
}
