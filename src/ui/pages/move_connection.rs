//! Moving a connection into another portfolio, from the connection's own page.

use leptos::prelude::*;

use crate::domain::notice::Done;
use crate::domain::portfolio::PortfolioName;
use crate::error::Problem;
use crate::ui::components::arranged::{NoOther, PortfolioSelect};
use crate::ui::forms::FormFailure;

/// Where a connection stands, and the form that moves it.
#[component]
pub fn MoveForm(
    /// The connection's id.
    id: String,
    /// The id of the portfolio it stands in.
    portfolio_id: String,
    /// All portfolios of its owner.
    portfolios: Vec<PortfolioName>,
    /// The form, if it did not get through.
    failure: Option<FormFailure>,
) -> impl IntoView {
    let (own, others): (Vec<_>, Vec<_>) = portfolios
        .into_iter()
        .partition(|portfolio| portfolio.id == portfolio_id);
    let stands = own.into_iter().next().map(|portfolio| {
        let href = format!("/portfolios/{}", portfolio.id);
        view! { <p>"It stands in "<a href=href><bdi>{portfolio.name}</bdi></a>"."</p> }
    });
    let form = if others.is_empty() {
        view! { <NoOther/> }.into_any()
    } else {
        view! {
            <form method="post" action="/do/move-connection">
                <input type="hidden" name="id" value=id/>
                <PortfolioSelect name="portfolio" label="Move to portfolio" others failure/>
                <button type="submit">"Move"</button>
            </form>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="portfolio-heading">
            <h2 id="portfolio-heading">"Portfolio"</h2>
            {stands}
            {form}
        </section>
    }
}

/// Moves a connection into another portfolio.
#[server(prefix = "/do", endpoint = "move-connection")]
pub async fn move_connection(
    #[server(default)] id: String,
    #[server(default)] portfolio: String,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let moved =
        crate::services::portfolios::move_connection(&state, &user.id, &id, &portfolio).await?;
    let notice = crate::domain::notice::Notice::Arranged(moved);
    Ok(Done::tell(&format!("/connections/{id}"), notice))
}
