//! How the clients of the real exchanges call.

use super::*;
use crate::domain::exchange::Environment;
use crate::exchanges::testing::{client, fixture, fixtures};
use crate::exchanges::{Exchange, Registry};

const CALLS: [(&str, &str); 2] = [
    ("binance", "GET /sapi/v1/account/apiRestrictions"),
    ("okx", "GET /api/v5/account/config"),
];
const TRANSIENT: [&str; 10] = [
    "binance_error_1000_unknown.json",
    "binance_error_1001_disconnected.json",
    "binance_error_1007_timeout.json",
    "binance_error_1008_busy.json",
    "binance_error_503_cloudfront.html",
    "okx_error_50001_unavailable.json",
    "okx_error_50004_timeout.json",
    "okx_error_50013_busy.json",
    "okx_error_50026_system.json",
    "okx_error_58007_assets_unavailable.json",
];

/// An exchange of both kinds that tells the time and answers anything else like this.
fn exchange(status: u16, body: &str) -> Fake {
    let (reply, theirs) = (reply_with(status, "", body.as_bytes()), NOW_MS);
    let time = format!(r#"{{"serverTime":{theirs},"code":"0","data":[{{"ts":"{theirs}"}}]}}"#);
    let time = ok(&time);
    Fake::start(move |head, stream| {
        let is_time = target(head).ends_with("/time");
        let _ = stream.write_all(if is_time { &time } else { &reply });
    })
}

async fn rights(registry: &Registry, name: &str) -> Result<(), ExchangeProblem> {
    let credentials = credentials();
    let report = client(registry, name).read_key(live(&credentials)).await;
    report.map(drop)
}

/// How often the key's rights are asked for.
async fn times_asked(name: &str, call: &str, status: u16, body: &str) -> usize {
    let fake = exchange(status, body);
    let registry = Registry::new(hosts(&fake.url), surroundings()).unwrap();
    assert!(rights(&registry, name).await.is_err());
    fake.targets().iter().filter(|t| *t == call).count()
}

#[tokio::test]
async fn every_recorded_refusal_is_tried_again_or_not_by_what_it_says() {
    for (name, call) in CALLS {
        for file in fixtures(&format!("{name}_error_")) {
            let status = match file.as_str() {
                "binance_error_403_waf.html" => 403,
                "binance_error_503_cloudfront.html" => 503,
                "okx_error_50013_busy.json" => 429,
                _ => 400,
            };
            let wanted = match file.as_str() {
                _ if TRANSIENT.contains(&file.as_str()) => 3,
                _ if file.contains("_1021_") || file.contains("_50102_") => 2,
                _ => 1,
            };
            let asked = times_asked(name, call, status, &fixture(&file)).await;
            assert_eq!(asked, wanted, "{file}");
        }
    }
}

#[tokio::test]
async fn every_status_is_tried_again_or_not_by_its_kind() {
    for (name, call) in CALLS {
        for status in [301, 307, 400, 401, 403, 404, 408, 410, 418, 429, 451] {
            assert_eq!(times_asked(name, call, status, "").await, 1, "{status}");
        }
        for status in [500, 502, 503, 504, 520] {
            assert_eq!(times_asked(name, call, status, "").await, 3, "{status}");
        }
    }
}

#[tokio::test]
async fn pauses_are_kept_by_the_place_that_each_exchange_names() {
    for (name, _) in CALLS {
        let fake = exchange(429, "");
        let neighbours = Arc::new(Alone::default());
        let surroundings = Surroundings {
            neighbours: neighbours.clone(),
            ..surroundings()
        };
        let registry = Registry::new(hosts(&fake.url), surroundings).unwrap();
        let exchange: &dyn Exchange = client(&registry, name);
        let place = exchange.place(Environment::Live, None);
        assert_eq!(neighbours.paused_until(&place).await, Ok(None));
        let limited = rights(&registry, name).await;
        assert!(matches!(limited, Err(ExchangeProblem::RateLimited { .. })));
        let until = neighbours.paused_until(&place).await.unwrap();
        assert!(until.is_some_and(|until| until > NOW_MS), "{place}");
    }
}
