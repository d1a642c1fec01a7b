//! Which foreign or typed text may be shown.

/// Whether a text holds characters that are invisible or turn the reading direction: control,
/// zero-width, bidirectional and tag characters. Such text can pass for something it is not.
#[must_use]
pub fn is_deceptive(text: &str) -> bool {
    text.chars().any(|c| c.is_control() || is_invisible(c))
}

/// Whether a character is not to be seen, or turns the reading direction.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether a character breaks the line or turns the reading direction of the text that follows.
#[must_use]
pub fn breaks_or_turns(c: char) -> bool {
    matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// `n thing` or `n things`.
#[must_use]
pub fn count(n: usize, thing: &str) -> String {
    if n == 1 {
        format!("{n} {thing}")
    } else {
        format!("{n} {thing}s")
    }
}

/// Words joined as in a sentence: `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A text as it may stand in a query: everything but plain letters and digits by its bytes.
#[must_use]
pub fn query_encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// The last four characters of a key, to tell keys apart: `••••eh8A`.
#[must_use]
pub fn mask(hint: &str) -> String {
    format!("••••{hint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_and_turning_characters_are_told() {
        for text in [
            "BT\u{0}C",
            "BTC\n",
            "\u{202E}CTB",
            "B\u{200B}TC",
            "\u{FEFF}BTC",
            "A\u{E0041}",
        ] {
            assert!(is_deceptive(text), "{text:?}");
        }
        for text in ["币安人生", "１２３４５６", "1000SATS", "Größe", "USDⓈ-M"] {
            assert!(!is_deceptive(text), "{text:?}");
        }
    }

    #[test]
    fn words_are_joined_as_in_a_sentence() {
        let words = |n: usize| {
            ["a", "b", "c"][..n]
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            [list(&words(1)), list(&words(2)), list(&words(3))],
            ["a", "a and b", "a, b and c"]
        );
        assert_eq!(
            [count(1, "asset"), count(2, "asset")],
            ["1 asset", "2 assets"]
        );
    }
}
