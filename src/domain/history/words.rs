//! History in words.

use super::chart::Ink;
use super::quarantine::Cause;
use super::series::{History, Movement, Told};
use super::tellers::PastTellers;
use crate::domain::amount::Amount;
use crate::domain::currency::Currency;
use crate::domain::money::signed_percent;
use crate::domain::text::count;

/// A value with all digits of its currency: `1,234.50`.
#[must_use]
pub fn money(value: &Amount, currency: Currency) -> String {
    let digits = currency.digits();
    let text = value.rounded(digits).grouped();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let point = if digits > 0 { "." } else { "" };
    format!("{whole}{point}{fraction:0<digits$}").replace('-', "\u{2212}")
}

/// A change with its sign: `+12.00`, `−3.40`, `0.00`.
#[must_use]
pub fn signed(change: &Amount, currency: Currency) -> String {
    let sign = if is_rise(change) { "+" } else { "" };
    format!("{sign}{}", money(change, currency))
}

fn is_rise(change: &Amount) -> bool {
    !change.is_negative() && !change.is_zero()
}

impl Movement {
    /// The change alone: `+123.45 USD (+2.1 %)`.
    #[must_use]
    pub fn headline(&self, currency: Currency) -> String {
        let percent = self.percent.as_ref().map_or_else(String::new, |percent| {
            format!(" ({})", signed_percent(percent))
        });
        format!("{} {currency}{percent}", signed(&self.amount, currency))
    }

    /// Where it came from: `+100.00 by prices, +23.45 by deposits and withdrawals`.
    #[must_use]
    pub fn parts(&self, currency: Currency) -> String {
        let mut parts = format!(
            "{} by prices, {} by deposits and withdrawals",
            signed(&self.prices, currency),
            signed(&self.balances, currency)
        );
        if !self.coverage.is_zero() {
            let coverage = signed(&self.coverage, currency);
            parts.push_str(&format!(
                ", {coverage} by assets that gained or lost their price"
            ));
        }
        parts
    }
}

impl History {
    /// Since when, or in which time, the value changed: `in 30 days`, `since 1 Jan 2026, 00:00 UTC`.
    #[must_use]
    pub fn stretch(&self, movement: &Movement) -> String {
        let reaches = self
            .range
            .start(self.now)
            .is_some_and(|start| movement.since <= start.plus_ms(self.range.gap_ms()));
        if reaches {
            self.range.words().to_owned()
        } else {
            format!("since {}", movement.since.readable())
        }
    }

    /// What the picture shows, for those who do not see it.
    #[must_use]
    pub fn description(&self) -> String {
        let currency = self.currency;
        let values = || self.points.iter().map(|point| &point.value);
        let (Some(first), Some(last), Some(low), Some(high)) = (
            self.points.first(),
            self.points.last(),
            values().min(),
            values().max(),
        ) else {
            return String::new();
        };
        let at = |point: &Told| {
            let value = money(&point.value, currency);
            format!("{value} {currency} on {}", point.at.readable())
        };
        let spot_only = if first.backfilled {
            " Days before the first sync are of the spot wallet only."
        } else {
            ""
        };
        format!(
            "From {} to {}; lowest {}, highest {}.{spot_only}",
            at(first),
            at(last),
            money(low, currency),
            money(high, currency)
        )
    }

    /// What is not whole in the picture, one sentence each.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let backfilled = |point: &&Told| point.backfilled;
        if let Some(last) = self.points.iter().rfind(backfilled) {
            notes.push(format!(
                "Until {} the thin line is from {} own daily snapshots, spot wallet only, at the \
                 last prices of each day; changes are counted from the first sync on.",
                last.at.readable(),
                self.tellers.whose()
            ));
        }
        let partly = |point: &Told| point.partial && !point.backfilled;
        if self.points.iter().any(partly) {
            notes.push(
                "Dashed: not everything could be read then, or a price was lost; what could not be \
                 read is as of before, and what lost its price is left out."
                    .to_owned(),
            );
        }
        if self.points.iter().any(|point| point.after_gap) {
            notes.push("Dotted: nothing was recorded in between.".to_owned());
        }
        if let Some(most) = self.points.iter().map(|point| point.unpriced).max()
            && most > 0
        {
            let assets = count(most, "asset");
            notes.push(format!(
                "Up to {assets} had no price at times and stand beside the value, not in it."
            ));
        }
        if self.untold > 0 {
            let points = count(self.untold, "point");
            let currency = self.currency;
            notes.push(format!(
                "{points} left out: there was no rate for {currency} then."
            ));
        }
        notes
    }
}

impl Told {
    /// What is special about a point.
    #[must_use]
    pub fn remark(&self, tellers: &PastTellers) -> String {
        let unpriced = (self.unpriced > 0)
            .then(|| format!("{} without a price", count(self.unpriced, "asset")));
        let partial = match (self.backfilled, self.partial) {
            (true, _) => {
                let whose = tellers.whose();
                Some(format!("from {whose} daily snapshot, spot wallet only"))
            }
            (false, partial) => partial.then(|| "partial".to_owned()),
        };
        let gap = self.after_gap.then(|| "after a gap".to_owned());
        let remarks: Vec<_> = [partial, unpriced, gap].into_iter().flatten().collect();
        remarks.join(", ")
    }
}

impl Ink {
    /// The class that its line is drawn with.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Whole => "chart-line",
            Self::Partial => "chart-line chart-partial",
            Self::Backfilled => "chart-line chart-backfilled",
            Self::Gap => "chart-line chart-gap",
        }
    }
}

impl Cause {
    /// Why a value is held back, as a sentence for the owner.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Price(asset) => {
                format!("The price of {asset} alone would change the total by more than half.")
            }
            Self::Wallet(wallet) => format!(
                "What came to the {} wallet, or went from it, would alone change the total by \
                 more than half.",
                wallet.title()
            ),
        }
    }

    /// When a value that is held back is recorded, as the end of a sentence.
    #[must_use]
    pub fn borne_out(&self) -> String {
        match self {
            Self::Price(_) => "a later price says about the same".to_owned(),
            Self::Wallet(wallet) => format!(
                "the next sync that reads the {} wallet says about the same",
                wallet.title()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::amount;
    use super::super::series::Range;
    use super::*;
    use crate::domain::timestamp::Timestamp;

    fn movement() -> Movement {
        Movement {
            since: Timestamp(0),
            amount: amount("123.45"),
            percent: Some(amount("2.1")),
            prices: amount("150"),
            balances: amount("-26.55"),
            coverage: Amount::zero(),
        }
    }

    #[test]
    fn values_have_the_digits_of_their_currency() {
        assert_eq!(money(&amount("1234.5"), Currency::Usd), "1,234.50");
        assert_eq!(money(&amount("1234.5"), Currency::Jpy), "1,234");
        assert_eq!(money(&amount("-0.5"), Currency::Btc), "\u{2212}0.50000000");
        assert_eq!(signed(&amount("0.001"), Currency::Usd), "+0.00");
        assert_eq!(signed(&Amount::zero(), Currency::Usd), "0.00");
    }

    #[test]
    fn a_change_is_told_with_its_parts() {
        let mut movement = movement();
        assert_eq!(movement.headline(Currency::Usd), "+123.45 USD (+2.1 %)");
        let parts = "+150.00 by prices, \u{2212}26.55 by deposits and withdrawals";
        assert_eq!(movement.parts(Currency::Usd), parts);
        movement.percent = None;
        movement.coverage = amount("7");
        assert_eq!(movement.headline(Currency::Usd), "+123.45 USD");
        let told = movement.parts(Currency::Usd);
        assert!(told.ends_with(", +7.00 by assets that gained or lost their price"));
    }

    #[test]
    fn a_history_younger_than_its_range_says_since_when() {
        let now = Timestamp(30 * super::super::day::DAY_MS);
        let history = History::tell(&[], Range::Month, Currency::Usd, now);
        assert_eq!(history.stretch(&movement()), "in 30 days");
        let late = Movement {
            since: Timestamp(20 * super::super::day::DAY_MS),
            ..movement()
        };
        assert_eq!(history.stretch(&late), "since 21 Jan 1970, 00:00 UTC");
    }

    #[test]
    fn days_before_the_first_sync_say_that_they_are_of_the_spot_wallet_only() {
        let told = |at, backfilled| Told {
            at: Timestamp(at),
            value: amount("1"),
            unpriced: 0,
            partial: backfilled,
            after_gap: false,
            backfilled,
        };
        let now = Timestamp(30 * super::super::day::DAY_MS);
        let mut history = History::tell(&[], Range::Month, Currency::Usd, now);
        history.points = vec![told(0, true), told(1, false)];
        history.tellers.telling = vec!["Binance".to_owned()];
        let notes = history.notes();
        assert_eq!(notes.len(), 1, "{notes:?}");
        let line = "Until 1 Jan 1970, 00:00 UTC the thin line is from Binance's own daily";
        assert!(notes[0].starts_with(line), "{notes:?}");
        assert!(history.description().ends_with("of the spot wallet only."));
        let remarks = history.points.iter();
        let remarks: Vec<_> = remarks.map(|one| one.remark(&history.tellers)).collect();
        let remark = "from Binance's daily snapshot, spot wallet only";
        assert_eq!(remarks, [remark, ""]);
    }
}
