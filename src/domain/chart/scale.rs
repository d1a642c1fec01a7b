//! Round values and round times for the edges of a chart.

use time::{Date, Month, OffsetDateTime};

use super::HEIGHT;
use crate::domain::amount::Amount;
use crate::domain::history::day::{DAY_MS, HOUR_MS, MINUTE_MS};
use crate::domain::timestamp::Timestamp;

/// The most round times beside a chart.
const MOST_MOMENTS: i64 = 5;
/// Up to how many milliseconds round times are clock times, and up to how many they are days.
const CLOCK_TIMES_MS: i64 = 2 * DAY_MS;
const DAYS_MS: i64 = 150 * DAY_MS;
/// Steps between clock times and between days, in milliseconds.
const STEPS_MS: [i64; 17] = [
    MINUTE_MS,
    2 * MINUTE_MS,
    5 * MINUTE_MS,
    15 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    2 * HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
    DAY_MS,
    2 * DAY_MS,
    4 * DAY_MS,
    7 * DAY_MS,
    14 * DAY_MS,
    28 * DAY_MS,
    56 * DAY_MS,
];
/// Steps between months.
const STEPS_MONTHS: [i32; 9] = [1, 2, 3, 6, 12, 24, 60, 120, 12_000];

/// Round values that span what is drawn.
#[derive(Clone, Debug)]
pub struct Levels {
    /// From the lowest up, with equal steps between.
    pub values: Vec<Amount>,
    low: Amount,
    span: Amount,
}

impl Levels {
    /// How far from the top a value stands.
    #[must_use]
    pub fn place(&self, value: &Amount) -> i64 {
        down_from_top(value, &self.low, &self.span).unwrap_or(HEIGHT)
    }
}

/// How far from the top a value stands on a plane that begins with `low` and reaches `span` further;
/// `None` when it reaches nowhere.
#[must_use]
pub fn down_from_top(value: &Amount, low: &Amount, span: &Amount) -> Option<i64> {
    let up = value.minus(low).times(&Amount::from(HEIGHT)).over(span)?;
    let up = up.rounded(0).as_str().parse::<i64>().ok()?;
    Some(HEIGHT - up.clamp(0, HEIGHT))
}

/// Three to six round values from at most the lowest to at least the highest. `None` when there is
/// no value.
#[must_use]
pub fn levels<'a>(values: impl Iterator<Item = &'a Amount> + Clone) -> Option<Levels> {
    let (mut low, mut high) = (values.clone().min()?.clone(), values.max()?.clone());
    if low == high {
        // A flat line runs through the middle.
        let around = step_below(&high.abs()).unwrap_or_else(Amount::one);
        (low, high) = (low.minus(&around), high.plus(&around));
    }
    let step = round_step(&high.minus(&low))?;
    let low = floor(&low, &step)?;
    let mut values = vec![low.clone()];
    while values.last()? < &high {
        let next = values.last()?.plus(&step);
        values.push(next);
    }
    let span = values.last()?.minus(&low);
    Some(Levels { values, low, span })
}

/// 1, 2 or 5 times a power of ten, which goes into a span two to five times.
fn round_step(span: &Amount) -> Option<Amount> {
    let exponent = exponent(span)?;
    let steps = [(5, 0), (2, 0), (1, 0), (5, 1), (2, 1)];
    let two = Amount::from(2);
    steps.into_iter().find_map(|(digit, lower)| {
        let step = power(digit, exponent - lower)?;
        (step.times(&two) <= *span).then_some(step)
    })
}

/// A power of ten that is at most a value above zero.
fn step_below(value: &Amount) -> Option<Amount> {
    power(1, exponent(value)?)
}

fn power(digit: u8, exponent: i64) -> Option<Amount> {
    let sign = if exponent < 0 { "-" } else { "" };
    let zeros = "0".repeat(usize::try_from(exponent.abs()).ok()?);
    let text = match sign {
        "" => format!("{digit}{zeros}"),
        _ => format!("0.{}{digit}", &zeros[1..]),
    };
    Amount::parse_own(&text).ok()
}

/// The power of ten of the first digit; `None` of zero.
fn exponent(value: &Amount) -> Option<i64> {
    let text = value.abs();
    let (whole, fraction) = text.as_str().split_once('.').unwrap_or((text.as_str(), ""));
    if whole != "0" {
        return i64::try_from(whole.len() - 1).ok();
    }
    let zeros = fraction.find(|digit| digit != '0')?;
    i64::try_from(zeros).ok().map(|zeros| -zeros - 1)
}

/// The largest multiple of a step that is at most a value.
fn floor(value: &Amount, step: &Amount) -> Option<Amount> {
    let nearest = value.over(step)?.rounded(0).times(step);
    Some(if nearest > *value {
        nearest.minus(step)
    } else {
        nearest
    })
}

/// Round times between two moments, and how each is written.
#[must_use]
pub fn moments(from: Timestamp, to: Timestamp) -> Vec<(Timestamp, String)> {
    let length = to.0.saturating_sub(from.0);
    if length > DAYS_MS {
        return months(from, to);
    }
    let Some(step) = STEPS_MS
        .into_iter()
        .find(|step| length / step <= MOST_MOMENTS)
    else {
        return Vec::new();
    };
    let first = from.0.div_euclid(step) + 1;
    let times = (first..).map(|n| Timestamp(n.saturating_mul(step)));
    let written = |at: Timestamp| {
        let label = if length <= CLOCK_TIMES_MS {
            at.clock_time()
        } else {
            at.day_and_month()
        };
        (at, label)
    };
    times.take_while(|at| *at < to).map(written).collect()
}

/// First days of months between two moments.
fn months(from: Timestamp, to: Timestamp) -> Vec<(Timestamp, String)> {
    let month = |at: Timestamp| {
        let at = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000)).ok()?;
        Some(at.year() * 12 + i32::from(u8::from(at.month())) - 1)
    };
    let (Some(first), Some(last)) = (month(from), month(to)) else {
        return Vec::new();
    };
    let fits = |step: &i32| i64::from((last - first) / step) <= MOST_MOMENTS;
    let Some(step) = STEPS_MONTHS.into_iter().find(fits) else {
        return Vec::new();
    };
    let first = (first.div_euclid(step) + 1) * step;
    let steps = (0..).map(|n| first + n * step);
    steps
        .take_while(|month| *month <= last)
        .filter_map(first_day)
        .map(|at| (at, at.month_and_year()))
        .collect()
}

/// The first moment of a month, counted from the year 0.
fn first_day(month: i32) -> Option<Timestamp> {
    let name = Month::try_from(u8::try_from(month.rem_euclid(12) + 1).ok()?).ok()?;
    let date = Date::from_calendar_date(month.div_euclid(12), name, 1).ok()?;
    let seconds = date.midnight().assume_utc().unix_timestamp();
    Some(Timestamp(seconds.saturating_mul(1000)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    fn round(low: &str, high: &str) -> Vec<String> {
        let (low, high) = (amount(low), amount(high));
        let levels = levels([&low, &high].into_iter()).unwrap();
        levels.values.iter().map(Amount::to_string).collect()
    }

    #[test]
    fn values_are_round_and_few() {
        assert_eq!(round("103", "298"), ["100", "150", "200", "250", "300"]);
        assert_eq!(
            round("0.0012", "0.0047"),
            ["0.001", "0.002", "0.003", "0.004", "0.005"]
        );
        assert_eq!(round("-3", "8"), ["-5", "0", "5", "10"]);
        assert_eq!(round("42", "42"), ["30", "40", "50", "60"]);
        assert_eq!(round("0", "0"), ["-1", "0", "1"]);
    }

    #[test]
    fn times_are_round_hours_days_months_and_years() {
        // 1 Jan 2026, 10:20 UTC.
        let from = Timestamp(1_767_262_800_000);
        let labels = |length: i64| {
            let marks = moments(from, from.plus_ms(length));
            marks
                .into_iter()
                .map(|(_, label)| label)
                .collect::<Vec<_>>()
        };
        assert_eq!(labels(10 * MINUTE_MS), ["10:22", "10:24", "10:26", "10:28"]);
        assert_eq!(labels(DAY_MS), ["12:00", "18:00", "00:00", "06:00"]);
        assert_eq!(labels(30 * DAY_MS), ["8 Jan", "15 Jan", "22 Jan", "29 Jan"]);
        assert_eq!(
            labels(365 * DAY_MS),
            ["Apr 2026", "Jul 2026", "Oct 2026", "Jan 2027"]
        );
        assert_eq!(
            labels(5 * 365 * DAY_MS),
            ["Jan 2027", "Jan 2028", "Jan 2029", "Jan 2030"]
        );
        assert_eq!(labels(0), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn every_value_lies_between_the_levels(
            values in proptest::collection::vec("-?[0-9]{1,30}(\\.[0-9]{1,30})?", 1..5)
        ) {
            let values: Vec<_> = values.iter().map(|text| amount(text)).collect();
            let levels = levels(values.iter()).unwrap();
            prop_assert!((3..=7).contains(&levels.values.len()), "{:?}", levels.values);
            for value in &values {
                prop_assert!(levels.values.first().unwrap() <= value);
                prop_assert!(levels.values.last().unwrap() >= value);
                prop_assert!((0..=HEIGHT).contains(&levels.place(value)));
            }
        }

        #[test]
        fn times_lie_between_the_ends(from in 0_i64..4_000_000_000_000, length in 0_i64..2_000_000_000_000) {
            let (from, to) = (Timestamp(from), Timestamp(from + length));
            let marks = moments(from, to);
            prop_assert!(marks.len() <= 6, "{marks:?}");
            prop_assert!(marks.iter().all(|(at, _)| *at > from && *at <= to), "{marks:?}");
        }
    }
}
