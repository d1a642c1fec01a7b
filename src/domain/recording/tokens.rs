//! JSON text as the pieces it is written in, every character of which stays as it is.

/// A piece of JSON text. Blanks between pieces are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// One of `{}[]:,`.
    Mark(char),
    /// A text with its quotation marks, escapes unread.
    Text(&'a str),
    /// A number, `true`, `false` or `null`.
    Literal(&'a str),
}

/// The pieces of a text that is JSON. Of any other text the pieces mean nothing, but they end.
pub(super) struct Tokens<'a>(pub(super) &'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.0.trim_start();
        let first = rest.chars().next()?;
        let end = match first {
            '{' | '}' | '[' | ']' | ':' | ',' => 1,
            '"' => end_of_text(rest),
            _ => end_of_literal(rest),
        };
        let (token, rest) = rest.split_at(end);
        self.0 = rest;
        Some(match first {
            '{' | '}' | '[' | ']' | ':' | ',' => Token::Mark(first),
            '"' => Token::Text(token),
            _ => Token::Literal(token),
        })
    }
}

fn end_of_text(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return at + 1,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn end_of_literal(text: &str) -> usize {
    let ends = |c: char| matches!(c, '{' | '}' | '[' | ']' | ':' | ',' | '"') || c.is_whitespace();
    text.find(ends).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_what_the_text_says_character_by_character() {
        let pieces: Vec<_> = Tokens(r#" {"a\"\\" : [-1.50e+2,null]} "#).collect();
        let expected = [
            Token::Mark('{'),
            Token::Text(r#""a\"\\""#),
            Token::Mark(':'),
            Token::Mark('['),
            Token::Literal("-1.50e+2"),
            Token::Mark(','),
            Token::Literal("null"),
            Token::Mark(']'),
            Token::Mark('}'),
        ];
        assert_eq!(pieces, expected);
    }

    proptest::proptest! {
        #[test]
        fn every_text_comes_to_an_end(text in "\\PC{0,200}") {
            let pieces = Tokens(&text).count();
            proptest::prop_assert!(pieces <= text.len());
        }
    }
}
