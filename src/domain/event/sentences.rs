//! What happened, in sentences that need more than a line.

use super::Place;
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::currency::Currency;
use crate::domain::health;
use crate::domain::telling::Change;
use crate::domain::text;

/// That an exchange did not answer.
pub(super) fn failing_sentence(place: &Place, minutes: u32, explanation: &str) -> String {
    let minutes = text::count(usize::try_from(minutes).unwrap_or(usize::MAX), "minute");
    let Place { exchange, host } = place;
    format!("{exchange} ({host}) has not answered for {minutes}. {explanation}")
}

/// That one short window is full is no news: it was so for most of a minute.
pub(super) fn weight_sentence(
    place: &Place,
    (weight, limit): (u64, u64),
    window_ms: Option<i64>,
    path: Option<&str>,
) -> String {
    let (used, most, exchange) = (whole(weight), whole(limit), &place.exchange);
    match window_ms.filter(|ms| *ms < health::LONG_WINDOW_MS) {
        Some(ms) => {
            let seconds = text::count(usize::try_from(ms / 1_000).unwrap_or(usize::MAX), "second");
            let path = path.unwrap_or("all paths");
            format!(
                "Through most of a minute this server used up to {used} of the {most} calls in \
                 {seconds} that {exchange} allows to {path}."
            )
        }
        None => format!(
            "This server used {used} of the weight of {most} that {exchange} allows in one window."
        ),
    }
}

fn whole(number: u64) -> String {
    Amount::from(i64::try_from(number).unwrap_or(i64::MAX)).grouped()
}

/// That more or less of an asset is held.
pub(super) fn balance_sentence(asset: &AssetCode, change: &Change) -> String {
    let (before, after) = (change.before.grouped(), change.after.grouped());
    match &change.percent {
        None => format!("{after} {asset} came in; you held none before."),
        Some(_) if change.after.is_zero() => {
            format!("All your {asset} is gone; you held {before}.")
        }
        Some(_) => format!("Your {asset} went from {before} to {after}{}.", change.by()),
    }
}

/// That what is held is worth more or less.
pub(super) fn value_sentence(currency: Currency, change: &Change) -> String {
    let shown = |amount: &Amount| amount.rounded(currency.digits()).grouped();
    let (before, after) = (shown(&change.before), shown(&change.after));
    format!(
        "What you hold went from {before} {currency} to {after} {currency}{}.",
        change.by()
    )
}
