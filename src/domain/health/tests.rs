//! What follows from figures, and how they are told.

use super::*;

fn outcomes(of: &[(Outcome, u64)]) -> Outcomes {
    let mut counted = Outcomes::default();
    for (outcome, times) in of {
        for _ in 0..*times {
            counted.add(*outcome);
        }
    }
    counted
}

fn figures(of: &[(Outcome, u64)]) -> CallFigures {
    CallFigures {
        outcomes: outcomes(of),
        ..CallFigures::default()
    }
}

#[test]
fn an_exchange_that_was_not_called_is_neither_well_nor_ill() {
    use Outcome::{Key, Ok, Timeout};
    let of = |of: &[_], paused| Fitness::of(&figures(of), paused);
    assert_eq!(of(&[], false), Fitness::Unknown);
    assert_eq!(of(&[(Ok, 1), (Timeout, 1)], false), Fitness::Ok);
    assert_eq!(of(&[(Key, 1), (Timeout, 2)], false), Fitness::Failing);
    assert_eq!(of(&[(Ok, 3)], true), Fitness::Paused);
}

#[test]
fn every_outcome_stands_at_its_own_place_under_its_own_name() {
    for (index, outcome) in Outcome::ALL.into_iter().enumerate() {
        assert_eq!(outcome.index(), index);
        assert_eq!(outcomes(&[(outcome, 3)]).count(outcome), 3);
        let json = serde_json::to_string(&outcome).unwrap();
        assert_eq!(json, format!("\"{}\"", outcome.as_str()));
    }
    for (index, class) in CallClass::ALL.into_iter().enumerate() {
        assert_eq!(class.index(), index);
        let json = serde_json::to_string(&class).unwrap();
        assert_eq!(json, format!("\"{}\"", class.as_str()));
    }
}

#[test]
fn a_refusal_is_an_answer_and_a_word_to_wait_is_none() {
    use Outcome::{BadAnswer, Banned, Ok, RateLimited, Refused, Timeout};
    let mut all = outcomes(&[(Ok, 5), (Refused, 2), (RateLimited, 1), (Banned, 1)]);
    all.merge(&outcomes(&[(Timeout, 1), (BadAnswer, 1)]));
    assert_eq!((all.calls(), all.answered()), (11, 7));
    assert_eq!(
        all.troubles(),
        "2 refused, 1 not understood, 1 asked to slow down, 1 shut out and 1 timed out"
    );
    assert_eq!(outcomes(&[(Ok, 5)]).troubles(), "");
}

#[test]
fn a_time_is_told_in_seconds_without_losing_a_digit() {
    for (ms, told) in [
        (0, "0.000"),
        (7, "0.007"),
        (-1_250, "-1.250"),
        (61_000, "61.000"),
    ] {
        assert_eq!(seconds(ms), told);
    }
    assert_eq!(seconds(i64::MIN), "-9223372036854775.808");
    assert_eq!(clock_words(-12), "0.012 s behind ours");
    assert_eq!(clock_words(1_500), "1.500 s ahead of ours");
    assert_eq!(clock_words(0), "the same as ours");
    assert!(clock_words(i64::MIN).ends_with("behind ours"));
}

#[test]
fn a_share_of_a_budget_is_rounded_down() {
    let spent = |weight, limit| Spent {
        weight,
        limit,
        window_ms: 60_000,
    };
    assert_eq!(spent(4_859, 6_000).percent(), 80);
    assert_eq!(spent(4_799, 6_000).percent(), 79);
    assert_eq!(spent(1, 0).percent(), 100);
    assert_eq!(spent(u64::MAX, 1).percent(), u64::MAX);
}
