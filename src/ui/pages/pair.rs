//! One pair of the market: its candles, and what the exchanges say of it.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use super::not_found::Missing;
use crate::domain::exchange::name_of;
use crate::domain::market::Pair;
use crate::domain::market::board::Board;
use crate::domain::market::filling::Filling;
use crate::domain::market::shown::ShownCandles;
use crate::domain::market::view::{View, Wanted};
use crate::domain::notice::Done;
use crate::error::Problem;
use crate::ui::components::arranged::WaitingNotice;
use crate::ui::components::candles::{CandlesView, Lengths, ViewChoice};
use crate::ui::components::kept_candles::KeptCandles;
use crate::ui::components::problem::{ProblemNotice, answer_with_status_of};
use crate::ui::components::title::PageTitle;
use crate::ui::islands::quotes::LiveQuotes;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairData {
    /// The pair.
    pub pair: Pair,
    /// Whether it is on the watchlist.
    pub watched: bool,
    /// What each exchange says of it, in one row.
    pub board: Board,
    /// How long candles of each exchange can be.
    pub lengths: Lengths,
    /// Which candles are looked at.
    pub view: View,
    /// What is wrong with the address, so that something else is looked at than it asks for.
    pub wrong: Option<String>,
    /// The candles, or why there are none.
    pub candles: Result<ShownCandles, Problem>,
    /// What was asked for of candles as long as these, and how far that has come.
    pub filling: Option<Filling>,
}

/// The page.
#[component]
pub fn PairPage() -> impl IntoView {
    let symbol = use_params_map().with_untracked(|params| params.get("symbol").unwrap_or_default());
    let wanted = use_query_map().with_untracked(|query| {
        let field = |name| query.get(name).unwrap_or_default();
        Wanted {
            exchange: field("exchange"),
            interval: field("interval"),
            range: field("range"),
        }
    });
    view! {
        <p class="crumbs"><a href="/market">"Market"</a></p>
        <WaitingNotice/>
        <Suspense>{Suspend::new(async move {
            match load_pair(symbol, wanted).await {
                Ok(data) => view! { <Body data/> }.into_any(),
                Err(Problem::NotFound) => view! { <Missing/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

#[component]
fn Body(data: PairData) -> impl IntoView {
    let PairData {
        pair,
        watched,
        board,
        ..
    } = data.clone();
    view! {
        <PageTitle text=format!("{pair} · Coffer")/>
        <div class="section-head">
            <h1><bdi>{pair.to_string()}</bdi></h1>
            <WatchForm pair=pair.clone() watched/>
        </div>
        <section aria-label="Exchanges">
            <LiveQuotes pair board/>
        </section>
        <Candles data/>
    }
}

#[component]
fn WatchForm(pair: Pair, watched: bool) -> impl IntoView {
    let (action, text) = if watched {
        ("/do/unwatch", "Remove from watchlist")
    } else {
        ("/do/watch", "Add to watchlist")
    };
    view! {
        <form method="post" action=action>
            <input type="hidden" name="symbol" value=pair.to_string()/>
            <input type="hidden" name="stay" value="1"/>
            <button type="submit">{text}</button>
        </form>
    }
}

#[component]
fn Candles(data: PairData) -> impl IntoView {
    let PairData {
        pair,
        view,
        lengths,
        board,
        ..
    } = data;
    let Board { exchanges, now, .. } = board;
    let name = name_of(&exchanges, &view.exchange);
    let wrong = data.wrong.map(|sentence| {
        answer_with_status_of(&Problem::BadRequest);
        view! {
            <div class="notice notice-problem" role="alert">
                <p class="notice-head">{sentence}</p>
                <p>"This is the usual view instead."</p>
            </div>
        }
    });
    let choice = view! { <ViewChoice path=pair.path() view=view.clone() exchanges lengths/> };
    let filling = data.filling;
    let shown = match data.candles {
        Ok(shown) => view! {
            <CandlesView pair=pair.clone() view=view.clone() name shown now/>
            <KeptCandles pair view filling now/>
        }
        .into_any(),
        Err(problem) => view! { <p class="empty">{why(&problem)}</p> }.into_any(),
    };
    view! {
        <section class="history" aria-labelledby="candles-heading">
            <h2 id="candles-heading">"Candles"</h2>
            {wrong}
            {choice}
            {shown}
        </section>
    }
}

/// Why there are no candles. The rest of the page is none the worse for it.
fn why(problem: &Problem) -> String {
    problem.fields().unwrap_or_else(|| problem.told())
}

/// Everything the page shows of a pair.
#[server(prefix = "/do", endpoint = "load-pair")]
pub async fn load_pair(
    #[server(default)] symbol: String,
    #[server(flatten)] wanted: Wanted,
) -> Result<PairData, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let outlook = crate::services::board::outlook(&state, &user.id, &symbol).await?;
    // Usually candles are those of an exchange that has a price.
    let mut order = outlook.board.exchanges.clone();
    let priced = |id: &crate::domain::exchange::ExchangeId| {
        let mut quoted = outlook.board.rows.iter().flat_map(|row| &row.quoted);
        quoted.any(|one| one.exchange == *id && one.price.price().is_some())
    };
    order.sort_by_key(|(id, _)| !priced(id));
    let usual = order.first().map(|(id, _)| View::usual(id.clone()));
    let read = wanted.read(&order);
    let view = read.clone().ok().or(usual).ok_or(Problem::Internal)?;
    Ok(PairData {
        filling: crate::services::board::filling(&state, &outlook.pair, &view).await?,
        candles: crate::services::board::candles(&state, &outlook.pair, &view).await,
        pair: outlook.pair,
        watched: outlook.watched,
        board: outlook.board,
        lengths: crate::services::board::lengths(&state),
        view,
        wrong: read.err(),
    })
}

/// What the exchanges say of a pair, in one row.
#[server(prefix = "/do", endpoint = "load-quotes")]
pub async fn load_quotes(#[server(default)] symbol: String) -> Result<Board, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let outlook = crate::services::board::outlook(&state, &user.id, &symbol).await?;
    Ok(outlook.board)
}

/// Has the candles of past days fetched and kept, and goes back to what was looked at.
#[server(prefix = "/do", endpoint = "fetch-candles")]
pub async fn fetch_candles(
    #[server(default)] symbol: String,
    #[server(default)] days: String,
    #[server(flatten)] wanted: Wanted,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let pair = Pair::parse(&symbol).map_err(|_| Problem::NotFound)?;
    let exchanges = crate::services::board::exchanges(&state);
    let view = wanted.read(&exchanges);
    let view = view.map_err(|sentence| Problem::field("interval", &sentence))?;
    let filling = crate::services::board::fetch(&state, &user.id, &pair, &view, &days).await?;
    let notice = crate::domain::notice::Notice::Fetching(filling.pair);
    Ok(Done::tell(
        &format!("{}{}", pair.path(), view.query()),
        notice,
    ))
}
