//! Figures by exchange, environment and kind.

use super::*;

fn call(place: &str, class: CallClass, outcome: Outcome, took_ms: Option<u64>) -> Ended<'_> {
    Ended {
        place,
        environment: Environment::Live,
        class,
        weight: 5,
        outcome,
        took: took_ms.map(Duration::from_millis),
        spent: None,
        lasting: None,
        path: None,
    }
}

#[test]
fn half_of_the_answers_took_no_longer_and_what_had_none_is_counted_apart() {
    let vitals = Vitals::default();
    for took in [Some(30), None, Some(10), Some(500), Some(20)] {
        let outcome = took.map_or(Outcome::Timeout, |_| Outcome::Ok);
        vitals.note(&call("binance host", CallClass::Account, outcome, took), 0);
    }
    let figures = vitals.figures("binance", Environment::Live, 1);
    assert_eq!(figures.all.outcomes.calls(), 5);
    assert_eq!(figures.all.outcomes.answered(), 4);
    assert_eq!(figures.all.times.unwrap().p50_ms, 20);
    assert_eq!(
        vitals.figures("okx", Environment::Live, 1),
        Figures::default()
    );
}

#[test]
fn kinds_and_environments_are_told_apart_and_all_of_one_together() {
    let vitals = Vitals::default();
    vitals.note(
        &call("binance a", CallClass::Account, Outcome::Ok, Some(8)),
        7,
    );
    vitals.note(
        &call("binance b", CallClass::Market, Outcome::Banned, None),
        9,
    );
    let test = Ended {
        environment: Environment::Testnet,
        ..call("binance t", CallClass::Account, Outcome::Unreachable, None)
    };
    vitals.note(&test, 9);
    let figures = vitals.figures("binance", Environment::Live, 9);
    assert_eq!(figures.all.outcomes.calls(), 2);
    assert_eq!(
        (figures.all.weight, figures.all.last_good_at),
        (10, Some(Timestamp(7)))
    );
    let of = |class: CallClass| &figures.by_class[class.index()];
    assert_eq!(of(CallClass::Market).0, CallClass::Market);
    assert_eq!(of(CallClass::Market).1.outcomes.count(Outcome::Banned), 1);
    assert_eq!(of(CallClass::Market).1.times, None);
    assert_eq!(of(CallClass::Account).1.times.unwrap().p99_ms, 8);
    assert_eq!(of(CallClass::Rights).1, Default::default());
    let test = vitals.figures("binance", Environment::Testnet, 9);
    assert_eq!(test.all.outcomes.count(Outcome::Unreachable), 1);
    assert_eq!(test.all.outcomes.calls(), 1);
}

#[test]
fn totals_are_of_all_live_kinds_and_of_the_test_environments_that_were_called() {
    let vitals = Vitals::default();
    let first = |vitals: &Vitals| vitals.totals("binance")[0].clone();
    assert_eq!(vitals.totals("binance").len(), CallClass::ALL.len());
    for took in [1, 2, 3, 700] {
        let call = call("binance a", CallClass::Account, Outcome::Ok, Some(took));
        vitals.note(&call, 0);
    }
    let told = first(&vitals);
    assert_eq!(
        (told.class, told.timed, told.time_us),
        (CallClass::Account, 4, 706_000)
    );
    let at_most = |ms| {
        told.at_most_ms
            .iter()
            .find(|(most, _)| *most == ms)
            .unwrap()
            .1
    };
    assert_eq!([1, 2, 4, 512, 1_024].map(at_most), [1, 2, 3, 3, 4]);
    let test = Ended {
        environment: Environment::Testnet,
        ..call("binance t", CallClass::Time, Outcome::Ok, Some(1))
    };
    vitals.note(&test, 0);
    let all = vitals.totals("binance");
    assert_eq!(all.len(), CallClass::ALL.len() + 1);
    assert_eq!(all.last().unwrap().environment, Environment::Testnet);
}

#[test]
fn a_site_is_known_by_its_own_calls_alone() {
    let vitals = Vitals::default();
    vitals.note(
        &call("okx a", CallClass::Account, Outcome::Timeout, None),
        5,
    );
    vitals.note(&call("okx b", CallClass::Account, Outcome::Ok, Some(1)), 6);
    let reading = ClockReading {
        at: Timestamp(7),
        offset_ms: -1_200,
        give_or_take_ms: 0,
    };
    vitals.note_clock("okx b", reading);
    assert_eq!(
        vitals.site("okx a").unwrap().failing.unwrap().since,
        Timestamp(5)
    );
    let other = vitals.site("okx b").unwrap();
    assert_eq!((other.failing, other.clock), (None, Some(reading)));
    assert_eq!(vitals.site("okx c"), None);
}
