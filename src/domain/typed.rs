//! Secrets as people type them into a form, before they are checked and sealed.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::ZeroizeOnDrop;

/// A secret somebody typed: never printed, wiped when dropped. It may be sent to the server, and
/// nowhere else.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Typed(String);

impl Typed {
    /// What was typed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The same without blanks around it.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        Self(self.0.trim().to_owned())
    }
}

impl From<String> for Typed {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Typed {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_never_printed() {
        assert_eq!(format!("{:?}", Typed::from("canary")), "Typed(..)");
    }
}
