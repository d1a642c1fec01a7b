//! The configuration as a whole: what holds by default, and how wrong values are told.

use std::{path::Path, time::Duration};

use secrecy::ExposeSecret;

use super::*;
use crate::domain::currency::Currency;

fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::read(|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

const POSTGRES: &str = "postgres://coffer:hush@db.example/coffer";

#[test]
fn nothing_needs_to_be_set() {
    let config = read(&[]).unwrap();
    assert_eq!(config.data_dir, Path::new("data"));
    assert_eq!(
        config.database.url.expose_secret(),
        "sqlite://data/coffer.db"
    );
    assert_eq!(config.database.kind, DatabaseKind::Sqlite);
    assert!(
        matches!(&config.key, KeySource::DataDir(path) if path == Path::new("data/master.key"))
    );
    let listen_addr = config.web.listen_addr;
    assert_eq!(listen_addr.to_string(), "127.0.0.1:3000");
    assert_eq!(
        config.web.origin(listen_addr).as_str(),
        "http://127.0.0.1:3000"
    );
    assert!(!config.web.secure_cookies());
    assert!(config.web.trusted_proxies.is_empty());
    assert_eq!(config.accounts.sign_up, SignUp::First);
    assert_eq!(config.accounts.base_currency, Currency::Usd);
    assert_eq!(config.exchanges.binance_api_url, None);
    assert_eq!(config.exchanges.binance_market_url, None);
    assert_eq!(config.exchanges.okx_api_url, None);
    assert_eq!(config.exchanges.binance_ws_url, None);
    assert_eq!(config.exchanges.okx_ws_url, None);
    assert!(!config.exchanges.testnet_by_default);
    assert_eq!(config.sessions.idle, Duration::from_secs(7_200));
    assert_eq!(config.sessions.max, Duration::from_secs(604_800));
    assert_eq!(config.sync.interval, Some(Duration::from_secs(3_600)));
    assert_eq!(config.log.format, LogFormat::Text);
    assert!(config.metrics.token.is_none());
}

#[test]
fn what_is_set_is_taken() {
    let config = read(&[
        ("DATA_DIR", " /srv/coffer "),
        ("DATABASE_URL", POSTGRES),
        ("ENCRYPTION_KEY_FILE", "/run/key"),
        ("LISTEN_ADDR", "[::]:80"),
        ("PUBLIC_URL", "https://coffer.example/"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("SIGN_UP", "closed"),
        ("BASE_CURRENCY", "EUR"),
        ("BINANCE_API_URL", "http://127.0.0.1:9001"),
        ("BINANCE_MARKET_URL", "https://prices.example"),
        ("OKX_API_URL", "https://okx.example"),
        ("BINANCE_WS_URL", "ws://127.0.0.1:9002/"),
        ("OKX_WS_URL", "wss://streams.example:8443"),
        ("VALIDATE_API_ON_TESTNET", "1"),
        ("SESSION_IDLE", "30m"),
        ("SESSION_MAX", "30m"),
        ("SYNC_INTERVAL", "off"),
        ("RUST_LOG", "warn,coffer=debug"),
        ("LOG_FORMAT", "json"),
        ("METRICS_TOKEN", "sixteen-signs-ok"),
    ])
    .unwrap();
    assert_eq!(config.data_dir, Path::new("/srv/coffer"));
    let token = config.metrics.token.as_ref().unwrap();
    assert_eq!(token.expose_secret(), "sixteen-signs-ok");
    assert_eq!(config.database.kind, DatabaseKind::Postgres);
    assert!(matches!(&config.key, KeySource::File(path) if path == Path::new("/run/key")));
    let origin = config.web.origin(config.web.listen_addr);
    assert_eq!(origin.as_str(), "https://coffer.example");
    assert!(config.web.secure_cookies());
    assert!(config.web.trusts("10.3.2.1".parse().unwrap()));
    assert!(!config.web.trusts("127.0.0.1".parse().unwrap()));
    assert_eq!(config.accounts.sign_up, SignUp::Closed);
    assert_eq!(config.accounts.base_currency, Currency::Eur);
    assert_eq!(
        config.exchanges.binance_api_url.unwrap().as_str(),
        "http://127.0.0.1:9001"
    );
    assert_eq!(
        config.exchanges.binance_market_url.unwrap().as_str(),
        "https://prices.example"
    );
    assert_eq!(
        config.exchanges.okx_api_url.unwrap().as_str(),
        "https://okx.example"
    );
    let streams = [config.exchanges.binance_ws_url, config.exchanges.okx_ws_url];
    assert_eq!(
        streams.map(|url| url.unwrap().as_str().to_owned()),
        ["ws://127.0.0.1:9002", "wss://streams.example:8443"]
    );
    assert!(config.exchanges.testnet_by_default);
    assert_eq!(config.sessions.idle, Duration::from_secs(1_800));
    assert_eq!(config.sync.interval, None);
    assert_eq!(config.log.filter, "warn,coffer=debug");
    assert_eq!(config.log.format, LogFormat::Json);
}

#[test]
fn a_wrong_value_is_named_by_variable_and_never_shown() {
    let cases = [
        ("DATABASE_URL", "mysql://root:hush@db/coffer"),
        ("DATABASE_URL", "sqlite://?mode=hush"),
        ("DATABASE_URL", "sqlite:///srv/hush/"),
        ("DATABASE_URL", "postgres://coffer:hu sh@:port/"),
        ("DATA_DIR", "da\nta-hush"),
        ("LISTEN_ADDR", "localhost-hush"),
        ("LISTEN_ADDR", "127.0.0.1:70007"),
        ("PUBLIC_URL", "https://coffer.example/hush"),
        ("TRUSTED_PROXIES", "10.0.0.0/99"),
        ("TRUSTED_PROXIES", "0.0.0.0/0"),
        ("ENCRYPTION_KEY", "line-one\nline-two"),
        ("ENCRYPTION_KEY_FILE", "/run/\u{fffd}hush"),
        ("SIGN_UP", "everyone"),
        ("BINANCE_API_URL", "http://api.binance.example"),
        ("BINANCE_API_URL", "http://localhost.example"),
        ("BINANCE_MARKET_URL", "http://prices.example"),
        ("BINANCE_MARKET_URL", "https://prices.example/hush"),
        ("OKX_API_URL", "https://user:hush@okx.example"),
        ("BINANCE_WS_URL", "ws://hush.example"),
        ("BINANCE_WS_URL", "https://hush.example"),
        ("OKX_WS_URL", "wss://user:hush@okx.example"),
        ("OKX_WS_URL", "wss://okx.example/hush"),
        ("OKX_API_URL", "https://okx.example/api/v5"),
        ("OKX_API_URL", "ws://127.0.0.1:9001"),
        ("VALIDATE_API_ON_TESTNET", "truthy"),
        ("SESSION_IDLE", "forever"),
        ("SESSION_IDLE", "8d"),
        ("SESSION_MAX", "0s"),
        ("SYNC_INTERVAL", "hourly"),
        ("BASE_CURRENCY", "usdollar"),
        ("BASE_CURRENCY", "US"),
        ("BASE_CURRENCY", "XAU"),
        ("RUST_LOG", "coffer=loudly"),
        ("LOG_FORMAT", "xml"),
        ("METRICS_TOKEN", "fifteen-signs-0"),
        ("METRICS_TOKEN", "hush hush hush hush"),
        ("METRICS_TOKEN", "hush-größer-als-alles"),
    ];
    for (variable, value) in cases {
        let error = read(&[(variable, value)]).unwrap_err();
        let shown = format!("{error}\n{error:?}");
        assert!(shown.contains(variable), "{shown}");
        assert!(value == "US" || !shown.contains(value), "{shown}");
        assert!(!shown.contains("hush"), "{shown}");
        assert!(
            matches!(error, ConfigError::Wrong(wrong) if wrong.len() == 1),
            "{variable}"
        );
    }
}

#[test]
fn all_wrong_values_are_told_together() {
    let error = read(&[
        ("LOG_FORMAT", "xml"),
        ("SIGN_UP", "no"),
        ("LISTEN_ADDR", "x"),
    ])
    .unwrap_err();
    let lines: Vec<_> = error.to_string().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 4);
    let example = "  LISTEN_ADDR: an address and a port are expected, such as 127.0.0.1:3000";
    assert_eq!(lines[1], example);
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let config = read(&[
        ("DATA_DIR", ""),
        ("ENCRYPTION_KEY", "  "),
        ("LISTEN_ADDR", ""),
    ])
    .unwrap();
    assert_eq!(config.data_dir, Path::new("data"));
    assert!(matches!(config.key, KeySource::DataDir(_)));
}

#[test]
fn there_is_one_source_of_the_key_and_postgres_needs_it_named() {
    let neither = read(&[("DATABASE_URL", POSTGRES)]);
    let both = read(&[
        ("ENCRYPTION_KEY", "hush"),
        ("ENCRYPTION_KEY_FILE", "/run/hush"),
    ]);
    for refused in [neither, both] {
        let shown = refused.unwrap_err().to_string();
        assert!(
            shown.contains("ENCRYPTION_KEY and ENCRYPTION_KEY_FILE"),
            "{shown}"
        );
        assert!(!shown.contains("hush"), "{shown}");
    }
    let named = read(&[("DATABASE_URL", POSTGRES), ("ENCRYPTION_KEY", "hush")]).unwrap();
    assert!(matches!(&named.key, KeySource::Text(text) if text.expose_secret() == "hush"));
}

#[test]
fn a_short_longest_session_shortens_the_idle_one() {
    let config = read(&[("SESSION_MAX", "1h")]).unwrap();
    assert_eq!(config.sessions.idle, Duration::from_secs(3_600));
}

#[test]
fn odd_folders_make_an_address_that_leads_there() {
    let config = read(&[("DATA_DIR", "/srv/my coffer?#%")]).unwrap();
    let url = config.database.url.expose_secret();
    assert_eq!(url, "sqlite:///srv/my%20coffer%3F%23%25/coffer.db");
}

#[test]
fn debug_shows_no_secret() {
    let config = read(&[("DATABASE_URL", POSTGRES), ("ENCRYPTION_KEY", "hushkey")]).unwrap();
    let shown = format!("{config:?} {config:#?}");
    assert!(!shown.contains("hush"), "{shown}");
}

#[test]
fn every_variable_of_the_example_is_understood() {
    let asked = std::cell::RefCell::new(Vec::new());
    Config::read(|name| {
        asked.borrow_mut().push(name.to_owned());
        None
    })
    .unwrap();
    let mut shown: Vec<_> = include_str!("../../.env.example")
        .lines()
        .filter_map(|line| line.strip_prefix("# ")?.split_once('='))
        .map(|(name, _)| name)
        .filter(|name| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
        .map(str::to_owned)
        .collect();
    let mut asked = asked.into_inner();
    asked.sort();
    shown.sort();
    assert_eq!(asked, shown);
}
