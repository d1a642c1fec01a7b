//! Moments in UTC and how people and programs read them.

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Month, OffsetDateTime, Time};

use super::text::count;

/// A moment: milliseconds since 1970-01-01T00:00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads what programs write: `2026-01-01T00:00:00Z`, with at most three digits of a fraction;
    /// or `2026-01-01`, when that day began. Only UTC.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (day, time) = match text.split_once('T') {
            Some((day, time)) => (day, Some(time.strip_suffix('Z')?)),
            None => (text, None),
        };
        let [year, month, day] = numbers(day, '-', [4, 2, 2])?;
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let year = i32::try_from(year).ok()?;
        let date = Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()?;
        let time = time.map_or(Some(Time::MIDNIGHT), time_of_day)?;
        let nanos = date.with_time(time).assume_utc().unix_timestamp_nanos();
        i64::try_from(nanos / 1_000_000).ok().map(Self)
    }

    /// As programs read it: `2026-01-01T00:00:00Z`, with a fraction when there is one.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.date_time()
            .and_then(|t| t.format(&Rfc3339).ok())
            .unwrap_or_default()
    }

    /// Its day in UTC, as programs read it: `2026-01-01`.
    #[must_use]
    pub fn day(self) -> String {
        let form = format_description!("[year]-[month]-[day]");
        self.date_time()
            .and_then(|t| t.format(form).ok())
            .unwrap_or_default()
    }

    /// As people read it: `1 Jan 2026, 00:00 UTC`.
    #[must_use]
    pub fn readable(self) -> String {
        let form = format_description!(
            "[day padding:none] [month repr:short] [year], [hour]:[minute] UTC"
        );
        self.date_time()
            .and_then(|t| t.format(form).ok())
            .unwrap_or_default()
    }

    /// As people read a moment near `now`: `14:05 UTC`, with its date when that is another day.
    #[must_use]
    pub fn readable_near(self, now: Self) -> String {
        let form = format_description!("[hour]:[minute] UTC");
        match (self.date_time(), now.date_time()) {
            (Some(at), Some(now)) if at.date() == now.date() => at.format(form).unwrap_or_default(),
            _ => self.readable(),
        }
    }

    /// The time of day: `14:05`.
    #[must_use]
    pub fn clock_time(self) -> String {
        let form = format_description!("[hour]:[minute]");
        self.date_time()
            .and_then(|t| t.format(form).ok())
            .unwrap_or_default()
    }

    /// The day without its year: `1 Jan`.
    #[must_use]
    pub fn day_and_month(self) -> String {
        let form = format_description!("[day padding:none] [month repr:short]");
        self.date_time()
            .and_then(|t| t.format(form).ok())
            .unwrap_or_default()
    }

    /// The month: `Jan 2026`.
    #[must_use]
    pub fn month_and_year(self) -> String {
        let form = format_description!("[month repr:short] [year]");
        self.date_time()
            .and_then(|t| t.format(form).ok())
            .unwrap_or_default()
    }

    /// How long ago it was at `now`: `just now`, `5 minutes ago`, `3 days ago`.
    #[must_use]
    pub fn age(self, now: Self) -> String {
        let minutes = now.0.saturating_sub(self.0) / 60_000;
        let ago = |n: i64, unit| format!("{} ago", count(usize::try_from(n).unwrap_or(0), unit));
        match minutes {
            i64::MIN..=0 => "just now".to_owned(),
            1..=59 => ago(minutes, "minute"),
            60..=2879 => ago(minutes / 60, "hour"),
            _ => ago(minutes / 1440, "day"),
        }
    }

    /// This moment and `ms` milliseconds.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    fn date_time(self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).ok()
    }
}

/// `14:05:00.125`, the fraction being optional.
fn time_of_day(text: &str) -> Option<Time> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let [hour, minute, second] = numbers(whole, ':', [2, 2, 2])?;
    let [fraction_ms] = numbers(fraction, '.', [fraction.len()])?;
    let exponent = u32::try_from(3_usize.checked_sub(fraction.len())?).ok()?;
    let part = |number: u32| u8::try_from(number).ok();
    let ms = u16::try_from(fraction_ms * 10_u32.pow(exponent)).ok()?;
    Time::from_hms_milli(part(hour)?, part(minute)?, part(second)?, ms).ok()
}

/// Numbers of so many digits each, and nothing else.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[u32; N]> {
    let parts: Vec<&str> = text.split(between).collect();
    let parts: [&str; N] = parts.try_into().ok()?;
    let mut numbers = [0; N];
    for ((number, part), digits) in numbers.iter_mut().zip(parts).zip(digits) {
        let fits = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        *number = fits.then(|| part.parse().ok()).flatten()?;
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_the_same_everywhere() {
        let new_year = Timestamp(1_767_225_600_000);
        assert_eq!(new_year.rfc3339(), "2026-01-01T00:00:00Z");
        assert_eq!(new_year.readable(), "1 Jan 2026, 00:00 UTC");
        let parts = [
            new_year.clock_time(),
            new_year.day_and_month(),
            new_year.month_and_year(),
        ];
        assert_eq!(parts, ["00:00", "1 Jan", "Jan 2026"]);
    }

    #[test]
    fn what_programs_write_is_read_and_nothing_else() {
        let read = |text: &str| Timestamp::parse(text).map(Timestamp::rfc3339);
        for (text, same) in [
            ("2026-01-01", "2026-01-01T00:00:00Z"),
            ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"),
            ("2026-01-01T14:05:00.1Z", "2026-01-01T14:05:00.1Z"),
            ("2026-01-01T14:05:00.125Z", "2026-01-01T14:05:00.125Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(same));
        }
        for text in [
            "",
            "T",
            "2026",
            "2026-1-1",
            "2026-02-30",
            "2026-01-01T",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00+00:00",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00.1234Z",
            "2026-01-01 00:00:00Z",
            "+026-01-01",
            "２０２６-01-01",
            "2026-01-01Z",
            "99999-01-01",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_of_another_day_is_told_with_its_date() {
        let new_year = Timestamp(1_767_225_600_000);
        let later = new_year.plus_ms(845 * 60_000);
        assert_eq!(later.readable_near(new_year), "14:05 UTC");
        let before = new_year.plus_ms(-1);
        assert_eq!(later.readable_near(before), "1 Jan 2026, 14:05 UTC");
        assert_eq!(before.readable_near(new_year), "31 Dec 2025, 23:59 UTC");
    }

    #[test]
    fn ages_grow_from_now_to_days() {
        let now = Timestamp(1_767_225_600_000);
        let age = |minutes: i64| now.plus_ms(-minutes * 60_000).age(now);
        assert_eq!([age(-5), age(0)], ["just now", "just now"]);
        assert_eq!(
            [age(1), age(59), age(60)],
            ["1 minute ago", "59 minutes ago", "1 hour ago"]
        );
        assert_eq!([age(47 * 60), age(48 * 60)], ["47 hours ago", "2 days ago"]);
    }
}
