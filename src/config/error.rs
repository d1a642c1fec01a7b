//! What is wrong with the configuration, named by variable and never by value.

use std::{fmt, io};

/// A variable that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongSetting {
    /// The variable's name, or the names of those that do not go together.
    pub variable: &'static str,
    /// What is expected of it.
    pub expected: &'static str,
}

/// The configuration cannot be used. Its text is for the operator, and holds no value.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Some variables are wrong: all of them, in the order they were read.
    #[error("these settings cannot be used; change them and start again:{}", Lines(.0))]
    Wrong(Vec<WrongSetting>),
    /// `.env` is there and cannot be read.
    #[error("the file .env in the working directory cannot be read; check its owner and mode")]
    EnvFileUnreadable(#[source] io::Error),
    /// A line of `.env` is not a setting.
    #[error(
        "line {line} of the file .env in the working directory is not NAME=value; quote values \
         with blanks"
    )]
    EnvFileLine {
        /// The line's number, from 1.
        line: usize,
    },
}

struct Lines<'a>(&'a [WrongSetting]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|wrong| write!(f, "\n  {}: {}", wrong.variable, wrong.expected))
    }
}
