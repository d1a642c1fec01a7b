//! Giving a portfolio another name.

use leptos::prelude::*;

use crate::domain::contents::Contents;
use crate::domain::notice::Done;
use crate::error::Problem;
use crate::ui::components::arranged::of_portfolio;
use crate::ui::components::field::{Field, field_error};
use crate::ui::components::title::PageTitle;
use crate::ui::forms::FormFailure;

/// The page.
#[component]
pub fn RenamePortfolioPage() -> impl IntoView {
    let failure = FormFailure::of("/do/rename-portfolio");
    of_portfolio(move |contents| view! { <Form contents failure/> })
}

#[component]
fn Form(contents: Contents, failure: Option<FormFailure>) -> impl IntoView {
    let failure = failure.as_ref();
    let portfolio = contents.portfolio;
    let name = failure.map_or_else(|| portfolio.name.clone(), |f| f.value("name"));
    view! {
        <PageTitle text=format!("Rename {} · Coffer", portfolio.name)/>
        <h1>"Rename "<bdi>{portfolio.name}</bdi></h1>
        <section class="card">
            <form method="post" action="/do/rename-portfolio">
                <input type="hidden" name="id" value=portfolio.id/>
                <Field name="name" label="Name" value=name error=field_error(failure, "name")
                    required=true/>
                <div class="buttons">
                    <button type="submit" class="button-main">"Rename"</button>
                    <a class="button button-quiet" href="/portfolios">"Leave it"</a>
                </div>
            </form>
        </section>
    }
}

/// Gives a portfolio another name.
#[server(prefix = "/do", endpoint = "rename-portfolio")]
pub async fn rename_portfolio(
    #[server(default)] id: String,
    #[server(default)] name: String,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let deed = crate::services::portfolios::rename(&state, &user.id, &id, &name).await?;
    Ok(Done::tell(
        "/portfolios",
        crate::domain::notice::Notice::Arranged(deed),
    ))
}
