//! What was held on past days.

use serde_json::json;

use super::{Context, Refusal};
use crate::sandbox::{
    Holding, Wallet,
    course::DAY_MS,
    past::{amount, days_ago, start_of_day},
    reply::Reply,
};

/// What `accountSnapshot` reads.
pub(super) const SNAPSHOT_PARAMS: &[&str] = &["type", "startTime", "endTime", "limit"];
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
    let limit = context.params.number("limit")?.unwrap_or(7);
    if !(7..=30).contains(&limit) {
        return Err(Refusal::invalid("limit"));
    }
    let today = start_of_day(context.now_ms);
    let end = context.params.number("endTime")?.unwrap_or(context.now_ms);
    let start = context
        .params
        .number("startTime")?
        .unwrap_or(today - 7 * DAY_MS);
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

#[cfg(test)]
mod tests;
