//! Telling a person what changed between two readings of all they hold.

use std::collections::BTreeMap;

use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::currency::Currency;
use crate::domain::event::Event;
use crate::domain::history::change::Change;
use crate::domain::history::quarantine::{Standing, Taken};
use crate::domain::history::reading::Reading;
use crate::domain::telling::{self as rules, balance_changes, value_change};
use crate::domain::timestamp::Timestamp;
use crate::services::{WriteError, telling};
use crate::storage::{Connection as Db, preferences, users};

/// How many assets are told of one by one; a person who holds more finds the rest in the portfolio.
const MOST_TOLD: usize = 20;

/// What is new of a series.
pub(super) struct News {
    /// What was held when it was last told, and now.
    held: (Taken, Taken),
    /// What the points before and now were made of, where there is a new one.
    worth: Option<(Reading, Reading)>,
}

impl News {
    /// What is new where a series went on; `None` where it began, or stands where it stood.
    pub(super) fn between(before: &Standing, after: &Standing) -> Option<Self> {
        let seen = before.seen().cloned().zip(after.seen().cloned());
        let (old, new) = (before.latest.as_ref(), after.latest.as_ref());
        let worth = old.zip(new).filter(|(old, new)| old.at < new.at);
        Some(Self {
            held: seen.filter(|(old, new)| old.at < new.at)?,
            worth: worth.map(|(old, new)| (old.reading.clone(), new.reading.clone())),
        })
    }
}

/// Tells what came and went, and what the whole is worth, as far as the person wants to know. What
/// comes with a connection made in between is their own doing and no news.
///
/// # Errors
/// [`WriteError`].
pub(super) async fn tell(
    db: &mut Db,
    user_id: &str,
    news: &News,
    rates: &[(Currency, Amount)],
    now: Timestamp,
) -> Result<(), WriteError> {
    let (before, after) = &news.held;
    let mut wallets = after.reading.wallets.iter();
    if !wallets.all(|one| before.knows(&one.connection_id)) {
        return Ok(());
    }
    let wanted = preferences::find(db, user_id).await?;
    let teller = Teller {
        user_id,
        occasion: after.at.0.to_string(),
        now,
    };
    let (old, new) = (held(&before.reading), held(&after.reading));
    let changes = balance_changes(&old, &new, &wanted.balance_percent);
    for (asset, change) in changes.into_iter().take(MOST_TOLD) {
        let event = Event::BalanceChanged { asset, change };
        teller.tell(db, event).await?;
    }
    let user = users::find(db, user_id).await?;
    let currency = user.and_then(|user| Currency::parse(&user.base_currency));
    let rate = rates.iter().find(|(one, _)| Some(*one) == currency);
    let changed = news.worth.as_ref().zip(rate).and_then(|(worth, rate)| {
        let change = worth_change(worth, rate, &wanted.value_percent)?;
        let currency = rate.0;
        Some(Event::ValueChanged { currency, change })
    });
    match changed {
        Some(event) => teller.tell(db, event).await,
        None => Ok(()),
    }
}

/// Whom something is told, and on which occasion.
struct Teller<'a> {
    user_id: &'a str,
    occasion: String,
    now: Timestamp,
}

impl Teller<'_> {
    async fn tell(&self, db: &mut Db, event: Event) -> Result<(), WriteError> {
        let told = telling::tell(db, self.user_id, event, &self.occasion, self.now).await;
        told.map(drop)
    }
}

/// What the whole did in a currency, if that is more than so many percent. What gained or lost its
/// price is worth no more and no less for it.
fn worth_change(
    (old, new): &(Reading, Reading),
    (currency, rate): &(Currency, Amount),
    percent: &Amount,
) -> Option<rules::Change> {
    let worth = |value: Amount| value.times(rate).rounded(currency.digits());
    let comparable = new.value().minus(&Change::between(old, new).covered);
    value_change(&worth(old.value()), &worth(comparable), percent)
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
