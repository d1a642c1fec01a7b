//! Rules for what people type, the same on the server and while typing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use validator::{ValidateEmail, ValidateLength};

use super::amount::Amount;
use super::exchange::ExchangeProfile;
use super::text::is_deceptive;
use super::typed::Typed;

/// What is wrong with a form: the field's name and one calm sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldErrors(BTreeMap<String, String>);

impl FieldErrors {
    /// One field's error.
    #[must_use]
    pub fn one(field: &str, sentence: &str) -> Self {
        let mut errors = Self::default();
        errors.add(field, Err(sentence));
        errors
    }

    /// Notes the outcome of a rule; the first error of a field stands.
    pub fn add<E: ToString>(&mut self, field: &str, outcome: Result<(), E>) {
        if let Err(sentence) = outcome {
            self.0
                .entry(field.to_owned())
                .or_insert_with(|| sentence.to_string());
        }
    }

    /// Sets what is wrong with a field, or that nothing is.
    pub fn replace(&mut self, field: &str, sentence: Option<&str>) {
        match sentence {
            Some(sentence) => self.0.insert(field.to_owned(), sentence.to_owned()),
            None => self.0.remove(field),
        };
    }

    /// The sentence for a field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// Every field and its sentence.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(field, sentence)| (field.as_str(), sentence.as_str()))
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` when nothing is wrong.
    ///
    /// # Errors
    /// The errors themselves.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

/// What a rule says: nothing, or a sentence that tells what to do.
pub type Rule = Result<(), &'static str>;

/// An email address, up to 254 characters.
///
/// # Errors
/// A sentence.
pub fn email(text: &str) -> Rule {
    let fits = text.validate_length(Some(3), Some(254), None);
    if fits && text.validate_email() && !is_deceptive(text) {
        Ok(())
    } else {
        Err("Enter an email address, like name@example.org.")
    }
}

/// A name people give: up to 60 characters, none of them invisible.
///
/// # Errors
/// A sentence.
pub fn label(text: &str) -> Rule {
    if !text.validate_length(None, Some(60), None) {
        Err("Use at most 60 characters.")
    } else if is_deceptive(text) {
        Err("Leave out invisible characters.")
    } else {
        Ok(())
    }
}

/// An API key: 8 to 256 visible ASCII characters without blanks.
///
/// # Errors
/// A sentence.
pub fn api_key(text: &str) -> Rule {
    key_part(
        text,
        8,
        "Paste the API key.",
        "An API key has 8 to 256 characters: copy it again, whole.",
    )
}

/// A secret key: 8 to 256 visible ASCII characters without blanks.
///
/// # Errors
/// A sentence.
pub fn secret_key(text: &str) -> Rule {
    key_part(
        text,
        8,
        "Paste the secret key.",
        "A secret key has 8 to 256 characters: copy it again, whole.",
    )
}

/// A passphrase of a key: 1 to 256 visible ASCII characters without blanks.
///
/// # Errors
/// A sentence.
pub fn passphrase(text: &str) -> Rule {
    key_part(
        text,
        1,
        "Enter the passphrase of the key.",
        "A passphrase has at most 256 characters.",
    )
}

fn key_part(text: &str, least: u64, missing: &'static str, length: &'static str) -> Rule {
    if text.is_empty() {
        Err(missing)
    } else if text.contains(char::is_whitespace) {
        Err("There is a blank in it: copy it again without blanks.")
    } else if !text.bytes().all(|b| b.is_ascii_graphic()) {
        Err("Only letters, digits and common signs belong here: copy it again.")
    } else if !text.validate_length(Some(least), Some(256), None) {
        Err(length)
    } else {
        Ok(())
    }
}

/// A quantity below which balances are not shown: empty, or a number that is not negative.
///
/// # Errors
/// A sentence.
pub fn ignore_below(text: &str) -> Rule {
    match Amount::parse(text) {
        Ok(amount) if !amount.is_negative() => Ok(()),
        _ if text.is_empty() => Ok(()),
        _ => Err("Enter a quantity such as 0.001, or leave it empty."),
    }
}

/// What the connect form sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectForm {
    /// The exchange's short name.
    pub exchange: String,
    /// The person's name for it; empty for the exchange's own name.
    pub label: String,
    /// The API key.
    pub api_key: Typed,
    /// Its secret.
    pub secret_key: Typed,
    /// Its passphrase, on exchanges that have one.
    pub passphrase: Typed,
    /// The regional site; empty for the default.
    pub region: String,
    /// `live` or `testnet`.
    pub environment: String,
    /// A portfolio's id; empty for one named after the exchange.
    pub portfolio: String,
    /// A quantity; empty for none.
    pub ignore_below: String,
    /// Present when the person accepts a key whose rights cannot be told.
    pub accept_unknown: String,
}

impl ConnectForm {
    /// The form with blanks around its fields taken off.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let trim = |text: &str| text.trim().to_owned();
        Self {
            exchange: trim(&self.exchange),
            label: trim(&self.label),
            api_key: self.api_key.trimmed(),
            secret_key: self.secret_key.trimmed(),
            passphrase: self.passphrase.trimmed(),
            region: trim(&self.region),
            environment: trim(&self.environment),
            portfolio: trim(&self.portfolio),
            ignore_below: trim(&self.ignore_below),
            accept_unknown: trim(&self.accept_unknown),
        }
    }

    /// Checks every field that the chosen exchange has.
    #[must_use]
    pub fn check(&self, profile: Option<&ExchangeProfile>) -> FieldErrors {
        let mut errors = FieldErrors::default();
        errors.add("exchange", profile.map(|_| ()).ok_or("Pick an exchange."));
        errors.add("label", label(&self.label));
        errors.add("api_key", api_key(self.api_key.expose()));
        errors.add("secret_key", secret_key(self.secret_key.expose()));
        if profile.is_some_and(|p| p.has_passphrase) {
            errors.add("passphrase", passphrase(self.passphrase.expose()));
        }
        let region_known =
            profile.is_none_or(|p| p.regions.is_empty() || p.has_region(&self.region));
        let region_fine = self.region.is_empty() || region_known;
        errors.add(
            "region",
            region_fine
                .then_some(())
                .ok_or("Pick a region of the list."),
        );
        let environment = ["", "live", "testnet"].contains(&self.environment.as_str());
        errors.add(
            "environment",
            environment.then_some(()).ok_or("Pick Live or Testnet."),
        );
        errors.add("ignore_below", ignore_below(&self.ignore_below));
        errors
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::exchange::{ExchangeId, RegionProfile};

    fn profile() -> ExchangeProfile {
        ExchangeProfile {
            id: ExchangeId::new("okx"),
            name: "OKX".into(),
            has_passphrase: true,
            regions: vec![RegionProfile {
                id: "eea".into(),
                title: "Europe".into(),
            }],
            key_page: String::new(),
            key_advice: Vec::new(),
        }
    }

    fn form() -> ConnectForm {
        ConnectForm {
            exchange: "okx".into(),
            api_key: "0123456789".into(),
            secret_key: "0123456789".into(),
            passphrase: "x".into(),
            ..ConnectForm::default()
        }
    }

    fn wrong(change: impl FnOnce(&mut ConnectForm)) -> Vec<String> {
        let mut form = form();
        change(&mut form);
        form.check(Some(&profile()))
            .iter()
            .map(|(field, _)| field.to_owned())
            .collect()
    }

    #[test]
    fn a_well_filled_form_passes() {
        assert_eq!(wrong(|_| ()), [""; 0]);
        assert_eq!(wrong(|f| f.ignore_below = "0.001".into()), [""; 0]);
        assert_eq!(wrong(|f| f.label = "Größe 币".into()), [""; 0]);
    }

    #[test]
    fn every_bad_field_is_named() {
        assert_eq!(wrong(|f| f.api_key = "".into()), ["api_key"]);
        assert_eq!(wrong(|f| f.api_key = "short".into()), ["api_key"]);
        assert_eq!(
            wrong(|f| f.api_key = "with blank inside".into()),
            ["api_key"]
        );
        assert_eq!(wrong(|f| f.secret_key = "schlüssel".into()), ["secret_key"]);
        assert_eq!(
            wrong(|f| f.secret_key = "x".repeat(257).into()),
            ["secret_key"]
        );
        assert_eq!(wrong(|f| f.passphrase = "".into()), ["passphrase"]);
        assert_eq!(wrong(|f| f.region = "moon".into()), ["region"]);
        assert_eq!(wrong(|f| f.environment = "mainnet".into()), ["environment"]);
        assert_eq!(wrong(|f| f.label = "x".repeat(61)), ["label"]);
        assert_eq!(wrong(|f| f.label = "a\u{202E}b".into()), ["label"]);
        assert_eq!(wrong(|f| f.ignore_below = "-1".into()), ["ignore_below"]);
        assert_eq!(wrong(|f| f.ignore_below = "a lot".into()), ["ignore_below"]);
        assert!(form().check(None).get("exchange").is_some());
    }

    #[test]
    fn blanks_around_a_pasted_key_do_no_harm() {
        let pasted = ConnectForm {
            api_key: " 0123456789\n".into(),
            ..form()
        };
        assert!(pasted.trimmed().check(Some(&profile())).is_empty());
    }

    #[test]
    fn email_addresses_are_told_from_other_text() {
        assert_eq!(email("name@example.org"), Ok(()));
        for text in ["", "name", "@", "a@b\u{200B}.org", "two words@example.org"] {
            assert!(email(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_rule_panic(text in "\\PC{0,80}") {
            let _ = (email(&text), label(&text), api_key(&text), passphrase(&text), ignore_below(&text));
        }
    }
}
