//! Having the candles of past days kept, and taking candles along.

use leptos::prelude::*;

use super::field::FieldError;
use crate::domain::market::Pair;
use crate::domain::market::filling::{Filling, FillingState};
use crate::domain::market::keeping::{is_kept, most_days};
use crate::domain::market::view::View;
use crate::domain::text::query_encoded;
use crate::domain::timestamp::Timestamp;
use crate::ui::forms::FormFailure;

/// Where the form is sent.
const FETCH: &str = "/do/fetch-candles";
/// How many days stand in the form at first, where so many can be asked for.
const DAYS: i64 = 365;

/// How far fetching has come, the form that asks for it, and the file.
#[component]
pub fn KeptCandles(
    /// The pair.
    pair: Pair,
    /// What is looked at.
    view: View,
    /// What was asked for before, if anything was.
    filling: Option<Filling>,
    /// The moment.
    now: Timestamp,
) -> impl IntoView {
    let file = format!(
        "/api/v1/market/klines.csv?exchange={}&symbol={}&interval={}&start={}",
        query_encoded(view.exchange.as_str()),
        query_encoded(&pair.to_string()),
        view.interval.as_str(),
        query_encoded(&view.from(now).rfc3339())
    );
    let told = filling
        .as_ref()
        .map(|filling| view! { <p class="fact-note">{words(filling)}</p> });
    let is_under_way = filling.is_some_and(|one| one.state == FillingState::Waiting);
    let form = (is_kept(view.interval) && !is_under_way).then(|| view! { <FetchForm pair view/> });
    view! {
        <div class="kept-candles">
            {told}
            {form}
            <p class="export">"Export: "<a href=file download="">"Candles as CSV"</a></p>
        </div>
    }
}

#[component]
fn FetchForm(pair: Pair, view: View) -> impl IntoView {
    let most = most_days(view.interval);
    let failure = FormFailure::of(FETCH);
    let days = failure.as_ref().map_or_else(
        || DAYS.min(most).to_string(),
        |failure| failure.value("days"),
    );
    let error = failure.and_then(|failure| failure.problem.fields());
    let invalid = error.is_some().then_some("true");
    let error = Signal::stored(error);
    let hidden = |name: &'static str, value: String| {
        view! { <input type="hidden" name=name value=value/> }
    };
    view! {
        <form method="post" action=FETCH class="fetch-candles">
            {hidden("symbol", pair.to_string())}
            {hidden("exchange", view.exchange.to_string())}
            {hidden("interval", view.interval.as_str().to_owned())}
            {hidden("range", view.span.as_str().to_owned())}
            <div class="field">
                <label for="days">"Days before now"</label>
                <input id="days" name="days" type="number" min="1" max=most step="1" value=days
                    required=true aria-invalid=invalid aria-describedby="fetch-error"/>
            </div>
            <button type="submit">"Fetch candles"</button>
            <FieldError id="fetch-error".to_owned() error/>
        </form>
    }
}

/// How far it has come, in a sentence.
fn words(filling: &Filling) -> String {
    let (interval, from) = (filling.interval.as_str(), filling.from.readable());
    match filling.state {
        FillingState::Waiting => {
            let percent = filling.percent();
            format!("Candles of {interval} since {from} are being fetched: {percent} % are here.")
        }
        FillingState::Done => {
            format!("Candles of {interval} since {from} are kept, and go on being kept.")
        }
        FillingState::GivenUp => {
            format!("Fetching candles of {interval} since {from} was given up. Try again later.")
        }
    }
}
