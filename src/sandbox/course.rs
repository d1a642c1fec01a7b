//! How prices have moved: a pure function of time, so that candles of every length agree with each
//! other and stay as they are once they are over. Only what runs ends with the price of the moment.

use super::{decimal, pairs::Pair};

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60_000;
/// Milliseconds of a day.
pub(super) const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// Before October 2025 nothing was traded here.
pub(super) const BEGIN_MS: i64 = 1_759_276_800_000;
/// Decimals of a volume.
const VOLUME_DECIMALS: usize = 8;

/// What a pair did in a stretch of time, as texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) open: String,
    pub(super) high: String,
    pub(super) low: String,
    pub(super) close: String,
    /// In units of the base asset.
    pub(super) volume: String,
}

/// The course of one pair.
pub(super) struct Course<'a> {
    pair: &'a Pair,
    /// Minutes by which this pair is ahead of others, so that not all move alike.
    ahead: i64,
}

/// Prices in millionths of the pair's first one, and a volume in its smallest unit.
#[derive(Clone, Copy, Debug)]
struct Span {
    open: i64,
    high: i64,
    low: i64,
    close: i64,
    volume: i64,
}

impl Span {
    fn and(self, later: Self) -> Self {
        Self {
            open: self.open,
            high: self.high.max(later.high),
            low: self.low.min(later.low),
            close: later.close,
            volume: self.volume + later.volume,
        }
    }
}

impl<'a> Course<'a> {
    /// The course of a pair.
    pub(super) fn of(pair: &'a Pair) -> Self {
        let letters = pair.base.bytes().chain(pair.quote.bytes());
        let sum = letters.fold(7_i64, |sum, letter| (sum * 31 + i64::from(letter)) % 99_991);
        Self { pair, ahead: sum }
    }

    /// What the pair did from a moment until before another, as far as that is over: `None` before
    /// there was a market, in time to come, and for a pair that nobody has traded.
    pub(super) fn figures(&self, (from_ms, to_ms): (i64, i64), now_ms: i64) -> Option<Figures> {
        if from_ms < BEGIN_MS || from_ms > now_ms || !self.pair.traded {
            return None;
        }
        let told = if to_ms - from_ms < MINUTE_MS {
            self.seconds(from_ms, to_ms.min(now_ms))
        } else {
            self.minutes(from_ms, to_ms.min(now_ms))
        };
        let runs = to_ms > now_ms;
        let text = |millionths| decimal::part(&self.pair.anchor, millionths);
        let mut figures = Figures {
            open: text(told.open)?,
            high: text(told.high)?,
            low: text(told.low)?,
            close: text(told.close)?,
            volume: decimal::units(told.volume, VOLUME_DECIMALS),
        };
        let is_price = |text: &str| decimal::is_less("0", text);
        if runs {
            let last = Some(self.pair.price.clone());
            figures.close = last.filter(|text| is_price(text))?;
            if decimal::is_less(&figures.high, &figures.close) {
                figures.high.clone_from(&figures.close);
            }
            if decimal::is_less(&figures.close, &figures.low) {
                figures.low.clone_from(&figures.close);
            }
        }
        is_price(&figures.low).then_some(figures)
    }

    /// Whole minutes, and the opening of the one that runs.
    fn minutes(&self, from_ms: i64, until_ms: i64) -> Span {
        let first = from_ms.div_euclid(MINUTE_MS);
        let end = until_ms.div_euclid(MINUTE_MS);
        let over = (first..end).map(|minute| self.minute(minute));
        let over = over.reduce(Span::and);
        over.unwrap_or_else(|| point(self.at(first)))
    }

    fn seconds(&self, from_ms: i64, until_ms: i64) -> Span {
        let first = from_ms.div_euclid(SECOND_MS);
        let end = until_ms.div_euclid(SECOND_MS);
        let over = (first..end).map(|second| self.second(second));
        let over = over.reduce(Span::and);
        over.unwrap_or_else(|| point(self.within(first)))
    }

    /// A minute: from its price to that of the next, by a peak and a low.
    fn minute(&self, minute: i64) -> Span {
        let (open, close) = (self.at(minute), self.at(minute + 1));
        let spike = |salt| noise(minute + self.ahead + salt).rem_euclid(400);
        Span {
            open,
            high: open.max(close) + spike(1),
            low: open.min(close) - spike(2),
            close,
            // The same in each of its seconds.
            volume: 60 * (1 + noise(minute + self.ahead + 3).rem_euclid(90_000_000)),
        }
    }

    fn second(&self, second: i64) -> Span {
        let (open, close) = (self.within(second), self.close_of_second(second));
        Span {
            open,
            high: open.max(close),
            low: open.min(close),
            close,
            volume: self.minute(second.div_euclid(60)).volume / 60,
        }
    }

    /// The price at the end of a second.
    fn close_of_second(&self, second: i64) -> i64 {
        self.along(second.div_euclid(60), second.rem_euclid(60) + 1)
    }

    /// The price at the beginning of a second.
    fn within(&self, second: i64) -> i64 {
        self.along(second.div_euclid(60), second.rem_euclid(60))
    }

    /// The price so many seconds into a minute: to its peak in 20, to its low in 20, to its end.
    fn along(&self, minute: i64, seconds: i64) -> i64 {
        let Span {
            open,
            high,
            low,
            close,
            ..
        } = self.minute(minute);
        let between = |from: i64, to: i64, passed: i64| from + (to - from) * passed / 20;
        match seconds {
            0..=20 => between(open, high, seconds),
            21..=40 => between(high, low, seconds - 20),
            _ => between(low, close, seconds - 40),
        }
    }

    /// The price at the beginning of a minute, within a fortieth of the first one.
    fn at(&self, minute: i64) -> i64 {
        let at = minute + self.ahead;
        let waves = wave(at, 43_201, 9_000) + wave(at, 10_079, 7_000) + wave(at, 1_439, 4_000);
        1_000_000 + waves + wave(at, 97, 1_500) + noise(at).rem_euclid(600)
    }
}

fn point(price: i64) -> Span {
    Span {
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 0,
    }
}

/// Up and down again within a period.
fn wave(at: i64, period: i64, height: i64) -> i64 {
    let distance = (2 * at.rem_euclid(period) - period).abs();
    height - 2 * height * distance / period
}

/// A number that looks like chance, always the same for the same.
fn noise(at: i64) -> i64 {
    let mut bits = at.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (bits ^ (bits >> 31)).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_794_996_030_500;
    const HOUR_MS: i64 = 60 * MINUTE_MS;

    fn pair(price: &str) -> Pair {
        Pair {
            base: "BTC".to_owned(),
            quote: "USDT".to_owned(),
            price: price.to_owned(),
            anchor: "64210.55000000".to_owned(),
            before: None,
            traded: true,
        }
    }

    fn told(pair: &Pair, from: i64, length: i64) -> Option<Figures> {
        Course::of(pair).figures((from, from + length), NOW)
    }

    /// The whole of parts: first opening, highest, lowest, last closing, sum.
    fn joined(parts: &[Figures]) -> Figures {
        let pick = |read: fn(&Figures) -> &String, more: bool| {
            let all = parts.iter().map(read);
            let better = |a: &String, b: &String| decimal::is_less(a, b) == more;
            all.reduce(|a, b| if better(a, b) { b } else { a })
                .unwrap()
                .clone()
        };
        let volumes: Vec<_> = parts
            .iter()
            .map(|one| (one.volume.as_str(), true))
            .collect();
        Figures {
            open: parts[0].open.clone(),
            high: pick(|one| &one.high, true),
            low: pick(|one| &one.low, false),
            close: parts[parts.len() - 1].close.clone(),
            volume: decimal::sum(&volumes).unwrap(),
        }
    }

    #[test]
    fn candles_of_every_length_agree_with_each_other() {
        let pair = pair("64210.55000000");
        let hour = NOW - NOW.rem_euclid(HOUR_MS) - 5 * HOUR_MS;
        for (length, part) in [(HOUR_MS, MINUTE_MS), (MINUTE_MS, SECOND_MS)] {
            let count = length / part;
            let parts: Vec<_> = (0..count)
                .map(|n| told(&pair, hour + n * part, part).unwrap())
                .collect();
            assert_eq!(told(&pair, hour, length).unwrap(), joined(&parts));
            for two in parts.windows(2) {
                assert_eq!(two[0].close, two[1].open);
            }
        }
    }

    #[test]
    fn what_is_over_stays_and_what_runs_ends_with_the_price_of_the_moment() {
        let (one, other) = (pair("64210.55000000"), pair("99999.5"));
        let minute = NOW - NOW.rem_euclid(MINUTE_MS);
        let before = minute - MINUTE_MS;
        assert_eq!(
            told(&one, before, MINUTE_MS),
            told(&other, before, MINUTE_MS)
        );
        for (from, length) in [(minute, MINUTE_MS), (minute - HOUR_MS, 2 * HOUR_MS)] {
            let runs = told(&other, from, length).unwrap();
            assert_eq!(
                (runs.close.as_str(), runs.high.as_str()),
                ("99999.5", "99999.5")
            );
        }
        assert_eq!(told(&one, minute + MINUTE_MS, MINUTE_MS), None);
        assert_eq!(told(&one, BEGIN_MS - MINUTE_MS, MINUTE_MS), None);
        for hostile in ["", "NaN", "-0", "-1"] {
            assert_eq!(told(&pair(hostile), minute, MINUTE_MS), None, "{hostile}");
        }
    }

    #[test]
    fn every_candle_holds_its_prices() {
        let mut cheap = pair("0.00000393");
        cheap.anchor = "0.00000393".to_owned();
        for pair in [pair("64210.55000000"), cheap] {
            for n in 0..500 {
                let one = told(&pair, BEGIN_MS + n * HOUR_MS, HOUR_MS).unwrap();
                for price in [&one.open, &one.close, &one.low, &one.high] {
                    assert!(!decimal::is_less(&one.high, price), "{one:?}");
                    assert!(!decimal::is_less(price, &one.low), "{one:?}");
                }
                assert!(decimal::is_less("0", &one.low), "{one:?}");
            }
        }
    }
}
