//! Rules for what people type, the same on the server and while typing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use validator::{ValidateEmail, ValidateLength};

use super::amount::Amount;
use super::text::{breaks_or_turns, is_deceptive};

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

/// A name that must be given: up to 60 characters, none of them invisible.
///
/// # Errors
/// A sentence.
pub fn name(text: &str) -> Rule {
    if text.is_empty() {
        Err("Give it a name.")
    } else {
        label(text)
    }
}

/// A note: empty, or up to 500 characters of any script, none of which controls or turns the text.
///
/// # Errors
/// A sentence.
pub fn note(text: &str) -> Rule {
    if !text.validate_length(None, Some(500), None) {
        Err("Use at most 500 characters.")
    } else if text.chars().any(|c| c.is_control() || breaks_or_turns(c)) {
        Err("Leave out line breaks and invisible characters.")
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

/// A value below which balances are not listed: empty, or a number that is not negative.
///
/// # Errors
/// A sentence.
pub fn ignore_below(text: &str) -> Rule {
    match Amount::parse(text) {
        Ok(amount) if !amount.is_negative() => Ok(()),
        _ if text.is_empty() => Ok(()),
        _ => Err("Enter a value such as 1 or 0.5, or leave it empty."),
    }
}

/// The value of [`ignore_below`]; none for an empty text or zero, below which nothing is.
#[must_use]
pub fn read_ignore_below(text: &str) -> Option<Amount> {
    let least = Amount::parse(text).ok();
    least.filter(|least| !least.is_zero() && !least.is_negative())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
