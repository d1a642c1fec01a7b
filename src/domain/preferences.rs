//! What a person wants to be told: from when on, and from how much.

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::rules::FieldErrors;

/// The most hours that failing may go on untold: thirty days.
const MOST_HOURS: u32 = 720;
/// The largest threshold, in percent.
const MOST_PERCENT: u32 = 1_000;

/// From when on, and from how much a person is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// For how many hours a connection must not have been read.
    pub failing_hours: u32,
    /// More than how many percent of an asset must have come or gone.
    pub balance_percent: Amount,
    /// By more than how many percent the value of everything must have changed.
    pub value_percent: Amount,
    /// Whether they are told how exchanges fare that they have an account on.
    pub exchange_news: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            failing_hours: 6,
            balance_percent: Amount::from(10),
            value_percent: Amount::from(10),
            exchange_news: true,
        }
    }
}

impl Preferences {
    /// For how long a connection must not have been read, in milliseconds.
    #[must_use]
    pub fn failing_ms(&self) -> i64 {
        i64::from(self.failing_hours) * 60 * 60 * 1000
    }
}

/// The form, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreferencesForm<'a> {
    /// [`Preferences::failing_hours`].
    pub failing_hours: &'a str,
    /// [`Preferences::balance_percent`].
    pub balance_percent: &'a str,
    /// [`Preferences::value_percent`].
    pub value_percent: &'a str,
    /// [`Preferences::exchange_news`]: `yes`, or empty for no.
    pub exchange_news: &'a str,
}

impl PreferencesForm<'_> {
    /// Reads the form.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn read(&self) -> Result<Preferences, FieldErrors> {
        let failing_hours = hours(self.failing_hours);
        let balance_percent = percent(self.balance_percent);
        let value_percent = percent(self.value_percent);
        let exchange_news = yes_or_no(self.exchange_news);
        match (failing_hours, balance_percent, value_percent, exchange_news) {
            (Ok(failing_hours), Ok(balance_percent), Ok(value_percent), Ok(exchange_news)) => {
                Ok(Preferences {
                    failing_hours,
                    balance_percent,
                    value_percent,
                    exchange_news,
                })
            }
            (hours, balance, value, news) => {
                let mut errors = FieldErrors::default();
                errors.add("failing_hours", hours.map(|_| ()));
                errors.add("balance_percent", balance.map(|_| ()));
                errors.add("value_percent", value.map(|_| ()));
                errors.add("exchange_news", news.map(|_| ()));
                Err(errors)
            }
        }
    }
}

fn hours(text: &str) -> Result<u32, &'static str> {
    let hours = text.trim().parse().ok();
    hours
        .filter(|hours| (1..=MOST_HOURS).contains(hours))
        .ok_or("Enter a whole number of hours from 1 to 720.")
}

fn yes_or_no(text: &str) -> Result<bool, &'static str> {
    match text {
        "yes" => Ok(true),
        "" => Ok(false),
        _ => Err("Tick the box, or leave it."),
    }
}

fn percent(text: &str) -> Result<Amount, &'static str> {
    let percent = Amount::parse(text.trim()).ok();
    percent
        .filter(|percent| {
            let fits = !percent.is_negative() && *percent <= Amount::from(i64::from(MOST_PERCENT));
            fits && !percent.is_zero() && percent.rounded(1) == *percent
        })
        .ok_or("Enter a percentage from 0.1 to 1000, with at most one digit after the point.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(hours: &str, percent: &str) -> Result<Preferences, FieldErrors> {
        let form = PreferencesForm {
            failing_hours: hours,
            balance_percent: percent,
            value_percent: "10",
            exchange_news: "yes",
        };
        form.read()
    }

    #[test]
    fn sensible_numbers_are_taken() {
        let read = read(" 12 ", "2.5").unwrap();
        assert_eq!(
            (read.failing_hours, read.balance_percent.as_str()),
            (12, "2.5")
        );
        assert_eq!(read.failing_ms(), 43_200_000);
        assert_eq!(Preferences::default().failing_ms(), 21_600_000);
    }

    #[test]
    fn a_box_is_ticked_or_not() {
        let told = |exchange_news| {
            let form = PreferencesForm {
                failing_hours: "6",
                balance_percent: "10",
                value_percent: "10",
                exchange_news,
            };
            form.read().map(|read| read.exchange_news)
        };
        assert_eq!((told("yes"), told("")), (Ok(true), Ok(false)));
        assert!(told("on").unwrap_err().get("exchange_news").is_some());
    }

    #[test]
    fn every_other_text_is_named_beside_its_field() {
        for hours in ["", "0", "-1", "721", "6.5", "six", "99999999999999999999"] {
            let errors = read(hours, "10").unwrap_err();
            assert!(errors.get("failing_hours").is_some(), "{hours:?}");
            assert!(errors.get("balance_percent").is_none());
        }
        for percent in [
            "", "0", "-5", "1000.1", "0.05", "ten", "10 %", "NaN", "1e99",
        ] {
            let errors = read("6", percent).unwrap_err();
            assert!(errors.get("balance_percent").is_some(), "{percent:?}");
            assert!(errors.get("failing_hours").is_none());
        }
    }
}
