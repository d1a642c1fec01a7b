//! Binance's prices: one call for every pair that is traded, from the host for market data.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::limits::api;
use super::{Binance, wire};
use crate::domain::asset::AssetCode;
use crate::domain::health::CallClass;
use crate::domain::market::candle::Fault;
use crate::domain::price::Ticker;
use crate::exchanges::Journal;
use crate::exchanges::allow::Endpoint;
use crate::exchanges::candles::Reader;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::{Rows, amount, text};
use crate::exchanges::tickers::{self, Row};

/// Manual: binance-spot-api-docs, rest-api.md, "Symbol price ticker"; state of 2026-07-21.
pub(super) const PRICES: Endpoint =
    Endpoint::get("/api/v3/ticker/price", api(4), CallClass::Market);

/// Without it, pairs that are no longer traded come back with the last price they had, years old.
const TRADED: &str = "symbolStatus=TRADING";

/// The assets that pairs are priced in here, as far as prices are taken over them. The answer tells
/// base and quote as one word: it is taken apart by this list and never by guessing. Pairs in other
/// assets that somebody looks at are asked for by their names, with the figures of the day. That is exact:
/// none of these is the end of another, so at most one fits, and of the other quotes that Binance has
/// or had (ARS, BIDR, BKRW, BUSD, COP, CZK, DAI, DOGE, DOT, EURI, IDR, IDRT, MXN, NGN, PAX, PLN, RON,
/// RUB, SOL, TRX, TUSD, U, UAH, USD1, USDP, USDS, VAI, XRP, XUSD, ZAR) none ends like one of these but
/// AEUR, whose pairs are named below. All 1,675 pairs of an `exchangeInfo` of 2021-10-04 are taken
/// apart rightly (tried 2026-11-21).
const QUOTES: [&str; 12] = [
    "USDT", "USDC", "FDUSD", "BTC", "ETH", "BNB", "EUR", "GBP", "TRY", "BRL", "JPY", "AUD",
];
/// The pairs in AEUR, a coin that stands for a euro.
const IN_AEUR: [&str; 3] = ["BTCAEUR", "ETHAEUR", "EURAEUR"];

/// Manual: binance-spot-api-docs, rest-api.md, "Symbol price ticker"; state of 2026-07-21.
#[derive(Deserialize)]
struct Price<'a> {
    #[serde(borrow)]
    symbol: Option<&'a RawValue>,
    #[serde(borrow)]
    price: Option<&'a RawValue>,
}

impl Binance {
    /// Asks for the prices of all pairs.
    pub(super) async fn prices(&self) -> Result<Vec<Ticker>, ExchangeError> {
        let journal = Journal::default();
        let caller = self.caller(&self.market, tickers::terms(&journal));
        let answer = caller.call_public(&PRICES, TRADED).await?;
        read(&self.reader(), answer.text()?)
    }

    /// Who is told of rows of the market that are kept out.
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader::new("binance", &self.shared, &self.clocks, &self.market)
    }
}

fn read(reader: &Reader<'_>, body: &str) -> Result<Vec<Ticker>, ExchangeError> {
    reader.tickers(&wire::parse::<Rows<'_>>(body)?, row)
}

fn row(raw: &RawValue) -> Row {
    let Ok(told) = serde_json::from_str::<Price<'_>>(raw.get()) else {
        return Row::Faulty(Fault::Unreadable);
    };
    let (Ok(Some(symbol)), Ok(Some(price))) = (text(told.symbol), amount(told.price)) else {
        return Row::Faulty(Fault::Unreadable);
    };
    match split(&symbol) {
        None => Row::Other,
        Some((base, quote)) => match (AssetCode::parse(base), AssetCode::parse(quote)) {
            (Ok(base), Ok(quote)) => Row::Priced(Ticker {
                base,
                quote,
                price,
                // None is told with the list.
                at: None,
            }),
            _ => Row::Faulty(Fault::Unreadable),
        },
    }
}

/// Base and quote of a pair, where the quote is one of those that are of use.
fn split(symbol: &str) -> Option<(&str, &str)> {
    if IN_AEUR.contains(&symbol) {
        return None;
    }
    QUOTES.iter().find_map(|quote| {
        let base = symbol.strip_suffix(quote)?;
        Some((base, *quote))
    })
}

#[cfg(test)]
mod tests;
