//! From an asset to a currency over the pairs that exchanges list.

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use super::{Book, Doubt, alias};
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::currency::Currency;
use crate::domain::exchange::ExchangeId;
use crate::domain::timestamp::Timestamp;

/// The assets that a price may be taken through where there is no direct pair, the likeliest first.
pub const HUBS: [&str; 6] = ["USDT", "USDC", "FDUSD", "BTC", "ETH", "BNB"];

/// Those of them that stand for a dollar: their way to a currency is the exchange rate itself, so the
/// shortest one is taken wherever it is listed.
const STABLE: [&str; 3] = ["USDT", "USDC", "FDUSD"];

/// The price of one unit of an asset in a currency, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Units of the currency. Exact unless a pair had to be read backwards.
    pub amount: Amount,
    /// The pairs it was taken over, in order; none for the currency itself.
    pub steps: Vec<Step>,
    /// The code it has the price of, where that is another one, and why.
    pub stands_for: Option<StandsFor>,
}

/// One pair of a price's way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Where the pair is traded.
    pub exchange: ExchangeId,
    /// The asset that is priced.
    pub base: AssetCode,
    /// The asset it is priced in.
    pub quote: AssetCode,
    /// The price as the exchange told it.
    pub price: Amount,
    /// When it did.
    pub at: Timestamp,
    /// Whether the way goes from `quote` to `base`: then the price divides.
    pub backwards: bool,
}

/// A code that has another's price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandsFor {
    /// The other code.
    pub code: AssetCode,
    /// Why the two are worth the same.
    pub reason: String,
}

/// Why there is no price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoPrice {
    /// No exchange lists a pair that leads to the currency.
    NotListed,
    /// The prices on the way are too old; the newest is of then.
    Stale(Timestamp),
    /// A price on the way is not to be trusted.
    Doubtful(Box<Doubtful>),
    /// It is money of a test environment, which is worth nothing.
    TestMoney,
}

/// A price that is not to be trusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubtful {
    /// Where.
    pub exchange: ExchangeId,
    /// The asset that is priced.
    pub base: AssetCode,
    /// The asset it is priced in.
    pub quote: AssetCode,
    /// What the exchange said.
    pub price: Amount,
    /// Why it is not used.
    pub doubt: Doubt,
}

impl Price {
    /// When the oldest price on the way was told; `None` when there is none on it.
    #[must_use]
    pub fn as_of(&self) -> Option<Timestamp> {
        self.steps.iter().map(|step| step.at).min()
    }

    fn of(steps: Vec<Step>) -> Option<Self> {
        let product = |backwards: bool| {
            steps
                .iter()
                .filter(|step| step.backwards == backwards)
                .fold(Amount::one(), |product, step| product.times(&step.price))
        };
        let (dividend, divisor) = (product(false), product(true));
        let amount = if divisor == Amount::one() {
            dividend
        } else {
            dividend.over(&divisor)?
        };
        Some(Self {
            amount,
            steps,
            stands_for: None,
        })
    }
}

/// The prices of all exchanges at one moment.
#[derive(Clone, Debug)]
pub struct Market {
    books: Vec<Arc<Book>>,
    now: Timestamp,
}

impl Market {
    /// Books in the order they are asked where an asset has no exchange of its own.
    #[must_use]
    pub fn new(books: Vec<Arc<Book>>, now: Timestamp) -> Self {
        Self { books, now }
    }

    /// The books.
    #[must_use]
    pub fn books(&self) -> &[Arc<Book>] {
        &self.books
    }

    /// Whether a value can be told in a currency: a price of it can be had from USDT or Bitcoin.
    #[must_use]
    pub fn offers(&self, currency: Currency) -> bool {
        let has = |code: &str| {
            AssetCode::parse(code).is_ok_and(|hub| self.price(None, &hub, currency).is_ok())
        };
        has("USDT") && has("BTC")
    }

    /// The price of one unit of an asset, as its own exchange calls it, in a currency. Its own
    /// exchange is asked first for every pair on the way; fewer pairs are better than more.
    ///
    /// # Errors
    /// Why there is none.
    pub fn price(
        &self,
        home: Option<&ExchangeId>,
        asset: &AssetCode,
        currency: Currency,
    ) -> Result<Price, NoPrice> {
        self.price_in(home, asset, &currency.asset())
    }

    /// As [`Self::price`], in any asset.
    ///
    /// # Errors
    /// Why there is none.
    pub fn price_in(
        &self,
        home: Option<&ExchangeId>,
        asset: &AssetCode,
        target: &AssetCode,
    ) -> Result<Price, NoPrice> {
        let search = Search::new(self, home);
        let own = search.way(asset, target);
        if own.is_some() || search.lists(asset) {
            return own.ok_or_else(|| search.blame(asset));
        }
        let Some(known) = home.and_then(|home| alias::find(home.as_str(), asset.as_str())) else {
            return Err(search.blame(asset));
        };
        let Ok(code) = AssetCode::parse(known.priced_as) else {
            return Err(NoPrice::NotListed);
        };
        let price = search
            .way(&code, target)
            .ok_or_else(|| search.blame(&code))?;
        let reason = known.reason.to_owned();
        Ok(Price {
            stands_for: Some(StandsFor { code, reason }),
            ..price
        })
    }
}

/// The books in the order they are asked for one asset.
struct Search<'a> {
    books: Vec<&'a Book>,
    has_home: bool,
    now: Timestamp,
}

impl<'a> Search<'a> {
    fn new(market: &'a Market, home: Option<&ExchangeId>) -> Self {
        let mut books: Vec<&Book> = market.books.iter().map(AsRef::as_ref).collect();
        let is_home = |book: &&Book| Some(&book.exchange) == home;
        let has_home = books.iter().any(is_home);
        books.sort_by_key(|book| !is_home(book));
        Self {
            books,
            has_home,
            now: market.now,
        }
    }

    /// The best way: on the asset's own exchange first, whatever it takes there, then elsewhere.
    fn way(&self, asset: &AssetCode, target: &AssetCode) -> Option<Price> {
        if asset == target {
            return Price::of(Vec::new());
        }
        if STABLE.contains(&asset.as_str()) {
            return Price::of(self.rate(asset, target)?);
        }
        self.books
            .iter()
            .find_map(|book| self.from(book, asset, target))
    }

    /// The best way whose first pair is traded at one place.
    fn from(&self, first: &Book, asset: &AssetCode, target: &AssetCode) -> Option<Price> {
        if let Some(step) = self.step(first, asset, target) {
            return Price::of(vec![step]);
        }
        let hubs = || hubs().filter(|hub| *hub != asset && *hub != target);
        let ways = hubs().filter_map(|hub| {
            let step = self.step(first, asset, hub)?;
            let mut way = vec![step];
            way.extend(self.rate(hub, target)?);
            Some(way)
        });
        Price::of(ways.min_by_key(Vec::len)?)
    }

    /// From a hub to the currency, in one step or over one other hub.
    fn rate(&self, hub: &AssetCode, target: &AssetCode) -> Option<Vec<Step>> {
        if hub == target {
            return Some(Vec::new());
        }
        if let Some(step) = self.anywhere(hub, target) {
            return Some(vec![step]);
        }
        hubs()
            .filter(|other| *other != hub && *other != target)
            .find_map(|other| {
                let first = self.anywhere(hub, other)?;
                Some(vec![first, self.anywhere(other, target)?])
            })
    }

    fn anywhere(&self, from: &AssetCode, to: &AssetCode) -> Option<Step> {
        self.books.iter().find_map(|book| self.step(book, from, to))
    }

    /// One pair, forwards or backwards, that can be used.
    fn step(&self, book: &Book, from: &AssetCode, to: &AssetCode) -> Option<Step> {
        let pair = |base: &AssetCode, quote: &AssetCode, backwards| {
            let told = book
                .quote(base, quote)
                .filter(|told| told.is_usable(self.now))?;
            Some(Step {
                exchange: book.exchange.clone(),
                base: base.clone(),
                quote: quote.clone(),
                price: told.price.clone(),
                at: told.said_at(),
                backwards,
            })
        };
        pair(from, to, false).or_else(|| pair(to, from, true))
    }

    /// Whether the asset's own exchange has a market for it, or any where it has no own.
    fn lists(&self, asset: &AssetCode) -> bool {
        let own = if self.has_home { 1 } else { self.books.len() };
        let mut books = self.books.iter().take(own);
        books.any(|book| book.quotes.contains_key(asset))
    }

    /// Why no way leads on from an asset: a price that is not used, or else one that is too old.
    fn blame(&self, asset: &AssetCode) -> NoPrice {
        let pairs = || {
            self.books.iter().flat_map(|book| {
                let quotes = book.quotes.get(asset).into_iter().flatten();
                quotes.map(move |(quote, told)| (book, quote, told))
            })
        };
        let doubtful = pairs().find_map(|(book, quote, told)| {
            Some(NoPrice::Doubtful(Box::new(Doubtful {
                exchange: book.exchange.clone(),
                base: asset.clone(),
                quote: quote.clone(),
                price: told.price.clone(),
                doubt: told.doubt.clone()?,
            })))
        });
        let newest = || self.books.iter().map(|book| book.taken_at).max();
        doubtful.unwrap_or_else(|| {
            let stale = pairs()
                .map(|(_, _, told)| told)
                .all(|told| told.is_old(self.now));
            match newest() {
                Some(at) if stale && pairs().next().is_some() => NoPrice::Stale(at),
                _ => NoPrice::NotListed,
            }
        })
    }
}

fn hubs() -> impl Iterator<Item = &'static AssetCode> {
    static CODES: LazyLock<Vec<AssetCode>> = LazyLock::new(|| {
        let codes = HUBS.iter().map(|code| AssetCode::parse(code));
        codes.filter_map(Result::ok).collect()
    });
    CODES.iter()
}

#[cfg(test)]
mod tests;
