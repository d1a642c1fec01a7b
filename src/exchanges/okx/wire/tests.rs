//! What is read out of OKX's answers, and what is not.

use proptest::prelude::*;

use super::*;
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::rights::RightsState;
use crate::exchanges::testing::fixture;

/// Asset, free, locked and total of every balance; `-` where one is not told.
fn balances(read: &WalletRead) -> Vec<[String; 4]> {
    let WalletRead::Read { balances, .. } = read else {
        panic!("{read:?}");
    };
    let text = |amount: &Option<Amount>| amount.as_ref().map_or("-".into(), Amount::to_string);
    balances
        .iter()
        .map(|b| {
            [
                b.asset.to_string(),
                text(&b.free),
                text(&b.locked),
                b.total.to_string(),
            ]
        })
        .collect()
}

fn unreadable(read: &WalletRead) -> Vec<Option<String>> {
    let WalletRead::Read { unreadable, .. } = read else {
        panic!("{read:?}");
    };
    let asset = |row: &UnreadableRow| row.asset.as_ref().map(AssetCode::to_string);
    unreadable.iter().map(asset).collect()
}

fn rows(rows: &str) -> Result<WalletRead, ExchangeError> {
    trading(&format!(
        r#"{{"code":"0","data":[{{"details":[{rows}]}}]}}"#
    ))
}

fn is_bad<T>(result: Result<T, ExchangeError>) -> bool {
    matches!(
        result,
        Err(ExchangeError::Problem(ExchangeProblem::BadResponse))
    )
}

fn empty() -> WalletRead {
    WalletRead::Read {
        balances: Vec::new(),
        unreadable: Vec::new(),
    }
}

#[test]
fn trading_accounts_are_read() {
    let read = |name: &str| balances(&trading(&fixture(name)).unwrap());
    assert_eq!(
        read("okx_account_balance_docs.json"),
        [["USDT", "4834.317093622894", "158.573", "4992.890093622894"]]
    );
    assert_eq!(
        read("okx_account_balance_spot_mode_recorded.json"),
        [[
            "USDT",
            "94.42612990333333",
            "5.468566666666667",
            "99.89469657000001"
        ]]
    );
    assert_eq!(
        read("okx_account_balance_demo_bogus_eqUsd.json"),
        [
            ["TUSD", "3000", "0", "3000"],
            ["BTC", "0.6612664522199999", "0.4", "1.06126645222"],
            ["JFI", "100", "0", "100"]
        ]
    );
}

#[test]
fn a_debt_is_below_zero_and_an_empty_text_is_no_zero() {
    let read = trading(&fixture(
        "okx_account_balance_margin_liability_constructed.json",
    ));
    assert_eq!(
        balances(&read.unwrap()),
        [
            ["BTC", "0.35", "0.6", "0.95"],
            ["USDT", "-", "0", "-150.01"]
        ]
    );
}

#[test]
fn no_rows_are_an_empty_wallet() {
    let dust = trading(&fixture("okx_account_balance_dust_empty_details.json")).unwrap();
    assert_eq!(dust, empty());
    let nothing = fixture("okx_asset_balances_empty_recorded.json");
    assert_eq!(funding(&nothing).unwrap(), empty());
}

#[test]
fn a_trading_answer_without_an_account_is_no_empty_account() {
    let nothing = fixture("okx_asset_balances_empty_recorded.json");
    assert!(trading(&nothing).is_err());
}

#[test]
fn funding_accounts_are_read() {
    let read = |name: &str| balances(&funding(&fixture(name)).unwrap());
    assert_eq!(
        read("okx_asset_balances_docs.json"),
        [["ETH", "37.11827078", "0", "37.11827078"]]
    );
    assert_eq!(
        read("okx_asset_balances_recorded.json"),
        [["TUSD", "100", "0", "100"]]
    );
}

#[test]
fn rows_of_zeros_are_left_out_and_a_zero_with_something_frozen_is_not() {
    let read = rows(
        r#"{"ccy":"A","eq":"0","availBal":"","frozenBal":"0.0"},
           {"ccy":"B","eq":"0","availBal":"-1","frozenBal":"1"},
           {"ccy":"C","eq":"0"}"#,
    );
    assert_eq!(balances(&read.unwrap()), [["B", "-1", "1", "0"]]);
}

#[test]
fn a_bad_row_is_told_and_the_others_live_on() {
    for (row, asset) in [
        (r#"{"ccy":"BAD","eq":"","cashBal":"1"}"#, Some("BAD")),
        (r#"{"ccy":"BAD","cashBal":"1"}"#, Some("BAD")),
        (r#"{"ccy":"BAD","eq":"x"}"#, Some("BAD")),
        (r#"{"ccy":"BAD","eq":"1","availBal":"x"}"#, Some("BAD")),
        (r#"{"ccy":"BAD","eq":"1","frozenBal":{}}"#, Some("BAD")),
        (r#"{"ccy":"LISTING SPOT","eq":"1"}"#, None),
        (r#"{"eq":"1"}"#, None),
        ("\"row\"", None),
    ] {
        let good = r#"{"ccy":"BTC","eq":"3","availBal":"1","frozenBal":"2"}"#;
        let read = rows(&format!("{good},{row}")).unwrap();
        assert_eq!(balances(&read), [["BTC", "1", "2", "3"]], "{row}");
        assert_eq!(unreadable(&read), [asset.map(str::to_owned)], "{row}");
    }
}

#[test]
fn an_asset_that_comes_twice_spoils_the_wallet() {
    assert!(is_bad(rows(r#"{"ccy":"A","eq":"1"},{"ccy":"A","eq":"1"}"#)));
    let data = r#"{"code":"0","data":[{"ccy":"A","bal":"1"},{"ccy":"A","bal":"2"}]}"#;
    assert!(is_bad(funding(data)));
}

#[test]
fn what_is_no_list_of_balances_is_a_bad_response() {
    let whole = fixture("okx_account_balance_docs.json");
    for body in [
        "",
        "<html></html>",
        "null",
        "[]",
        "{}",
        r#"{"code":"0"}"#,
        r#"{"code":"0","data":null}"#,
        r#"{"code":"0","data":{}}"#,
        &whole[..whole.len() / 2],
        &format!("{whole}x"),
    ] {
        assert!(is_bad(trading(body)), "{body}");
        assert!(is_bad(funding(body)), "{body}");
    }
    for data in [
        "{}",
        r#"{"details":null}"#,
        r#"{"details":[]},{"details":[]}"#,
    ] {
        assert!(
            is_bad(trading(&format!(r#"{{"data":[{data}]}}"#))),
            "{data}"
        );
    }
}

#[test]
fn a_key_that_only_reads_is_read_only() {
    let config = config(&fixture("okx_account_config_read_only_constructed.json")).unwrap();
    assert_eq!(config.rights.state, RightsState::ReadOnly);
    assert_eq!(config.rights.granted, ["reading"]);
    assert_eq!(config.rights.ip_restricted, Some(false));
    assert_eq!(config.uid.as_deref(), Some("44705892343619584"));
}

#[test]
fn a_sub_account_has_its_own_number() {
    let config = config(&fixture("okx_account_config_subaccount_constructed.json")).unwrap();
    assert_eq!(config.uid.as_deref(), Some("555555555555555555"));
    assert_eq!(config.rights.state, RightsState::ReadOnly);
}

#[test]
fn every_right_beyond_reading_is_named() {
    let excess = |name: &str| config(&fixture(name)).unwrap().rights;
    let docs = excess("okx_account_config_docs.json");
    assert_eq!(docs.excess, ["withdrawals", "trading"]);
    let listed = excess("okx_account_config_trade_with_ip_constructed.json");
    assert_eq!(listed.excess, ["trading"]);
    assert_eq!(listed.ip_restricted, Some(true));
    let unheard_of = excess("okx_account_config_unknown_perm_constructed.json");
    assert_eq!(unheard_of.excess, ["a right unknown to Coffer (earn)"]);
    for rights in [docs, listed, unheard_of] {
        assert_eq!(rights.state, RightsState::Excess);
    }
}

#[test]
fn rights_that_are_not_told_are_unknown() {
    for perm in [
        r#""perm":"","#,
        r#""perm":null,"#,
        r#""perm":["read_only"],"#,
        r#""perm":true,"#,
        "",
    ] {
        let body = format!(r#"{{"code":"0","data":[{{{perm}"uid":"1"}}]}}"#);
        let rights = config(&body).unwrap().rights;
        assert_eq!(rights, KeyRights::unknown(), "{perm}");
    }
    for odd in ["READ_ONLY", "read_only,Trade", "read_only;trade"] {
        let body = format!(r#"{{"data":[{{"perm":"{odd}"}}]}}"#);
        let rights = config(&body).unwrap().rights;
        assert_eq!(rights.state, RightsState::Excess, "{odd}");
    }
}

#[test]
fn a_configuration_that_is_not_one_is_a_bad_response() {
    for body in [
        r#"{"code":"0","data":[]}"#,
        r#"{"code":"0"}"#,
        r#"{"data":[{"perm":"trade","perm":"read_only"}]}"#,
        r#"{"data":[{"perm":"read_only"},{"perm":"trade"}]}"#,
        "<html>",
    ] {
        assert!(is_bad(config(body)), "{body}");
    }
}

#[test]
fn the_time_is_a_whole_number() {
    let time = server_time(&fixture("okx_public_time.json")).unwrap();
    assert_eq!(time, 1_597_026_383_085);
    assert!(is_bad(server_time(r#"{"code":"0","data":[]}"#)));
    assert!(is_bad(server_time(r#"{"code":"0","data":[{"ts":""}]}"#)));
}

proptest! {
    #[test]
    fn no_text_makes_the_parsers_panic(text in "\\PC{0,200}") {
        let _ = (trading(&text), funding(&text), server_time(&text), rows(&text));
        let _ = config(&text);
    }

    #[test]
    fn no_damage_makes_the_parsers_panic(at in 0_usize..2_600, len in 0_usize..40, patch in "[\\[\\]{}\",:0-9a-z\\\\-]{0,12}") {
        let mut body = fixture("okx_account_balance_demo_bogus_eqUsd.json");
        let at = at.min(body.len());
        body.replace_range(at..(at + len).min(body.len()), &patch);
        let _ = trading(&body);
        let _ = config(&body);
    }
}
