//! What OKX itself says an account is worth.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{data, only};
use crate::domain::asset::AssetCode;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{Overview, OverviewPart, WalletName};
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::amount;

/// The unit when none is asked for. Manual: OKX API v5, "Get account asset valuation"; copy of
/// 2025-08-17.
const UNIT: &str = "BTC";

/// Manual: as above. `totalBal` is not read: it is not the sum of the parts even in the manual.
#[derive(Deserialize)]
struct Valuation<'a> {
    #[serde(borrow)]
    details: Option<Details<'a>>,
}

/// `classic` is what accounts from before the unified ones still hold.
#[derive(Deserialize)]
struct Details<'a> {
    #[serde(borrow)]
    funding: Option<&'a RawValue>,
    #[serde(borrow)]
    trading: Option<&'a RawValue>,
    #[serde(borrow)]
    earn: Option<&'a RawValue>,
    #[serde(borrow)]
    classic: Option<&'a RawValue>,
}

/// The parts that are told, in BTC.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when none is.
pub(in crate::exchanges::okx) fn valuation(
    body: &str,
    read_at: Timestamp,
) -> Result<Overview, ExchangeError> {
    let told: Option<Valuation<'_>> = only(data(body)?)?;
    let details = told.and_then(|told| told.details);
    let details = details.ok_or(ExchangeProblem::BadResponse)?;
    let parts = [
        part("Funding", details.funding, &["funding"]),
        part("Trading", details.trading, &["trading"]),
        part("Earn", details.earn, &["savings", "onchain_earn"]),
        part("Classic", details.classic, &[]),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        return Err(ExchangeProblem::BadResponse.into());
    }
    Ok(Overview {
        unit: AssetCode::parse(UNIT).map_err(|_| ExchangeProblem::BadResponse)?,
        parts,
        read_at,
    })
}

/// A part of the overview; none where its amount is not told or cannot be read.
fn part(name: &str, told: Option<&RawValue>, wallets: &[&str]) -> Option<OverviewPart> {
    Some(OverviewPart {
        name: name.to_owned(),
        amount: amount(told).ok().flatten()?,
        wallets: wallets.iter().map(|name| WalletName::new(name)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchanges::testing::fixture;

    fn told(body: &str) -> Option<Vec<(String, String)>> {
        let overview = valuation(body, Timestamp(7)).ok()?;
        assert_eq!(
            (overview.unit.as_str(), overview.read_at),
            ("BTC", Timestamp(7))
        );
        let parts = overview.parts.into_iter();
        Some(
            parts
                .map(|part| (part.name, part.amount.to_string()))
                .collect(),
        )
    }

    fn details(details: &str) -> String {
        format!(r#"{{"code":"0","data":[{{"details":{details},"totalBal":"9"}}]}}"#)
    }

    fn parts(parts: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        let owned = |(name, amount): &(&str, &str)| ((*name).to_owned(), (*amount).to_owned());
        Some(parts.iter().map(owned).collect())
    }

    #[test]
    fn the_manuals_overview_is_read_part_by_part() {
        assert_eq!(
            told(&fixture("okx_asset_valuation.json")),
            parts(&[
                ("Funding", "0.09"),
                ("Trading", "2544.28"),
                ("Earn", "1122.73"),
                ("Classic", "124.6"),
            ])
        );
    }

    #[test]
    fn parts_name_the_wallets_that_itemise_them() {
        let overview = valuation(&fixture("okx_asset_valuation.json"), Timestamp(0)).unwrap();
        let names = |part: &OverviewPart| {
            let names: Vec<_> = part.wallets.iter().map(WalletName::as_str).collect();
            names.join(" ")
        };
        let names: Vec<_> = overview.parts.iter().map(names).collect();
        assert_eq!(names, ["funding", "trading", "savings onchain_earn", ""]);
    }

    #[test]
    fn a_part_that_is_not_told_is_left_out() {
        let some = r#"{"funding":"","trading":"-0.5","earn":"x","new":"3"}"#;
        assert_eq!(told(&details(some)), parts(&[("Trading", "-0.5")]));
    }

    #[test]
    fn what_is_no_overview_gives_none() {
        let none = [
            details("{}"),
            details("null"),
            details(r#"{"funding":""}"#),
            r#"{"code":"0","data":[]}"#.to_owned(),
            r#"{"code":"0"}"#.to_owned(),
            String::new(),
            "<html>".to_owned(),
        ];
        for body in none {
            assert_eq!(told(&body), None, "{body}");
        }
    }
}
