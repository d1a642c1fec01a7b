//! Which new passwords are taken: long enough, not commonly used, not the product or the email.

use zxcvbn::zxcvbn;

use super::MAX_PASSWORD_BYTES;

/// The fewest characters of a new password.
pub const MIN_PASSWORD_CHARS: usize = 8;

const PRODUCT: &str = "coffer";
/// A password found within this many guesses is commonly used, or a commonly used one with a
/// common ending.
const FEWEST_GUESSES: u64 = 1_000_000;
/// No list of commonly used passwords reaches further, in characters.
const LONGEST_COMMON_CHARS: usize = 32;
/// Signs that may stand for a letter. The time an estimate takes multiplies with each: a password
/// made of all of them takes seconds.
const LETTER_LIKE_SIGNS: &str = "@({[<!|$+%";
/// No list of commonly used passwords has more of them in one password: `!@#$%^&*(` has five.
const MOST_LETTER_LIKE_SIGNS: usize = 5;
/// Shorter parts of an email are in too many words to tell anything, in characters.
const SHORTEST_EMAIL_PART_CHARS: usize = 3;

/// Why a new password is not taken, in a sentence for the person choosing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Under [`MIN_PASSWORD_CHARS`] characters.
    #[error("Choose a password of at least 8 characters.")]
    TooShort,
    /// Over [`MAX_PASSWORD_BYTES`] bytes.
    #[error("Choose a shorter password: at most 1024 bytes are kept.")]
    TooLong,
    /// Commonly used, or close to it.
    #[error("This password is easily guessed. Choose another, such as four unrelated words.")]
    Common,
    /// The product's name, or close to it.
    #[error("This password is too close to the name Coffer. Choose another.")]
    LikeProduct,
    /// The person's email or a part of it, or close to it.
    #[error("This password is too close to your email. Choose another.")]
    LikeEmail,
}

/// Judges a new password. Any characters will do, and they are taken exactly as they are. Takes
/// about a millisecond, and some tens of them at worst.
///
/// # Errors
/// The first [`PasswordProblem`] there is.
pub fn check_strength(password: &str, email: &str) -> Result<(), PasswordProblem> {
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(PasswordProblem::TooLong);
    }
    let chars = password.chars().count();
    if chars < MIN_PASSWORD_CHARS {
        return Err(PasswordProblem::TooShort);
    }
    let parts = email_parts(email);
    if parts.iter().any(|part| is_mostly(password, part)) {
        return Err(PasswordProblem::LikeEmail);
    }
    if is_mostly(password, PRODUCT) {
        return Err(PasswordProblem::LikeProduct);
    }
    if chars > LONGEST_COMMON_CHARS || is_full_of_signs(password) {
        return Ok(());
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    if !is_guessed(password, &[&[PRODUCT], parts.as_slice()].concat()) {
        Ok(())
    } else if is_guessed(password, &[]) {
        Err(PasswordProblem::Common)
    } else if is_guessed(password, &[PRODUCT]) {
        Err(PasswordProblem::LikeProduct)
    } else {
        Err(PasswordProblem::LikeEmail)
    }
}

/// The email, what stands before the `@`, and the words of that, alone and run together; in lower
/// case.
fn email_parts(email: &str) -> Vec<String> {
    let email = email.trim().to_lowercase();
    let local = email.split('@').next().unwrap_or_default();
    let words = local.split(|c: char| !c.is_alphanumeric());
    let run_together: String = words.clone().collect();
    [email.as_str(), local, &run_together]
        .into_iter()
        .chain(words)
        .filter(|part| part.chars().count() >= SHORTEST_EMAIL_PART_CHARS)
        .map(str::to_owned)
        .collect()
}

/// Whether the password is the word, whatever its capitals, with only digits and signs around it.
fn is_mostly(password: &str, word: &str) -> bool {
    let password = password.to_lowercase();
    password.contains(word) && !password.replace(word, "").contains(char::is_alphabetic)
}

fn is_full_of_signs(password: &str) -> bool {
    let signs = LETTER_LIKE_SIGNS.chars();
    signs.filter(|sign| password.contains(*sign)).count() > MOST_LETTER_LIKE_SIGNS
}

fn is_guessed(password: &str, known: &[&str]) -> bool {
    zxcvbn(password, known).guesses() < FEWEST_GUESSES
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMAIL: &str = "Anna.Smith@example.com";

    #[test]
    fn passwords_of_every_kind_are_taken() {
        let sixty_four = "a".repeat(64);
        let longest = "x".repeat(MAX_PASSWORD_BYTES);
        let fine = [
            "correct horse battery staple",
            "tulip-canoe-7-marble",
            "my dog eats green apples",
            "k7#Vq9!m",
            "xkqjzvbw",
            "  two spaces around  ",
            "\u{1f511}\u{1f9f1}\u{1f30a}\u{1f334}\u{1f680}\u{1f353}\u{1f3b2}\u{1f98a}",
            "пароль из четырёх слов",
            "a coffer full of plums",
            "smiths forge red iron",
            &sixty_four,
            &"b ".repeat(64),
            &longest,
        ];
        for password in fine {
            assert_eq!(check_strength(password, EMAIL), Ok(()), "{password}");
        }
    }

    #[test]
    fn short_and_overlong_passwords_are_refused() {
        assert_eq!(
            check_strength("k7#Vq9!", EMAIL),
            Err(PasswordProblem::TooShort)
        );
        let seven_emoji = "\u{1f511}".repeat(7);
        assert_eq!(
            check_strength(&seven_emoji, EMAIL),
            Err(PasswordProblem::TooShort)
        );
        let overlong = "x".repeat(MAX_PASSWORD_BYTES + 1);
        assert_eq!(
            check_strength(&overlong, EMAIL),
            Err(PasswordProblem::TooLong)
        );
    }

    #[test]
    fn commonly_used_passwords_are_refused() {
        let common = [
            "password",
            "password1",
            "Password1!",
            "p@ssw0rd",
            "qwerty123",
            "qwertyuiop",
            "iloveyou1",
            "letmein123",
            "12345678",
            "123456789",
            "11111111",
            "1q2w3e4r",
            "abc12345",
            "sunshine1",
            "football",
            "baseball1",
            "trustno1",
            "superman1",
            "dragon123",
            "welcome1",
            "admin123",
            "monkey123",
            "princess1",
            "aaaaaaaa",
            "passwordpassword",
            "charlie1",
            "starwars",
            "whatever1",
            "zaq12wsx",
            "asdfghjkl",
        ];
        for password in common {
            assert_eq!(
                check_strength(password, EMAIL),
                Err(PasswordProblem::Common),
                "{password}"
            );
        }
    }

    #[test]
    fn the_products_name_is_refused() {
        for password in [
            "Coffer123",
            "coffercoffer",
            "COFFER!!",
            "coffer2026",
            "123coffer",
            "C0ffer123",
            "c0ff3r!!",
            "coffer12345678",
        ] {
            let judged = check_strength(password, EMAIL);
            assert_eq!(judged, Err(PasswordProblem::LikeProduct), "{password}");
        }
    }

    #[test]
    fn the_email_and_its_parts_are_refused() {
        for password in [
            "anna.smith@example.com",
            "ANNA.SMITH",
            "anna.smith1",
            "Anna.Smith2026!",
            "annasmith",
        ] {
            let judged = check_strength(password, EMAIL);
            assert_eq!(judged, Err(PasswordProblem::LikeEmail), "{password}");
        }
        let long = format!("{}@example.com", "quite-unguessable-".repeat(3));
        assert_eq!(
            check_strength(&long, &long),
            Err(PasswordProblem::LikeEmail)
        );
        assert_eq!(check_strength("tulip-canoe-7-marble", ""), Ok(()));
        assert_eq!(check_strength("tulip-canoe-7-marble", "a@b.c"), Ok(()));
    }

    #[test]
    fn refusals_say_what_to_do() {
        for problem in [
            PasswordProblem::TooShort,
            PasswordProblem::TooLong,
            PasswordProblem::Common,
            PasswordProblem::LikeProduct,
            PasswordProblem::LikeEmail,
        ] {
            assert!(problem.to_string().contains("Choose"), "{problem}");
        }
    }

    #[test]
    fn a_password_full_of_signs_is_judged_at_once() {
        let started = std::time::Instant::now();
        for _ in 0..10 {
            assert_eq!(check_strength("4@8({[<369!1|70$5+%2", EMAIL), Ok(()));
        }
        assert!(started.elapsed().as_secs() < 2);
    }
}
