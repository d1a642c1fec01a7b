//! What is held back, by what it is borne out, and what is recorded at once.

use super::super::reading::Line;
use super::super::samples::{amount, line};
use super::*;

/// A reading of a minute in which the wallets of connection `a` were read.
fn taken(minute: i64, lines: &[Line]) -> Taken {
    unread(minute, minute, lines)
}

/// A reading of a minute, of wallets that were read in an earlier one.
fn unread(minute: i64, read: i64, lines: &[Line]) -> Taken {
    let read_at = Timestamp(read * MINUTE_MS);
    let wallets = ["earn", "funding", "spot"].map(|name| (WalletName::new(name), read_at));
    Taken {
        at: Timestamp(minute * MINUTE_MS),
        source: Source::Sync,
        reading: Reading::of(lines, false),
        connections: ReadTimes::from([("a".to_owned(), BTreeMap::from(wallets))]),
    }
}

fn btc(price: &str) -> Line {
    line("a spot", "BTC", "1", Some(price))
}

fn eth(quantity: &str) -> Line {
    line("a funding", "ETH", quantity, Some("10"))
}

/// A series whose last value is 1 010.
fn settled() -> Standing {
    let mut standing = Standing::default();
    let first = standing.take(taken(0, &[btc("1000"), eth("1")]));
    assert_eq!(first[0].value, amount("1010"));
    assert_eq!(first[0].moved, Amount::zero());
    standing
}

fn cause(standing: &Standing) -> Option<Cause> {
    standing.candidate.as_ref().map(|held| held.cause.clone())
}

fn spot() -> Option<Cause> {
    Some(Cause::Wallet(WalletName::new("spot")))
}

fn price(asset: &str) -> Option<Cause> {
    Some(Cause::Price(AssetCode::parse(asset).unwrap()))
}

#[test]
fn a_jump_by_one_price_waits_until_the_next_reading_says_so_too() {
    let mut standing = settled();
    assert_eq!(standing.take(taken(60, &[btc("3000"), eth("1")])), []);
    assert_eq!(cause(&standing), price("BTC"));
    let points = standing.take(taken(120, &[btc("2900"), eth("2")]));
    let values: Vec<_> = points.iter().map(|point| point.value.as_str()).collect();
    assert_eq!(values, ["3010", "2920"]);
    assert_eq!(points[0].at, Timestamp(60 * MINUTE_MS));
    assert_eq!(points[1].moved, amount("10"));
    assert_eq!(standing.candidate, None);
}

#[test]
fn a_later_price_confirms_a_price_though_no_wallet_was_read() {
    let mut standing = settled();
    standing.take(unread(60, 0, &[btc("3000"), eth("1")]));
    let points = standing.take(unread(120, 0, &[btc("3000"), eth("1")]));
    assert_eq!(points.len(), 2);
}

#[test]
fn a_mistake_that_is_over_leaves_no_trace() {
    let mut standing = settled();
    standing.take(taken(60, &[btc("3000"), eth("1")]));
    let points = standing.take(taken(120, &[btc("1001"), eth("1")]));
    assert_eq!(points.len(), 1);
    assert_eq!(points[0].value, amount("1011"));
    assert_eq!(standing.candidate, None);
}

#[test]
fn another_jump_takes_the_place_of_the_first() {
    let mut standing = settled();
    standing.take(taken(60, &[btc("3000"), eth("1")]));
    assert_eq!(standing.take(taken(120, &[btc("9000"), eth("1")])), []);
    let held = |standing: &Standing| standing.candidate.as_ref().unwrap().taken.at.0 / MINUTE_MS;
    assert_eq!(held(&standing), 120);
    // The same value from another cause is another jump.
    let bought = line("a spot", "BTC", "9", Some("1000"));
    assert_eq!(standing.take(taken(180, &[bought, eth("1")])), []);
    assert_eq!((held(&standing), cause(&standing)), (180, spot()));
}

#[test]
fn prices_of_the_same_minute_confirm_nothing() {
    let mut standing = settled();
    standing.take(taken(60, &[btc("3000"), eth("1")]));
    let mut soon = taken(60, &[btc("3000"), eth("1")]);
    soon.at = soon.at.plus_ms(CONFIRMED_AFTER_MS - 1);
    assert_eq!(standing.take(soon), []);
    let held = &standing.candidate.as_ref().unwrap().taken;
    assert_eq!(held.at, Timestamp(60 * MINUTE_MS));
}

#[test]
fn a_price_that_comes_or_goes_can_make_a_jump() {
    let bare = line("a spot", "BTC", "1", None);
    let mut standing = settled();
    assert_eq!(standing.take(taken(60, &[bare.clone(), eth("1")])), []);
    assert_eq!(cause(&standing), price("BTC"));
    let points = standing.take(taken(120, &[bare, eth("1")]));
    let partial: Vec<_> = points.iter().map(|point| point.partial).collect();
    assert_eq!(partial, [true, true]);
    assert_eq!(points[0].covered, amount("-1000"));
    assert_eq!(standing.take(taken(180, &[btc("1000"), eth("1")])), []);
    assert_eq!(cause(&standing), price("BTC"));
    let points = standing.take(taken(240, &[btc("1000"), eth("1")]));
    assert_eq!((points.len(), points[0].partial), (2, false));
}

#[test]
fn a_price_on_one_exchange_counts_with_that_on_the_other() {
    let okx = |price| {
        let mut line = line("b spot", "BTC", "1", price);
        line.exchange = Some(crate::domain::exchange::ExchangeId::new("okx"));
        line
    };
    let mut standing = Standing::default();
    standing.take(taken(0, &[btc("100"), okx(None), eth("10")]));
    // 150 by a price that rose and 250 by one that came: only both together explain the jump.
    let after = [btc("250"), okx(Some("250")), eth("10")];
    assert_eq!(standing.take(taken(60, &after)), []);
    assert_eq!(cause(&standing), price("BTC"));
}

#[test]
fn a_wallet_that_is_emptied_grown_or_halved_alone_is_held_back() {
    let much = line("a spot", "BTC", "9", Some("1000"));
    let little = line("a spot", "BTC", "0.4", Some("1000"));
    for (held, moved) in [
        (vec![eth("1")], "-1000"),
        (vec![eth("1"), much], "8000"),
        (vec![eth("1"), little], "-600"),
    ] {
        let mut standing = settled();
        assert_eq!(standing.take(taken(60, &held)), []);
        assert_eq!(cause(&standing), spot());
        let points = standing.take(taken(120, &held));
        assert_eq!(points.len(), 2, "{moved}");
        assert_eq!(points[0].moved, amount(moved));
    }
}

#[test]
fn only_the_wallet_itself_read_again_bears_out_what_it_said() {
    let mut standing = settled();
    let held = [eth("1")];
    standing.take(taken(60, &held));
    for minute in [61, 120, 1440] {
        assert_eq!(standing.take(unread(minute, 60, &held)), [], "{minute}");
        assert_eq!(cause(&standing), spot());
    }
    // Another wallet was read, and another connection.
    let mut others = unread(1500, 60, &held);
    let own = others.connections.get_mut("a").unwrap();
    own.insert(WalletName::new("funding"), others.at);
    let other = BTreeMap::from([(WalletName::new("spot"), others.at)]);
    others.connections.insert("b".to_owned(), other);
    assert_eq!(standing.take(others), []);
    let points = standing.take(unread(1501, 61, &held));
    let minutes: Vec<_> = points.iter().map(|point| point.at.0 / MINUTE_MS).collect();
    assert_eq!(minutes, [60, 1501]);
}

#[test]
fn what_was_held_back_by_an_earlier_version_is_borne_out_by_a_later_reading() {
    let mut standing = settled();
    standing.take(taken(60, &[eth("1")]));
    let mut old = serde_json::to_value(standing.candidate.as_ref().unwrap()).unwrap();
    old.as_object_mut().unwrap().remove("connection_id");
    old["taken"].as_object_mut().unwrap().remove("connections");
    standing.candidate = Some(serde_json::from_value(old).unwrap());
    assert_eq!(standing.take(unread(120, 60, &[eth("1")])).len(), 2);
}

#[test]
fn what_a_person_does_with_connections_is_recorded_at_once() {
    // The connection was deleted or moved away.
    let mut standing = settled();
    let mut gone = taken(60, &[]);
    gone.connections.clear();
    assert_eq!(standing.take(gone)[0].value, Amount::zero());
    // One was made or moved here.
    let mut standing = settled();
    let new = line("b spot", "BTC", "9", Some("1000"));
    let both = taken(60, &[btc("1000"), eth("1"), new.clone()]);
    assert_eq!(standing.take(both).len(), 1);
    // It was there, and empty.
    let mut standing = Standing::default();
    let mut empty = taken(0, &[btc("1000"), eth("1")]);
    empty.connections.insert("b".to_owned(), BTreeMap::new());
    standing.take(empty);
    let filled = taken(60, &[btc("1000"), eth("1"), new]);
    assert_eq!(standing.take(filled), []);
    assert_eq!(cause(&standing), spot());
}

#[test]
fn what_goes_from_one_wallet_to_another_or_comes_to_several_is_recorded_at_once() {
    let mut standing = settled();
    let earning = line("a earn", "BTC", "1", Some("1000"));
    assert_eq!(standing.take(taken(60, &[earning, eth("1")])).len(), 1);
    // Much came to two, and without either the other one alone would still be a jump.
    let mut standing = settled();
    let much = line("a spot", "BTC", "1.6", Some("1000"));
    assert_eq!(standing.take(taken(60, &[much, eth("61")])).len(), 1);
}

#[test]
fn a_market_that_moves_as_a_whole_is_no_mistake_even_in_one_wallet() {
    let held = |price| {
        let both = ["BTC", "ETH"].map(|asset| line("a spot", asset, "1", Some(price)));
        Vec::from(both)
    };
    let mut standing = Standing::default();
    standing.take(taken(0, &held("100")));
    // Without either, the other one alone would still be a jump.
    assert_eq!(standing.take(taken(60, &held("250"))).len(), 1);
    assert_eq!(standing.take(taken(120, &held("200"))).len(), 1);
}

#[test]
fn exactly_half_is_no_jump_and_a_reading_of_the_past_is_none() {
    let mut standing = Standing::default();
    standing.take(taken(0, &[btc("100")]));
    assert_eq!(standing.take(taken(60, &[btc("150")])).len(), 1);
    assert_eq!(standing.take(taken(60, &[btc("150")])), []);
    assert_eq!(standing.take(taken(59, &[btc("150")])), []);
    assert_eq!(standing.take(taken(61, &[btc("225.01")])), []);
}

#[test]
fn what_has_no_price_at_all_makes_no_point_and_is_remembered() {
    let bare = |quantity| line("a spot", "OBSCURE", quantity, None);
    let mut standing = Standing::default();
    assert_eq!(standing.seen(), None);
    for (minute, quantity) in [(0, "1"), (60, "9")] {
        let reading = taken(minute, &[bare(quantity)]);
        assert_eq!(standing.take(reading.clone()), []);
        assert_eq!(standing.seen(), Some(&reading));
    }
    assert_eq!((&standing.latest, &standing.candidate), (&None, &None));
    // The first that has a price is the first point.
    let points = standing.take(taken(120, &[bare("9"), btc("100")]));
    assert_eq!((points.len(), points[0].partial), (1, false));
    assert_eq!(standing.unvalued, None);
    // Prices that are gone altogether are no loss, and back later no gain.
    let nothing = [bare("9"), line("a spot", "BTC", "1", None)];
    assert_eq!(standing.take(taken(180, &nothing)), []);
    let points = standing.take(taken(240, &[bare("9"), btc("101")]));
    assert_eq!((points.len(), &points[0].covered), (1, &Amount::zero()));
}
