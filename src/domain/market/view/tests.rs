//! Which candles are looked at, by what stands in an address.

use super::*;

fn exchanges() -> [(ExchangeId, String); 2] {
    ["binance", "okx"].map(|id| (ExchangeId::new(id), id.to_uppercase()))
}

fn read(exchange: &str, interval: &str, range: &str) -> Result<String, String> {
    let wanted = Wanted {
        exchange: exchange.into(),
        interval: interval.into(),
        range: range.into(),
    };
    wanted.read(&exchanges()).map(|view| view.query())
}

#[test]
fn what_is_left_out_is_the_usual_choice() {
    for (exchange, interval, range, query) in [
        ("", "", "", "?exchange=binance&interval=15m&range=24h"),
        ("okx", "", "1y", "?exchange=okx&interval=1d&range=1y"),
        ("okx", "1M", "1y", "?exchange=okx&interval=1M&range=1y"),
        ("", "3m", "24h", "?exchange=binance&interval=3m&range=24h"),
    ] {
        assert_eq!(read(exchange, interval, range).as_deref(), Ok(query));
    }
    assert_eq!(
        View::usual(ExchangeId::new("okx")).query(),
        read("okx", "", "").unwrap()
    );
}

#[test]
fn what_makes_no_picture_is_said() {
    for (exchange, interval, range, sentence) in [
        (
            "kraken",
            "",
            "",
            "There is no such exchange here: pick one of the list.",
        ),
        (
            "",
            "",
            "<b>",
            "There is no such range: pick one of the list.",
        ),
        (
            "",
            "1H",
            "",
            "There are no candles of such a length: pick one of the list.",
        ),
        ("", "1w", "24h", "Candles of 1w are too long for 24 h."),
        (
            "",
            "1m",
            "1y",
            "1 y are 525600 candles of 1m, and at most 500 are shown: pick longer ones, or a \
             shorter range.",
        ),
    ] {
        let told = read(exchange, interval, range);
        assert_eq!(told.as_ref().map_err(String::as_str), Err(sentence));
    }
    assert!(Wanted::default().read(&[]).is_err());
}

#[test]
fn every_choice_that_is_offered_makes_a_picture() {
    for span in Span::ALL {
        let view = View {
            exchange: ExchangeId::new("okx"),
            interval: span.usual(),
            span,
        };
        let offered = view.intervals(&Interval::ALL);
        assert!(
            offered.len() > 2 && offered.contains(&span.usual()),
            "{span:?}"
        );
        assert!(offered.iter().all(|one| span.suits(*one)), "{span:?}");
        for other in Span::ALL {
            let over = view.over(other);
            assert_eq!((over.interval, over.span), (other.usual(), other));
        }
    }
    let daily = View {
        exchange: ExchangeId::new("okx"),
        interval: Interval::Day1,
        span: Span::Days90,
    };
    assert_eq!(daily.over(Span::Days30).interval, Interval::Day1);
    assert_eq!(daily.over(Span::Day).interval, Span::Day.usual());
}

#[test]
fn what_an_exchange_does_not_tell_is_not_offered() {
    let view = View {
        exchange: ExchangeId::new("binance"),
        interval: Interval::Hour8,
        span: Span::Days90,
    };
    let okx = [Interval::Hour6, Interval::Hour12, Interval::Day2];
    let moved = view.on(ExchangeId::new("okx"), &okx);
    let wanted = ("okx", Interval::Hour12, Span::Days90);
    assert_eq!(
        (moved.exchange.as_str(), moved.interval, moved.span),
        wanted
    );
    assert_eq!(moved.intervals(&okx), okx);
    // What is looked at stands among them, even where it is not told.
    assert!(view.intervals(&okx).contains(&Interval::Hour8));
    let back = moved.on(ExchangeId::new("binance"), &Interval::ALL);
    assert_eq!(back.interval, Interval::Hour12);
}
