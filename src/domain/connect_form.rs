//! What the connect form sends, and its rules.

use serde::{Deserialize, Serialize};

use super::exchange::ExchangeProfile;
use super::key_form::KeyForm;
use super::rules::{FieldErrors, ignore_below, label};
use super::typed::Typed;

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

    /// The key alone.
    #[must_use]
    pub fn key(&self) -> KeyForm {
        KeyForm {
            api_key: self.api_key.clone(),
            secret_key: self.secret_key.clone(),
            passphrase: self.passphrase.clone(),
            accept_unknown: self.accept_unknown.clone(),
        }
    }

    /// Checks every field that the chosen exchange has.
    #[must_use]
    pub fn check(&self, profile: Option<&ExchangeProfile>) -> FieldErrors {
        let mut errors = self.key().check(profile);
        errors.add("exchange", profile.map(|_| ()).ok_or("Pick an exchange."));
        errors.add("label", label(&self.label));
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
}
