//! Which earn tokens count in spot, line by line.

use proptest::prelude::*;

use super::*;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{Balance, Outcome, UnreadableRow, WalletName};

fn code(text: &str) -> AssetCode {
    AssetCode::parse(text).unwrap()
}

fn read(rows: &[(&str, &str)]) -> WalletRead {
    let balance = |(asset, total): &(&str, &str)| Balance {
        asset: code(asset),
        free: None,
        locked: None,
        total: Amount::parse(total).unwrap(),
    };
    WalletRead::Read {
        balances: rows.iter().map(balance).collect(),
        unreadable: Vec::new(),
    }
}

fn with_bad_rows(read: WalletRead, bad: &[Option<&str>]) -> WalletRead {
    let WalletRead::Read { balances, .. } = read else {
        panic!("{read:?}");
    };
    let row = |asset: &Option<&str>| UnreadableRow {
        asset: asset.map(code),
    };
    WalletRead::Read {
        balances,
        unreadable: bad.iter().map(row).collect(),
    }
}

fn assets(read: &WalletRead) -> Vec<&str> {
    let WalletRead::Read { balances, .. } = read else {
        panic!("{read:?}");
    };
    balances.iter().map(|b| b.asset.as_str()).collect()
}

/// What is known after flexible positions were read beside this spot.
fn known(spot: &[(&str, &str)], positions: &[(&str, &str)]) -> Before {
    let note = settle(&mut read(spot), &read(positions), &Before::default());
    stored(note, positions.len())
}

fn stored(note: Option<String>, holdings: usize) -> Before {
    Before::of(Some(&KnownWallet {
        wallet: WalletName::new("earn_flexible"),
        outcome: Outcome::Failed,
        holdings,
        asked_at: Timestamp(0),
        note,
    }))
}

/// What is left of a spot.
fn left(spot: &[(&str, &str)], flexible: &WalletRead, before: &Before) -> Vec<String> {
    let mut spot = read(spot);
    settle(&mut spot, flexible, before);
    assets(&spot).into_iter().map(str::to_owned).collect()
}

fn not_read() -> [WalletRead; 5] {
    [
        WalletRead::Failed(ExchangeProblem::Unavailable),
        WalletRead::NoPermission,
        WalletRead::NotAvailable,
        WalletRead::Kept(Outcome::Read),
        WalletRead::Kept(Outcome::NoPermission),
    ]
}

const SPOT: [(&str, &str); 4] = [
    ("USDT", "1"),
    ("LDUSDT", "1000"),
    ("LDBTC", "0.05"),
    ("LDO", "12.5"),
];

#[test]
fn a_token_is_left_out_when_its_asset_was_read_and_stays_when_it_was_not() {
    let left = left(&SPOT, &read(&[("USDT", "1000")]), &Before::default());
    assert_eq!(left, ["USDT", "LDBTC", "LDO"]);
}

#[test]
fn all_tokens_stay_as_long_as_the_positions_were_never_read() {
    for flexible in not_read() {
        let left = left(&SPOT, &flexible, &Before::default());
        assert_eq!(left, ["USDT", "LDUSDT", "LDBTC", "LDO"], "{flexible:?}");
    }
}

#[test]
fn a_token_whose_asset_is_stored_stays_left_out_when_the_positions_are_not_read() {
    let before = known(&SPOT, &[("USDT", "1000")]);
    for flexible in not_read() {
        let left = left(&SPOT, &flexible, &before);
        assert_eq!(left, ["USDT", "LDBTC", "LDO"], "{flexible:?}");
    }
}

#[test]
fn a_new_token_counts_in_spot_while_the_positions_cannot_be_read() {
    let before = known(&SPOT[..2], &[("USDT", "1000")]);
    for flexible in not_read() {
        let left = left(&SPOT, &flexible, &before);
        assert_eq!(left, ["USDT", "LDBTC", "LDO"], "{flexible:?}");
    }
}

#[test]
fn a_token_that_shows_up_after_its_position_was_read_is_left_out() {
    let before = known(&[("USDT", "1")], &[("USDT", "1000")]);
    for flexible in not_read() {
        let left = left(&SPOT, &flexible, &before);
        assert_eq!(left, ["USDT", "LDBTC", "LDO"], "{flexible:?}");
    }
}

#[test]
fn tokens_stay_when_nothing_is_stored_of_what_was_noted() {
    let note = settle(
        &mut read(&SPOT),
        &read(&[("USDT", "1000")]),
        &Before::default(),
    );
    for before in [
        stored(note, 0),
        stored(Some("not a note".into()), 1),
        stored(None, 1),
    ] {
        for flexible in not_read() {
            assert_eq!(left(&SPOT, &flexible, &before).len(), 4, "{before:?}");
        }
    }
}

#[test]
fn a_position_whose_row_is_bad_counts_its_token_only_if_it_is_stored_from_before() {
    let before = known(&SPOT, &[("USDT", "1000")]);
    for bad in [Some("USDT"), None] {
        let flexible = with_bad_rows(read(&[]), &[bad]);
        assert_eq!(left(&SPOT, &flexible, &before), ["USDT", "LDBTC", "LDO"]);
        assert_eq!(left(&SPOT, &flexible, &Before::default()).len(), 4);
        // And the note carries on what stays stored.
        let note = settle(&mut read(&SPOT), &flexible, &before);
        let failed = WalletRead::Failed(ExchangeProblem::Unavailable);
        let left = left(&SPOT, &failed, &stored(note, 1));
        assert_eq!(left, ["USDT", "LDBTC", "LDO"]);
    }
    let another = with_bad_rows(read(&[]), &[Some("BTC")]);
    assert_eq!(left(&SPOT, &another, &before).len(), 4);
}

#[test]
fn tokens_of_odd_names_are_known_and_no_other_is_guessed() {
    let spot = [
        ("LDBAKET", "3"),
        ("LDSHIB2", "1500000"),
        ("LDBAKE", "1"),
        ("LDETH2", "1"),
        ("LDUSDTT", "1"),
        ("LD", "1"),
        ("LDO", "1"),
    ];
    let positions = ["BAKE", "SHIB", "ETH", "USDT", "O", "LDO"].map(|asset| (asset, "1"));
    let left = left(&spot, &read(&positions), &Before::default());
    assert_eq!(left, ["LDETH2", "LDUSDTT", "LD", "LDO"]);
}

#[test]
fn a_token_whose_row_is_bad_is_left_out_like_any_other() {
    let bad = [Some("LDUSDT"), Some("LDBTC"), Some("USDT"), None];
    let mut spot = with_bad_rows(read(&[]), &bad);
    assert_eq!(tokens(&spot).unwrap().len(), 2);
    settle(&mut spot, &read(&[("USDT", "1")]), &Before::default());
    assert_eq!(spot, with_bad_rows(read(&[]), &bad[1..]));
}

#[test]
fn a_spot_that_was_not_read_stays_as_it_is() {
    let mut spot = WalletRead::Failed(ExchangeProblem::Unavailable);
    assert_eq!(tokens(&spot), None);
    settle(&mut spot, &read(&[("USDT", "1")]), &Before::default());
    assert_eq!(spot, WalletRead::Failed(ExchangeProblem::Unavailable));
}

#[test]
fn tokens_that_come_go_or_move_by_more_than_a_thousandth_are_a_sign() {
    let positions = [("USDT", "1000")];
    for (then, now, sign) in [
        (&[][..], &[][..], false),
        (&[], &[("LDUSDT", "1000")], true),
        (&[("LDUSDT", "1000")], &[], true),
        (&[("LDUSDT", "1000")], &[("LDBTC", "1000")], true),
        (&[("LDUSDT", "1000")], &[("LDUSDT", "1000")], false),
        (&[("LDUSDT", "1000")], &[("LDUSDT", "1001")], false),
        (
            &[("LDUSDT", "1000")],
            &[("LDUSDT", "1001.000000000000000001")],
            true,
        ),
        (&[("LDUSDT", "1000")], &[("LDUSDT", "999")], false),
        (
            &[("LDUSDT", "1000")],
            &[("LDUSDT", "998.999999999999999999")],
            true,
        ),
        (
            &[("LDUSDT", "0.00000001")],
            &[("LDUSDT", "0.00000002")],
            true,
        ),
        (
            &[("LDX", "5"), ("USDT", "1")],
            &[("LDX", "5"), ("USDT", "9")],
            false,
        ),
        (&[("LDO", "1")], &[], false),
    ] {
        let before = known(then, &positions);
        let differs = before.differs_from(&tokens(&read(now)).unwrap());
        assert_eq!(differs, sign, "{then:?} {now:?}");
    }
    let (long, other) = (
        format!("1{}", "0".repeat(98)),
        format!("2{}", "0".repeat(98)),
    );
    let before = known(&[("LDUSDT", &long)], &positions);
    let differs =
        |amount: &str| before.differs_from(&tokens(&read(&[("LDUSDT", amount)])).unwrap());
    assert!(!differs(&long));
    assert!(differs(&other));
}

/// What services do with a wallet: replaced when read, but for rows that were not.
fn store(stored: &BTreeSet<AssetCode>, read: &WalletRead) -> BTreeSet<AssetCode> {
    let WalletRead::Read {
        balances,
        unreadable,
    } = read
    else {
        return stored.clone();
    };
    let doubtful = |asset: &&AssetCode| {
        unreadable
            .iter()
            .any(|bad| bad.asset.as_ref().is_none_or(|bad| bad == *asset))
    };
    let new = balances.iter().map(|b| &b.asset);
    new.chain(stored.iter().filter(doubtful)).cloned().collect()
}

proptest! {
    /// However readings follow each other: what spot last listed as a token is stored once, as the
    /// token or as its position.
    #[test]
    fn a_token_is_stored_once(steps in prop::collection::vec((0_u8..8, 0_u8..8, 0_u8..8, 0_u8..4), 1..30)) {
        let (mut spot_stored, mut earn_stored) = (BTreeSet::new(), BTreeSet::new());
        let mut note = None;
        for (listed, held, bad, fate) in steps {
            let pick = |bits: u8, prefix: &'static str| ["BTC", "ETH", "SOL"].into_iter().enumerate().filter(move |(i, _)| bits & (1 << i) != 0).map(move |(_, asset)| format!("{prefix}{asset}"));
            let rows = |names: &[String]| read(&names.iter().map(|name| (name.as_str(), "1")).collect::<Vec<_>>());
            let listed: Vec<_> = pick(listed, "LD").collect();
            let flexible = match fate {
                0 => WalletRead::Failed(ExchangeProblem::Unavailable),
                1 => WalletRead::Kept(Outcome::Read),
                2 => {
                    let bad_names: Vec<_> = pick(bad & !held, "").collect();
                    with_bad_rows(rows(&pick(held, "").collect::<Vec<_>>()), &bad_names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>())
                }
                _ => rows(&pick(held, "").collect::<Vec<_>>()),
            };
            let mut spot = rows(&listed);
            let told = settle(&mut spot, &flexible, &stored(note.clone(), earn_stored.len()));
            note = told.or(note);
            spot_stored = store(&spot_stored, &spot);
            earn_stored = store(&earn_stored, &flexible);
            for token in listed {
                let in_spot = spot_stored.contains(&code(&token));
                let in_earn = earn_stored.contains(&code(&token[2..]));
                prop_assert!(in_spot != in_earn, "{} spot {} earn {}", token, in_spot, in_earn);
            }
        }
    }
}
