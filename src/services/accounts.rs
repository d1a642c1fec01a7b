//! Accounts of people: making them, finding them, signing in.

pub mod deletion;
mod guesses;
mod passwords;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::{State, WriteError, security_problem, storage_problem};
use crate::config::SignUp;
use crate::domain::currency::Currency;
use crate::domain::rules::{self, FieldErrors};
use crate::error::Problem;
use crate::security::{Verdict, check_strength, new_id, sha256_hex};
use crate::storage::StorageError;
use crate::storage::users::{self, UserRow};

pub(super) use guesses::Guesses;
use passwords::{Why, set_password, verify};
pub use passwords::{change_password, reset_password};
pub(super) use passwords::{prove, still_of};

/// Somebody who has an account.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The id.
    pub id: String,
    /// The email, in lower case.
    pub email: String,
    /// The currency their values are told in.
    pub base_currency: Currency,
    /// Changes with the password, so that sessions made before end.
    pub session_mark: Vec<u8>,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "User({})", self.id)
    }
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        let session_mark = sha256_hex(row.password_hash.as_bytes()).into_bytes();
        Self {
            id: row.id,
            email: row.email,
            // One that is offered no more is told in dollars until its owner picks another.
            base_currency: Currency::parse(&row.base_currency).unwrap_or(Currency::Usd),
            session_mark,
        }
    }
}

/// Whether somebody may make an account now.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn sign_up_is_open(state: &State) -> Result<bool, Problem> {
    match state.settings.sign_up {
        SignUp::Open => Ok(true),
        SignUp::Closed => Ok(false),
        SignUp::First => {
            let mut db = state.db.reader().await.map_err(storage_problem)?;
            Ok(!users::any_exists(&mut db).await.map_err(storage_problem)?)
        }
    }
}

/// Makes an account for somebody at the browser.
///
/// # Errors
/// [`Problem::SignUpClosed`], [`Problem::Invalid`], [`Problem::Unavailable`].
pub async fn sign_up(state: &State, email: &str, password: SecretString) -> Result<User, Problem> {
    if !sign_up_is_open(state).await? {
        return Err(Problem::SignUpClosed);
    }
    let must_be_first = state.settings.sign_up == SignUp::First;
    make(state, email, password, must_be_first).await
}

/// Makes an account from the shell, whatever the sign-up setting.
///
/// # Errors
/// [`Problem::Invalid`], [`Problem::Unavailable`].
pub async fn add(state: &State, email: &str, password: SecretString) -> Result<User, Problem> {
    make(state, email, password, false).await
}

async fn make(
    state: &State,
    email: &str,
    password: SecretString,
    must_be_first: bool,
) -> Result<User, Problem> {
    let email = email.trim().to_lowercase();
    let mut errors = FieldErrors::default();
    errors.add("email", rules::email(&email));
    let strength = check_strength(password.expose_secret(), &email);
    errors.add("password", strength);
    errors.into_result()?;
    let row = UserRow {
        id: new_id().map_err(security_problem)?,
        email,
        password_hash: state
            .passwords
            .hash(password)
            .await
            .map_err(security_problem)?,
        base_currency: state.settings.base_currency.as_str().to_owned(),
        created_at: state.clock.now().0,
    };
    state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                if must_be_first {
                    users::insert_first(db, &row.id)
                        .await
                        .map_err(|error| match error {
                            StorageError::Exists => WriteError::Problem(Problem::SignUpClosed),
                            other => other.into(),
                        })?;
                } else {
                    users::insert_first_if_none(db, &row.id).await?;
                }
                users::insert(db, &row).await.map_err(|error| match error {
                    StorageError::Exists => {
                        let taken = "This email has an account already: sign in with it.";
                        WriteError::Problem(Problem::field("email", taken))
                    }
                    other => other.into(),
                })?;
                Ok(User::from(row))
            })
        })
        .await
        .map_err(Problem::from)
}

/// The account of an email, if the password is its own. An unknown email takes as long as a wrong
/// password and gets the same answer. `address` is where whoever gives it comes from.
///
/// # Errors
/// [`Problem::SignInRefused`], [`Problem::TooManyGuesses`], [`Problem::Unavailable`].
pub async fn sign_in(
    state: &State,
    email: &str,
    password: SecretString,
    address: &str,
) -> Result<User, Problem> {
    let email = email.trim().to_lowercase();
    let guess = state
        .guesses
        .at_sign_in(&email, address, state.clock.now())?;
    let row = match rules::email(&email) {
        Ok(()) => {
            let mut db = state.db.reader().await.map_err(storage_problem)?;
            let found = users::find_by_email(&mut db, &email).await;
            found.map_err(storage_problem)?
        }
        // Nobody can have it, and databases differ in what they make of stranger texts.
        Err(_) => None,
    };
    let stored = row.as_ref().map(|row| row.password_hash.as_str());
    let verdict = verify(state, password.clone(), stored).await?;
    if verdict != Verdict::Wrong {
        guess.was_right();
    }
    match (row, verdict) {
        (Some(row), Verdict::Right) => Ok(User::from(row)),
        (Some(row), Verdict::RightButWeak) => {
            let same = set_password(state, row, password, Why::Strengthened).await;
            same.map_err(|problem| match problem {
                Problem::Unauthenticated => Problem::SignInRefused,
                other => other,
            })
        }
        _ => Err(Problem::SignInRefused),
    }
}

/// The account of an id.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn find(state: &State, id: &str) -> Result<Option<User>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    Ok(users::find(&mut db, id)
        .await
        .map_err(storage_problem)?
        .map(User::from))
}

/// All accounts, oldest first.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn list(state: &State) -> Result<Vec<UserRow>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    users::list(&mut db).await.map_err(storage_problem)
}

/// The currencies that values can be told in at this moment, and the one a person has chosen.
pub async fn currencies(state: &State, user: &User) -> Vec<Currency> {
    let market = super::prices::market(state).await;
    let offered = |currency: &Currency| *currency == user.base_currency || market.offers(*currency);
    Currency::ALL.into_iter().filter(offered).collect()
}

/// Has a person's values told in another currency.
///
/// # Errors
/// [`Problem::Invalid`] for one that no price can be had of, [`Problem::Unavailable`].
pub async fn choose_currency(state: &State, user: &User, code: &str) -> Result<Currency, Problem> {
    let known = Currency::parse(code);
    let offered = match known {
        Some(_) => currencies(state, user).await,
        None => Vec::new(),
    };
    let chosen = known.filter(|currency| offered.contains(currency));
    let chosen =
        chosen.ok_or_else(|| Problem::field("base_currency", "Pick a currency of the list."))?;
    let id = user.id.clone();
    state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(
                async move { Ok(users::update_base_currency(db, &id, chosen.as_str()).await?) },
            )
        })
        .await?;
    Ok(chosen)
}

/// The account of an email that somebody typed in the shell.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub(super) async fn find_by_email(state: &State, email: &str) -> Result<UserRow, Problem> {
    let email = email.trim().to_lowercase();
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let found = users::find_by_email(&mut db, &email).await;
    found.map_err(storage_problem)?.ok_or(Problem::NotFound)
}
