//! A cell of a table, written so that it means the same in a spreadsheet, in a program and to a
//! person.

use crate::domain::amount::Amount;
use crate::domain::timestamp::Timestamp;

/// What spreadsheets take for the beginning of a formula, the wide forms of some keyboards included.
const STARTS_FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// What some spreadsheets take for the end of a cell, whatever stands around the text.
const ENDS_CELL: [char; 6] = [',', ';', '|', '\t', '\n', '\r'];
/// Stands for a control character, which no table can hold.
const STAND_IN: char = '\u{FFFD}';

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing is known, or nothing applies.
    Nothing,
    /// An exact amount.
    Number(Amount),
    /// A count.
    Count(u64),
    /// A moment, told as RFC 3339 in UTC.
    Moment(Timestamp),
    /// Yes or no.
    Flag(bool),
    /// Text, whoever wrote it.
    Text(String),
}

impl Cell {
    /// Text.
    #[must_use]
    pub fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    /// A count.
    #[must_use]
    pub fn count(count: usize) -> Self {
        Self::Count(u64::try_from(count).unwrap_or(u64::MAX))
    }

    /// An amount, where there is one.
    #[must_use]
    pub fn number(amount: Option<&Amount>) -> Self {
        amount.map_or(Self::Nothing, |amount| Self::Number(amount.clone()))
    }

    /// A moment, where there is one.
    #[must_use]
    pub fn moment(at: Option<Timestamp>) -> Self {
        at.map_or(Self::Nothing, Self::Moment)
    }

    /// Text, where there is any.
    #[must_use]
    pub fn known(text: Option<String>) -> Self {
        text.map_or(Self::Nothing, Self::Text)
    }

    /// As a field of a CSV file. Text is always quoted and never a formula; what is written by our
    /// own types is neither.
    #[must_use]
    pub fn csv(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Number(amount) => amount.as_str().to_owned(),
            Self::Count(count) => count.to_string(),
            Self::Moment(at) => at.rfc3339(),
            Self::Flag(flag) => flag.to_string(),
            Self::Text(text) => format!("\"{}\"", defused(text).replace('"', "\"\"")),
        }
    }

    /// As a value of a JSON document. Amounts are text, so that no program rounds them; text stays
    /// as it is.
    #[must_use]
    pub fn json(&self) -> String {
        match self {
            Self::Nothing => "null".to_owned(),
            Self::Number(amount) => quoted(amount.as_str()),
            Self::Moment(at) => quoted(&at.rfc3339()),
            Self::Text(text) => quoted(text),
            Self::Count(_) | Self::Flag(_) => self.csv(),
        }
    }
}

/// Text as JSON.
#[must_use]
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Puts a quote before whatever a spreadsheet could take for a formula: at the beginning, and after
/// what could end a cell for one that was told of another separator. Blanks before it do not count.
fn defused(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut at_start = true;
    for c in text.chars() {
        let is_first_tab = out.is_empty() && matches!(c, '\t' | '\r');
        if is_first_tab || (at_start && STARTS_FORMULA.contains(&c)) {
            out.push('\'');
        }
        at_start = ENDS_CELL.contains(&c) || (at_start && is_blank(c));
        let kept = !c.is_control() || matches!(c, '\t' | '\n' | '\r');
        out.push(if kept { c } else { STAND_IN });
    }
    out
}

/// Whether a spreadsheet may leave a character out at the beginning of a cell.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || crate::domain::text::is_invisible(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn csv(text: &str) -> String {
        Cell::text(text).csv()
    }

    #[test]
    fn no_text_is_a_formula() {
        for start in STARTS_FORMULA {
            for before in [
                "", " ", "\n", "\r\n ", "\u{feff}", "\u{a0}", "\u{200b}", "\0",
            ] {
                let told = csv(&format!("{before}{start}cmd|' /C calc'!A0"));
                let before = before.replace('\0', "\u{FFFD}");
                let wanted = format!("\"{before}'{start}cmd|' /C calc'!A0\"");
                let led = format!("\"'{before}'{start}cmd|' /C calc'!A0\"");
                assert!(told == wanted || told == led, "{told:?}");
            }
        }
        for start in ['\t', '\r'] {
            assert!(csv(&format!("{start}x")).starts_with("\"'"), "{start:?}");
        }
    }

    #[test]
    fn a_formula_behind_a_foreign_separator_is_none_either() {
        assert_eq!(csv("a; =1+1;b"), "\"a; '=1+1;b\"");
        assert_eq!(csv("a\n@SUM(A1)"), "\"a\n'@SUM(A1)\"");
        assert_eq!(csv("a,\u{ff0d}1"), "\"a,'\u{ff0d}1\"");
    }

    #[test]
    fn harmless_text_stays_as_it_is() {
        for text in [
            "BTC",
            "1000SATS",
            "币安人生",
            "a-b=c+d@e",
            "it's",
            "a, b; c",
            "",
        ] {
            assert_eq!(csv(text), format!("\"{text}\""));
        }
    }

    #[test]
    fn quotes_stay_within_their_cell() {
        assert_eq!(csv("a\",\"b"), "\"a\"\",\"\"b\"");
        assert_eq!(csv("\"=1"), "\"\"\"=1\"");
        assert_eq!(csv("a\u{1b}[2Jb"), "\"a\u{FFFD}[2Jb\"");
    }

    #[test]
    fn a_number_below_zero_stays_a_number() {
        let debt = Cell::Number(Amount::parse("-1200.50").unwrap());
        assert_eq!(
            (debt.csv(), debt.json()),
            ("-1200.5".into(), "\"-1200.5\"".into())
        );
        assert_eq!(
            (Cell::Nothing.csv(), Cell::Nothing.json()),
            (String::new(), "null".into())
        );
    }

    /// Reads one quoted field as RFC 4180 has it.
    fn read_back(field: &str) -> Option<String> {
        let inner = field.strip_prefix('"')?.strip_suffix('"')?;
        let text = inner.replace("\"\"", "\u{1}");
        (!text.contains('"')).then(|| text.replace('\u{1}', "\""))
    }

    proptest! {
        #[test]
        fn any_text_is_one_cell_without_a_formula(text in any::<String>()) {
            let read = read_back(&csv(&text));
            prop_assert!(read.is_some());
            let first = read.unwrap().trim_start().chars().next();
            prop_assert!(first.is_none_or(|c| !STARTS_FORMULA.contains(&c)));
        }

        #[test]
        fn json_holds_any_text_as_it_is(text in any::<String>()) {
            let read: String = serde_json::from_str(&Cell::text(&text).json()).unwrap();
            prop_assert_eq!(read, text);
        }
    }
}
