//! What pairs cost on past days.

use serde_json::json;

use super::{Context, Refusal, envelope};
use crate::sandbox::{
    Exchange,
    past::{DAY_MS, days_ago, price, start_of_day},
    reply::Reply,
};

const PARAMS: [&str; 5] = ["instId", "bar", "after", "before", "limit"];

/// `GET /api/v5/market/history-candles`, for days of UTC that are over, newest first.
pub(super) fn history_candles(context: &Context<'_>) -> Result<Reply, Refusal> {
    let sent = context.call.parameter_names();
    if let Some(unknown) = sent.iter().find(|name| !PARAMS.contains(&name.as_str())) {
        return Err(Refusal::parameter(unknown));
    }
    let name = context.call.query_value("instId").unwrap_or_default();
    if name.is_empty() {
        return Err(Refusal::empty_parameter("instId"));
    }
    let mut listed = context.state.markets.pairs(Exchange::Okx).iter();
    let pair = listed.find(|pair| format!("{}-{}", pair.base, pair.quote) == name);
    let pair = pair.ok_or_else(Refusal::instrument)?;
    if context.call.query_value("bar").as_deref() != Some("1Dutc") {
        return Err(Refusal::parameter("bar"));
    }
    let limit = number(context, "limit")?.unwrap_or(100);
    if !(1..=300).contains(&limit) {
        return Err(Refusal::parameter("limit"));
    }
    let after = number(context, "after")?.unwrap_or(i64::MAX);
    let before = number(context, "before")?.unwrap_or(i64::MIN);
    let today = start_of_day(context.now_ms);
    let days = (1..400).map(|ago| today - ago * DAY_MS);
    let days = days.filter(|day| pair.traded && *day < after && *day > before);
    let rows = days.take(usize::try_from(limit).unwrap_or_default());
    let row = |day: i64| {
        let ago = days_ago(day, context.now_ms);
        let [open, close] = [ago + 1, ago].map(|ago| price(&pair.price, ago));
        let (high, low) = (price(&pair.price, 2), price(&pair.price, 3));
        let volume = "1000";
        json!([
            day.to_string(),
            open,
            high,
            low,
            close,
            volume,
            volume,
            volume,
            "1"
        ])
        .to_string()
    };
    let rows: Vec<_> = rows.filter(|_| !pair.price.is_empty()).map(row).collect();
    Ok(envelope(&rows.join(",")))
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
    use crate::sandbox::{call::Call, okx::judge, state::State};

    const NOW_MS: i64 = 1_800_000_000_000;
    const TODAY_MS: i64 = NOW_MS - NOW_MS % DAY_MS;

    fn told(query: &str) -> (u16, Value) {
        let target = format!("/api/v5/market/history-candles?{query}");
        let call = Call::made(Method::GET, &target, &[], "");
        let reply = judge(&mut State::new(None), &call, NOW_MS).reply;
        (reply.status, serde_json::from_str(&reply.body).unwrap())
    }

    #[test]
    fn candles_are_told_newest_first_between_two_moments() {
        let (after, before) = (TODAY_MS - 1, TODAY_MS - 3 * DAY_MS);
        let (status, body) = told(&format!(
            "instId=BTC-USDT&bar=1Dutc&after={after}&before={before}"
        ));
        let rows = body["data"].as_array().unwrap();
        let days: Vec<_> = rows.iter().map(|row| row[0].as_str().unwrap()).collect();
        let wanted = [1, 2].map(|ago| (TODAY_MS - ago * DAY_MS).to_string());
        assert_eq!(
            (status, days),
            (200, wanted.iter().map(String::as_str).collect())
        );
        let text = include_str!("../../tests/fixtures/okx_market_history_candles.json");
        let documented: Value = serde_json::from_str(text).unwrap();
        let width = |row: &Value| row.as_array().unwrap().len();
        assert_eq!(width(&rows[0]), width(&documented["data"][0]));
        let (_, never) = told("instId=VANA-USDT&bar=1Dutc");
        assert_eq!(never["data"], json!([]));
    }

    #[test]
    fn what_okx_does_not_know_it_refuses_by_its_own_errors() {
        for (query, code) in [
            ("bar=1Dutc", "50014"),
            ("instId=NOPE-USDT&bar=1Dutc", "51001"),
            ("instId=BTC-USDT&bar=1d", "51000"),
            ("instId=BTC-USDT&bar=1Dutc&limit=301", "51000"),
            ("instId=BTC-USDT&bar=1Dutc&after=x", "51000"),
            ("instId=BTC-USDT&bar=1Dutc&fish=1", "51000"),
        ] {
            let (status, body) = told(query);
            let wanted = if code == "51001" { 200 } else { 400 };
            assert_eq!(
                (status, body["code"].as_str()),
                (wanted, Some(code)),
                "{query}"
            );
        }
    }
}
