//! Where keys may be sent, and where not.

use super::*;

#[test]
fn the_real_hosts_are_https_and_take_keys() {
    let hosts = Hosts::live();
    assert!(hosts.all_https());
    assert!(hosts.binance(Environment::Live).is_ok());
    assert!(hosts.binance(Environment::Testnet).is_ok());
    assert_eq!(hosts.okx().unwrap().len(), 3);
}

#[test]
fn one_url_stands_for_every_region_and_environment() {
    let hosts = Hosts::live()
        .with_okx("http://127.0.0.1:9")
        .and_then(|hosts| hosts.with_binance("http://[::1]:8"))
        .unwrap();
    assert!(!hosts.any_https());
    let sites = hosts.okx().unwrap();
    assert!(sites.iter().all(|(_, url)| url.port() == Some(9)));
    assert_eq!(
        hosts.binance(Environment::Live).unwrap(),
        hosts.binance(Environment::Testnet).unwrap()
    );
}

#[test]
fn prices_come_from_the_market_host_and_follow_the_other_only_where_it_is_not_set() {
    let host = |hosts: &Hosts| hosts.binance_market().unwrap().to_string();
    let live = Hosts::live();
    assert_eq!(host(&live), "https://data-api.binance.vision/");
    let own = live.with_binance("http://127.0.0.1:8").unwrap();
    assert_eq!(host(&own), "http://127.0.0.1:8/");
    let both = own.with_binance_market("http://127.0.0.1:9").unwrap();
    assert_eq!(host(&both), "http://127.0.0.1:9/");
    let live = both.binance(Environment::Live).unwrap();
    assert_eq!(live.port(), Some(8));
    assert!(both.with_binance_market("http://10.0.0.1").is_err());
}

#[test]
fn the_real_streams_are_wss_and_every_region_has_its_own() {
    let hosts = Hosts::live();
    let account = |environment| hosts.binance_account_stream(environment).unwrap();
    let mut all = vec![
        hosts.binance_price_stream().unwrap(),
        account(Environment::Live),
        account(Environment::Testnet),
    ];
    let okx = hosts.okx_streams().unwrap();
    let regions: Vec<_> = okx.iter().map(|(region, ..)| region.as_str()).collect();
    assert_eq!(regions, ["global", "eea", "us"]);
    all.extend(okx.into_iter().flat_map(|(_, live, demo)| [live, demo]));
    assert!(all.iter().all(|url| url.scheme() == "wss"));
    let places: std::collections::BTreeSet<_> = all.iter().map(Url::host_str).collect();
    assert_eq!(places.len(), 9);
    assert!(hosts.any_wss());
}

#[test]
fn streams_are_where_the_calls_go_unless_they_have_a_place_of_their_own() {
    let hosts = Hosts::live()
        .with_binance("http://127.0.0.1:8")
        .and_then(|hosts| hosts.with_okx("http://[::1]:9"))
        .unwrap();
    assert!(!hosts.any_wss());
    let prices = |hosts: &Hosts| hosts.binance_price_stream().unwrap().to_string();
    assert_eq!(prices(&hosts), "ws://127.0.0.1:8/");
    assert!(
        hosts
            .okx_streams()
            .unwrap()
            .iter()
            .all(|(_, live, demo)| live == demo && live.as_str() == "ws://[::1]:9/")
    );
    let own = hosts.with_binance_streams("ws://localhost:7").unwrap();
    assert_eq!(prices(&own), "ws://localhost:7/");
    assert_eq!(
        own.binance(Environment::Live).unwrap().as_str(),
        "http://127.0.0.1:8/"
    );
    let elsewhere = Hosts::live().with_binance("https://api.example").unwrap();
    assert_eq!(prices(&elsewhere), "wss://api.example/");
}

#[test]
fn plain_ws_is_for_loopback_addresses_only() {
    for url in ["ws://127.0.0.1:1", "ws://[::1]:1/", "ws://localhost:1"] {
        assert!(stream_url(url).is_ok(), "{url}");
    }
    for url in [
        "ws://stream.binance.com:9443",
        "ws://10.0.0.1",
        "ws://127.0.0.1.evil.example",
        "http://127.0.0.1",
        "https://stream.binance.com",
        "wss://user@stream.binance.com",
        "wss://stream.binance.com/ws",
        "wss://stream.binance.com/?a",
        "wss://",
        "",
    ] {
        assert!(
            matches!(stream_url(url), Err(ExchangeError::BadHost)),
            "{url}"
        );
    }
}

#[test]
fn plain_http_is_for_loopback_addresses_only() {
    for url in [
        "http://127.0.0.1:1",
        "http://127.9.9.9",
        "http://[::1]:1/",
        "http://localhost:1",
    ] {
        assert!(base_url(url).is_ok(), "{url}");
    }
    for url in [
        "http://api.binance.com",
        "http://10.0.0.1",
        "http://0.0.0.0:1",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "ws://127.0.0.1",
        "file:///etc/passwd",
        "https://user@api.binance.com",
        "https://:word@api.binance.com",
        "https://api.binance.com/api",
        "https://api.binance.com/?a",
        "https://api.binance.com/#a",
        "https://",
        "api.binance.com",
        "",
    ] {
        assert!(
            matches!(base_url(url), Err(ExchangeError::BadHost)),
            "{url}"
        );
    }
}

#[test]
fn the_error_names_no_part_of_the_url() {
    let error = Hosts::live()
        .with_okx("http://user:canary@evil.example")
        .unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(!told.contains("canary") && !told.contains("evil"), "{told}");
}
