//! Tokens that let people's own programs in: what they may do, and for how long.

use serde::{Deserialize, Serialize};

use super::history::day::DAY_MS;
use super::rules::{self, FieldErrors};
use super::timestamp::Timestamp;

/// The longest time that a token with an end may live.
const MOST_DAYS: u32 = 3650;

/// What a call may do. Each scope holds those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// See what is there.
    Read,
    /// Have connections synced.
    Sync,
    /// Connect, arrange and delete.
    Manage,
}

impl Scope {
    /// All of them, the smallest first.
    pub const ALL: [Self; 3] = [Self::Read, Self::Sync, Self::Manage];

    /// The name in the database, in forms and in answers to programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Sync => "sync",
            Self::Manage => "manage",
        }
    }

    /// What it allows, as people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Sync => "Read and sync",
            Self::Manage => "Everything",
        }
    }

    /// Reads the name of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }

    /// Whether this scope is enough for what needs `needed`.
    #[must_use]
    pub fn covers(self, needed: Self) -> bool {
        self >= needed
    }
}

/// How long a token lives: some days, or until it is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime(Option<u32>);

impl Lifetime {
    /// Reads `never` or a number of days from 1 to 3650.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "never" {
            return Some(Self(None));
        }
        let days = text.parse().ok();
        let days = days.filter(|days| (1..=MOST_DAYS).contains(days));
        days.map(|days| Self(Some(days)))
    }

    /// When a token made at `now` ends.
    #[must_use]
    pub fn end(self, now: Timestamp) -> Option<Timestamp> {
        self.0.map(|days| now.plus_ms(i64::from(days) * DAY_MS))
    }
}

/// What somebody types to make a token.
#[derive(Clone, Copy, Debug)]
pub struct TokenForm<'a> {
    /// What to call it.
    pub name: &'a str,
    /// The name of a [`Scope`].
    pub scope: &'a str,
    /// Days, or `never`.
    pub expires: &'a str,
}

/// A form that has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// Its name.
    pub name: String,
    /// What it allows.
    pub scope: Scope,
    /// How long it lives.
    pub lifetime: Lifetime,
}

impl TokenForm<'_> {
    /// Checks every field.
    ///
    /// # Errors
    /// What is wrong with which field.
    pub fn check(&self) -> Result<NewToken, FieldErrors> {
        let name = self.name.trim();
        let (scope, lifetime) = (Scope::parse(self.scope), Lifetime::parse(self.expires));
        let mut errors = FieldErrors::default();
        errors.add("name", rules::name(name));
        errors.add(
            "scope",
            scope.map(|_| ()).ok_or("Pick read, sync or manage."),
        );
        let days = "Pick a number of days up to 3650, or never.";
        errors.add("expires", lifetime.map(|_| ()).ok_or(days));
        match (scope, lifetime) {
            (Some(scope), Some(lifetime)) if errors.is_empty() => Ok(NewToken {
                name: name.to_owned(),
                scope,
                lifetime,
            }),
            _ => Err(errors),
        }
    }
}

/// A token as its owner sees it, without the token itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Its id.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// What it allows.
    pub scope: Scope,
    /// The last four characters.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; `None` when it lives until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

impl ApiToken {
    /// Whether it has ended at `now`.
    #[must_use]
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_covers_itself_and_the_smaller_ones() {
        for (place, scope) in Scope::ALL.into_iter().enumerate() {
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
            for (other, needed) in Scope::ALL.into_iter().enumerate() {
                assert_eq!(scope.covers(needed), place >= other);
            }
        }
        assert_eq!(Scope::parse("admin"), None);
    }

    #[test]
    fn a_lifetime_is_days_or_never() {
        let end = |text| Lifetime::parse(text).map(|life| life.end(Timestamp(5)));
        assert_eq!(end("never"), Some(None));
        assert_eq!(end("1"), Some(Some(Timestamp(5 + DAY_MS))));
        for text in ["", "0", "-1", "3651", "1.5", "9999999999999", "Never", "١"] {
            assert_eq!(end(text), None, "{text}");
        }
    }

    #[test]
    fn every_wrong_field_of_a_form_is_told() {
        let form = TokenForm {
            name: " ",
            scope: "root",
            expires: "soon",
        };
        let errors = form.check().unwrap_err();
        let fields: Vec<_> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["expires", "name", "scope"]);
    }
}
