//! What was held and what it cost on past days.

use serde_json::{Value, json};

use super::{Context, Refusal};
use crate::sandbox::{
    Exchange, Holding, Wallet,
    pairs::Pair,
    past::{DAY_MS, amount, days_ago, price, start_of_day},
    reply::Reply,
};

/// What `accountSnapshot` reads.
pub(super) const SNAPSHOT_PARAMS: &[&str] = &["type", "startTime", "endTime", "limit"];
/// What `klines` reads.
pub(super) const KLINE_PARAMS: &[&str] = &[
    "symbol",
    "interval",
    "startTime",
    "endTime",
    "timeZone",
    "limit",
];

/// The longest stretch that may be asked for, and how far back it may begin.
const MONTH_MS: i64 = 30 * DAY_MS;

/// `GET /sapi/v1/accountSnapshot`: the last 7 days, or those of a stretch.
pub(super) fn account_snapshot(context: &Context<'_>) -> Result<Reply, Refusal> {
    match context.params.mandatory("type")? {
        "SPOT" => (),
        "MARGIN" | "FUTURES" => return Ok(Reply::json(200, snapshots(&[]))),
        _ => {
            let msg = "request param 'type' wrong, shoud be in ('SPOT', 'MARGIN', 'FUTURES')";
            return Err(Refusal::new(400, -3026, msg));
        }
    }
    let limit = number(context, "limit")?.unwrap_or(7);
    if !(7..=30).contains(&limit) {
        return Err(Refusal::invalid("limit"));
    }
    let today = start_of_day(context.now_ms);
    let end = number(context, "endTime")?.unwrap_or(context.now_ms);
    let start = number(context, "startTime")?.unwrap_or(today - 7 * DAY_MS);
    if start > end {
        return Err(Refusal::invalid("startTime"));
    }
    if end - start >= MONTH_MS || start < context.now_ms - MONTH_MS - DAY_MS {
        return Err(Refusal::new(400, -1127, "Lookup interval is too big."));
    }
    let days = (1..=31).rev().map(|ago| today - ago * DAY_MS);
    let taken = |day: i64| day + DAY_MS - 1_000;
    let days = days.filter(|day| (start..=end).contains(&taken(*day)));
    let rows = days.take(usize::try_from(limit).unwrap_or_default());
    let rows: Vec<_> = rows.map(|day| snapshot(context, day, taken(day))).collect();
    Ok(Reply::json(200, snapshots(&rows)))
}

/// `GET /api/v3/klines`, for days of UTC; today's is not over.
pub(super) fn klines(context: &Context<'_>) -> Result<Reply, Refusal> {
    let symbol = context.params.mandatory("symbol")?;
    let mut listed = context.state.markets.pairs(Exchange::Binance).iter();
    let pair = listed.find(|pair| format!("{}{}", pair.base, pair.quote) == symbol);
    let pair = pair.ok_or_else(Refusal::symbol)?;
    if context.params.mandatory("interval")? != "1d" {
        return Err(Refusal::new(400, -1120, "Invalid interval."));
    }
    if !matches!(context.params.get("timeZone"), None | Some("0")) {
        return Err(Refusal::invalid("timeZone"));
    }
    let limit = number(context, "limit")?.unwrap_or(500);
    if !(1..=1000).contains(&limit) {
        return Err(Refusal::invalid("limit"));
    }
    let today = start_of_day(context.now_ms);
    let end = number(context, "endTime")?.unwrap_or(context.now_ms);
    let start = number(context, "startTime")?.unwrap_or(today - (limit - 1) * DAY_MS);
    let days = (0..400).rev().map(|ago| today - ago * DAY_MS);
    let days = days.filter(|day| pair.traded && (start..=end).contains(day));
    let days = days.take(usize::try_from(limit).unwrap_or_default());
    let rows = days.map(|day| kline(pair, day, context.now_ms));
    Ok(Reply::json(200, rows.collect::<Value>()))
}

fn number(context: &Context<'_>, name: &str) -> Result<Option<i64>, Refusal> {
    let text = context.params.get(name);
    text.map(|text| {
        text.parse()
            .map_err(|_| Refusal::illegal(name, "^[0-9]{1,20}$"))
    })
    .transpose()
}

fn snapshots(rows: &[String]) -> String {
    format!(
        r#"{{"code":200,"msg":"","snapshotVos":[{}]}}"#,
        rows.join(",")
    )
}

/// The spot wallet at a day's end. The total in bitcoin is made up: no client may go by it.
fn snapshot(context: &Context<'_>, day: i64, taken_ms: i64) -> String {
    let ago = days_ago(day, context.now_ms);
    let row = |holding: &Holding| {
        let row = json!({
            "asset": holding.asset,
            "free": amount(&holding.free, ago),
            "locked": amount(&holding.locked, ago),
        });
        (!holding.is_zero()).then(|| row.to_string())
    };
    let rows = context.rows(Wallet::Spot).iter();
    let rows: Vec<_> = rows.filter_map(|held| held.text(row)).collect();
    format!(
        r#"{{"data":{{"balances":[{}],"totalAssetOfBtc":"0.00000001"}},"type":"spot","updateTime":{taken_ms}}}"#,
        rows.join(",")
    )
}

fn kline(pair: &Pair, day: i64, now_ms: i64) -> Value {
    let ago = days_ago(day, now_ms);
    let [open, close] = [ago + 1, ago].map(|ago| price(&pair.price, ago));
    let (high, low) = (price(&pair.price, 2), price(&pair.price, 3));
    json!([
        day,
        open,
        high,
        low,
        close,
        "148.97611427",
        day + DAY_MS - 1,
        "2434.19055334",
        308,
        "75.68740239",
        "1228.46694368",
        "0"
    ])
}

#[cfg(test)]
mod tests;
