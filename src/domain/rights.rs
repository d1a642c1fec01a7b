//! What a key may do, judged against the rights that are harmless.

use serde::{Deserialize, Serialize};

/// Whether a key can do no more than read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RightsState {
    /// The exchange says: reading only.
    ReadOnly,
    /// The key can do more than read.
    Excess,
    /// The exchange does not say.
    Unknown,
}

impl RightsState {
    const ALL: [Self; 3] = [Self::ReadOnly, Self::Excess, Self::Unknown];

    /// The name in the database and in answers to programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "read_only",
            Self::Excess => "excess",
            Self::Unknown => "unknown",
        }
    }

    /// The name as people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::ReadOnly => "Read-only",
            Self::Excess => "Can do more than read",
            Self::Unknown => "Rights unknown",
        }
    }

    /// Reads the name of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// What the exchange says a key may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRights {
    /// The judgement.
    pub state: RightsState,
    /// Every right the key has, in plain words.
    pub granted: Vec<String>,
    /// Those of them that go beyond reading.
    pub excess: Vec<String>,
    /// Whether the key works from listed addresses only; `None` where the exchange does not say.
    pub ip_restricted: Option<bool>,
}

/// One right as the exchange lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right<'a> {
    /// The exchange's own name: `enableWithdrawals`, `trade`.
    pub name: &'a str,
    /// Whether the key has it.
    pub granted: bool,
}

/// A right that the program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownRight {
    /// The exchange's own name.
    pub name: &'static str,
    /// Plain words: `withdrawals`.
    pub words: &'static str,
    /// Whether a key that has it can still only read.
    pub harmless: bool,
    /// Whether the exchange always lists it, so that its absence leaves the rights unknown.
    pub always_listed: bool,
}

impl KeyRights {
    /// Nothing is known: a test environment, or an exchange that would not say.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            state: RightsState::Unknown,
            granted: Vec::new(),
            excess: Vec::new(),
            ip_restricted: None,
        }
    }

    /// Judges the rights listed by the exchange. A granted right that is not known as harmless is
    /// excess, unheard-of ones included; a known right that is missing from the list leaves the
    /// judgement open, unless something is excess anyway.
    #[must_use]
    pub fn judge(listed: &[Right<'_>], known: &[KnownRight], ip_restricted: Option<bool>) -> Self {
        let find = |name: &str| known.iter().find(|k| k.name == name);
        let words = |right: &Right<'_>| {
            find(right.name).map_or_else(|| unheard_of(right.name), |k| k.words.to_owned())
        };
        let on: Vec<_> = listed.iter().filter(|right| right.granted).collect();
        let granted = on.iter().map(|right| words(right)).collect();
        let excess: Vec<String> = on
            .iter()
            .filter(|right| !find(right.name).is_some_and(|k| k.harmless))
            .map(|right| words(right))
            .collect();
        let missing = known
            .iter()
            .any(|k| k.always_listed && !listed.iter().any(|right| right.name == k.name));
        let state = if !excess.is_empty() {
            RightsState::Excess
        } else if missing {
            RightsState::Unknown
        } else {
            RightsState::ReadOnly
        };
        Self {
            state,
            granted,
            excess,
            ip_restricted,
        }
    }
}

/// Names a right nobody here has heard of; its own name only when it is a plain word.
fn unheard_of(name: &str) -> String {
    let plain = !name.is_empty()
        && name.len() <= 40
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain {
        format!("a right unknown to Coffer ({name})")
    } else {
        "a right unknown to Coffer".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [KnownRight; 3] = [
        KnownRight {
            name: "read",
            words: "reading",
            harmless: true,
            always_listed: true,
        },
        KnownRight {
            name: "trade",
            words: "trading",
            harmless: false,
            always_listed: true,
        },
        KnownRight {
            name: "expiry",
            words: "expiry",
            harmless: true,
            always_listed: false,
        },
    ];

    fn judge(listed: &[(&str, bool)]) -> KeyRights {
        let listed: Vec<_> = listed
            .iter()
            .map(|(name, granted)| Right {
                name,
                granted: *granted,
            })
            .collect();
        KeyRights::judge(&listed, &KNOWN, None)
    }

    #[test]
    fn a_key_that_only_reads_is_read_only() {
        assert_eq!(
            judge(&[("read", true), ("trade", false)]).state,
            RightsState::ReadOnly
        );
    }

    #[test]
    fn a_known_right_beyond_reading_is_excess() {
        let rights = judge(&[("read", true), ("trade", true)]);
        assert_eq!(
            (rights.state, rights.excess),
            (RightsState::Excess, vec!["trading".to_owned()])
        );
    }

    #[test]
    fn an_unheard_of_right_is_excess_only_when_granted() {
        let rights = judge(&[("read", true), ("trade", false), ("fly", true)]);
        assert_eq!(rights.excess, ["a right unknown to Coffer (fly)"]);
        let off = judge(&[("read", true), ("trade", false), ("fly", false)]);
        assert_eq!(off.state, RightsState::ReadOnly);
    }

    #[test]
    fn a_missing_right_leaves_the_judgement_open() {
        assert_eq!(judge(&[("read", true)]).state, RightsState::Unknown);
        assert_eq!(judge(&[]).state, RightsState::Unknown);
        assert_eq!(judge(&[("trade", true)]).state, RightsState::Excess);
    }

    #[test]
    fn the_name_of_an_unheard_of_right_cannot_carry_markup() {
        let rights = judge(&[("<script>", true)]);
        assert_eq!(rights.excess, ["a right unknown to Coffer"]);
    }
}
