//! The wallets beyond spot: earn, margin and the overview, asked the way a client asks.

use axum::http::Method;
use serde_json::Value;

use super::{
    tests::{ask, code, names, read},
    *,
};
use crate::sandbox::{Control, DemoKey, Holding, keys::binance as ready};

const FLEXIBLE: &str = "/sapi/v1/simple-earn/flexible/position";
const LOCKED: &str = "/sapi/v1/simple-earn/locked/position";
const MARGIN: &str = "/sapi/v1/margin/account";
const OVERVIEW: &str = "/sapi/v1/asset/wallet/balance";
const USER_ASSET: &str = "/sapi/v3/asset/getUserAsset";
const SPOT: &str = "/api/v3/account";

const NEW: [&str; 4] = [FLEXIBLE, LOCKED, MARGIN, OVERVIEW];

fn get(state: &mut State, key: DemoKey, path: &str, text: &str) -> Value {
    let reply = ask(state, key, Method::GET, path, text).reply;
    serde_json::from_str(&reply.body).unwrap()
}

fn pairs(rows: &Value, name: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| (text(&row["asset"]), text(&row[name])))
        .collect()
}

fn amount(rows: &Value, asset: &str, name: &str) -> Option<String> {
    let found = pairs(rows, name).into_iter();
    found
        .filter(|(code, _)| code == asset)
        .map(|(_, amount)| amount)
        .next()
}

fn fixture(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_further_wallets_have_the_documented_fields() {
    macro_rules! documented {
        ($name:literal) => {
            fixture(include_str!(concat!(
                "../../tests/fixtures/binance_sapi_",
                $name,
                ".json"
            )))
        };
    }
    let mut state = State::new(None);
    for (path, list, documented) in [
        (
            FLEXIBLE,
            "rows",
            documented!("simple_earn_flexible_position"),
        ),
        (LOCKED, "rows", documented!("simple_earn_locked_position")),
        (MARGIN, "userAssets", documented!("margin_account")),
    ] {
        let own = get(&mut state, ready::EVERY_WALLET, path, "");
        assert_eq!(names(&own), names(&documented), "{path}");
        let (row, documented) = (&own[list][0], &documented[list][0]);
        assert_eq!(names(row), names(documented), "{path}");
        for (name, value) in documented.as_object().unwrap() {
            let kind = std::mem::discriminant(value);
            assert_eq!(std::mem::discriminant(&row[name]), kind, "{path} {name}");
        }
    }
    let totals = "/sapi/v1/simple-earn/account";
    let own = get(&mut state, ready::EVERY_WALLET, totals, "");
    assert_eq!(names(&own), names(&documented!("simple_earn_account")));
    let own = get(&mut state, ready::EVERY_WALLET, OVERVIEW, "");
    let documented = documented!("wallet_balance_ten_wallets_constructed");
    let wallets = |rows: &Value| -> Vec<Value> {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["walletName"].clone()).collect()
    };
    assert_eq!(wallets(&own), wallets(&documented));
    assert_eq!(names(&own[0]), names(&documented[0]));
}

#[test]
fn flexible_earn_shows_in_spot_once_more() {
    let mut state = State::new(None);
    let spot = get(
        &mut state,
        ready::EVERY_WALLET,
        SPOT,
        "omitZeroBalances=true&",
    );
    let reply = ask(
        &mut state,
        ready::EVERY_WALLET,
        Method::POST,
        USER_ASSET,
        "",
    )
    .reply;
    let rows = [spot["balances"].clone(), fixture(&reply.body)];
    for rows in rows {
        for (code, free) in [
            ("LDUSDT", "2500.00000000"),
            ("LDBTC", "0.05000000"),
            ("LDSOL", "18.75000000"),
            ("LDBAKET", "300.00000000"),
            ("LDSHIB2", "1500000.00000000"),
            ("LDO", "40.00000000"),
        ] {
            assert_eq!(amount(&rows, code, "free").as_deref(), Some(free), "{code}");
        }
        assert_eq!(amount(&rows, "LDAXS", "free"), None, "locked earn does not");
    }
    let one = ask(
        &mut state,
        ready::EVERY_WALLET,
        Method::POST,
        USER_ASSET,
        "asset=LDBTC&",
    )
    .reply;
    assert_eq!(fixture(&one.body).as_array().map(Vec::len), Some(1));
}

#[test]
fn what_is_put_into_flexible_earn_follows_in_spot() {
    let control = Control::new(None);
    let key = ready::EMPTY.api_key;
    let put = |asset, amount| {
        control
            .add_asset(key, Wallet::EarnFlexible, Holding::new(asset, amount, "0"))
            .unwrap();
    };
    put("ADA", "1.5");
    put("ADA", "0.25");
    put("BNB", "0");
    let mut state = control.state();
    let spot = get(&mut state, ready::EMPTY, SPOT, "omitZeroBalances=true&");
    assert_eq!(
        pairs(&spot["balances"], "free"),
        [("LDADA".to_owned(), "1.75".to_owned())]
    );
    drop(state);
    control
        .remove_asset(key, Wallet::EarnFlexible, "ADA")
        .unwrap();
    let mut state = control.state();
    let spot = get(&mut state, ready::EMPTY, SPOT, "omitZeroBalances=true&");
    assert_eq!(spot["balances"], Value::Array(Vec::new()));
}

#[test]
fn positions_come_page_by_page() {
    let control = Control::new(None);
    let key = ready::EMPTY.api_key;
    for number in 0..23 {
        let holding = Holding::new(&format!("C{number}"), "1", "0");
        control
            .set_asset(key, Wallet::EarnFlexible, holding)
            .unwrap();
    }
    let mut state = control.state();
    let mut shown = |text: &str| {
        let page = get(&mut state, ready::EMPTY, FLEXIBLE, text);
        assert_eq!(page["total"], 23, "{text}");
        let rows = pairs(&page["rows"], "totalAmount");
        let first = rows.first().map(|(asset, _)| asset.clone());
        (rows.len(), first.unwrap_or_default())
    };
    let of = |count, first: &str| (count, first.to_owned());
    assert_eq!(shown(""), of(10, "C0"));
    assert_eq!(shown("current=3&"), of(3, "C20"));
    assert_eq!(shown("current=2&size=20&"), of(3, "C20"));
    assert_eq!(shown("current=1&size=100&"), of(23, "C0"));
    assert_eq!(shown("current=4&"), of(0, ""));
    let mut refused = |text| get(&mut state, ready::EMPTY, FLEXIBLE, text)["code"].as_i64();
    assert_eq!(refused("size=101&"), Some(-1102));
    assert_eq!(refused("size=many&"), Some(-1100));
    assert_eq!(refused("current=0&"), Some(-1130));
    assert_eq!(refused("page=1&"), Some(-1104));
}

#[test]
fn positions_may_be_asked_for_one_by_one() {
    let mut state = State::new(None);
    let mut total = |path, text| get(&mut state, ready::EVERY_WALLET, path, text)["total"].clone();
    assert_eq!(total(FLEXIBLE, "asset=BTC&"), 1);
    assert_eq!(total(FLEXIBLE, "productId=USDT001&"), 1);
    assert_eq!(total(LOCKED, ""), 3);
    assert_eq!(total(LOCKED, "asset=AXS&"), 2);
    assert_eq!(total(LOCKED, "positionId=123125&"), 1);
}

#[test]
fn an_account_without_earn_or_margin_says_so_in_its_own_way() {
    let mut state = State::new(None);
    let empty = fixture(r#"{"rows":[],"total":0}"#);
    assert_eq!(get(&mut state, ready::READ_ONLY, FLEXIBLE, ""), empty);
    assert_eq!(get(&mut state, ready::READ_ONLY, LOCKED, ""), empty);
    let (status, body) = read(&mut state, ready::READ_ONLY, MARGIN);
    let documented = fixture(r#"{"code":-3003,"msg":"Margin account does not exist."}"#);
    assert_eq!((status, body), (400, documented));
    let info = "/sapi/v1/account/info";
    let mut margin = |key| get(&mut state, key, info, "")["isMarginEnabled"].clone();
    assert_eq!(margin(ready::READ_ONLY), false);
    assert_eq!(margin(ready::EVERY_WALLET), true);
}

#[test]
fn a_loan_is_taken_off_what_margin_holds() {
    let mut state = State::new(None);
    let body = get(&mut state, ready::EVERY_WALLET, MARGIN, "");
    let net = |asset| amount(&body["userAssets"], asset, "netAsset");
    assert_eq!(net("USDT").as_deref(), Some("-779.87125000"));
    assert_eq!(net("BTC").as_deref(), Some("0.02000000"));
    assert_eq!(net("ETH").as_deref(), Some("0.00000000"));
    assert_eq!(body["totalAssetOfBtc"], "0.02187663");
    assert_eq!(body["totalNetAssetOfBtc"], "0.00785446");
}

#[test]
fn the_overview_adds_up_what_the_account_holds() {
    let control = Control::new(None);
    let key = ready::SECOND.api_key;
    let put = |wallet, holding| control.set_asset(key, wallet, holding).unwrap();
    put(Wallet::Margin, Holding::owing("BTC", "0", "0", "0.25", "0"));
    put(Wallet::EarnFlexible, Holding::new("BTC", "0.1", "0"));
    put(Wallet::EarnLocked, Holding::new("BTC", "0.2", "0"));
    put(Wallet::Spot, Holding::new("UNLISTED", "1000", "0"));
    control
        .set_elsewhere(key, "Trading Bots", "64210.55")
        .unwrap();
    let mut state = control.state();
    let mut told = |text, name: &str| {
        let rows = get(&mut state, ready::SECOND, OVERVIEW, text);
        let mut rows = rows.as_array().unwrap().iter();
        rows.find(|row| row["walletName"] == name).unwrap().clone()
    };
    let balance = |row: Value| row["balance"].as_str().unwrap().to_owned();
    assert_eq!(balance(told("", "Spot")), "0.51946331");
    assert_eq!(balance(told("", "Earn")), "0.3");
    assert_eq!(balance(told("", "Cross Margin")), "-0.25");
    assert_eq!(balance(told("", "Trading Bots")), "1");
    assert_eq!(
        balance(told("quoteAsset=USDT&", "Trading Bots")),
        "64210.55"
    );
    assert_eq!(told("", "Options")["activate"], false);
    assert_eq!(told("", "Options")["balance"], "0");
    let wrong = get(&mut state, ready::SECOND, OVERVIEW, "quoteAsset=NOPE&");
    assert_eq!(wrong["code"], -1130);
}

#[test]
fn the_further_wallets_ask_for_the_right_to_read() {
    let mut state = State::new(None);
    for path in NEW {
        let refused = code(&mut state, ready::NO_READING, path);
        assert_eq!(refused, (401, Some(-2015)), "{path}");
        let reply = ask(&mut state, ready::TESTNET, Method::GET, path, "").reply;
        assert_eq!(reply.status, 404, "{path}");
        let posted = ask(&mut state, ready::EVERY_WALLET, Method::POST, path, "");
        assert_eq!((posted.reply.status, posted.attempted_write), (405, true));
    }
}

#[test]
fn each_path_is_weighed_on_its_own() {
    let mut state = State::new(None);
    for (path, weight) in NEW.into_iter().zip(["150", "150", "10", "60"]) {
        let reply = ask(&mut state, ready::EVERY_WALLET, Method::GET, path, "").reply;
        let expected = ("x-sapi-used-ip-weight-1m".to_owned(), weight.to_owned());
        assert_eq!(reply.headers, [expected], "{path}");
    }
    let mut status = || ask(&mut state, ready::READ_ONLY, Method::GET, FLEXIBLE, "").reply;
    for _ in 1..80 {
        assert_eq!(status().status, 200);
    }
    let refused = status();
    assert_eq!(refused.status, 429);
    assert!(
        refused
            .headers
            .iter()
            .any(|(name, _)| name == "retry-after")
    );
    assert_eq!(code(&mut state, ready::READ_ONLY, LOCKED), (200, None));
}
