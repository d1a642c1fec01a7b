//! What the form that replaces a key sends, and the rules of a key's parts.

use serde::{Deserialize, Serialize};

use super::exchange::ExchangeProfile;
use super::rules::{FieldErrors, api_key, passphrase, secret_key};
use super::typed::Typed;

/// A key as somebody typed it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyForm {
    /// The API key.
    pub api_key: Typed,
    /// Its secret.
    pub secret_key: Typed,
    /// Its passphrase, on exchanges that have one.
    pub passphrase: Typed,
    /// Present when the person accepts a key whose rights cannot be told.
    pub accept_unknown: String,
}

impl KeyForm {
    /// The form with blanks around its fields taken off.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        Self {
            api_key: self.api_key.trimmed(),
            secret_key: self.secret_key.trimmed(),
            passphrase: self.passphrase.trimmed(),
            accept_unknown: self.accept_unknown.trim().to_owned(),
        }
    }

    /// Checks every part that a key of the exchange has.
    #[must_use]
    pub fn check(&self, profile: Option<&ExchangeProfile>) -> FieldErrors {
        let mut errors = FieldErrors::default();
        errors.add("api_key", api_key(self.api_key.expose()));
        errors.add("secret_key", secret_key(self.secret_key.expose()));
        if profile.is_some_and(|p| p.has_passphrase) {
            errors.add("passphrase", passphrase(self.passphrase.expose()));
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::mask;

    #[test]
    fn neither_blanks_nor_the_mask_are_a_key() {
        for typed in ["", "   ", &mask("Xy9Z")] {
            let form = KeyForm {
                api_key: typed.into(),
                secret_key: typed.into(),
                ..KeyForm::default()
            };
            let errors = form.trimmed().check(None);
            let wrong: Vec<_> = errors.iter().map(|(field, _)| field).collect();
            assert_eq!(wrong, ["api_key", "secret_key"], "{typed:?}");
        }
    }
}
