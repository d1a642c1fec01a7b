//! The guard at the door of every book: a price that is absurd is kept, shown and not used.
//!
//! A price is compared with the last good one of its pair, and where there is none with what another
//! exchange says of the same pair. One that is far off is doubted until another exchange bears it out,
//! or until it has stayed about there for a while: markets do crash, and one code may well mean two
//! coins on two exchanges.

use std::sync::Arc;

use super::{Book, Doubt, Good, Level, MAX_AGE_MS, MAX_SAID_MS, Memory, Quote, Ticker};
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::exchange::ExchangeId;
use crate::domain::timestamp::Timestamp;

/// How many percent one price may be above another: three times as much. Coins do double within a
/// day; what is wrong by a shifted point or another coin's code is off by more than that.
const FAR_PERCENT: u32 = 200;
/// The same where both sides are money: between a dollar and what stands for one, or another currency,
/// a tenth is a crash.
const FAR_PERCENT_OF_MONEY: u32 = 10;
/// How many percent one price may be above another to be about the same.
const NEAR_PERCENT: u32 = 20;
/// How old the last good price may be to be compared with, in milliseconds.
const GOOD_FOR_MS: i64 = 24 * 60 * 60 * 1_000;
/// How long a price that is doubted must have stayed about there to be believed, in milliseconds.
const STAY_MS: i64 = 10 * 60 * 1_000;
/// How often it must have been read by then: once, and twice more.
const STAY_READINGS: u32 = 3;

/// What is money, or stands for it one for one.
const MONEY: [&str; 12] = [
    "USD", "USDT", "USDC", "FDUSD", "EUR", "GBP", "TRY", "BRL", "JPY", "CHF", "AUD", "CAD",
];

/// Makes the book of an exchange out of what it tells at a moment, its book before, and the books of
/// the other exchanges.
#[must_use]
pub fn next(
    exchange: &ExchangeId,
    told: &[Ticker],
    before: Option<&Book>,
    others: &[Arc<Book>],
    now: Timestamp,
) -> Book {
    let mut book = Book::empty(exchange.clone(), now);
    for ticker in told {
        let pair = Pair::new(ticker, before, others, now);
        let (doubt, memory) = pair.judge();
        let (base, quote) = (&ticker.base, &ticker.quote);
        if let Some(memory) = memory {
            book.remember(base.clone(), quote.clone(), memory);
        }
        let price = ticker.price.clone();
        book.put(
            base.clone(),
            quote.clone(),
            Quote {
                price,
                at: now,
                told_at: ticker.at,
                doubt,
            },
        );
    }
    if let Some(before) = before {
        remember_missing(&mut book, before, now);
    }
    book
}

/// A pair that is not told of any more may come back: its last good price is remembered for so long.
fn remember_missing(book: &mut Book, before: &Book, now: Timestamp) {
    let pairs = |base: &AssetCode, quote: &AssetCode| (base.clone(), quote.clone());
    let listed = before.quotes.iter();
    let listed = listed.flat_map(|(base, quotes)| quotes.keys().map(move |q| pairs(base, q)));
    let remembered = before.memory.iter();
    let remembered =
        remembered.flat_map(|(base, quotes)| quotes.keys().map(move |q| pairs(base, q)));
    for (base, quote) in listed.chain(remembered) {
        if book.quote(&base, &quote).is_some() {
            continue;
        }
        if let Some(good) = last_good(before, &base, &quote, now) {
            let memory = Memory {
                good: Some(good),
                level: None,
            };
            book.remember(base, quote, memory);
        }
    }
}

/// The last good price of a pair, unless it is too old to say anything.
fn last_good(before: &Book, base: &AssetCode, quote: &AssetCode, now: Timestamp) -> Option<Good> {
    let used = before
        .quote(base, quote)
        .filter(|told| told.doubt.is_none())
        .map(|told| Good {
            price: told.price.clone(),
            at: told.at,
        });
    let remembered = || before.memory(base, quote)?.good.clone();
    used.or_else(remembered)
        .filter(|good| now.0.saturating_sub(good.at.0) <= GOOD_FOR_MS)
}

/// A pair's price and everything it is judged by.
struct Pair<'a> {
    ticker: &'a Ticker,
    others: &'a [Arc<Book>],
    good: Option<Good>,
    /// Why it was not used the last time, and where prices have been about since.
    doubted: Option<(Doubt, Level)>,
    now: Timestamp,
}

impl<'a> Pair<'a> {
    fn new(
        ticker: &'a Ticker,
        before: Option<&Book>,
        others: &'a [Arc<Book>],
        now: Timestamp,
    ) -> Self {
        let (base, quote) = (&ticker.base, &ticker.quote);
        let doubted = before.and_then(|before| {
            let doubt = before.quote(base, quote)?.doubt.clone()?;
            Some((doubt, before.memory(base, quote)?.level.clone()?))
        });
        Self {
            ticker,
            others,
            good: before.and_then(|before| last_good(before, base, quote, now)),
            doubted,
            now,
        }
    }

    /// Why the price is not used, and what has to be remembered of the pair.
    fn judge(self) -> (Option<Doubt>, Option<Memory>) {
        if let Some(unfit) = self.unfit() {
            let memory = self.good.map(|good| Memory {
                good: Some(good),
                level: None,
            });
            return (Some(unfit), memory);
        }
        let Some(objection) = self.objection() else {
            return (None, None);
        };
        let level = self.level();
        if self.has_stayed(&level) {
            return (None, None);
        }
        let doubt = lasting(objection, level.since);
        let memory = Memory {
            good: self.good,
            level: Some(level),
        };
        (Some(doubt), Some(memory))
    }

    /// Why the price is none, whatever others say.
    fn unfit(&self) -> Option<Doubt> {
        if self.ticker.price.is_zero() || self.ticker.price.is_negative() {
            return Some(Doubt::NotPositive);
        }
        let said_at = self.ticker.at?;
        let age_ms = self.now.0.saturating_sub(said_at.0);
        (age_ms > MAX_SAID_MS).then_some(Doubt::Stale { said_at })
    }

    /// What speaks against a price above zero.
    fn objection(&self) -> Option<Doubt> {
        if self.others().any(|(_, told)| self.is_near(&told.price)) {
            return None;
        }
        if let Some(good) = &self.good {
            let from = good.price.clone();
            let since = self.now;
            return self.is_far(&from).then_some(Doubt::Jumped { from, since });
        }
        let against = self
            .others()
            .find(|(_, told)| told.doubt.is_none() && self.is_far(&told.price))
            .map(|(book, told)| (book.exchange.clone(), told.price.clone()));
        match against {
            Some((exchange, price)) => Some(Doubt::Disagrees {
                exchange,
                price,
                since: self.now,
            }),
            // That nobody speaks against it any more does not bear it out.
            None => self.doubted.as_ref().map(|(doubt, _)| doubt.clone()),
        }
    }

    /// What other exchanges said of the pair lately. A price that is doubted there bears witness all
    /// the same: two that fall together may be right.
    fn others(&self) -> impl Iterator<Item = (&Book, &Quote)> {
        let pair = (&self.ticker.base, &self.ticker.quote);
        let told = self.others.iter().filter_map(move |book| {
            let quote = book.quote(pair.0, pair.1)?;
            Some((book.as_ref(), quote))
        });
        told.filter(|(_, told)| {
            let age_ms = self.now.0.saturating_sub(told.at.0);
            let is_price = !told.price.is_zero() && !told.price.is_negative();
            let is_stale = matches!(told.doubt, Some(Doubt::Stale { .. }));
            age_ms <= MAX_AGE_MS && is_price && !is_stale
        })
    }

    /// Where prices have been about, and since when.
    fn level(&self) -> Level {
        match &self.doubted {
            // A clock that was set back would have it wait for ever.
            Some((_, level)) if self.is_near(&level.price) && level.since <= self.now => Level {
                readings: level.readings.saturating_add(1),
                ..level.clone()
            },
            _ => Level {
                price: self.ticker.price.clone(),
                since: self.now,
                readings: 1,
            },
        }
    }

    fn has_stayed(&self, level: &Level) -> bool {
        let stayed_ms = self.now.0.saturating_sub(level.since.0);
        stayed_ms >= STAY_MS && level.readings >= STAY_READINGS
    }

    fn is_far(&self, other: &Amount) -> bool {
        is_apart(&self.ticker.price, other, self.far_percent())
    }

    fn is_near(&self, other: &Amount) -> bool {
        !is_apart(
            &self.ticker.price,
            other,
            NEAR_PERCENT.min(self.far_percent()),
        )
    }

    fn far_percent(&self) -> u32 {
        let is_money = |code: &AssetCode| MONEY.contains(&code.as_str());
        if is_money(&self.ticker.base) && is_money(&self.ticker.quote) {
            FAR_PERCENT_OF_MONEY
        } else {
            FAR_PERCENT
        }
    }
}

/// The doubt as it has been since a moment.
fn lasting(doubt: Doubt, since: Timestamp) -> Doubt {
    match doubt {
        same @ (Doubt::NotPositive | Doubt::Stale { .. }) => same,
        Doubt::Jumped { from, .. } => Doubt::Jumped { from, since },
        Doubt::Disagrees {
            exchange, price, ..
        } => Doubt::Disagrees {
            exchange,
            price,
            since,
        },
    }
}

/// Whether the greater of two prices above zero is more than so many percent above the other.
fn is_apart(one: &Amount, other: &Amount, percent: u32) -> bool {
    let (less, more) = if one < other {
        (one, other)
    } else {
        (other, one)
    };
    more.times(&Amount::from(100)) > less.times(&Amount::from(i64::from(100 + percent)))
}

#[cfg(test)]
mod tests;
