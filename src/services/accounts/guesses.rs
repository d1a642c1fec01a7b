//! How often passwords may be guessed: for an account, from an address, and by somebody who is signed
//! in. Right ones do not count.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::throttle::Throttle;

/// The time in which wrong passwords add up.
const WITHIN: Duration = Duration::from_secs(3 * 60);
/// How many there may be for one account.
const FOR_AN_ACCOUNT: u32 = 10;
/// How many there may be from one address.
const FROM_AN_ADDRESS: u32 = 30;
/// How many accounts are remembered with an address that their owners came from.
const MOST_KNOWN: usize = 10_000;

/// Counts guesses, within this process.
#[derive(Debug)]
pub struct Guesses {
    accounts: Throttle,
    addresses: Throttle,
    /// Accounts with addresses that their owners have come from, those of long ago first.
    known: Mutex<VecDeque<String>>,
}

/// A password that is about to be judged. It counts as a wrong one until it is said to be right.
#[derive(Debug)]
pub struct Guess<'a> {
    guesses: &'a Guesses,
    counted: Vec<(&'a Throttle, String)>,
    /// What to remember of it when it is right.
    pair: Option<String>,
}

impl Default for Guesses {
    fn default() -> Self {
        Self {
            accounts: Throttle::new(FOR_AN_ACCOUNT, WITHIN),
            addresses: Throttle::new(FROM_AN_ADDRESS, WITHIN),
            known: Mutex::default(),
        }
    }
}

impl Guesses {
    /// Somebody at an address gives a password for the account of an email, known or not. Where its
    /// owner came from before, what others guess elsewhere does not count.
    ///
    /// # Errors
    /// [`Problem::TooManyGuesses`].
    pub fn at_sign_in(
        &self,
        email: &str,
        address: &str,
        now: Timestamp,
    ) -> Result<Guess<'_>, Problem> {
        let pair = format!("{address} {email}");
        let sources = if self.known().contains(&pair) {
            vec![(&self.accounts, pair.clone())]
        } else {
            vec![
                (&self.addresses, address.to_owned()),
                (&self.accounts, email.to_owned()),
            ]
        };
        self.count(sources, Some(pair), now)
    }

    /// Somebody who is signed in gives their password once more.
    ///
    /// # Errors
    /// [`Problem::TooManyGuesses`].
    pub fn when_signed_in(&self, user_id: &str, now: Timestamp) -> Result<Guess<'_>, Problem> {
        self.count(vec![(&self.accounts, user_id.to_owned())], None, now)
    }

    /// Counts for all sources, or for none.
    fn count<'a>(
        &'a self,
        sources: Vec<(&'a Throttle, String)>,
        pair: Option<String>,
        now: Timestamp,
    ) -> Result<Guess<'a>, Problem> {
        let mut guess = Guess {
            guesses: self,
            counted: Vec::new(),
            pair,
        };
        for (throttle, source) in sources {
            if let Err(refused) = throttle.count(&source, now) {
                guess.give_back();
                return Err(Problem::TooManyGuesses {
                    seconds: refused.retry_after_seconds,
                });
            }
            guess.counted.push((throttle, source));
        }
        Ok(guess)
    }

    fn known(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guess<'_> {
    /// It is the right one.
    pub fn was_right(mut self) {
        self.give_back();
        let Some(pair) = self.pair else { return };
        let mut known = self.guesses.known();
        known.retain(|one| *one != pair);
        known.push_back(pair);
        if known.len() > MOST_KNOWN {
            known.pop_front();
        }
    }

    fn give_back(&mut self) {
        for (throttle, source) in self.counted.drain(..) {
            throttle.give_back(&source);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn wrong(guesses: &Guesses, email: &str, address: &str) -> bool {
        guesses.at_sign_in(email, address, NOW).is_ok()
    }

    #[test]
    fn an_account_takes_ten_wrong_passwords_from_wherever() {
        let guesses = Guesses::default();
        for number in 0..10 {
            assert!(wrong(&guesses, "ann", &number.to_string()));
        }
        let eleventh = guesses.at_sign_in("ann", "11", NOW).unwrap_err();
        assert_eq!(eleventh, Problem::TooManyGuesses { seconds: 18 });
        assert!(wrong(&guesses, "bob", "11"));
        let later = guesses.at_sign_in("ann", "11", NOW.plus_ms(18_000));
        assert!(later.is_ok());
    }

    #[test]
    fn an_address_may_guess_thirty_times_at_whatever_account() {
        let guesses = Guesses::default();
        for number in 0..30 {
            assert!(wrong(&guesses, &number.to_string(), "a"));
        }
        assert!(!wrong(&guesses, "31", "a"));
        assert!(wrong(&guesses, "31", "b"));
    }

    #[test]
    fn what_was_refused_counts_for_nobody() {
        let guesses = Guesses::default();
        for _ in 0..50 {
            wrong(&guesses, "ann", "a");
        }
        assert!(wrong(&guesses, "bob", "a"));
    }

    #[test]
    fn right_passwords_do_not_count() {
        let guesses = Guesses::default();
        for _ in 0..50 {
            guesses.at_sign_in("ann", "a", NOW).unwrap().was_right();
            guesses.when_signed_in("ann", NOW).unwrap().was_right();
        }
    }

    #[test]
    fn its_owner_comes_in_from_where_they_came_before() {
        let guesses = Guesses::default();
        guesses.at_sign_in("ann", "home", NOW).unwrap().was_right();
        for number in 0..10 {
            assert!(wrong(&guesses, "ann", &number.to_string()));
        }
        assert!(!wrong(&guesses, "ann", "elsewhere"));
        // But even there nobody guesses at will.
        let at_home = (0..20).filter(|_| wrong(&guesses, "ann", "home")).count();
        assert_eq!(at_home, 10);
    }

    #[test]
    fn somebody_who_is_signed_in_is_locked_out_by_nobody_else() {
        let guesses = Guesses::default();
        for number in 0..20 {
            wrong(&guesses, "ann", &number.to_string());
        }
        let here = (0..20).filter(|_| guesses.when_signed_in("id of ann", NOW).is_ok());
        assert_eq!(here.count(), 10);
    }
}
