//! The portfolios: how much stands in each, and making another.

use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::domain::contents::{Contents, Outline, amounts};
use crate::domain::notice::{Done, Notice};
use crate::error::Problem;
use crate::ui::components::field::{Field, field_error};
use crate::ui::components::notice::NoticeView;
use crate::ui::components::problem::ProblemNotice;
use crate::ui::forms::FormFailure;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortfoliosData {
    /// The portfolios, by name.
    pub outlines: Vec<Outline>,
    /// A notice that waited for the page.
    pub notice: Option<Notice>,
}

/// The page.
#[component]
pub fn PortfoliosPage() -> impl IntoView {
    let failure = FormFailure::of("/do/create-portfolio");
    view! {
        <Title text="Portfolios · Coffer"/>
        <p class="crumbs"><a href="/">"Portfolio"</a></p>
        <h1>"Portfolios"</h1>
        <Suspense>{Suspend::new(async move {
            match load_portfolios().await {
                Ok(data) => view! { <Body data failure/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

#[component]
fn Body(data: PortfoliosData, failure: Option<FormFailure>) -> impl IntoView {
    // A form that did not get through stands right below what was wrong with it.
    let form_first = failure.is_some();
    let list = view! { <Outlines outlines=data.outlines/> }.into_any();
    let form = view! { <CreateForm failure/> }.into_any();
    let (first, second) = if form_first {
        (form, list)
    } else {
        (list, form)
    };
    view! {
        {data.notice.map(|notice| view! { <NoticeView notice/> })}
        {first}
        {second}
    }
}

#[component]
fn Outlines(outlines: Vec<Outline>) -> impl IntoView {
    if outlines.is_empty() {
        return view! {
            <p class="empty">
                "There is no portfolio yet. Connecting an exchange makes one, or create one here."
            </p>
        }
        .into_any();
    }
    let several = outlines.len() > 1;
    let cards = outlines.into_iter().map(|outline| card(outline, several));
    view! { <ul class="cards portfolios">{cards.collect_view()}</ul> }.into_any()
}

fn card(outline: Outline, several: bool) -> impl IntoView {
    let portfolio = outline.portfolio;
    let href = format!("/portfolios/{}", portfolio.id);
    let name_id = format!("name-{}", portfolio.id);
    let link = |to: &str, text: &'static str, class: &'static str| {
        let to = format!("{href}/{to}");
        view! { <a class=class href=to aria-describedby=name_id.clone()>{text}</a> }
    };
    let quiet = "button button-quiet";
    let buttons = view! {
        <div class="buttons">
            {link("manual", "Held by hand", "button")}
            {link("rename", "Rename", quiet)}
            {several.then(|| link("merge", "Merge", quiet))}
            {link("delete", "Delete", quiet)}
        </div>
    };
    let told = match (outline.connections, outline.by_hand) {
        (0, 0) => "Nothing in it yet".to_owned(),
        (connections, by_hand) => amounts(connections, by_hand),
    };
    view! {
        <li class="card">
            <div>
                <h2 id=name_id.clone()><a href=href.clone()><bdi>{portfolio.name}</bdi></a></h2>
                <p class="fact-note">{told}</p>
            </div>
            {buttons}
        </li>
    }
}

#[component]
fn CreateForm(failure: Option<FormFailure>) -> impl IntoView {
    let failure = failure.as_ref();
    let name = failure.map(|f| f.value("name")).unwrap_or_default();
    view! {
        <section class="card" aria-labelledby="create-heading">
            <h2 id="create-heading">"Another portfolio"</h2>
            <form method="post" action="/do/create-portfolio">
                <Field name="name" label="Name" value=name error=field_error(failure, "name")
                    hint="Move connections into it afterwards, or enter by hand what you hold elsewhere."
                    required=true/>
                <button type="submit" class="button-main">"Create portfolio"</button>
            </form>
        </section>
    }
}

/// Everything the page shows.
#[server(prefix = "/do", endpoint = "load-portfolios")]
pub async fn load_portfolios() -> Result<PortfoliosData, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let session = crate::http::auth::session().await?;
    Ok(PortfoliosData {
        outlines: crate::services::portfolios::list(&state, &user.id).await?,
        notice: crate::http::flash::take(&session.session).await?,
    })
}

/// Makes a portfolio.
#[server(prefix = "/do", endpoint = "create-portfolio")]
pub async fn create_portfolio(#[server(default)] name: String) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let made = crate::services::portfolios::create(&state, &user.id, &name).await?;
    let deed = crate::domain::deed::Deed::Created(made.name);
    Ok(Done::tell("/portfolios", Notice::Arranged(deed)))
}

/// Everything in a portfolio, for the pages that arrange it.
#[server(prefix = "/do", endpoint = "load-contents")]
pub async fn load_contents(#[server(default)] id: String) -> Result<Contents, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    crate::services::portfolios::contents(&state, &user.id, &id).await
}
