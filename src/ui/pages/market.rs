//! The market: the pairs that somebody watches, and what each exchange says of them.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::domain::market::board::Board;
use crate::domain::notice::Done;
use crate::error::Problem;
use crate::ui::components::arranged::WaitingNotice;
use crate::ui::components::field::{Field, field_error};
use crate::ui::components::problem::ProblemNotice;
use crate::ui::forms::FormFailure;
use crate::ui::islands::watching::WatchedPairs;

/// The page.
#[component]
pub fn MarketPage() -> impl IntoView {
    let failure = use_context::<FormFailure>();
    let (to_add, of_row): (Option<_>, Option<_>) = match failure {
        Some(failure) if failure.action == "/do/watch" => (Some(failure), None),
        other => (None, other),
    };
    view! {
        <Title text="Market · Coffer"/>
        <h1>"Market"</h1>
        <WaitingNotice/>
        <Suspense>{Suspend::new(async move {
            match load_market().await {
                Ok(board) => view! { <Body board to_add of_row/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

#[component]
fn Body(board: Board, to_add: Option<FormFailure>, of_row: Option<FormFailure>) -> impl IntoView {
    // A form that did not get through stands right below what was wrong with it.
    let form_first = to_add.is_some();
    let table = view! { <WatchedPairs board failure=of_row/> }.into_any();
    let form = view! { <AddForm failure=to_add/> }.into_any();
    let (first, second) = if form_first {
        (form, table)
    } else {
        (table, form)
    };
    view! {
        {first}
        {second}
        <p class="fact-note">
            "Prices are those that the exchanges tell everybody, read at most 15 minutes ago. Beside each "
            "stands how long ago the exchange said so, or, where it does not tell, how long ago it was "
            "read. Where one is doubted or missing, there is none."
        </p>
    }
}

#[component]
fn AddForm(failure: Option<FormFailure>) -> impl IntoView {
    let failure = failure.as_ref();
    let typed = failure.map(|f| f.value("symbol")).unwrap_or_default();
    view! {
        <section class="card" aria-labelledby="watch-heading">
            <h2 id="watch-heading">"Watch another pair"</h2>
            <form method="post" action="/do/watch">
                <Field name="symbol" label="Pair" value=typed error=field_error(failure, "symbol")
                    hint="Such as BTC-USDT: what is priced, and what it is priced in." required=true/>
                <button type="submit" class="button-main">"Add pair"</button>
            </form>
        </section>
    }
}

/// Everything that is watched, at this moment.
#[server(prefix = "/do", endpoint = "load-market")]
pub async fn load_market() -> Result<Board, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    crate::services::board::board(&state, &user.id).await
}

/// Adds a pair to the watchlist, and stays on its page if it is to.
#[server(prefix = "/do", endpoint = "watch")]
pub async fn watch(
    #[server(default)] symbol: String,
    #[server(default)] stay: String,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let pair = crate::services::watchlist::add(&state, &user.id, &symbol).await?;
    let next = next_page(&pair, &stay);
    let notice = crate::domain::notice::Notice::Watched(pair);
    Ok(Done::tell(&next, notice))
}

/// Takes a pair off the watchlist, and stays on its page if it is to.
#[server(prefix = "/do", endpoint = "unwatch")]
pub async fn unwatch(
    #[server(default)] symbol: String,
    #[server(default)] stay: String,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let pair = crate::services::watchlist::remove(&state, &user.id, &symbol).await?;
    let next = next_page(&pair, &stay);
    let notice = crate::domain::notice::Notice::Unwatched(pair);
    Ok(Done::tell(&next, notice))
}

/// Moves a pair of the watchlist by one place, `way` being `up` or `down`.
#[server(prefix = "/do", endpoint = "move-watched")]
pub async fn move_watched(
    #[server(default)] symbol: String,
    #[server(default)] way: String,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let way = crate::domain::market::watchlist::Way::parse(&way).ok_or(Problem::BadRequest)?;
    crate::services::watchlist::shift(&state, &user.id, &symbol, way).await?;
    Ok(Done::go("/market"))
}

#[cfg(feature = "ssr")]
fn next_page(pair: &crate::domain::market::Pair, stay: &str) -> String {
    if stay == "1" {
        pair.path()
    } else {
        "/market".to_owned()
    }
}
