//! The portfolio: everything that is held, exact, with its worth, its age and what is missing.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use super::not_found::Missing;
use crate::domain::exchange::ExchangeId;
use crate::domain::notice::Done;
use crate::domain::portfolio::table::{Choice, table};
use crate::domain::portfolio::{Portfolio, PortfolioName};
use crate::domain::text::count;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::ui::components::allocation::Allocation;
use crate::ui::components::export::ExportLinks;
use crate::ui::components::history::HistorySection;
use crate::ui::components::holdings_table::{HoldingsTable, Told};
use crate::ui::components::pager::Pager;
use crate::ui::components::problem::ProblemNotice;
use crate::ui::components::summary::Summary;
use crate::ui::components::table_choice::TableChoice;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortfolioData {
    /// The holdings.
    pub portfolio: Portfolio,
    /// All portfolios, to switch between.
    pub all: Vec<PortfolioName>,
    /// What the exchanges are called.
    pub exchanges: Vec<(ExchangeId, String)>,
    /// What keeps prices from being read, in sentences.
    pub price_troubles: Vec<String>,
    /// When this was so.
    pub now: Timestamp,
    /// Whether this browser hides amounts.
    pub amounts_hidden: bool,
}

/// The page.
#[component]
pub fn PortfolioPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id").unwrap_or_default());
    let choice = use_query_map().with_untracked(|query| {
        let field = |name| query.get(name).unwrap_or_default();
        Choice {
            by: field("by"),
            sort: field("sort"),
            q: field("q"),
            small: field("small"),
            page: field("page"),
            of: field("of"),
            part: field("part"),
            range: field("range"),
        }
    });
    view! {
        <Title text="Portfolio · Coffer"/>
        <Suspense>{Suspend::new(async move {
            match load_portfolio(id).await {
                Ok(data) => view! { <Contents data choice/> }.into_any(),
                Err(Problem::NotFound) => view! { <Missing/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

#[component]
fn Contents(data: PortfolioData, choice: Choice) -> impl IntoView {
    let chosen = data.portfolio.name.clone();
    let several = data.all.len() > 1;
    let all = data.all.clone();
    let body = if data.portfolio.is_untouched() {
        view! { <Welcome/> }.into_any()
    } else {
        let (portfolio, now) = (Arc::new(data.portfolio), data.now);
        let told = Told {
            currency: portfolio.currency,
            exchanges: data.exchanges,
            now,
        };
        let price_troubles = data.price_troubles;
        let id = chosen
            .as_ref()
            .map_or_else(String::new, |one| one.id.clone());
        view! {
            <Summary portfolio=Arc::clone(&portfolio) price_troubles now amounts_hidden=data.amounts_hidden/>
            <HistorySection id=id.clone() choice=choice.clone()/>
            <Holdings portfolio told choice/>
            <Export id/>
        }
        .into_any()
    };
    view! {
        <h1>"Portfolio"</h1>
        {several.then(|| view! { <Switch all chosen/> })}
        <p class="manage"><a href="/portfolios">"Manage portfolios"</a></p>
        {body}
    }
}

/// Links to what the page shows, as files.
#[component]
fn Export(id: String) -> impl IntoView {
    let only = if id.is_empty() {
        String::new()
    } else {
        format!("?portfolio={id}")
    };
    view! {
        <p class="export">
            "Export: "<ExportLinks title="Holdings" subject="holdings" only=only.clone()/>
            " · "<ExportLinks title="History" subject="history" only/>
        </p>
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

#[component]
fn Holdings(portfolio: Arc<Portfolio>, told: Told, choice: Choice) -> impl IntoView {
    let table = table(&portfolio, &choice);
    let path = portfolio.name.as_ref();
    let path = path.map_or("/".to_owned(), |name| format!("/portfolios/{}", name.id));
    if portfolio.holdings.is_empty() {
        return view! { <p class="empty">"The connected accounts hold nothing."</p> }.into_any();
    }
    let nothing = (table.rows.is_empty() && !choice.q.is_empty())
        .then(|| view! { <p class="empty">"Nothing that is listed contains “"<bdi>{choice.q.clone()}</bdi>"”."</p> });
    let (pages_of, pages_choice) = (path.clone(), choice.clone());
    let page_href = move |page: usize| {
        let page = page.to_string();
        format!(
            "{pages_of}{}",
            Choice {
                page,
                ..pages_choice.from_start()
            }
            .query()
        )
    };
    let small = (table.small > 0).then(|| {
        let all = Choice { small: "all".to_owned(), ..choice.clone() };
        let worth = crate::domain::money::value(&table.small_value, told.currency);
        view! {
            <p class="fact-note">
                {format!("{} below the limit of their connection not listed; in the total with {worth} {}. ",
                    count(table.small, "balance"), told.currency)}
                <a href=format!("{path}{}", all.query())>"List all"</a>
            </p>
        }
    });
    view! {
        <Allocation portfolio/>
        <TableChoice path=path.clone() choice=choice.clone()/>
        {nothing}
        {(!table.rows.is_empty()).then(|| view! {
            <HoldingsTable rows=table.rows path=path choice=choice told/>
        })}
        <Pager label="Pages of the table" page=table.page pages=table.pages
            total=count(table.total_rows, "row") href=page_href/>
        {small}
    }
    .into_any()
}

/// Everything the page shows: one portfolio, or all of them when `id` is empty.
#[server(prefix = "/do", endpoint = "load-portfolio")]
pub async fn load_portfolio(#[server(default)] id: String) -> Result<PortfolioData, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let id = Some(id.as_str()).filter(|id| !id.is_empty());
    let profiles = state.registry.profiles().into_iter();
    Ok(PortfolioData {
        portfolio: crate::services::portfolio::view(&state, &user, id).await?,
        all: crate::services::portfolio::list(&state, &user).await?,
        exchanges: profiles.map(|profile| (profile.id, profile.name)).collect(),
        price_troubles: crate::services::portfolio::price_troubles(&state),
        now: state.clock.now(),
        amounts_hidden: crate::http::privacy::hides_amounts(state.settings.is_https),
    })
}

/// Has this browser hide amounts, or show them again; goes back to the portfolio of that id.
#[server(prefix = "/do", endpoint = "hide-amounts")]
pub async fn hide_amounts(
    #[server(default)] hide: String,
    #[server(default)] id: String,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let hide = match hide.as_str() {
        "1" => true,
        "0" => false,
        _ => return Err(Problem::BadRequest),
    };
    crate::http::privacy::hide_amounts(hide, state.settings.is_https);
    let known = crate::services::portfolio::list(&state, &user).await?;
    let own = known.iter().any(|portfolio| portfolio.id == id);
    Ok(Done::go(&if own {
        format!("/portfolios/{id}")
    } else {
        "/".to_owned()
    }))
}
