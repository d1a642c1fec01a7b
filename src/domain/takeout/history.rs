//! History as rows: every point that is kept, in USDT as it was counted, and in another currency at
//! the rate of its minute.

use super::cell::Cell;
use crate::domain::currency::Currency;
use crate::domain::history::series::Rated;
use crate::domain::portfolio::PortfolioName;

/// The names of the columns. `series` is `portfolio`, or `all` for all portfolios together; `rate` is
/// what one USDT was worth in `currency`, and `value` the exact product of `value_usdt` and `rate`.
pub const COLUMNS: [&str; 14] = [
    "series",
    "portfolio_id",
    "portfolio",
    "at",
    "value_usdt",
    "currency",
    "rate",
    "value",
    "no_value_reason",
    "moved_usdt",
    "covered_usdt",
    "assets_without_price",
    "partial",
    "source",
];

/// The row of a point; `portfolio` is `None` for all of them together.
#[must_use]
pub fn row(rated: &Rated, portfolio: Option<&PortfolioName>, currency: Currency) -> [Cell; 14] {
    let Rated { point, rate } = rated;
    let value = rate.as_ref().map(|rate| point.value.times(rate));
    let why = || format!("No rate of {currency} was known at that moment.");
    [
        Cell::text(if portfolio.is_some() {
            "portfolio"
        } else {
            "all"
        }),
        Cell::known(portfolio.map(|one| one.id.clone())),
        Cell::known(portfolio.map(|one| one.name.clone())),
        Cell::Moment(point.at),
        Cell::Number(point.value.clone()),
        Cell::text(currency),
        Cell::number(rate.as_ref()),
        Cell::number(value.as_ref()),
        Cell::known(rate.is_none().then(why)),
        Cell::Number(point.moved.clone()),
        Cell::Number(point.covered.clone()),
        Cell::count(point.unpriced),
        Cell::Flag(point.partial),
        Cell::text(point.source.as_str()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::amount::Amount;
    use crate::domain::history::{Point, Source};
    use crate::domain::timestamp::Timestamp;

    #[test]
    fn a_point_without_a_rate_has_no_value_and_says_why() {
        let amount = |text| Amount::parse(text).unwrap();
        let mut rated = Rated {
            point: Point {
                at: Timestamp(1_767_225_600_000),
                value: amount("100.000000000000000001"),
                moved: amount("-1"),
                covered: Amount::zero(),
                unpriced: 2,
                partial: true,
                source: Source::Daily,
            },
            rate: None,
        };
        let told = |rated: &Rated| {
            let cells = row(rated, None, Currency::Eur);
            [5, 6, 7, 8].map(|place: usize| cells[place].csv())
        };
        let reason = "\"No rate of EUR was known at that moment.\"";
        assert_eq!(told(&rated), ["\"EUR\"", "", "", reason]);
        rated.rate = Some(amount("0.5"));
        assert_eq!(
            told(&rated),
            ["\"EUR\"", "0.5", "50.0000000000000000005", ""]
        );
    }
}
