//! The wallets beyond trading and funding, asked the way a client asks.

use serde_json::Value;

use super::{
    tests::{code, names, read, said},
    *,
};
use crate::sandbox::{Control, keys::okx as ready};

const SAVINGS: &str = "/api/v5/finance/savings/balance";
const ORDERS: &str = "/api/v5/finance/staking-defi/orders-active";
const DELISTED: &str = "/api/v5/asset/non-tradable-assets";
const VALUATION: &str = "/api/v5/asset/asset-valuation";

const NEW: [&str; 4] = [SAVINGS, ORDERS, DELISTED, VALUATION];

fn unlimited() -> State {
    let mut state = State::new(None);
    state.okx.rates.on = false;
    state
}

#[test]
fn the_further_wallets_have_the_documented_fields() {
    macro_rules! documented {
        ($name:literal) => {
            serde_json::from_str::<Value>(include_str!(concat!(
                "../../tests/fixtures/okx_",
                $name,
                ".json"
            )))
            .unwrap()
        };
    }
    let mut state = State::new(None);
    for (path, documented) in [
        (SAVINGS, documented!("finance_savings_balance")),
        (ORDERS, documented!("finance_staking_defi_orders_active")),
        (DELISTED, documented!("asset_non_tradable")),
        (VALUATION, documented!("asset_valuation")),
    ] {
        let own = read(&mut state, ready::EVERY_WALLET, path).1;
        assert_eq!(names(&own), names(&documented), "{path}");
        let (row, documented) = (&own["data"][0], &documented["data"][0]);
        assert_eq!(names(row), names(documented), "{path}");
        for inner in ["investData", "earningData"] {
            if documented.get(inner).is_some() {
                assert_eq!(names(&row[inner][0]), names(&documented[inner][0]));
            }
        }
    }
}

#[test]
fn savings_are_what_is_lent_and_what_waits() {
    let mut state = State::new(None);
    let body = read(&mut state, ready::EVERY_WALLET, SAVINGS).1;
    let row = &body["data"][0];
    assert_eq!(
        (
            &row["ccy"],
            &row["amt"],
            &row["loanAmt"],
            &row["pendingAmt"]
        ),
        (
            &"USDT".into(),
            &"1211.0010737453457821".into(),
            &"1211.0010630707982819".into(),
            &"0.0000106745475002".into()
        )
    );
}

#[test]
fn each_order_of_on_chain_earn_is_a_row() {
    let mut state = unlimited();
    let mut rows = |target: &str| {
        let body = read(&mut state, ready::EVERY_WALLET, target).1;
        body["data"].as_array().unwrap().clone()
    };
    let all = rows(ORDERS);
    assert_eq!(all.len(), 3);
    assert_eq!(all[0]["investData"][0]["amt"], "2");
    assert_ne!(all[0]["ordId"], all[2]["ordId"]);
    assert_eq!(rows(&format!("{ORDERS}?ccy=ETH")).len(), 2);
    assert_eq!(
        rows(&format!("{ORDERS}?protocolType=defi&state=1")).len(),
        3
    );
    assert_eq!(rows(&format!("{ORDERS}?protocolType=staking")).len(), 0);
    assert_eq!(rows(&format!("{ORDERS}?state=8")).len(), 0);
}

#[test]
fn earning_is_for_main_accounts_and_not_for_demo_trading() {
    let mut state = unlimited();
    for path in [SAVINGS, ORDERS] {
        let mut told = |key| code(&mut state, key, path);
        assert_eq!(told(ready::SUB_ACCOUNT), said(200, "51735"));
        assert_eq!(told(ready::DEMO), said(200, "50038"));
        assert_eq!(told(ready::READ_ONLY), said(200, "0"));
    }
    assert_eq!(
        code(&mut state, ready::SUB_ACCOUNT, DELISTED),
        said(200, "0")
    );
}

#[test]
fn savings_that_were_never_opened_are_an_error() {
    let control = Control::new(None);
    let key = ready::SECOND.api_key;
    control.close_okx_savings(key, true).unwrap();
    let told = |path| code(&mut control.state(), ready::SECOND, path);
    assert_eq!(told(SAVINGS), said(200, "58002"));
    assert_eq!(told(ORDERS), said(200, "0"));
    control.close_okx_savings(key, false).unwrap();
    assert_eq!(told(SAVINGS), said(200, "0"));
}

#[test]
fn an_account_without_further_wallets_shows_none() {
    let mut state = unlimited();
    for path in [SAVINGS, ORDERS, DELISTED] {
        let body = read(&mut state, ready::READ_ONLY, path).1;
        assert_eq!((&body["code"], &body["data"]), (&"0".into(), &json!([])));
    }
}

#[test]
fn the_valuation_adds_up_what_the_account_holds() {
    let control = Control::new(None);
    let key = ready::EMPTY.api_key;
    let put = |wallet, holding| control.set_asset(key, wallet, holding).unwrap();
    control.set_okx_limits(false);
    put(Wallet::Trading, Holding::new("BTC", "-0.5", "0"));
    put(Wallet::Funding, Holding::new("USDT", "64198.3", "0"));
    put(Wallet::Savings, Holding::new("BTC", "1", "0.5"));
    put(Wallet::OnchainEarn, Holding::new("BTC", "2", "0"));
    control.set_elsewhere(key, "classic", "64198.3").unwrap();
    let mut state = control.state();
    let mut valued = |target: &str| {
        let body = read(&mut state, ready::EMPTY, target).1;
        let row = body["data"][0].clone();
        let part = |name: &str| row["details"][name].as_str().unwrap().to_owned();
        let total = row["totalBal"].as_str().unwrap().to_owned();
        [
            part("trading"),
            part("funding"),
            part("earn"),
            part("classic"),
            total,
        ]
    };
    assert_eq!(valued(VALUATION), ["-0.5", "1", "3.5", "1", "5"]);
    let dollars = valued(&format!("{VALUATION}?ccy=USD"));
    assert_eq!(dollars[1], "64198.3");
    let wrong = code(&mut state, ready::EMPTY, &format!("{VALUATION}?ccy=NOPE"));
    assert_eq!(wrong, said(400, "51000"));
}

#[test]
fn the_further_wallets_ask_for_the_right_to_read() {
    let mut state = State::new(None);
    for path in NEW {
        let refused = code(&mut state, ready::NO_READING, path);
        assert_eq!(refused, said(200, "50120"), "{path}");
    }
}

#[test]
fn the_further_wallets_have_limits_of_their_own() {
    let mut state = State::new(None);
    for (path, count) in NEW.into_iter().zip([6, 3, 6, 1]) {
        for _ in 0..count {
            assert_eq!(
                code(&mut state, ready::EVERY_WALLET, path),
                said(200, "0"),
                "{path}"
            );
        }
        let refused = code(&mut state, ready::EVERY_WALLET, path);
        assert_eq!(refused, said(429, "50011"), "{path}");
    }
}
