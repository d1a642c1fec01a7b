//! The pairs each exchange lists, with made-up prices that stay the same until somebody changes them.

use std::collections::BTreeMap;

use super::Exchange;

/// A pair as an exchange lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) base: String,
    pub(super) quote: String,
    /// The last price, as the exchange prints it; empty before the first trade.
    pub(super) price: String,
    /// The first price it had here, which its past is made up from.
    pub(super) anchor: String,
    /// The price of 24 hours before, where it is another than its past says.
    pub(super) before: Option<String>,
    /// Whether it is traded; one that no longer is keeps its last price.
    pub(super) traded: bool,
}

/// The pairs of both exchanges.
#[derive(Debug)]
pub(super) struct Markets(BTreeMap<Exchange, Vec<Pair>>);

type Listed = &'static [(&'static str, &'static str, &'static str)];

/// Base, quote, price.
const BINANCE: Listed = &[
    ("BTC", "USDT", "64210.55000000"),
    ("ETH", "USDT", "3145.21000000"),
    ("USDC", "USDT", "0.99980000"),
    ("FDUSD", "USDT", "0.99910000"),
    ("BNB", "USDT", "588.40000000"),
    ("SOL", "USDT", "151.37000000"),
    ("XRP", "USDT", "2.13640000"),
    ("ADA", "USDT", "0.45120000"),
    ("币安人生", "USDT", "0.13250000"),
    ("AXS", "USDT", "2.41000000"),
    ("DOT", "USDT", "4.18000000"),
    ("SHIB", "USDT", "0.00001753"),
    ("EUR", "USDT", "1.08450000"),
    ("ETH", "BTC", "0.04898000"),
    ("BNB", "BTC", "0.00916400"),
    ("SOL", "BTC", "0.00235700"),
    ("BTC", "USDC", "64222.10000000"),
    ("BTC", "FDUSD", "64268.30000000"),
    // Coins that have no pair with a dollar.
    ("LDO", "BTC", "0.00002917"),
    ("VTHO", "BNB", "0.00000393"),
    ("1000SATS", "FDUSD", "0.00023740"),
    // Currencies, as Binance lists them.
    ("BTC", "EUR", "59207.40000000"),
    ("USDT", "TRY", "41.87000000"),
    ("BTC", "TRY", "2688540.00000000"),
    ("USDT", "BRL", "5.51200000"),
    ("BTC", "BRL", "353930.00000000"),
    ("BTC", "JPY", "9965480.00000000"),
    ("USDT", "ARS", "1374.20000000"),
    ("EUR", "AEUR", "1.00120000"),
];

/// What Binance lists no longer: nothing but an old price is left of it.
const BINANCE_DELISTED: Listed = &[
    ("BAKE", "USDT", "0.06120000"),
    ("BTT", "BTC", "0.00000001"),
    ("LUNA", "USDT", "84.11000000"),
];

/// Base, quote, price.
const OKX: Listed = &[
    ("BTC", "USDT", "64198.3"),
    ("ETH", "USDT", "3144.87"),
    ("USDC", "USDT", "0.9999"),
    ("OKB", "USDT", "47.21"),
    ("SOL", "USDT", "151.33"),
    ("XRP", "USDT", "2.1361"),
    ("PEPE", "USDT", "0.0000091240"),
    ("SHIB", "USDT", "0.000017530"),
    ("DOGE", "USDT", "0.12044"),
    ("TRX", "USDT", "0.13371"),
    ("DOT", "USDT", "4.181"),
    ("EUR", "USDT", "1.0842"),
    ("ETH", "BTC", "0.04899"),
    ("USDT", "USD", "0.9991"),
    ("USDC", "USD", "0.9998"),
    ("BTC", "USD", "64140.5"),
    ("BTC", "EUR", "59212.7"),
    // Nobody has traded these yet.
    ("VANA", "USDT", ""),
    ("SLX", "USDT", ""),
];

impl Markets {
    /// The pairs of an exchange, in the order it lists them.
    pub(super) fn pairs(&self, exchange: Exchange) -> &[Pair] {
        self.0.get(&exchange).map_or(&[], Vec::as_slice)
    }

    /// Gives a pair a price, and lists it if it was not listed.
    pub(super) fn set_price(&mut self, exchange: Exchange, [base, quote]: [&str; 2], price: &str) {
        let pairs = self.0.entry(exchange).or_default();
        let is_it = |pair: &&mut Pair| pair.base == base && pair.quote == quote;
        match pairs.iter_mut().find(is_it) {
            Some(pair) => {
                price.clone_into(&mut pair.price);
                if pair.anchor.is_empty() {
                    price.clone_into(&mut pair.anchor);
                }
                pair.traded = true;
            }
            None => pairs.push(listed(&(base, quote, price), true)),
        }
    }

    /// Sets what a pair cost 24 hours before.
    pub(super) fn set_before(&mut self, exchange: Exchange, [base, quote]: [&str; 2], price: &str) {
        let mut pairs = self.0.entry(exchange).or_default().iter_mut();
        if let Some(pair) = pairs.find(|pair| pair.base == base && pair.quote == quote) {
            pair.before = Some(price.to_owned());
        }
    }

    /// Strikes a pair off the list.
    pub(super) fn remove(&mut self, exchange: Exchange, [base, quote]: [&str; 2]) {
        let pairs = self.0.entry(exchange).or_default();
        pairs.retain(|pair| pair.base != base || pair.quote != quote);
    }

    /// Has a pair traded no longer: its last price stays.
    pub(super) fn halt(&mut self, exchange: Exchange, [base, quote]: [&str; 2]) {
        let pairs = self.0.entry(exchange).or_default().iter_mut();
        for pair in pairs.filter(|pair| pair.base == base && pair.quote == quote) {
            pair.traded = false;
        }
    }
}

impl Default for Markets {
    fn default() -> Self {
        let all = |list: Listed, traded| list.iter().map(move |row| listed(row, traded));
        let binance = all(BINANCE, true).chain(all(BINANCE_DELISTED, false));
        Self(BTreeMap::from([
            (Exchange::Binance, binance.collect()),
            (Exchange::Okx, all(OKX, true).collect()),
        ]))
    }
}

fn listed((base, quote, price): &(&str, &str, &str), traded: bool) -> Pair {
    Pair {
        base: (*base).to_owned(),
        quote: (*quote).to_owned(),
        price: (*price).to_owned(),
        anchor: (*price).to_owned(),
        before: None,
        traded,
    }
}
