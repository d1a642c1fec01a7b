//! When earn is asked and when not.

use std::cell::RefCell;

use futures::FutureExt;

use super::*;
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{Balance, WalletName};

const FAILED: WalletRead = WalletRead::Failed(ExchangeProblem::Unavailable);

fn read(rows: &[(&str, &str)]) -> WalletRead {
    let balance = |(asset, total): &(&str, &str)| Balance {
        asset: AssetCode::parse(asset).unwrap(),
        free: None,
        locked: None,
        total: Amount::parse(total).unwrap(),
    };
    WalletRead::Read {
        balances: rows.iter().map(balance).collect(),
        unreadable: Vec::new(),
    }
}

fn known(outcome: Outcome, holdings: usize, note: Option<&str>) -> KnownWallet {
    KnownWallet {
        wallet: WalletName::new("earn"),
        outcome,
        holdings,
        asked_at: Timestamp(0),
        note: note.map(str::to_owned),
    }
}

/// What is asked, and what came of it, when every question is answered by one USDT.
fn ask(signs: &Signs<'_>, spot: WalletRead) -> (Vec<Kind>, Earn) {
    let asked = RefCell::new(Vec::new());
    let answer = |kind| {
        asked.borrow_mut().push(kind);
        std::future::ready(read(&[("USDT", "1")]))
    };
    let earn = signs.read(spot, answer).now_or_never().unwrap();
    (asked.into_inner(), earn)
}

fn signs<'a>(thorough: bool, nothing_told: bool, known: Option<&'a [KnownWallet; 2]>) -> Signs<'a> {
    Signs {
        thorough,
        nothing_told,
        flexible: known.map(|[flexible, _]| flexible),
        locked: known.map(|[_, locked]| locked),
    }
}

/// The note of a reading that found one USDT beside this spot.
fn noted(spot: &[(&str, &str)]) -> String {
    ask(&signs(true, false, None), read(spot)).1.note.unwrap()
}

const TOKEN: [(&str, &str); 1] = [("LDUSDT", "1")];
const BOTH: [Kind; 2] = [Kind::Flexible, Kind::Locked];

#[test]
fn a_thorough_reading_asks_where_anything_may_be_held() {
    let empty = [known(Outcome::Read, 0, None), known(Outcome::Read, 0, None)];
    let flexible = [known(Outcome::Read, 1, None), known(Outcome::Read, 0, None)];
    let locked = [known(Outcome::Read, 0, None), known(Outcome::Read, 1, None)];
    let refused = [
        known(Outcome::NoPermission, 0, None),
        known(Outcome::NotAvailable, 0, None),
    ];
    for (nothing_told, spot, known, wanted) in [
        (true, &[][..], None, &[][..]),
        (true, &[], Some(&empty), &[]),
        (true, &[], Some(&refused), &[]),
        (true, &TOKEN, None, &[Kind::Flexible]),
        (true, &[], Some(&flexible), &[Kind::Flexible]),
        (true, &[], Some(&locked), &[Kind::Locked]),
        (false, &[], None, &BOTH),
        (false, &[], Some(&empty), &BOTH),
        (false, &TOKEN, Some(&refused), &BOTH),
    ] {
        let (asked, earn) = ask(&signs(true, nothing_told, known), read(spot));
        assert_eq!(asked, wanted, "{nothing_told} {spot:?} {known:?}");
        let outcomes = (earn.flexible.outcome(), earn.locked.outcome());
        assert_eq!(outcomes, (Outcome::Read, Outcome::Read));
        assert!(earn.note.is_some(), "what was read is noted");
    }
}

#[test]
fn without_a_sign_a_light_reading_asks_nothing_and_keeps_what_is_known() {
    let note = noted(&TOKEN);
    for (outcome, holdings, note, spot) in [
        (Outcome::Read, 0, None, &[][..]),
        (Outcome::Read, 1, Some(note.as_str()), &TOKEN),
        (Outcome::Read, 1, Some(&note), &[("LDUSDT", "1.001")]),
        (Outcome::NoPermission, 0, None, &TOKEN),
        (Outcome::NotAvailable, 0, None, &TOKEN),
    ] {
        let known = [known(outcome, holdings, note), known(outcome, 0, None)];
        let (asked, earn) = ask(&signs(false, false, Some(&known)), read(spot));
        assert_eq!(asked, [], "{outcome:?} {spot:?}");
        assert_eq!(earn.flexible, WalletRead::Kept(outcome));
        assert_eq!(earn.locked, WalletRead::Kept(outcome));
        assert_eq!(earn.note, None);
    }
}

#[test]
fn a_changed_token_has_a_light_reading_ask_for_both() {
    let note = noted(&TOKEN);
    for (note, spot) in [
        (None, &TOKEN[..]),
        (Some(note.as_str()), &[]),
        (Some(&note), &[("LDUSDT", "1.0011")]),
        (Some(&note), &[("LDUSDT", "1"), ("LDBTC", "1")]),
    ] {
        let known = [known(Outcome::Read, 1, note), known(Outcome::Read, 0, None)];
        let (asked, earn) = ask(&signs(false, false, Some(&known)), read(spot));
        assert_eq!(asked, BOTH, "{spot:?}");
        assert!(earn.note.is_some());
    }
}

#[test]
fn a_locked_wallet_that_was_refused_is_not_asked_for_a_changed_token() {
    let known = [
        known(Outcome::Read, 0, None),
        known(Outcome::NoPermission, 0, None),
    ];
    let (asked, earn) = ask(&signs(false, false, Some(&known)), read(&TOKEN));
    assert_eq!(asked, [Kind::Flexible]);
    assert_eq!(earn.locked, WalletRead::Kept(Outcome::NoPermission));
}

#[test]
fn what_failed_is_asked_again() {
    let (good, bad) = (
        known(Outcome::Read, 0, None),
        known(Outcome::Failed, 0, None),
    );
    for (known, wanted) in [
        ([bad.clone(), good.clone()], Kind::Flexible),
        ([good, bad], Kind::Locked),
    ] {
        let (asked, _) = ask(&signs(false, false, Some(&known)), read(&[]));
        assert_eq!(asked, [wanted]);
    }
}

#[test]
fn flexible_positions_change_only_together_with_spot() {
    let read_before = [
        known(Outcome::Read, 1, Some(&noted(&TOKEN))),
        known(Outcome::Read, 0, None),
    ];
    let (asked, earn) = ask(&signs(true, false, Some(&read_before)), FAILED);
    assert_eq!(asked, [Kind::Locked]);
    assert_eq!((earn.flexible, earn.note), (FAILED, None));
    let (asked, earn) = ask(&signs(false, false, Some(&read_before)), FAILED);
    assert_eq!(asked, []);
    assert_eq!(earn.flexible, WalletRead::Kept(Outcome::Read));
    let (_, earn) = ask(&signs(true, true, None), WalletRead::NoPermission);
    assert_eq!(earn.flexible, WalletRead::NoPermission);
}

#[test]
fn what_the_positions_count_is_left_out_of_spot() {
    let spot = [("USDT", "5"), ("LDUSDT", "1"), ("LDO", "2")];
    let (_, earn) = ask(&signs(true, false, None), read(&spot));
    assert_eq!(earn.spot, read(&[("USDT", "5"), ("LDO", "2")]));
    let known = [
        known(Outcome::Read, 1, earn.note.as_deref()),
        known(Outcome::Read, 0, None),
    ];
    let (asked, earn) = ask(&signs(false, false, Some(&known)), read(&spot));
    assert_eq!(asked, []);
    assert_eq!(earn.spot, read(&[("USDT", "5"), ("LDO", "2")]));
}
