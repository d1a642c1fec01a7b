//! What is read out of earn products and assets that cannot be traded.

use proptest::prelude::*;

use super::*;
use crate::exchanges::testing::fixture;

/// Asset and total of every balance; free and locked are never told.
fn balances(read: &WalletRead) -> Vec<(&str, &str)> {
    let WalletRead::Read { balances, .. } = read else {
        panic!("{read:?}");
    };
    assert!(
        balances
            .iter()
            .all(|b| b.free.is_none() && b.locked.is_none())
    );
    balances
        .iter()
        .map(|b| (b.asset.as_str(), b.total.as_str()))
        .collect()
}

/// The assets of the rows that could not be read; `-` where not even that could.
fn unreadable(read: &WalletRead) -> Vec<&str> {
    let WalletRead::Read { unreadable, .. } = read else {
        panic!("{read:?}");
    };
    let assets = unreadable.iter().map(|row| row.asset.as_ref());
    assets
        .map(|asset| asset.map_or("-", AssetCode::as_str))
        .collect()
}

fn list(rows: &str) -> String {
    format!(r#"{{"code":"0","msg":"","data":[{rows}]}}"#)
}

/// An order with these rows of what was put into it.
fn order(rows: &str) -> String {
    format!(
        r#"{{"ordId":"1","ccy":"DOT","state":"1","investData":[{rows}],"earningData":[{{"ccy":"DOT","earnings":"9"}}]}}"#
    )
}

fn row(asset: &str, amount: &str) -> String {
    format!(r#"{{"ccy":"{asset}","amt":"{amount}"}}"#)
}

fn onchain(orders: &[String]) -> WalletRead {
    onchain_earn(&list(&orders.join(","))).unwrap()
}

fn is_bad(result: Result<WalletRead, ExchangeError>) -> bool {
    matches!(
        result,
        Err(ExchangeError::Problem(ExchangeProblem::BadResponse))
    )
}

#[test]
fn savings_are_the_amount_alone() {
    let read = savings(&fixture("okx_finance_savings_balance.json")).unwrap();
    assert_eq!(balances(&read), [("USDT", "11.0010737453457821")]);
    assert_eq!(unreadable(&read), [""; 0]);
}

#[test]
fn savings_below_zero_or_without_an_amount_are_unreadable() {
    for amt in [
        r#""amt":"-1""#,
        r#""amt":"""#,
        r#""amt":null"#,
        r#""amt":"x""#,
        r#""loanAmt":"1""#,
    ] {
        let rows = format!(r#"{},{{"ccy":"BAD",{amt}}}"#, row("BTC", "0.5"));
        let read = savings(&list(&rows)).unwrap();
        assert_eq!(balances(&read), [("BTC", "0.5")], "{amt}");
        assert_eq!(unreadable(&read), ["BAD"], "{amt}");
    }
}

#[test]
fn orders_of_an_asset_are_summed_and_what_they_earned_is_not_counted() {
    let read = onchain_earn(&fixture("okx_finance_staking_defi_orders_active.json")).unwrap();
    assert_eq!(balances(&read), [("DOT", "2"), ("USDT", "2")]);
    assert_eq!(unreadable(&read), [""; 0]);
}

#[test]
fn orders_count_in_every_state() {
    let earning = r#""state":"1""#;
    let orders = ["8", "13", "9", "1", "2", "77", ""].map(|state| {
        let order = order(&row("DOT", "1.5"));
        assert!(order.contains(earning));
        order.replace(earning, &format!(r#""state":"{state}""#))
    });
    assert_eq!(balances(&onchain(&orders)), [("DOT", "10.5")]);
}

#[test]
fn an_order_may_hold_several_assets_or_nothing() {
    let both = format!("{},{}", row("ETH", "0.000000000000000001"), row("DOT", "1"));
    let orders = [
        order(&both),
        order(""),
        order(&row("ETH", "3")),
        order(&row("OLD", "0")),
    ];
    let read = onchain(&orders);
    assert_eq!(
        balances(&read),
        [("DOT", "1"), ("ETH", "3.000000000000000001")]
    );
    assert_eq!(unreadable(&read), [""; 0]);
}

#[test]
fn an_asset_with_a_bad_row_has_no_sum_and_the_others_live_on() {
    for bad in [
        r#""amt":"-1""#,
        r#""amt":"""#,
        r#""amt":"x""#,
        r#""amount":"1""#,
    ] {
        let bad = order(&format!(r#"{{"ccy":"DOT",{bad}}}"#));
        let orders = [order(&row("DOT", "1")), order(&row("ETH", "2")), bad];
        let read = onchain(&orders);
        assert_eq!(balances(&read), [("ETH", "2")]);
        assert_eq!(unreadable(&read), ["DOT"]);
    }
}

#[test]
fn an_order_that_does_not_say_what_was_put_into_it_is_told() {
    for bad in [
        r#"{"ccy":"DOT"}"#.to_owned(),
        r#"{"ccy":"DOT","investData":null}"#.to_owned(),
        r#"{"ccy":"DOT","investData":{"ccy":"DOT","amt":"1"}}"#.to_owned(),
        "7".to_owned(),
        order("7"),
        order(r#"{"amt":"1"}"#),
        order(&row("A B", "1")),
    ] {
        let read = onchain(&[order(&row("ETH", "2")), bad.clone()]);
        assert_eq!(balances(&read), [("ETH", "2")], "{bad}");
        assert_eq!(unreadable(&read), ["-"], "{bad}");
    }
}

#[test]
fn more_rows_than_any_account_has_are_a_bad_response() {
    let rows = |n| vec![row("DOT", "1"); n].join(",");
    let full = onchain(&[order(&rows(MAX_ROWS - 1)), order(&rows(1))]);
    assert_eq!(balances(&full), [("DOT", "5000")]);
    let orders = [order(&rows(MAX_ROWS)), order(&rows(1))].join(",");
    assert!(is_bad(onchain_earn(&list(&orders))));
}

#[test]
fn assets_that_cannot_be_traded_keep_their_codes() {
    let read = non_tradable(&fixture("okx_asset_non_tradable.json")).unwrap();
    assert_eq!(
        balances(&read),
        [("CELT", "989.84719571"), ("MEME", "0.001")]
    );
    let bad = non_tradable(&list(r#"{"ccy":"BTC","bal":""},{"ccy":"ETH","bal":1.5}"#)).unwrap();
    assert_eq!(balances(&bad), [("ETH", "1.5")]);
    assert_eq!(unreadable(&bad), ["BTC"]);
}

#[test]
fn an_asset_that_comes_twice_outside_orders_spoils_the_wallet() {
    let twice = list(r#"{"ccy":"A","bal":"1","amt":"1"},{"ccy":"A","bal":"1","amt":"1"}"#);
    assert!(is_bad(savings(&twice)));
    assert!(is_bad(non_tradable(&twice)));
}

#[test]
fn no_rows_are_an_empty_wallet() {
    for read in [savings, onchain_earn, non_tradable] {
        let read = read(&list("")).unwrap();
        assert_eq!((balances(&read).len(), unreadable(&read).len()), (0, 0));
    }
}

#[test]
fn what_is_no_list_is_a_bad_response() {
    let whole = fixture("okx_finance_staking_defi_orders_active.json");
    for body in [
        "",
        "<html>",
        "null",
        "[]",
        r#"{"code":"0"}"#,
        r#"{"data":{}}"#,
        &whole[..400],
    ] {
        for read in [savings, onchain_earn, non_tradable] {
            assert!(is_bad(read(body)), "{body}");
        }
    }
}

proptest! {
    #[test]
    fn merged_orders_are_exactly_their_sum(
        parts in prop::collection::vec(("[ABC]", 0_u64.., 0_u32..=18), 0..40),
        per_order in 1_usize..5,
    ) {
        // Counted apart from amounts: in units of 10⁻¹⁸.
        let mut units: BTreeMap<&str, u128> = BTreeMap::new();
        let mut rows = Vec::new();
        for (asset, mantissa, scale) in &parts {
            *units.entry(asset).or_default() += u128::from(*mantissa) * 10_u128.pow(18 - scale);
            rows.push(row(asset, &format!("{mantissa}e-{scale}")));
        }
        let orders: Vec<_> = rows.chunks(per_order).map(|rows| order(&rows.join(","))).collect();
        let read = onchain(&orders);
        units.retain(|_, units| *units > 0);
        let sums: Vec<_> = units
            .iter()
            .map(|(asset, units)| (*asset, Amount::parse(&format!("{units}e-18")).unwrap()))
            .collect();
        let sums: Vec<_> = sums.iter().map(|(asset, sum)| (*asset, sum.as_str())).collect();
        prop_assert_eq!(balances(&read), sums);
    }

    #[test]
    fn no_damage_makes_the_parsers_panic(at in 0_usize..1_700, len in 0_usize..40, patch in "[\\[\\]{}\",:0-9a-z\\\\-]{0,12}") {
        let mut body = fixture("okx_finance_staking_defi_orders_active.json");
        let at = at.min(body.len());
        body.replace_range(at..(at + len).min(body.len()), &patch);
        let _ = (savings(&body), onchain_earn(&body), non_tradable(&body));
    }
}
