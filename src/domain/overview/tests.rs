//! What is said of an account that was not read whole.

use proptest::prelude::*;

use super::*;
use crate::domain::asset::AssetCode;
use crate::domain::timestamp::Timestamp;

fn wallet(name: &str, outcome: Outcome, holdings: usize) -> WalletSummary {
    WalletSummary {
        name: WalletName::new(name),
        outcome,
        holdings,
        unreadable: 0,
        problem: None,
        read_at: None,
    }
}

/// An overview; a part is a name, an amount and its wallets, parted by blanks.
fn overview(unit: &str, parts: &[(&str, &str, &str)]) -> Overview {
    let part = |(name, amount, wallets): &(&str, &str, &str)| OverviewPart {
        name: (*name).to_owned(),
        amount: Amount::parse(amount).unwrap(),
        wallets: wallets.split_whitespace().map(WalletName::new).collect(),
    };
    Overview {
        unit: AssetCode::parse(unit).unwrap(),
        parts: parts.iter().map(part).collect(),
        read_at: Timestamp(0),
    }
}

fn names(overview: &Overview, wallets: &[WalletSummary]) -> String {
    let parts = not_itemised(overview, wallets);
    parts
        .iter()
        .map(|part| part.name.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

fn okx(parts: &[(&str, &str, &str)], wallets: &[WalletSummary]) -> Option<String> {
    hint(&overview("BTC", parts), wallets, "OKX")
}

const EARN: &[(&str, &str, &str)] = &[("Earn", "0.5", "savings onchain_earn")];

#[test]
fn a_part_is_itemised_when_one_of_its_wallets_was_read_and_holds_something() {
    use Outcome::{Failed, NoPermission, NotAvailable, Read};
    let overview = overview("BTC", EARN);
    for (savings, onchain, itemised) in [
        ((Read, 1), (Read, 0), true),
        ((Read, 1), (Failed, 0), true),
        ((Read, 0), (Read, 0), false),
        ((Failed, 3), (Read, 0), false),
        ((NoPermission, 3), (NotAvailable, 3), false),
    ] {
        let wallets = [
            wallet("savings", savings.0, savings.1),
            wallet("onchain_earn", onchain.0, onchain.1),
            wallet("trading", Read, 9),
        ];
        let missing = if itemised { "" } else { "Earn" };
        assert_eq!(names(&overview, &wallets), missing, "{wallets:?}");
    }
    assert_eq!(names(&overview, &[]), "Earn");
}

#[test]
fn what_is_worth_no_more_than_the_margin_is_left_out() {
    let btc = [
        ("A", "0.0005", ""),
        ("B", "-0.0005", ""),
        ("C", "0.00050001", ""),
        ("D", "-0.0006", ""),
        ("E", "0", ""),
    ];
    assert_eq!(names(&overview("BTC", &btc), &[]), "C D");
    let usdt = [("A", "10", ""), ("B", "-9.99", ""), ("C", "10.01", "")];
    assert_eq!(names(&overview("USDT", &usdt), &[]), "C");
}

#[test]
fn nothing_missing_is_nothing_said() {
    let read = [wallet("savings", Outcome::Read, 2)];
    assert_eq!(okx(EARN, &read), None);
    assert_eq!(okx(&[], &read), None);
}

#[test]
fn what_no_wallet_holds_is_what_coffer_does_not_read() {
    let bots = [("Trading Bots", "0.12345", "")];
    let said = hint(&overview("BTC", &bots), &[], "Binance");
    let wanted =
        "Binance itself also counts about 0.12 BTC in Trading Bots, which Coffer does not read.";
    assert_eq!(said.as_deref(), Some(wanted));
    let empty = [
        wallet("savings", Outcome::Read, 0),
        wallet("onchain_earn", Outcome::NotAvailable, 0),
    ];
    let wanted = "OKX itself also counts about 0.5 BTC in Earn, which Coffer does not read.";
    assert_eq!(okx(EARN, &empty).as_deref(), Some(wanted));
}

#[test]
fn what_failed_or_was_refused_could_not_be_read_this_time() {
    let wanted = "OKX itself also counts about 0.5 BTC in Earn, which could not be read this time.";
    for outcome in [Outcome::Failed, Outcome::NoPermission] {
        let wallets = [
            wallet("savings", Outcome::Read, 0),
            wallet("onchain_earn", outcome, 4),
        ];
        assert_eq!(okx(EARN, &wallets).as_deref(), Some(wanted));
    }
    assert_eq!(okx(EARN, &[]).as_deref(), Some(wanted));
}

#[test]
fn several_parts_are_joined_and_debts_are_called_so() {
    let parts = [
        ("Classic", "-1.29", ""),
        ("Trading", "0.001", "trading"),
        ("Bots", "12000", ""),
        ("Copy", "3", ""),
    ];
    let wallets = [wallet("trading", Outcome::Failed, 0)];
    let wanted = "OKX itself also counts a debt of about 1.2 BTC in Classic, about 12,000 BTC in Bots and about 3 BTC in Copy, which Coffer does not read. \
        OKX itself also counts about 0.001 BTC in Trading, which could not be read this time.";
    assert_eq!(okx(&parts, &wallets).as_deref(), Some(wanted));
}

#[test]
fn about_keeps_two_digits_and_never_rounds_up() {
    for (amount, told) in [
        ("1122.73", "1,100"),
        ("0.0012999", "0.0012"),
        ("1.0999", "1"),
        ("10.9", "10"),
        ("99.99", "99"),
        ("0.1099", "0.1"),
        ("1000000", "1,000,000"),
        ("7", "7"),
    ] {
        assert_eq!(about(&Amount::parse(amount).unwrap()), told, "{amount}");
    }
}

#[test]
fn completeness_counts_what_was_read_and_names_the_rest() {
    use Outcome::{Failed, NoPermission, NotAvailable, Read};
    let line = |outcomes: [Outcome; 5]| {
        let names = ["spot", "funding", "margin", "onchain_earn", "non_tradable"];
        let wallets = names.iter().zip(outcomes);
        let wallets: Vec<_> = wallets
            .map(|(name, outcome)| wallet(name, outcome, usize::from(outcome == Read)))
            .collect();
        completeness(&wallets)
    };
    for (outcomes, wanted) in [
        ([Read; 5], "5 of 5 wallets read"),
        (
            [Read, Failed, Read, Read, Read],
            "4 of 5 wallets read; funding failed",
        ),
        (
            [Read, Read, NotAvailable, NotAvailable, Read],
            "3 of 3 wallets read; cross margin and on-chain earn not available",
        ),
        (
            [Read, NoPermission, Read, Read, Read],
            "4 of 5 wallets read; funding refused (no permission)",
        ),
        (
            [NotAvailable, Failed, Read, NoPermission, Failed],
            "1 of 4 wallets read; on-chain earn refused (no permission); funding and non-tradable failed; spot not available",
        ),
    ] {
        assert_eq!(line(outcomes), wanted);
    }
    assert_eq!(completeness(&[]), "0 of 0 wallets read");
    let vanished = [wallet("spot", Read, 1), wallet("margin", NotAvailable, 2)];
    let told = "1 of 2 wallets read; cross margin not available";
    assert_eq!(completeness(&vanished), told);
    assert_eq!(
        completeness(&[wallet("spot", Read, 0)]),
        "1 of 1 wallet read"
    );
}

proptest! {
    #[test]
    fn about_is_never_more_than_the_amount_and_less_by_a_tenth_at_most(mantissa in 1_u64.., scale in 0_u32..30) {
        let amount = Amount::parse(&format!("{mantissa}e-{scale}")).unwrap();
        let told = about(&amount).replace(',', "");
        let told = Amount::parse(&told).unwrap();
        let eleven_tenths = Amount::parse(&format!("{told}e-1")).unwrap().plus(&told);
        prop_assert!(told <= amount && amount < eleven_tenths);
        let digits = told.as_str().replace('.', "");
        prop_assert!(digits.trim_matches('0').len() <= DIGITS);
    }
}
