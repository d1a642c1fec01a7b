//! Candles of every length, newest first.

use serde_json::json;

use super::{Context, Refusal, envelope};
use crate::sandbox::{
    Exchange,
    course::{BEGIN_MS, Course},
    lengths::Length,
    reply::Reply,
};

const PARAMS: [&str; 5] = ["instId", "bar", "after", "before", "limit"];

/// The bars there are: from six hours on, the plain ones are of UTC+8.
const BARS: [&str; 8] = ["1m", "3m", "5m", "15m", "30m", "1H", "2H", "4H"];
const LONG_BARS: [&str; 8] = ["6H", "12H", "1D", "2D", "3D", "1W", "1M", "3M"];
/// Seconds are told with the history alone.
const SECOND: &str = "1s";

/// How many of the newest candles `market/candles` tells.
const NEWEST: usize = 1_440;

/// `GET /api/v5/market/candles`: the newest, the one that runs among them.
pub(super) fn candles(context: &Context<'_>) -> Result<Reply, Refusal> {
    let length = asked_length(context, &BARS)?;
    let newest = length.begin(context.now_ms);
    let oldest = (1..NEWEST).fold(newest, |open, _| length.before(open));
    told(context, length, (oldest, newest))
}

/// `GET /api/v5/market/history-candles`: those that are over.
pub(super) fn history_candles(context: &Context<'_>) -> Result<Reply, Refusal> {
    let length = asked_length(context, &[&BARS[..], &[SECOND]].concat())?;
    let newest = length.before(length.begin(context.now_ms));
    told(context, length, (BEGIN_MS, newest))
}

/// The candles of a pair that begin between two moments.
fn told(context: &Context<'_>, length: Length, told: (i64, i64)) -> Result<Reply, Refusal> {
    let name = context.call.query_value("instId").unwrap_or_default();
    if name.is_empty() {
        return Err(Refusal::empty_parameter("instId"));
    }
    let mut listed = context.state.markets.pairs(Exchange::Okx).iter();
    let pair = listed.find(|pair| format!("{}-{}", pair.base, pair.quote) == name);
    let pair = pair.ok_or_else(Refusal::instrument)?;
    let limit = number(context, "limit")?.unwrap_or(100);
    if !(1..=300).contains(&limit) {
        return Err(Refusal::parameter("limit"));
    }
    let after = number(context, "after")?.unwrap_or(i64::MAX);
    let before = number(context, "before")?.unwrap_or(0);
    let newest = length.begin(told.1.min(after.saturating_sub(1)));
    let opens = std::iter::successors(Some(newest), |open| Some(length.before(*open)));
    let opens = opens.take_while(|open| *open > before && *open >= told.0.max(BEGIN_MS));
    let opens = opens.take(usize::try_from(limit).unwrap_or_default());
    let course = Course::of(pair);
    let rows = opens.filter_map(|open| {
        let next = length.next(open);
        let figures = course.figures((open, next), context.now_ms)?;
        let is_over = next <= context.now_ms;
        let row = json!([
            open.to_string(),
            figures.open,
            figures.high,
            figures.low,
            figures.close,
            figures.volume,
            "1000",
            "1000",
            if is_over { "1" } else { "0" },
        ]);
        Some(row.to_string())
    });
    Ok(envelope(&rows.collect::<Vec<_>>().join(",")))
}

fn asked_length(context: &Context<'_>, short: &[&str]) -> Result<Length, Refusal> {
    let sent = context.call.parameter_names();
    if let Some(unknown) = sent.iter().find(|name| !PARAMS.contains(&name.as_str())) {
        return Err(Refusal::parameter(unknown));
    }
    let bar = context.call.query_value("bar");
    let bar = bar.unwrap_or_else(|| "1m".to_owned());
    let (name, ahead) = match bar.strip_suffix("utc") {
        Some(name) => (name, 0),
        None => (bar.as_str(), 8),
    };
    let is_long = LONG_BARS.contains(&name);
    let months = is_long && name.ends_with('M');
    let name = if months {
        name.to_owned()
    } else {
        name.to_lowercase()
    };
    let length = Length::parse(&name).ok_or_else(|| Refusal::parameter("bar"))?;
    match (is_long, short.contains(&bar.as_str())) {
        (true, _) => Ok(length.ahead(ahead)),
        (false, true) => Ok(length),
        (false, false) => Err(Refusal::parameter("bar")),
    }
}

fn number(context: &Context<'_>, name: &str) -> Result<Option<i64>, Refusal> {
    let text = context.call.query_value(name);
    text.map(|text| text.parse().map_err(|_| Refusal::parameter(name)))
        .transpose()
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::Value;

    use super::*;
    use crate::sandbox::{call::Call, course::DAY_MS, okx::judge, state::State};

    const NOW_MS: i64 = 1_800_000_000_000;
    const TODAY_MS: i64 = NOW_MS - NOW_MS % DAY_MS;

    fn ask(path: &str, query: &str) -> (u16, Value) {
        let target = format!("/api/v5/market/{path}?{query}");
        let call = Call::made(Method::GET, &target, &[], "");
        let reply = judge(&mut State::new(None), &call, NOW_MS).reply;
        (reply.status, serde_json::from_str(&reply.body).unwrap())
    }

    /// When the candles of an answer began, and whether each is over.
    fn opens(path: &str, query: &str) -> Vec<(i64, bool)> {
        let (status, body) = ask(path, query);
        assert_eq!((status, &body["code"]), (200, &json!("0")), "{query}");
        let rows = body["data"].as_array().unwrap().iter();
        rows.map(|row| (row[0].as_str().unwrap().parse().unwrap(), row[8] == "1"))
            .collect()
    }

    #[test]
    fn candles_are_told_newest_first_between_two_moments() {
        let (after, before) = (TODAY_MS - 1, TODAY_MS - 3 * DAY_MS);
        let query = format!("instId=BTC-USDT&bar=1Dutc&after={after}&before={before}");
        let days = [1, 2].map(|ago| (TODAY_MS - ago * DAY_MS, true));
        assert_eq!(opens("history-candles", &query), days);
        assert_eq!(opens("candles", &query), days);
        let (_, body) = ask("history-candles", &query);
        let text = include_str!("../../tests/fixtures/okx_market_history_candles.json");
        let documented: Value = serde_json::from_str(text).unwrap();
        let width = |row: &Value| row.as_array().unwrap().len();
        assert_eq!(width(&body["data"][0]), width(&documented["data"][0]));
        let never = opens("history-candles", "instId=VANA-USDT&bar=1Dutc");
        assert_eq!(never, []);
    }

    #[test]
    fn the_one_that_runs_is_told_among_the_newest_only() {
        let query = "instId=BTC-USDT&bar=1Dutc&limit=2";
        let newest = opens("candles", query);
        assert_eq!(newest, [(TODAY_MS, false), (TODAY_MS - DAY_MS, true)]);
        let over = opens("history-candles", query);
        assert_eq!(over[0], (TODAY_MS - DAY_MS, true));
        let minute = NOW_MS - NOW_MS % 60_000;
        let long_ago = minute - 1_440 * 60_000;
        let query = format!("instId=BTC-USDT&bar=1m&after={}", long_ago + 1);
        assert_eq!(opens("candles", &query), []);
        assert_eq!(opens("history-candles", &query)[0], (long_ago, true));
    }

    #[test]
    fn plain_days_are_those_of_the_east() {
        for bar in BARS.iter().chain(&LONG_BARS) {
            assert_eq!(
                opens("candles", &format!("instId=BTC-USDT&bar={bar}&limit=1")).len(),
                1
            );
        }
        let eastern = opens("history-candles", "instId=BTC-USDT&bar=1D&limit=1");
        assert_eq!((eastern[0].0 + 8 * 3_600_000) % DAY_MS, 0);
        let first = "instId=BTC-USDT&bar=1Mutc&limit=300";
        assert_eq!(
            opens("history-candles", first).last(),
            Some(&(BEGIN_MS, true))
        );
    }

    #[test]
    fn what_okx_does_not_know_it_refuses_by_its_own_errors() {
        for (query, code) in [
            ("bar=1Dutc", "50014"),
            ("instId=NOPE-USDT&bar=1Dutc", "51001"),
            ("instId=BTC-USDT&bar=1d", "51000"),
            ("instId=BTC-USDT&bar=1mutc", "51000"),
            ("instId=BTC-USDT&bar=5Dutc", "51000"),
            ("instId=BTC-USDT&bar=8H", "51000"),
            ("instId=BTC-USDT&bar=1Dutc&limit=301", "51000"),
            ("instId=BTC-USDT&bar=1Dutc&after=x", "51000"),
            ("instId=BTC-USDT&bar=1Dutc&fish=1", "51000"),
        ] {
            for path in ["candles", "history-candles"] {
                let (status, body) = ask(path, query);
                let wanted = if code == "51001" { 200 } else { 400 };
                let seen = (status, body["code"].as_str());
                assert_eq!(seen, (wanted, Some(code)), "{query}");
            }
        }
        // Seconds are told with the history alone.
        let seconds = "instId=BTC-USDT&bar=1s&limit=3";
        assert_eq!(ask("candles", seconds).1["code"], "51000");
        let told = opens("history-candles", seconds);
        let newest = NOW_MS - 1_000;
        let wanted = [0, 1_000, 2_000].map(|before| (newest - before, true));
        assert_eq!(told, wanted);
    }
}
