//! What is read out of Binance's answers, and what is not.

use proptest::prelude::*;

use super::*;
use crate::domain::asset::AssetCode;
use crate::exchanges::testing::fixture;

/// Asset, free, locked and total of every balance.
fn balances(read: &WalletRead) -> Vec<[String; 4]> {
    let WalletRead::Read { balances, .. } = read else {
        panic!("{read:?}");
    };
    let text = |amount: &Option<Amount>| amount.as_ref().unwrap().to_string();
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
    assets(&format!("[{rows}]"))
}

fn is_bad(result: Result<WalletRead, ExchangeError>) -> bool {
    matches!(
        result,
        Err(ExchangeError::Problem(ExchangeProblem::BadResponse))
    )
}

#[test]
fn the_manuals_account_is_read() {
    let (read, uid) = spot(&fixture("binance_account.json")).unwrap();
    assert_eq!(
        balances(&read),
        [
            ["BTC", "4723846.89208129", "0", "4723846.89208129"],
            ["LTC", "4763368.68006011", "0", "4763368.68006011"]
        ]
    );
    assert_eq!(uid.as_deref(), Some("354937868"));
}

#[test]
fn an_empty_account_is_an_empty_wallet() {
    let (read, _) = spot(&fixture("binance_account_empty_constructed.json")).unwrap();
    let (balances, unreadable) = (Vec::new(), Vec::new());
    let empty = WalletRead::Read {
        balances,
        unreadable,
    };
    assert_eq!(read, empty);
    assert_eq!(rows("").unwrap(), empty);
}

#[test]
fn earn_tokens_and_names_of_every_script_are_kept_as_they_stand() {
    let (read, _) = spot(&fixture(
        "binance_account_with_earn_tokens_constructed.json",
    ))
    .unwrap();
    let totals: Vec<_> = balances(&read)
        .into_iter()
        .map(|[asset, _, _, total]| (asset, total))
        .collect();
    let wanted = [
        ("BTC", "0.01334567"),
        ("USDT", "250.12345678"),
        ("LDUSDT", "1000"),
        ("LDBTC", "0.05"),
        ("LDO", "12.5"),
        ("LDBAKET", "3"),
        ("LDSHIB2", "1500000"),
        ("EUR", "42.1"),
        ("币安人生", "5"),
        ("1000SATS", "20000"),
        ("VTHO", "0.00000037"),
        ("MATIC", "10"),
    ];
    assert_eq!(totals, wanted.map(|(a, t)| (a.to_owned(), t.to_owned())));
    assert_eq!(unreadable(&read), []);
}

#[test]
fn the_manuals_funding_wallet_is_read() {
    let read = assets(&fixture("binance_sapi_get_funding_asset.json")).unwrap();
    assert_eq!(balances(&read), [["USDT", "1", "0", "1"]]);
    let richer = assets(&fixture("binance_sapi_getUserAsset.json")).unwrap();
    assert_eq!(balances(&richer), [["AVAX", "1", "0", "1"]]);
}

#[test]
fn what_is_frozen_or_leaving_counts_as_locked() {
    let read =
        rows(r#"{"asset":"USDT","free":"1","locked":"0.1","freeze":"0.02","withdrawing":"0.003"}"#);
    assert_eq!(balances(&read.unwrap()), [["USDT", "1", "0.123", "1.123"]]);
}

#[test]
fn what_could_be_subscribed_with_is_not_held_apart() {
    let read = rows(r#"{"asset":"BNB","free":"3","locked":"0","ipoable":"3"}"#);
    assert_eq!(balances(&read.unwrap()), [["BNB", "3", "0", "3"]]);
}

#[test]
fn numbers_keep_every_digit_whether_quoted_or_not() {
    let read = rows(
        r#"{"asset":123,"free":11467.639912345678901234,"locked":1e-8},
           {"asset":"A","free":"42264489969935775.5160259954878034182418","locked":"0E-8"}"#,
    )
    .unwrap();
    assert_eq!(
        balances(&read),
        [
            [
                "123",
                "11467.639912345678901234",
                "0.00000001",
                "11467.639912355678901234"
            ],
            [
                "A",
                "42264489969935775.5160259954878034182418",
                "0",
                "42264489969935775.5160259954878034182418"
            ]
        ]
    );
}

#[test]
fn rows_of_zeros_are_left_out() {
    let read = rows(r#"{"asset":"A","free":"0.000","locked":"0"}"#).unwrap();
    assert_eq!(balances(&read), [[""; 4]; 0]);
    let locked = rows(r#"{"asset":"A","free":"0","locked":"1"}"#).unwrap();
    assert_eq!(balances(&locked), [["A", "0", "1", "1"]]);
}

#[test]
fn a_bad_row_is_told_and_the_others_live_on() {
    for (row, asset) in [
        (r#"{"asset":"BAD","free":"x","locked":"0"}"#, Some("BAD")),
        (r#"{"asset":"BAD","free":"","locked":"0"}"#, Some("BAD")),
        (r#"{"asset":"BAD","free":null,"locked":"0"}"#, Some("BAD")),
        (r#"{"asset":"BAD","free":"1"}"#, Some("BAD")),
        (r#"{"asset":"BAD","free":true,"locked":"0"}"#, Some("BAD")),
        (r#"{"asset":"BAD","free":["1"],"locked":"0"}"#, Some("BAD")),
        (r#"{"asset":"BAD","free":"NaN","locked":"0"}"#, Some("BAD")),
        (r#"{"asset":"BAD","free":1e400,"locked":"0"}"#, Some("BAD")),
        (
            r#"{"asset":"BAD","free":"1_000","locked":"0"}"#,
            Some("BAD"),
        ),
        (r#"{"asset":"BAD","free":"1","locked":"1abc"}"#, Some("BAD")),
        (
            r#"{"asset":"BAD","free":"1","locked":"0","freeze":"x"}"#,
            Some("BAD"),
        ),
        (r#"{"asset":"","free":"1","locked":"0"}"#, None),
        (r#"{"asset":"A\u202eB","free":"1","locked":"0"}"#, None),
        (r#"{"asset":"A\u0000","free":"1","locked":"0"}"#, None),
        (r#"{"free":"1","locked":"0"}"#, None),
        (
            r#"{"asset":"BAD","asset":"B","free":"1","locked":"0"}"#,
            None,
        ),
        ("7", None),
        ("null", None),
        ("[]", None),
    ] {
        let good = r#"{"asset":"BTC","free":"1","locked":"2"}"#;
        let read = rows(&format!("{row},{good}")).unwrap();
        assert_eq!(balances(&read), [["BTC", "1", "2", "3"]], "{row}");
        assert_eq!(unreadable(&read), [asset.map(str::to_owned)], "{row}");
    }
}

#[test]
fn an_asset_that_comes_twice_spoils_the_wallet() {
    let one = r#"{"asset":"BTC","free":"1","locked":"0"}"#;
    for other in [
        one,
        r#"{"asset":"BTC","free":"2","locked":"0"}"#,
        r#"{"asset":"BTC","free":"0","locked":"0"}"#,
        r#"{"asset":"BTC","free":"x","locked":"0"}"#,
    ] {
        assert!(is_bad(rows(&format!("{one},{other}"))), "{other}");
        assert!(is_bad(rows(&format!("{other},{one}"))), "{other}");
    }
}

#[test]
fn five_thousand_rows_are_read_and_one_more_is_not() {
    let list = |n: usize| {
        let row = |i| format!(r#"{{"asset":"A{i}","free":"1","locked":"0"}}"#);
        rows(&(0..n).map(row).collect::<Vec<_>>().join(","))
    };
    assert_eq!(balances(&list(5_000).unwrap()).len(), 5_000);
    assert!(is_bad(list(5_001)));
}

#[test]
fn what_is_no_list_of_balances_is_a_bad_response() {
    let account = fixture("binance_account.json");
    for body in [
        "",
        "<html></html>",
        "null",
        "[]",
        "{}",
        r#"{"balances":null}"#,
        r#"{"balances":{}}"#,
        r#"{"balances":[],"balances":[]}"#,
        r#"{"total":0}"#,
        &account[..account.len() / 2],
        &"[".repeat(1_000_000),
        &format!("{{\"balances\":{}", "[".repeat(1_000_000)),
        &format!("{account}x"),
    ] {
        assert!(is_bad(spot(body).map(|(read, _)| read)), "{body:.40}");
    }
    assert!(is_bad(assets("{}")));
}

#[test]
fn an_account_number_is_digits_or_nothing() {
    let uid = |uid: &str| {
        spot(&format!(r#"{{"balances":[],"uid":{uid}}}"#))
            .unwrap()
            .1
    };
    assert_eq!(uid("354937868").as_deref(), Some("354937868"));
    assert_eq!(uid("\"354937868\"").as_deref(), Some("354937868"));
    for odd in ["null", "\"\"", "\"<b>\"", "-1", "1.5", "{}", "true"] {
        assert_eq!(uid(odd), None, "{odd}");
    }
}

#[test]
fn the_time_is_a_whole_number() {
    let time = server_time(&fixture("binance_time.json")).unwrap();
    assert_eq!(time, 1_499_827_319_559);
    for body in [
        "{}",
        r#"{"serverTime":"x"}"#,
        r#"{"serverTime":1.5}"#,
        "<html>",
    ] {
        assert!(server_time(body).is_err(), "{body}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_parsers_panic(text in "\\PC{0,200}") {
        let _ = (spot(&text), assets(&text), server_time(&text), rows(&text));
    }

    #[test]
    fn no_damage_makes_the_parsers_panic(at in 0_usize..1_600, len in 0_usize..40, patch in "[\\[\\]{}\",:0-9a-z\\\\-]{0,12}") {
        let body = fixture("binance_account_with_earn_tokens_constructed.json");
        let mut chars: Vec<char> = body.chars().collect();
        let at = at.min(chars.len());
        chars.splice(at..(at + len).min(chars.len()), patch.chars());
        let _ = spot(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn sums_are_exact(free in "[0-9]{1,20}\\.[0-9]{1,18}", locked in "[0-9]{1,20}\\.[0-9]{1,18}") {
        let read = rows(&format!(r#"{{"asset":"A","free":"{free}","locked":{}}}"#, Amount::parse(&locked).unwrap())).unwrap();
        let sum = Amount::parse(&free).unwrap().plus(&Amount::parse(&locked).unwrap());
        let totals: Vec<_> = balances(&read).into_iter().map(|[_, _, _, total]| total).collect();
        let wanted = if sum.is_zero() { Vec::new() } else { vec![sum.to_string()] };
        prop_assert_eq!(totals, wanted);
    }
}
