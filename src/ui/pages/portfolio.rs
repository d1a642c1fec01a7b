//! The portfolio: everything that is held, exact, with its age and what is missing.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::not_found::Missing;
use crate::domain::portfolio::{Gap, Portfolio, PortfolioName};
use crate::domain::text::count;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::ui::components::history::HistorySection;
use crate::ui::components::holdings::HoldingsTable;
use crate::ui::components::problem::ProblemNotice;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortfolioData {
    /// The holdings.
    pub portfolio: Portfolio,
    /// All portfolios, to switch between.
    pub all: Vec<PortfolioName>,
    /// When this was so.
    pub now: Timestamp,
}

/// The page.
#[component]
pub fn PortfolioPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id").unwrap_or_default());
    view! {
        <Title text="Portfolio · Coffer"/>
        <Suspense>{Suspend::new(async move {
            match load_portfolio(id).await {
                Ok(data) => view! { <Contents data/> }.into_any(),
                Err(Problem::NotFound) => view! { <Missing/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

#[component]
fn Contents(data: PortfolioData) -> impl IntoView {
    let PortfolioData {
        portfolio,
        all,
        now,
    } = data;
    let chosen = portfolio.name.clone();
    let several = all.len() > 1;
    let body = if portfolio.connections == 0 {
        view! { <Welcome/> }.into_any()
    } else {
        let id = chosen
            .as_ref()
            .map_or_else(String::new, |one| one.id.clone());
        view! { <Summary portfolio=portfolio.clone() now/> <HistorySection id/> <Holdings portfolio/> }
            .into_any()
    };
    view! {
        <h1>"Portfolio"</h1>
        {several.then(|| view! { <Switch all chosen/> })}
        {body}
    }
}

#[component]
fn Switch(all: Vec<PortfolioName>, chosen: Option<PortfolioName>) -> impl IntoView {
    let current =
        |id: Option<&str>| (chosen.as_ref().map(|c| c.id.as_str()) == id).then_some("page");
    let links = all
        .iter()
        .map(|one| {
            let href = format!("/portfolios/{}", one.id);
            view! { <li><a href=href aria-current=current(Some(&one.id))><bdi>{one.name.clone()}</bdi></a></li> }
        })
        .collect_view();
    view! {
        <nav class="switch" aria-label="Portfolios">
            <ul>
                <li><a href="/" aria-current=current(None)>"All"</a></li>
                {links}
            </ul>
        </nav>
    }
}

#[component]
fn Welcome() -> impl IntoView {
    view! {
        <section class="card welcome" aria-labelledby="welcome-heading">
            <h2 id="welcome-heading">"Start with a key that can only read"</h2>
            <p class="lead">"Nothing is connected yet, so there is nothing to show."</p>
            <ol>
                <li>"Make one on your exchange. The connect form says which rights to tick."</li>
                <li>"Paste it into Coffer. A key that can do more than read is refused."</li>
                <li>"Your balances appear here, exact to the last digit, each with its age."</li>
            </ol>
            <p><a class="button button-main" href="/connections">"Connect an exchange"</a></p>
        </section>
    }
}

/// The total, how old it is, and whether it is whole.
#[component]
fn Summary(portfolio: Portfolio, now: Timestamp) -> impl IntoView {
    let age = portfolio.as_of.map_or_else(
        || "Nothing read yet".to_owned(),
        |at| format!("Oldest figure {} ({})", at.age(now), at.readable()),
    );
    let assets = count(portfolio.holdings.len(), "asset");
    let (whole_class, whole) = if portfolio.is_complete() {
        ("whole", "Complete: every wallet answered the last time.")
    } else {
        ("whole whole-not", "Not complete: see below.")
    };
    view! {
        <section class="summary" aria-label="Total">
            <p class="total-label">"Total value"</p>
            <p class="total">
                <span class="total-figure unknown">"–"</span>" "
                <span class="total-currency">{portfolio.base_currency.clone()}</span>
            </p>
            <p class="total-note">
                {format!("{assets}, none of them priced: Coffer has no prices yet and shows no value it did not get.")}
            </p>
            <p class="total-note">{age}". "<span class=whole_class>{whole}</span></p>
            <Gaps gaps=portfolio.gaps/>
        </section>
    }
}

#[component]
fn Gaps(gaps: Vec<Gap>) -> impl IntoView {
    let one = |gap: Gap| {
        let href = format!("/connections/{}", gap.connection_id);
        view! { <li><a href=href><bdi>{gap.label}</bdi></a>": "{gap.reason}</li> }
    };
    (!gaps.is_empty()).then(|| {
        view! { <ul class="gaps">{gaps.into_iter().map(one).collect_view()}</ul> }
    })
}

#[component]
fn Holdings(portfolio: Portfolio) -> impl IntoView {
    let hidden = (portfolio.hidden > 0).then(|| {
        let balances = count(portfolio.hidden, "balance");
        view! { <p class="fact-note">{format!("{balances} below the limit of their connection not shown.")}</p> }
    });
    let table = if portfolio.holdings.is_empty() {
        view! { <p class="empty">"The connected accounts hold nothing."</p> }.into_any()
    } else {
        view! { <HoldingsTable holdings=portfolio.holdings/> }.into_any()
    };
    view! { {table} {hidden} }
}

/// Everything the page shows: one portfolio, or all of them when `id` is empty.
#[server(prefix = "/do", endpoint = "load-portfolio")]
pub async fn load_portfolio(#[server(default)] id: String) -> Result<PortfolioData, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let id = Some(id.as_str()).filter(|id| !id.is_empty());
    Ok(PortfolioData {
        portfolio: crate::services::portfolio::view(&state, &user, id).await?,
        all: crate::services::portfolio::list(&state, &user).await?,
        now: state.clock.now(),
    })
}
