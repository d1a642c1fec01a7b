//! Where a price comes from, and why there is none, in words.

use super::Doubt;
use super::route::{Doubtful, NoPrice, Price, Step};
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::currency::Currency;
use crate::domain::exchange::ExchangeId;
use crate::domain::timestamp::Timestamp;

/// Tells the name that people know an exchange by.
pub type Names<'a> = &'a dyn Fn(&ExchangeId) -> String;

/// Where a price comes from: `BTC/USDT 64,000 on Binance (14:05 UTC), USDT/USD 0.9991 on OKX (14:05
/// UTC)`.
#[must_use]
pub fn way(price: &Price, names: Names<'_>, now: Timestamp) -> String {
    if price.steps.is_empty() {
        return "the currency itself".to_owned();
    }
    let steps: Vec<String> = price
        .steps
        .iter()
        .map(|step| pair(step, names, now))
        .collect();
    let stands_for = price.stands_for.as_ref();
    let stands_for = stands_for.map(|other| format!("as {} ({}): ", other.code, other.reason));
    format!("{}{}", stands_for.unwrap_or_default(), steps.join(", "))
}

fn pair(step: &Step, names: Names<'_>, now: Timestamp) -> String {
    format!(
        "{}{}/{} {} on {} ({})",
        if step.backwards { "divided by " } else { "" },
        step.base,
        step.quote,
        step.price.grouped(),
        names(&step.exchange),
        step.at.readable_near(now),
    )
}

/// Why there is no price, in one sentence.
#[must_use]
pub fn reason(none: &NoPrice, currency: Currency, names: Names<'_>, now: Timestamp) -> String {
    match none {
        NoPrice::NotListed => {
            format!(
                "No price: none of the pairs that prices are taken over leads from it to {currency}."
            )
        }
        NoPrice::Stale(at) => format!(
            "No price: the last ones are of {}, too old to be used.",
            at.readable_near(now)
        ),
        NoPrice::TestMoney => "Test money is worth nothing.".to_owned(),
        NoPrice::Doubtful(doubtful) => {
            let Doubtful {
                exchange,
                base,
                quote,
                price,
                doubt,
            } = doubtful.as_ref();
            let told = said(exchange, base, quote, price, names);
            format!("No price: {}", doubted(&told, doubt, names))
        }
    }
}

/// What an exchange says a pair is worth: `OKX says XYZ/USDT 900`.
#[must_use]
pub fn said(
    exchange: &ExchangeId,
    base: &AssetCode,
    quote: &AssetCode,
    price: &Amount,
    names: Names<'_>,
) -> String {
    format!(
        "{} says {base}/{quote} {}",
        names(exchange),
        price.grouped()
    )
}

/// Why what an exchange says is not used, in a sentence or two that begin with [`said`].
#[must_use]
pub fn doubted(told: &str, doubt: &Doubt, names: Names<'_>) -> String {
    match doubt {
        Doubt::NotPositive => format!("{told}, which cannot be."),
        Doubt::Stale { said_at } => format!(
            "{told}, and has said nothing newer since {}.",
            said_at.readable()
        ),
        Doubt::Jumped { from, .. } => format!(
            "{told}, far from the {} before. It is used once it has stayed there for a while.",
            from.grouped()
        ),
        Doubt::Disagrees {
            exchange, price, ..
        } => format!(
            "{told}, and {} says {}. It is used once it has stayed there for a while.",
            names(exchange),
            price.grouped()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_767_225_600_000);

    fn name(id: &ExchangeId) -> String {
        id.as_str().to_uppercase()
    }

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn every_pair_on_the_way_is_told_with_its_price_place_and_time() {
        let step = |base: &str, quote: &str, price: &str, backwards| Step {
            exchange: ExchangeId::new("okx"),
            base: AssetCode::parse(base).unwrap(),
            quote: AssetCode::parse(quote).unwrap(),
            price: amount(price),
            at: NOW,
            backwards,
        };
        let price = Price {
            amount: amount("59259.25"),
            steps: vec![
                step("BTC", "USDT", "64000", false),
                step("EUR", "USDT", "1.08", true),
            ],
            stands_for: None,
        };
        assert_eq!(
            way(&price, &name, NOW),
            "BTC/USDT 64,000 on OKX (00:00 UTC), divided by EUR/USDT 1.08 on OKX (00:00 UTC)"
        );
    }

    #[test]
    fn every_reason_is_told_in_a_sentence() {
        let doubtful = |doubt| {
            NoPrice::Doubtful(Box::new(Doubtful {
                exchange: ExchangeId::new("okx"),
                base: AssetCode::parse("XYZ").unwrap(),
                quote: AssetCode::parse("USDT").unwrap(),
                price: amount("900"),
                doubt,
            }))
        };
        let jumped = Doubt::Jumped {
            from: amount("1"),
            since: NOW,
        };
        let disagrees = Doubt::Disagrees {
            exchange: ExchangeId::new("binance"),
            price: amount("2"),
            since: NOW,
        };
        let told = |none: &NoPrice| reason(none, Currency::Usd, &name, NOW);
        let sentences = [
            told(&NoPrice::NotListed),
            told(&NoPrice::Stale(NOW)),
            told(&NoPrice::TestMoney),
            told(&doubtful(Doubt::NotPositive)),
            told(&doubtful(Doubt::Stale { said_at: NOW })),
            told(&doubtful(jumped)),
            told(&doubtful(disagrees)),
        ];
        assert_eq!(
            sentences,
            [
                "No price: none of the pairs that prices are taken over leads from it to USD.",
                "No price: the last ones are of 00:00 UTC, too old to be used.",
                "Test money is worth nothing.",
                "No price: OKX says XYZ/USDT 900, which cannot be.",
                "No price: OKX says XYZ/USDT 900, and has said nothing newer since 1 Jan 2026, 00:00 UTC.",
                "No price: OKX says XYZ/USDT 900, far from the 1 before. It is used once it has \
                 stayed there for a while.",
                "No price: OKX says XYZ/USDT 900, and BINANCE says 2. It is used once it has stayed \
                 there for a while.",
            ]
        );
    }
}
