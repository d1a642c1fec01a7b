//! The ready-made keys: public, the same at every start, and worth nothing anywhere else.

pub mod binance;
mod made;
pub mod okx;

pub use made::MadeKey;

use std::fmt;

use super::Exchange;

/// A key that the sandbox knows, to print and to paste.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DemoKey {
    /// The exchange that made it.
    pub exchange: Exchange,
    /// What it is for, in a few words.
    pub title: &'static str,
    /// The public half.
    pub api_key: &'static str,
    /// The half that signs.
    pub secret_key: &'static str,
    /// The third part, where the exchange has one.
    pub passphrase: Option<&'static str>,
    /// What to expect of it, in one sentence.
    pub note: &'static str,
}

/// Names the key without its secret, so that a failed test does not teach a bad habit.
impl fmt::Debug for DemoKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoKey")
            .field("exchange", &self.exchange)
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

/// Every ready-made key, by exchange, the one to start with first.
#[must_use]
pub fn demo_keys() -> Vec<DemoKey> {
    [binance::ALL, okx::ALL].concat()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_key_is_its_own() {
        let keys = demo_keys();
        let ids: HashSet<_> = keys.iter().map(|key| key.api_key).collect();
        let secrets: HashSet<_> = keys.iter().map(|key| key.secret_key).collect();
        assert_eq!((ids.len(), secrets.len()), (keys.len(), keys.len()));
    }

    #[test]
    fn a_key_printed_for_debugging_hides_its_secret() {
        let text = format!("{:?}", okx::READ_ONLY);
        assert!(!text.contains(okx::READ_ONLY.secret_key));
        assert!(!text.contains("Lantern"));
    }
}
