//! Changing what the exchanges say of prices.

use super::Control;
use crate::sandbox::{Effect, Exchange, Fault};

/// The paths that tell all prices.
const BINANCE_PRICES: &str = "/api/v3/ticker/price";
const OKX_PRICES: &str = "/api/v5/market/tickers";

/// Prices.
impl Control {
    /// Gives a pair a price, printed as it stands, and lists it if it was not listed. Streams tell of
    /// it at once.
    pub fn set_price(&self, exchange: Exchange, pair: [&str; 2], price: &str) {
        let mut state = self.state();
        state.markets.set_price(exchange, pair, price);
        let [base, quote] = pair;
        state.push_price(exchange, base, quote);
    }

    /// Sets what a pair cost 24 hours before, as calls and streams tell it.
    pub fn set_price_before(&self, exchange: Exchange, pair: [&str; 2], price: &str) {
        self.state().markets.set_before(exchange, pair, price);
    }

    /// Strikes a pair off an exchange's list.
    pub fn remove_pair(&self, exchange: Exchange, pair: [&str; 2]) {
        self.state().markets.remove(exchange, pair);
    }

    /// Has a pair traded no longer, as after its delisting: its last price stays.
    pub fn halt_pair(&self, exchange: Exchange, pair: [&str; 2]) {
        self.state().markets.halt(exchange, pair);
    }

    /// Has an exchange answer this instead of its prices, until faults are cleared.
    pub fn fail_prices(&self, exchange: Exchange, effect: Effect) {
        self.inject(Fault::on(Self::prices_of(exchange), effect));
    }

    /// How often an exchange was asked for its prices.
    #[must_use]
    pub fn count_prices(&self, exchange: Exchange) -> usize {
        self.count(Self::prices_of(exchange))
    }

    fn prices_of(exchange: Exchange) -> &'static str {
        match exchange {
            Exchange::Binance => BINANCE_PRICES,
            Exchange::Okx => OKX_PRICES,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::Value;

    use super::*;
    use crate::sandbox::call::Call;

    fn ask(control: &Control, target: &str) -> (u16, Value) {
        let reply = control
            .answer(&Call::made(Method::GET, target, &[], ""))
            .reply;
        (reply.status, serde_json::from_str(&reply.body).unwrap())
    }

    /// What Binance answers about prices: how many, or the code of its refusal.
    fn count(control: &Control, query: &str) -> Result<usize, (u16, i64)> {
        let (status, body) = ask(control, &format!("{BINANCE_PRICES}{query}"));
        match body["code"].as_i64() {
            Some(code) => Err((status, code)),
            None => Ok(body.as_array().map_or(1, Vec::len)),
        }
    }

    #[test]
    fn pairs_that_are_no_longer_traded_come_back_unless_only_traded_ones_are_asked_for() {
        let control = Control::new(None);
        let traded = count(&control, "?symbolStatus=TRADING").unwrap();
        assert_eq!(count(&control, "?symbolStatus=BREAK"), Ok(3));
        assert_eq!(count(&control, "?symbolStatus=HALT"), Ok(0));
        assert_eq!(count(&control, ""), Ok(traded + 3));
        assert_eq!(count(&control, "?symbol=BAKEUSDT"), Ok(1));
        control.halt_pair(Exchange::Binance, ["BTC", "USDT"]);
        assert_eq!(count(&control, "?symbolStatus=TRADING"), Ok(traded - 1));
    }

    #[test]
    fn what_binance_does_not_know_it_refuses_by_its_own_errors() {
        let control = Control::new(None);
        for (query, code) in [
            ("?symbolStatus=ALIVE", -1122),
            ("?symbolStatus=", -1105),
            ("?status=TRADING", -1104),
            ("?symbol=BAKEUSDT&symbolStatus=TRADING", -1220),
            ("?symbol=NOPEUSDT", -1121),
            ("?symbol=BTCUSDT&symbols=%5B%22BTCUSDT%22%5D", -1128),
        ] {
            assert_eq!(count(&control, query), Err((400, code)), "{query}");
        }
        let list = "?symbols=%5B%22BTCUSDT%22,%22BAKEUSDT%22%5D";
        assert_eq!(count(&control, list), Ok(2));
        assert_eq!(
            count(&control, &format!("{list}&symbolStatus=TRADING")),
            Ok(1)
        );
    }

    #[test]
    fn okx_tells_the_spot_market_and_refuses_what_it_does_not_know() {
        let control = Control::new(None);
        let (status, body) = ask(&control, "/api/v5/market/tickers?instType=SPOT");
        let rows = body["data"].as_array().unwrap();
        assert_eq!((status, body["code"].as_str()), (200, Some("0")));
        let last =
            |pair: &str| rows.iter().find(|row| row["instId"] == pair).unwrap()["last"].clone();
        assert_eq!([last("BTC-USD"), last("VANA-USDT")], ["64140.5", ""]);
        let documented: Value = serde_json::from_str(include_str!(
            "../../tests/fixtures/okx_market_tickers_docs.json"
        ))
        .unwrap();
        let names = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&rows[0]), names(&documented["data"][0]));
        for (query, code) in [
            ("", "50014"),
            ("?instType=FISH", "51000"),
            ("?instType=SPOT&symbolStatus=TRADING", "51000"),
        ] {
            let (status, body) = ask(&control, &format!("{OKX_PRICES}{query}"));
            assert_eq!(
                (status, body["code"].as_str()),
                (400, Some(code)),
                "{query}"
            );
        }
    }

    #[test]
    fn a_price_is_changed_at_once_and_a_pair_struck_off() {
        let control = Control::new(None);
        let price = |symbol: &str| {
            let (_, body) = ask(&control, &format!("{BINANCE_PRICES}?symbol={symbol}"));
            body["price"].as_str().map(str::to_owned)
        };
        control.set_price(Exchange::Binance, ["BTC", "USDT"], "1.50000000");
        control.set_price(Exchange::Binance, ["NEW", "USDT"], "-0");
        assert_eq!(price("BTCUSDT").as_deref(), Some("1.50000000"));
        assert_eq!(price("NEWUSDT").as_deref(), Some("-0"));
        control.remove_pair(Exchange::Binance, ["BTC", "USDT"]);
        assert_eq!(price("BTCUSDT"), None);
        assert_eq!(control.count_prices(Exchange::Binance), 3);
        control.fail_prices(Exchange::Okx, Effect::Drop);
        let call = Call::made(Method::GET, OKX_PRICES, &[], "");
        assert!(control.answer(&call).effect.is_some());
    }
}
