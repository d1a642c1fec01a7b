//! Holdings entered by hand: cash, a cold wallet, a debt. What the form may say of one.

use serde::{Deserialize, Serialize};

use super::amount::{Amount, AmountError};
use super::asset::AssetCode;
use super::rules::{FieldErrors, name, note};
use super::timestamp::Timestamp;

/// The most holdings that one person enters by hand.
pub const MOST_BY_HAND: i64 = 1_000;

const ASSET: &str = "Enter a code such as BTC or EUR, without blanks.";
const QUANTITY: &str =
    "Enter a number such as 0.5 or -1200, with a point before the fraction and no commas.";
const TOO_LONG: &str = "Use at most 100 digits.";
const ZERO: &str = "Zero is nothing to hold: enter another number.";

/// Something held elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualEntry {
    /// What is held.
    pub asset: AssetCode,
    /// How much of it, never zero; below zero it is a debt.
    pub quantity: Amount,
    /// What it is: `Ledger`, `Savings account`.
    pub label: String,
    /// What its owner wants to remember of it; may be empty.
    pub note: String,
}

impl ManualEntry {
    /// Whether it is owed, not owned.
    #[must_use]
    pub fn is_debt(&self) -> bool {
        self.quantity.is_negative()
    }
}

/// A holding entered by hand, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualHolding {
    /// Its id.
    pub id: String,
    /// The portfolio it stands in.
    pub portfolio_id: String,
    /// What is held.
    pub entry: ManualEntry,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When its owner last said so.
    pub updated_at: Timestamp,
}

/// What the form sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ManualForm {
    /// An asset code.
    pub asset: String,
    /// A number.
    pub quantity: String,
    /// What it is.
    pub label: String,
    /// A note.
    pub note: String,
}

impl ManualForm {
    /// Reads the form, blanks around its fields taken off.
    ///
    /// # Errors
    /// A sentence for every field that is wrong.
    pub fn read(&self) -> Result<ManualEntry, FieldErrors> {
        let (label, remark) = (self.label.trim(), self.note.trim());
        let asset = AssetCode::typed(self.asset.trim()).map_err(|_| ASSET);
        let quantity = quantity(self.quantity.trim());
        let mut errors = FieldErrors::default();
        errors.add("asset", asset.as_ref().map(|_| ()));
        errors.add("quantity", quantity.as_ref().map(|_| ()));
        errors.add("label", name(label));
        errors.add("note", note(remark));
        match (asset, quantity) {
            (Ok(asset), Ok(quantity)) if errors.is_empty() => Ok(ManualEntry {
                asset,
                quantity,
                label: label.to_owned(),
                note: remark.to_owned(),
            }),
            _ => Err(errors),
        }
    }
}

impl From<&ManualEntry> for ManualForm {
    fn from(entry: &ManualEntry) -> Self {
        Self {
            asset: entry.asset.to_string(),
            quantity: entry.quantity.to_string(),
            label: entry.label.clone(),
            note: entry.note.clone(),
        }
    }
}

fn quantity(text: &str) -> Result<Amount, &'static str> {
    match Amount::parse(text) {
        Ok(amount) if amount.is_zero() => Err(ZERO),
        Ok(amount) => Ok(amount),
        Err(AmountError::TooLong) => Err(TOO_LONG),
        Err(AmountError::NotANumber) => Err(QUANTITY),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(asset: &str, quantity: &str, label: &str, note: &str) -> ManualForm {
        ManualForm {
            asset: asset.into(),
            quantity: quantity.into(),
            label: label.into(),
            note: note.into(),
        }
    }

    fn wrong(form: &ManualForm) -> Vec<String> {
        let errors = form.read().unwrap_err();
        errors.iter().map(|(field, _)| field.to_owned()).collect()
    }

    #[test]
    fn what_was_typed_is_taken_exactly() {
        let read = form(" btc ", "0.500000000000000001", " Ledger ", "In the safe")
            .read()
            .unwrap();
        assert_eq!(read.asset.as_str(), "BTC");
        assert_eq!(read.quantity.as_str(), "0.500000000000000001");
        assert_eq!((read.label.as_str(), read.is_debt()), ("Ledger", false));
        assert_eq!(ManualForm::from(&read).read().unwrap(), read);
    }

    #[test]
    fn a_number_below_zero_is_a_debt() {
        assert!(form("EUR", "-1200", "Loan", "").read().unwrap().is_debt());
    }

    #[test]
    fn only_plain_codes_are_put_in_capitals() {
        for (typed, kept) in [
            ("usdt", "USDT"),
            ("1000sats", "1000SATS"),
            ("ｂｔｃ", "ｂｔｃ"),
            ("größe", "größe"),
            ("币安人生", "币安人生"),
            ("ßtc", "ßtc"),
        ] {
            let read = form(typed, "1", "x", "").read().unwrap();
            assert_eq!(read.asset.as_str(), kept);
        }
    }

    #[test]
    fn every_bad_field_is_named() {
        for asset in ["", " ", "B TC", "B\u{202E}TC", "B\u{0}", &"A".repeat(65)] {
            assert_eq!(wrong(&form(asset, "1", "x", "")), ["asset"], "{asset:?}");
        }
        for quantity in [
            "", "0", "-0.00", "0e5", "1,5", "1,000", "1_000", "+1", ".5", "5.", "NaN", "1e999",
            "1 000", "٣", "0x10", "abc",
        ] {
            let wrong = wrong(&form("BTC", quantity, "x", ""));
            assert_eq!(wrong, ["quantity"], "{quantity:?}");
        }
        for label in ["", "  ", "a\u{200B}b", "a\nb", &"x".repeat(61)] {
            assert_eq!(wrong(&form("BTC", "1", label, "")), ["label"], "{label:?}");
        }
        for note in [
            "a\nb",
            "a\u{0}b",
            "\u{202E}evil",
            "\u{2066}",
            &"x".repeat(501),
        ] {
            assert_eq!(wrong(&form("BTC", "1", "x", note)), ["note"], "{note:?}");
        }
        assert_eq!(
            wrong(&ManualForm::default()),
            ["asset", "label", "quantity"]
        );
    }

    #[test]
    fn a_note_may_be_of_any_script() {
        let notes = [
            "קופה בבית",
            "می‌خواهم",
            "保险箱 👨‍👩‍👧 ❤️",
            "</textarea><script>",
            &"ß".repeat(500),
        ];
        for note in notes {
            assert_eq!(form("BTC", "1", "x", note).read().unwrap().note, note);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_form_panic(text in "\\PC{0,80}") {
            let _ = form(&text, &text, &text, &text).read();
        }
    }
}
