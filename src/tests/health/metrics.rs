//! The figures for Prometheus: their format line by line, what is in them, and who gets them.

use std::collections::{BTreeMap, BTreeSet};

use coffer::domain::exchange::{Environment, ExchangeId};
use coffer::sandbox::{Effect, Fault};
use reqwest::header::AUTHORIZATION;

use super::figures::sample;
use crate::functions::{answer, bare};
use crate::leases::{SPOT, execute};
use crate::scene::{BOTH, connect, sync};
use crate::support::{App, Kind, Setup, on_both_databases};

on_both_databases![
    every_line_is_what_prometheus_reads,
    calls_syncs_and_connections_are_counted,
    a_pause_is_told_with_its_end,
    nothing_of_a_person_is_in_the_figures,
];

const TOKEN: &str = "prometheus-may-read-this";

/// A text as it stands between quotes, its escapes undone; and what follows the closing quote.
fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut rest = text.strip_prefix('"').unwrap().chars();
    loop {
        match rest.next().unwrap() {
            '"' => return (value, rest.as_str()),
            '\\' => {
                let escaped = rest.next().unwrap();
                assert!(matches!(escaped, 'n' | '"' | '\\'), "{text}");
                value.push(if escaped == 'n' { '\n' } else { escaped });
            }
            other => value.push(other),
        }
    }
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    first && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A line's name, labels and value.
fn parsed(line: &str) -> (String, BTreeMap<String, String>, String) {
    let mut labels = BTreeMap::new();
    let Some((name, mut rest)) = line.split_once('{') else {
        let (name, value) = line.split_once(' ').unwrap();
        return (name.to_owned(), labels, value.to_owned());
    };
    loop {
        let (label, after) = rest.split_once('=').unwrap();
        assert!(is_name(label), "{line}");
        let (value, after) = quoted(after);
        assert_eq!(labels.insert(label.to_owned(), value), None, "{line}");
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => {
                let value = after.strip_prefix("} ").unwrap();
                return (name.to_owned(), labels, value.to_owned());
            }
        }
    }
}

/// Reads everything, and fails on whatever is not as the format has it.
fn check(body: &str) {
    assert!(body.ends_with('\n'));
    let (mut families, mut series) = (BTreeMap::new(), BTreeSet::new());
    let mut current = (String::new(), String::new());
    for line in body.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, text) = help.split_once(' ').unwrap();
            assert!(is_name(name) && !text.is_empty(), "{line}");
            current = (name.to_owned(), String::new());
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert_eq!(name, current.0);
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            current.1 = kind.to_owned();
            assert_eq!(
                families.insert(name.to_owned(), kind.to_owned()),
                None,
                "{line}"
            );
        } else {
            let (name, labels, value) = parsed(line);
            let (family, kind) = &current;
            let more = name.strip_prefix(family.as_str());
            assert!(more.is_some(), "{line}");
            let more = more.unwrap();
            let parts: &[&str] = match kind.as_str() {
                "histogram" => &["_bucket", "_sum", "_count"],
                _ => &[""],
            };
            assert!(is_name(&name) && parts.contains(&more), "{line}");
            assert_eq!(family.ends_with("_total"), kind == "counter", "{line}");
            assert!(value.parse::<f64>().unwrap().is_finite(), "{line}");
            assert!(kind == "gauge" || !value.starts_with('-'), "{line}");
            assert!(series.insert((name, labels)), "twice: {line}");
        }
    }
}

/// Every histogram only grows with its bounds, and ends with all there are.
fn check_histograms(body: &str) {
    let mut last: Option<(BTreeMap<String, String>, String, u64)> = None;
    for line in body.lines().filter(|line| !line.starts_with('#')) {
        let (name, mut labels, value) = parsed(line);
        if name.ends_with("_bucket") {
            let le = labels.remove("le").unwrap();
            let count: u64 = value.parse().unwrap();
            if let Some((before, bound, fewer)) = &last
                && *before == labels
            {
                assert!(*fewer <= count, "{line}");
                let grows =
                    le == "+Inf" || bound.parse::<f64>().unwrap() < le.parse::<f64>().unwrap();
                assert!(grows, "{line}");
            }
            last = Some((labels, le, count));
        } else if name.ends_with("_seconds_count") {
            let (before, le, count) = last.take().unwrap();
            assert_eq!((before, le.as_str()), (labels, "+Inf"));
            assert_eq!(count.to_string(), value);
        }
    }
}

async fn every_line_is_what_prometheus_reads(kind: Kind) {
    let app = App::start(kind).await;
    let stranger = app.browser();
    check(&stranger.get("/metrics").await.body);
    let owner = app.signed_in("a@example.org").await;
    for key in &BOTH {
        connect(&owner, key, &[]).await;
    }
    let page = stranger.get("/metrics").await;
    let kind = page.headers["content-type"].to_str().unwrap();
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(page.headers["cache-control"], "no-store");
    check(&page.body);
    check_histograms(&page.body);
}

async fn calls_syncs_and_connections_are_counted(kind: Kind) {
    let app = App::start(kind).await;
    let owner = app.signed_in("a@example.org").await;
    let id = connect(&owner, &BOTH[0], &[]).await;
    app.setup.clock.advance_minutes(1);
    let control = app.setup.sandbox.control();
    control.inject(Fault::on(SPOT, Effect::gateway()));
    sync(&owner, &id).await;
    let body = app.browser().get("/metrics").await.body;
    let of = |labels: &str| sample(&body, labels);
    let calls = "coffer_exchange_calls_total{exchange=\"binance\",environment=\"live\",class=";
    assert_eq!(
        of(&format!("{calls}\"rights\",outcome=\"ok\"}}")).as_deref(),
        Some("2")
    );
    let failed = of(&format!("{calls}\"account\",outcome=\"server_error\"}}"));
    assert!(failed.unwrap().parse::<u32>().unwrap() >= 3);
    assert_eq!(
        of(&format!("{calls}\"history\",outcome=\"banned\"}}")).as_deref(),
        Some("0")
    );
    let runs = "coffer_sync_runs_total{exchange=\"binance\",outcome=";
    assert_eq!(of(&format!("{runs}\"ok\"}}")).as_deref(), Some("1"));
    assert_eq!(of(&format!("{runs}\"partial\"}}")).as_deref(), Some("1"));
    let connections = "coffer_connections{exchange=\"binance\",status=";
    assert_eq!(
        of(&format!("{connections}\"partial\"}}")).as_deref(),
        Some("1")
    );
    assert_eq!(of(&format!("{connections}\"ok\"}}")).as_deref(), Some("0"));
    let limit = "coffer_exchange_weight_limit{exchange=\"binance\"}";
    assert_eq!(of(limit).as_deref(), Some("6000"));
    assert_eq!(of("coffer_database_up").as_deref(), Some("1"));
    assert_eq!(
        of("coffer_exchange_paused{exchange=\"okx\"}").as_deref(),
        Some("0")
    );
    // Nobody has called it yet.
    assert_eq!(of("coffer_exchange_weight_limit{exchange=\"okx\"}"), None);
    let window = "coffer_exchange_weight_window_seconds{exchange=\"binance\"}";
    assert_eq!(of(window).as_deref(), Some("60.000"));
    // Nothing is due where nothing is synced by itself.
    assert_eq!(
        of("coffer_syncs{exchange=\"binance\",state=\"due\"}").as_deref(),
        Some("0")
    );
    let answered = of("coffer_http_requests_total{status=\"2xx\"}").unwrap();
    assert!(answered.parse::<u32>().unwrap() >= 2);
}

async fn a_pause_is_told_with_its_end(kind: Kind) {
    let app = App::start(kind).await;
    let okx = app.state.registry.find(&ExchangeId::new("okx")).unwrap();
    let place = okx.place(Environment::Live, None);
    let until = app.state.clock.now().plus_ms(90_000);
    let pause = format!(
        "INSERT INTO pauses (place, until_at) VALUES ('{place}', {})",
        until.0
    );
    execute(&app, &pause).await;
    let body = app.browser().get("/metrics").await.body;
    let of = |name: &str, exchange: &str| {
        sample(
            &body,
            &format!("coffer_exchange_{name}{{exchange=\"{exchange}\"}}"),
        )
    };
    let end = "pause_end_timestamp_seconds";
    assert_eq!(of("paused", "okx").as_deref(), Some("1"));
    let told = format!("{}.{:03}", until.0 / 1_000, until.0 % 1_000);
    assert_eq!(of(end, "okx"), Some(told));
    assert_eq!(of("paused", "binance").as_deref(), Some("0"));
    assert_eq!(of(end, "binance"), None);
}

async fn nothing_of_a_person_is_in_the_figures(kind: Kind) {
    let app = App::start(kind).await;
    let owner = app.signed_in("carola@example.org").await;
    let id = connect(&owner, &BOTH[0], &[("label", "Nest egg")]).await;
    let body = app.browser().get("/metrics").await.body;
    for private in [
        "carola",
        "example.org",
        "Nest egg",
        &id,
        BOTH[0].api_key,
        "127.0.0.1",
    ] {
        assert!(!body.contains(private), "{private}");
    }
    let holdings = owner.get(&format!("/connections/{id}")).await;
    let amounts = holdings.all("table.holdings tbody td.number");
    for amount in amounts.iter().filter(|amount| amount.len() > 5) {
        assert!(!body.contains(&amount.replace(',', "")), "{amount}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_for_this_machine_or_for_the_token() {
    let alone = App::start(Kind::Sqlite).await;
    let ask = |app: &App, name: &'static str, value: &str| {
        let request = bare(&app.browser(), reqwest::Method::GET, "/metrics");
        answer(request.header(name, value))
    };
    assert_eq!(alone.browser().get("/metrics").await.status, 200);
    for name in [
        "x-forwarded-for",
        "x-forwarded-port",
        "forwarded",
        "via",
        "x-real-ip",
        "cf-connecting-ip",
        "true-client-ip",
        "x-client-ip",
        "x-envoy-external-address",
    ] {
        let page = ask(&alone, name, "127.0.0.1").await;
        assert_eq!(page.status, 404, "{name}");
        assert!(!page.body.contains("coffer_"), "{name}");
    }
    let setup = Setup::new(Kind::Sqlite).await;
    let behind = setup
        .with("PUBLIC_URL", "https://coffer.example")
        .with("METRICS_TOKEN", TOKEN)
        .start()
        .await;
    let page = behind.browser().get("/metrics").await;
    assert_eq!(page.status, 401);
    assert_eq!(page.headers["www-authenticate"], "Bearer");
    let authorization = AUTHORIZATION.as_str();
    let wrong = ask(&behind, "authorization", "Bearer prometheus-may-read-thi").await;
    assert_eq!(wrong.status, 401, "{authorization}");
    let right = ask(&behind, "authorization", &format!("Bearer {TOKEN}")).await;
    assert_eq!(right.status, 200);
    assert!(right.body.contains("coffer_build_info{version="));
    assert!(!right.body.contains(TOKEN));
}
