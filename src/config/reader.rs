//! Reads variables one by one and gathers what is wrong, so that all of it is told at once.

use zeroize::Zeroizing;

use super::{ConfigError, WrongSetting};

pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    wrong: Vec<WrongSetting>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        let wrong = Vec::new();
        Self { lookup, wrong }
    }

    /// The variable without the blanks around it; `None` when nothing is left.
    pub(super) fn text(&mut self, variable: &'static str) -> Option<Zeroizing<String>> {
        let raw = Zeroizing::new((self.lookup)(variable)?);
        let text = Zeroizing::new(raw.trim().to_owned());
        // Bytes that are no UTF-8 arrive as the replacement character.
        if text.contains(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
            self.wrong(variable, "one line of UTF-8 text is expected");
            return None;
        }
        (!text.is_empty()).then_some(text)
    }

    /// The variable as `parse` understands it; noted as wrong when it does not.
    pub(super) fn parsed<T>(
        &mut self,
        variable: &'static str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(variable)?;
        let value = parse(&text);
        if value.is_none() {
            self.wrong(variable, expected);
        }
        value
    }

    pub(super) fn wrong(&mut self, variable: &'static str, expected: &'static str) {
        self.wrong.push(WrongSetting { variable, expected });
    }

    pub(super) fn finish<T>(self, value: T) -> Result<T, ConfigError> {
        if self.wrong.is_empty() {
            Ok(value)
        } else {
            Err(ConfigError::Wrong(self.wrong))
        }
    }
}
