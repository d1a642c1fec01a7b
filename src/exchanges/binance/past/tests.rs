//! Daily snapshots of Binance, read from servers that say what they are told to.

use proptest::prelude::*;

use super::super::tests::{asked, query, time};
use super::*;
use crate::domain::history::day::DAY_MS;
use crate::exchanges::testing::{
    Fake, client, credentials, fixture, live, ok, registry, reply, reply_with, testnet,
};

const TIME: &str = "GET /api/v3/time";
const SNAPSHOT: &str = "GET /sapi/v1/accountSnapshot";
/// 13 December 2019, the day of the manual's example.
const DAY: Timestamp = Timestamp(1_576_195_200_000);
const STRETCH: (Timestamp, Timestamp) = (DAY, Timestamp(DAY.0 + 29 * DAY_MS - 1));

/// A snapshot of a day counted from [`DAY`].
fn of_day(day: i64, balances: &str) -> String {
    let at = DAY.0 + (day + 1) * DAY_MS - 1_000;
    format!(r#"{{"data":{{"balances":[{balances}]}},"type":"spot","updateTime":{at}}}"#)
}

fn held(asset: &str, free: &str) -> String {
    format!(r#"{{"asset":"{asset}","free":"{free}","locked":"0.5"}}"#)
}

fn body(rows: &[String]) -> String {
    format!(
        r#"{{"code":200,"msg":"","snapshotVos":[{}]}}"#,
        rows.join(",")
    )
}

/// Days, counted from [`DAY`], with what was held.
type Held = Vec<(i64, Vec<String>)>;

/// The days and the number of unreadable rows.
fn told(body: &str) -> Result<(Held, usize), ExchangeProblem> {
    let past = read(body, STRETCH).map_err(ExchangeError::into_problem)?;
    let text = |balance: &Balance| format!("{} {}", balance.asset, balance.total);
    let days = past.days.iter().map(|one| {
        let number = (one.day.0 - DAY.0) / DAY_MS;
        (number, one.balances.iter().map(text).collect())
    });
    Ok((days.collect(), past.unreadable))
}

async fn ask(fake: &Fake, access: Access<'_>) -> Result<Option<PastDays>, ExchangeProblem> {
    let registry = registry(&fake.url);
    client(&registry, "binance")
        .past_days(access, STRETCH)
        .await
}

#[test]
fn the_manuals_snapshot_is_the_spot_wallet_at_a_days_end() {
    let (days, unreadable) = told(&fixture("binance_sapi_accountSnapshot.json")).unwrap();
    assert_eq!(days, [(0, vec!["BTC 0.09905021".to_owned()])]);
    assert_eq!(unreadable, 0);
}

#[test]
fn a_bad_row_is_counted_and_takes_no_other_with_it() {
    let good = held("BTC", "1");
    let rows = [
        of_day(0, &good),
        of_day(1, &format!(r#"{good},{{"asset":"ETH","free":"-"}},7"#)),
        of_day(2, &format!("{good},{good}")),
        of_day(3, r#"{"asset":"ETH","free":"NaN","locked":"0"}"#),
        of_day(4, &good).replace("spot", "margin"),
        of_day(5, &good).replace("updateTime", "time"),
        of_day(6, &good).replace("balances", "userAssets"),
        of_day(7, ""),
        of_day(8, &held("ETH", "0").replace("0.5", "0")),
        "null".to_owned(),
        "[]".to_owned(),
    ];
    let (days, unreadable) = told(&body(&rows)).unwrap();
    let one = || vec!["BTC 1.5".to_owned()];
    assert_eq!(days, [(0, one()), (1, one()), (7, vec![]), (8, vec![])]);
    // Two rows of one day, five days that cannot be read, and two that are none.
    assert_eq!(unreadable, 9);
}

#[test]
fn of_a_day_that_comes_twice_neither_is_taken() {
    let row = of_day(0, &held("BTC", "1"));
    let (days, unreadable) = told(&body(&[row.clone(), of_day(1, ""), row])).unwrap();
    assert_eq!((days, unreadable), (vec![(1, vec![])], 1));
}

#[test]
fn days_that_were_not_asked_for_and_moments_within_a_day_are_no_days() {
    let noon = of_day(3, "").replace(&(DAY.0 + 4 * DAY_MS - 1_000).to_string(), "1576238400000");
    let rows = [of_day(-1, ""), of_day(29, ""), of_day(28, ""), noon];
    let (days, unreadable) = told(&body(&rows)).unwrap();
    assert_eq!((days, unreadable), (vec![(28, vec![])], 1));
}

#[test]
fn what_is_no_list_of_days_is_a_bad_response() {
    let many = vec![of_day(0, ""); 5_001];
    for body in [
        "",
        "[]",
        "<html></html>",
        r#"{"code":200,"msg":""}"#,
        r#"{"snapshotVos":{}}"#,
        &body(&many),
    ] {
        let shown = &body[..body.len().min(40)];
        assert_eq!(told(body), Err(ExchangeProblem::BadResponse), "{shown}");
    }
}

proptest! {
    #[test]
    fn whatever_a_row_holds_the_others_are_read(
        asset in "\\PC{0,12}", free in "\\PC{0,12}", at in any::<i64>(),
    ) {
        let odd = serde_json::json!({
            "data": { "balances": [{ "asset": asset, "free": free, "locked": "0" }] },
            "type": "spot",
            "updateTime": at,
        });
        let rows = [of_day(0, &held("BTC", "1")), odd.to_string()];
        let (days, _) = told(&body(&rows)).unwrap();
        let first = vec!["BTC 1.5".to_owned()];
        prop_assert!(days.contains(&(0, first)));
        prop_assert!(days.iter().all(|(day, _)| (0..29).contains(day)));
    }
}

#[tokio::test]
async fn the_stretch_is_asked_for_in_one_signed_call() {
    let rows = body(&[of_day(0, "")]);
    let fake = Fake::scripted([(TIME, time()), (SNAPSHOT, ok(&rows))]);
    let past = ask(&fake, live(&credentials())).await.unwrap().unwrap();
    assert_eq!(past.days.len(), 1);
    assert_eq!(asked(&fake), [SNAPSHOT]);
    let heads = fake.heads();
    let head = heads
        .iter()
        .find(|head| head.contains("accountSnapshot"))
        .unwrap();
    let wanted = "type=SPOT&startTime=1576195200000&endTime=1578700799999&limit=30&";
    assert!(query(head).starts_with(wanted), "{}", query(head));
}

#[tokio::test]
async fn a_key_or_an_account_without_snapshots_is_no_trouble() {
    for (status, file) in [
        (401, "binance_error_2015_key_ip_perm.json"),
        (404, "binance_testnet_sapi_404.html"),
    ] {
        let fake = Fake::scripted([(TIME, time()), (SNAPSHOT, reply(status, file))]);
        assert_eq!(ask(&fake, live(&credentials())).await, Ok(None), "{file}");
    }
    let fake = Fake::scripted([(TIME, time())]);
    assert_eq!(ask(&fake, testnet(&credentials())).await, Ok(None));
    assert_eq!(fake.targets(), [""; 0]);
}

#[tokio::test]
async fn snapshots_have_a_budget_of_their_own() {
    let rows = body(&[]);
    let fake = Fake::scripted([
        (TIME, time()),
        (SNAPSHOT, ok(&rows)),
        (
            "GET /sapi/v1/account/apiRestrictions",
            reply_with(200, "x-sapi-used-ip-weight-1m: 1\r\n", b"{}"),
        ),
    ]);
    let registry = registry(&fake.url);
    let binance = client(&registry, "binance");
    let credentials = credentials();
    let access = live(&credentials);
    assert!(binance.past_days(access, STRETCH).await.is_ok());
    // In one second there is no room for another of them, but for every other call.
    let again = binance.past_days(access, STRETCH).await;
    assert!(
        matches!(again, Err(ExchangeProblem::RateLimited { .. })),
        "{again:?}"
    );
    assert_eq!(asked(&fake), [SNAPSHOT]);
    let _ = binance.read_key(access).await;
    assert_eq!(asked(&fake).len(), 2);
}
