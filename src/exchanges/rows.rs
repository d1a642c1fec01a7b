//! Lists of balances, read row by row, so that a bad row never takes the good ones with it.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::error::ExchangeError;
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::problem::ExchangeProblem;
use crate::domain::wallet::{Balance, UnreadableRow, WalletRead};

/// The most rows a wallet may have; no account has that many assets.
pub(super) const MAX_ROWS: usize = 5_000;

/// The rows of a list, not yet looked into.
#[derive(Default)]
pub(super) struct Rows<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Rows<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RowsVisitor)
    }
}

struct RowsVisitor;

impl<'de> Visitor<'de> for RowsVisitor {
    type Value = Rows<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rows<'de>, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = list.next_element::<&'de RawValue>()? {
            if rows.len() == MAX_ROWS {
                return Err(A::Error::custom("too many rows"));
            }
            rows.push(row);
        }
        Ok(Rows(rows))
    }
}

impl<'a> Rows<'a> {
    /// The rows as they came.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &'a RawValue> {
        self.0.iter().copied()
    }

    /// Reads the rows of a wallet; those that are all zero are left out.
    ///
    /// # Errors
    /// [`ExchangeProblem::BadResponse`] when an asset comes twice: neither row can be trusted.
    pub(super) fn read(
        &self,
        read_row: fn(&'a RawValue) -> Result<Balance, UnreadableRow>,
    ) -> Result<WalletRead, ExchangeError> {
        let mut seen = BTreeSet::new();
        let mut balances = Vec::new();
        let mut unreadable = Vec::new();
        for raw in &self.0 {
            let row = read_row(raw);
            let asset = match &row {
                Ok(balance) => Some(&balance.asset),
                Err(bad) => bad.asset.as_ref(),
            };
            if asset.is_some_and(|asset| !seen.insert(asset.clone())) {
                return Err(ExchangeProblem::BadResponse.into());
            }
            match row {
                Ok(balance) if is_empty(&balance) => {}
                Ok(balance) => balances.push(balance),
                Err(bad) => unreadable.push(bad),
            }
        }
        Ok(WalletRead::Read {
            balances,
            unreadable,
        })
    }
}

/// A field that is neither absent nor readable.
#[derive(Debug)]
pub(super) struct BadField;

/// The text of a field that may be a string or a number, every digit as sent. Absent, null and `""`
/// are `None`.
pub(super) fn text(field: Option<&RawValue>) -> Result<Option<String>, BadField> {
    let raw = field.map_or("null", RawValue::get);
    match raw.as_bytes().first() {
        Some(b'"') => {
            let text: String = serde_json::from_str(raw).map_err(|_| BadField)?;
            Ok(Some(text).filter(|text| !text.is_empty()))
        }
        Some(b'-' | b'0'..=b'9') => Ok(Some(raw.to_owned())),
        _ if raw == "null" => Ok(None),
        _ => Err(BadField),
    }
}

/// The amount in a field, exactly as sent. Absent, null and `""` are `None`.
pub(super) fn amount(field: Option<&RawValue>) -> Result<Option<Amount>, BadField> {
    text(field)?
        .map(|text| Amount::parse(&text).map_err(|_| BadField))
        .transpose()
}

/// The amount in a field if it is above zero; where it is told of a rule, zero stands for none.
pub(super) fn positive(field: Option<&RawValue>) -> Option<Amount> {
    let told = amount(field).ok()??;
    (!told.is_zero() && !told.is_negative()).then_some(told)
}

/// The asset in a field.
pub(super) fn asset(field: Option<&RawValue>) -> Option<AssetCode> {
    let text = text(field).ok().flatten()?;
    AssetCode::parse(&text).ok()
}

/// The exchange's own account number in a field, if it looks like one.
pub(super) fn uid(field: Option<&RawValue>) -> Option<String> {
    text(field)
        .ok()
        .flatten()
        .filter(|text| text.len() <= 40 && text.bytes().all(|b| b.is_ascii_digit()))
}

fn is_empty(balance: &Balance) -> bool {
    let none = |part: &Option<Amount>| part.as_ref().is_none_or(Amount::is_zero);
    balance.total.is_zero() && none(&balance.free) && none(&balance.locked)
}
