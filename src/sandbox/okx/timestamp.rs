//! OKX's timestamps: ISO 8601 in UTC, with milliseconds and a `Z`, and nothing else.

use time::{Date, Month, Time};

/// Milliseconds since the epoch; `None` when the text has any other form.
pub(super) fn parse_ms(text: &str) -> Option<i64> {
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    if shape != "0000-00-00T00:00:00.000Z" {
        return None;
    }
    let month = Month::try_from(part::<u8>(text, 5, 7)?).ok()?;
    let date = Date::from_calendar_date(part(text, 0, 4)?, month, part(text, 8, 10)?).ok()?;
    let time = Time::from_hms_milli(
        part(text, 11, 13)?,
        part(text, 14, 16)?,
        part(text, 17, 19)?,
        part(text, 20, 23)?,
    );
    let instant = date.with_time(time.ok()?).assume_utc();
    i64::try_from(instant.unix_timestamp_nanos() / 1_000_000).ok()
}

fn part<T: std::str::FromStr>(text: &str, from: usize, to: usize) -> Option<T> {
    text.get(from..to)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_has_one_form() {
        assert_eq!(
            parse_ms("2020-12-08T09:08:57.715Z"),
            Some(1_607_418_537_715)
        );
        for text in [
            "",
            "1607418537715",
            "2020-12-08T09:08:57Z",
            "2020-12-08T09:08:57.715",
            "2020-12-08T09:08:57.715000Z",
            "2020-12-08 09:08:57.715Z",
            "2020-13-08T09:08:57.715Z",
            "2020-12-08T09:08:57.715+00:00",
        ] {
            assert_eq!(parse_ms(text), None, "{text}");
        }
    }
}
