//! Telling a person what changed between two readings of all they hold.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::currency::Currency;
use crate::domain::event::Event;
use crate::domain::history::change::Change;
use crate::domain::history::quarantine::Taken;
use crate::domain::history::reading::Reading;
use crate::domain::telling::{balance_changes, value_change};
use crate::domain::timestamp::Timestamp;
use crate::services::{WriteError, telling};
use crate::storage::{Connection as Db, preferences, users};

/// How many assets are told of one by one; a person who holds more finds the rest in the portfolio.
const MOST_TOLD: usize = 20;

/// Tells what came and went, and what the whole is worth, as far as the person wants to know. What
/// comes with a connection made in between is their own doing and no news.
///
/// # Errors
/// [`WriteError`].
pub(super) async fn tell(
    db: &mut Db,
    user_id: &str,
    (before, after): (&Taken, &Taken),
    rates: &[(Currency, Amount)],
    now: Timestamp,
) -> Result<(), WriteError> {
    let (old, new) = (&before.reading, &after.reading);
    if !connections(new).is_subset(&connections(old)) {
        return Ok(());
    }
    let wanted = preferences::find(db, user_id).await?;
    let occasion = after.at.0.to_string();
    let changes = balance_changes(&held(old), &held(new), &wanted.balance_percent);
    for (asset, change) in changes.into_iter().take(MOST_TOLD) {
        let event = Event::BalanceChanged { asset, change };
        telling::tell(db, user_id, event, &occasion, now).await?;
    }
    let user = users::find(db, user_id).await?;
    let currency = user.and_then(|user| Currency::parse(&user.base_currency));
    let rate = rates.iter().find(|(one, _)| Some(*one) == currency);
    let Some((currency, rate)) = rate else {
        return Ok(());
    };
    let worth = |value: Amount| value.times(rate).rounded(currency.digits());
    // What gained or lost its price is worth no more and no less for it.
    let comparable = new.value().minus(&Change::between(old, new).covered);
    let (before, after) = (worth(old.value()), worth(comparable));
    if let Some(change) = value_change(&before, &after, &wanted.value_percent) {
        let currency = *currency;
        let event = Event::ValueChanged { currency, change };
        telling::tell(db, user_id, event, &occasion, now).await?;
    }
    Ok(())
}

fn connections(reading: &Reading) -> BTreeSet<&str> {
    let wallets = reading.wallets.iter();
    wallets.map(|one| one.connection_id.as_str()).collect()
}

/// How much of every asset is held, on all exchanges together.
fn held(reading: &Reading) -> BTreeMap<AssetCode, Amount> {
    let mut held = BTreeMap::new();
    for position in &reading.positions {
        let sum = held
            .entry(position.asset.clone())
            .or_insert_with(Amount::zero);
        *sum = sum.plus(&position.quantity);
    }
    held
}
