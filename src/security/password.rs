//! Password hashing with Argon2id, a few at a time, with the same work for unknown users.

use std::{fmt, sync::Arc};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::Error,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::SecurityError;

/// The longest password that is looked at, in bytes.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// Passwords hashed at the same time. Each takes 19 MiB and some 60 ms.
const AT_ONCE: usize = 2;
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// A stored hash that asks for more than this was not made here, and is not worked on.
const MAX_MEMORY_KIB: u32 = 16 * MEMORY_KIB;
const MAX_PASSES: u32 = 16;
const MIN_SALT_BYTES: usize = 16;

/// The hash of nobody's password: what is worked on when there is nothing to compare with.
const NOBODYS_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCEhIQ$e6gDWwWTrau9bvr4vGCElbhqTZq2uCOM8r8aLvgLSSw";

/// What a password is, compared with a stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Right,
    /// It is the password, and the stored hash is weaker than those made today: hash it again.
    RightButWeak,
    /// It is not the password, or there is nothing to compare with.
    Wrong,
}

/// Hashes and verifies passwords on threads of their own, two at a time. Clones share the two
/// places.
#[derive(Clone)]
pub struct PasswordHasher {
    places: Arc<Semaphore>,
}

impl PasswordHasher {
    /// A hasher with its places free.
    #[must_use]
    pub fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Hashes a password with a new salt into a PHC string.
    ///
    /// # Errors
    /// [`SecurityError::PasswordTooLong`] over [`MAX_PASSWORD_BYTES`], before any work;
    /// [`SecurityError::Hashing`] when it cannot be computed.
    pub async fn hash(&self, password: SecretString) -> Result<String, SecurityError> {
        self.in_turn(password, |password| {
            let hash: PasswordHash = argon2()?
                .hash_password(password)
                .map_err(|_| SecurityError::Hashing)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Compares a password with the stored PHC string. Without one, or with one that cannot be
    /// used, the answer is [`Verdict::Wrong`] after the same work.
    ///
    /// # Errors
    /// [`SecurityError::PasswordTooLong`] over [`MAX_PASSWORD_BYTES`], before any work;
    /// [`SecurityError::Hashing`] when it cannot be computed.
    pub async fn verify(
        &self,
        password: SecretString,
        stored: Option<&str>,
    ) -> Result<Verdict, SecurityError> {
        let stored = stored.and_then(usable);
        self.in_turn(password, move |password| compare(password, stored))
            .await
    }

    /// The place is given back when the work is done, also when the caller has gone before.
    async fn in_turn<T: Send + 'static>(
        &self,
        password: SecretString,
        work: impl FnOnce(&[u8]) -> Result<T, SecurityError> + Send + 'static,
    ) -> Result<T, SecurityError> {
        if password.expose_secret().len() > MAX_PASSWORD_BYTES {
            return Err(SecurityError::PasswordTooLong);
        }
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|_| SecurityError::Hashing)?;
        spawn_blocking(move || {
            let done = work(password.expose_secret().as_bytes());
            drop(place);
            done
        })
        .await
        .map_err(|_| SecurityError::Hashing)?
    }
}

impl Default for PasswordHasher {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHasher(..)")
    }
}

fn argon2() -> Result<Argon2<'static>, SecurityError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(Params::DEFAULT_OUTPUT_LEN))
        .map_err(|_| SecurityError::Hashing)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A stored hash that can be compared with at a bearable cost, and whether it is weak.
fn usable(phc: &str) -> Option<(PasswordHash, bool)> {
    let hash = PasswordHash::new(phc).ok()?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let params = Params::try_from(&hash).ok()?;
    if params.m_cost() > MAX_MEMORY_KIB || params.t_cost() > MAX_PASSES {
        return None;
    }
    let weak = algorithm != Algorithm::Argon2id
        || hash.version != Some(Version::V0x13.into())
        || params.m_cost() < MEMORY_KIB
        || params.t_cost() < PASSES
        || params.p_cost() < LANES
        || hash.salt.as_ref()?.len() < MIN_SALT_BYTES
        || hash.hash.as_ref()?.len() < Params::DEFAULT_OUTPUT_LEN;
    Some((hash, weak))
}

fn compare(
    password: &[u8],
    stored: Option<(PasswordHash, bool)>,
) -> Result<Verdict, SecurityError> {
    let argon2 = argon2()?;
    if let Some((hash, weak)) = stored {
        match argon2.verify_password(password, &hash) {
            Ok(()) if weak => return Ok(Verdict::RightButWeak),
            Ok(()) => return Ok(Verdict::Right),
            Err(Error::PasswordInvalid) => return Ok(Verdict::Wrong),
            // Refused before any work was done.
            Err(_) => {}
        }
    }
    let nobodys = PasswordHash::new(NOBODYS_HASH).map_err(|_| SecurityError::Hashing)?;
    // Whatever comes of it: this is nobody's password.
    let _ = argon2.verify_password(password, &nobodys);
    Ok(Verdict::Wrong)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    async fn verdict(password: &str, stored: Option<&str>) -> Verdict {
        PasswordHasher::new()
            .verify(SecretString::from(password), stored)
            .await
            .unwrap()
    }

    fn planted(algorithm: Algorithm, memory_kib: u32, passes: u32, password: &str) -> String {
        let params = Params::new(memory_kib, passes, 1, None).unwrap();
        let hash: PasswordHash = Argon2::new(algorithm, Version::V0x13, params)
            .hash_password(password.as_bytes())
            .unwrap();
        hash.to_string()
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_of_the_wanted_strength_and_salted() {
        let hasher = PasswordHasher::new();
        let one = hasher.hash("a fine password".into()).await.unwrap();
        let other = hasher.hash("a fine password".into()).await.unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert_eq!(verdict("a fine password", Some(&one)).await, Verdict::Right);
        for near in [
            "a fine passworD",
            "a fine password ",
            " a fine password",
            "",
        ] {
            assert_eq!(verdict(near, Some(&one)).await, Verdict::Wrong, "{near:?}");
        }
    }

    #[tokio::test]
    async fn passwords_are_taken_exactly_as_they_are() {
        let hasher = PasswordHasher::new();
        let long = "x".repeat(128);
        for password in [
            " spaces around ",
            "\u{1f511}\u{1f9f1} emoji",
            "e\u{301}",
            &long,
        ] {
            let hash = hasher.hash(password.into()).await.unwrap();
            assert_eq!(verdict(password, Some(&hash)).await, Verdict::Right);
        }
        let decomposed = hasher.hash("caf\u{e9}-caf\u{e9}".into()).await.unwrap();
        let composed = verdict("cafe\u{301}-cafe\u{301}", Some(&decomposed)).await;
        assert_eq!(composed, Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_weaker_hash_is_right_and_said_to_be_weak() {
        let weak = [
            planted(Algorithm::Argon2id, 8_192, 2, "a fine password"),
            planted(Algorithm::Argon2id, 19_456, 1, "a fine password"),
            planted(Algorithm::Argon2i, 19_456, 3, "a fine password"),
        ];
        for hash in &weak {
            assert_eq!(
                verdict("a fine password", Some(hash)).await,
                Verdict::RightButWeak
            );
            assert_eq!(
                verdict("another password", Some(hash)).await,
                Verdict::Wrong
            );
        }
        let strong = planted(Algorithm::Argon2id, 32_768, 3, "a fine password");
        assert_eq!(
            verdict("a fine password", Some(&strong)).await,
            Verdict::Right
        );
    }

    #[tokio::test]
    async fn without_a_usable_hash_the_answer_is_wrong_after_the_same_work() {
        let hash = PasswordHasher::new()
            .hash("a fine password".into())
            .await
            .unwrap();
        let greedy = hash.replace("m=19456", "m=4194304");
        let headless = hash.rsplit_once('$').unwrap().0;
        // No machine fills 19 MiB twice in less; without the work it takes microseconds.
        let least = Duration::from_millis(2);
        let nothing = [
            None,
            Some(""),
            Some("plain"),
            Some("$2b$12$abcdefghijklmnopqrstuv"),
            Some(headless),
            Some(&greedy),
        ];
        for stored in nothing {
            let started = Instant::now();
            assert_eq!(verdict("a fine password", stored).await, Verdict::Wrong);
            assert!(started.elapsed() > least, "{stored:?}");
        }
    }

    #[test]
    fn nobodys_hash_costs_what_a_new_one_does() {
        let (_, weak) = usable(NOBODYS_HASH).unwrap();
        assert!(!weak);
        assert!(NOBODYS_HASH.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }

    #[tokio::test]
    async fn an_overlong_password_is_refused_before_any_work() {
        let hasher = PasswordHasher::new();
        let _both_places = hasher.places.acquire_many(2).await.unwrap();
        let long = SecretString::from("x".repeat(MAX_PASSWORD_BYTES + 1));
        let hashed = hasher.hash(long.clone()).await;
        assert!(matches!(hashed, Err(SecurityError::PasswordTooLong)));
        let verified = hasher.verify(long, None).await;
        assert!(matches!(verified, Err(SecurityError::PasswordTooLong)));
    }
}
