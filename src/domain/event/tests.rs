//! What events say, to people and to programs.

use super::*;
use crate::domain::amount::Amount;
use crate::domain::telling::change;

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn subject() -> Subject {
    Subject {
        id: "c1".into(),
        label: "Main".into(),
        exchange: "Binance".into(),
    }
}

fn place() -> Place {
    Place {
        exchange: "Binance".into(),
        host: "api.binance.com".into(),
    }
}

fn changed(before: &str, after: &str) -> Change {
    change(&amount(before), &amount(after))
}

fn one_of_each() -> Vec<Event> {
    let connection = subject;
    vec![
        Event::KeyNeedsAttention {
            connection: connection(),
            reason: "invalid_credentials".into(),
            explanation: "Binance does not accept this key.".into(),
            next_step: "Check the key on Binance.".into(),
        },
        Event::key_gained_rights(connection(), vec!["trading".into(), "withdrawals".into()]),
        Event::SyncFailing {
            connection: connection(),
            reason: "exchange_unavailable".into(),
            explanation: "Binance does not answer at the moment.".into(),
            hours: 7,
        },
        Event::BalanceChanged {
            asset: AssetCode::parse("BTC").unwrap(),
            change: changed("1000", "1500.5"),
        },
        Event::ValueChanged {
            currency: Currency::Eur,
            change: changed("2000.004", "1000.002"),
        },
        Event::ExchangeFailing {
            place: place(),
            reason: "timeout".into(),
            explanation: "No answer comes in time.".into(),
            minutes: 12,
        },
        Event::ExchangeRecovered { place: place() },
        Event::WeightHigh {
            place: place(),
            weight: 4_900,
            limit: 6_000,
            window_ms: Some(60_000),
            path: None,
        },
        Event::ClockOff {
            place: place(),
            offset_ms: -1_500,
        },
        Event::WebhookSwitchedOff {
            host: "hooks.example.org".into(),
        },
        Event::Test {},
    ]
}

#[test]
fn every_event_says_calmly_what_happened() {
    let said: Vec<_> = one_of_each().iter().map(Event::sentence).collect();
    assert_eq!(
        said,
        [
            "“Main” needs your attention. Binance does not accept this key.",
            "The key of “Main” can do more than read now: it allows trading and withdrawals.",
            "“Main” could not be synced for 7 hours. Binance does not answer at the moment.",
            "Your BTC went from 1,000 to 1,500.5 (+50 %).",
            "What you hold went from 2,000 EUR to 1,000 EUR (-50 %).",
            "Binance (api.binance.com) has not answered for 12 minutes. No answer comes in time.",
            "Binance answers again.",
            "This server used 4,900 of the weight of 6,000 that Binance allows in one window.",
            "The clock of Binance is 1.500 s behind ours.",
            "hooks.example.org said that your webhook is gone, so it is switched off.",
            "This is a test: the webhook works.",
        ]
    );
}

#[test]
fn what_came_from_nothing_or_is_gone_is_said_without_a_percentage() {
    let balance = |change| Event::BalanceChanged {
        asset: AssetCode::parse("ADA").unwrap(),
        change,
    };
    let came = balance(changed("0", "2.5"));
    assert_eq!(came.sentence(), "2.5 ADA came in; you held none before.");
    let gone = balance(changed("1234", "0"));
    assert_eq!(gone.sentence(), "All your ADA is gone; you held 1,234.");
    let value = Event::ValueChanged {
        currency: Currency::Usd,
        change: changed("0", "10"),
    };
    assert_eq!(value.sentence(), "What you hold went from 0 USD to 10 USD.");
}

#[test]
fn the_code_in_json_is_the_code_and_what_is_written_reads_back() {
    for event in one_of_each() {
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(json["event"], event.code());
        assert!(json["data"].is_object(), "{json}");
        assert_eq!(serde_json::from_value::<Event>(json).unwrap(), event);
    }
}

#[test]
fn amounts_and_percentages_are_text_in_json() {
    let json = serde_json::to_value(&one_of_each()[3]).unwrap();
    let expected = serde_json::json!({
        "asset": "BTC", "before": "1000", "after": "1500.5", "percent": "50",
    });
    // A twentieth of a percent is not told.
    assert_eq!(json["data"], expected);
    let from_zero = Event::BalanceChanged {
        asset: AssetCode::parse("BTC").unwrap(),
        change: changed("0", "1"),
    };
    let json = serde_json::to_value(&from_zero).unwrap();
    assert_eq!(json["data"]["percent"], serde_json::Value::Null);
}

#[test]
fn no_two_kinds_of_event_share_a_code_or_a_mark() {
    let events = one_of_each();
    let codes: std::collections::BTreeSet<_> = events.iter().map(Event::code).collect();
    let marks: std::collections::BTreeSet<_> = events.iter().map(Event::mark).collect();
    assert_eq!((codes.len(), marks.len()), (events.len(), events.len()));
}

#[test]
fn very_many_rights_are_counted_and_not_all_named() {
    let rights: Vec<_> = (0..5_000).map(|n| format!("right {n}")).collect();
    let event = Event::key_gained_rights(subject(), rights);
    let said = event.sentence();
    assert!(said.ends_with("right 11 and 4988 more."), "{said}");
    let few = Event::key_gained_rights(subject(), vec!["trading".into()]);
    assert!(few.sentence().ends_with("it allows trading."));
}

#[test]
fn a_limit_by_the_second_is_told_with_its_path_and_one_noted_before_paths_were_is_still_read() {
    let busy = Event::WeightHigh {
        place: place(),
        weight: 18,
        limit: 20,
        window_ms: Some(2_000),
        path: Some("/api/v5/market/tickers".into()),
    };
    assert_eq!(
        busy.sentence(),
        "Through most of a minute this server used up to 18 of the 20 calls in 2 seconds that \
         Binance allows to /api/v5/market/tickers."
    );
    let old = r#"{"event":"weight_high","data":{"exchange":"OKX","host":"www.okx.com","weight":9,"limit":10}}"#;
    let old: Event = serde_json::from_str(old).unwrap();
    assert!(
        old.sentence()
            .ends_with("9 of the weight of 10 that OKX allows in one window.")
    );
}
