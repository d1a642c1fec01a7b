//! The process environment, with `.env` of the working directory behind it.

use std::{collections::HashMap, env, fmt, fs, io, path::Path};

use super::ConfigError;

/// Variables by name. Those of `.env` stay in here: they are not put into the process.
pub struct Environment {
    file: HashMap<String, String>,
}

impl Environment {
    /// Reads `.env` of the working directory, if there is one.
    ///
    /// # Errors
    /// [`ConfigError::EnvFileUnreadable`] and [`ConfigError::EnvFileLine`].
    pub fn load() -> Result<Self, ConfigError> {
        Self::with_file(Path::new(".env"))
    }

    fn with_file(path: &Path) -> Result<Self, ConfigError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(ConfigError::EnvFileUnreadable(error)),
        };
        parse(text.trim_start_matches('\u{feff}')).map(|file| Self { file })
    }

    /// The variable's value: the process's own, or else the file's.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        env::var_os(name)
            .map(|value| value.to_string_lossy().into_owned())
            .or_else(|| self.file.get(name).cloned())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment(..)")
    }
}

fn parse(text: &str) -> Result<HashMap<String, String>, ConfigError> {
    dotenvy::from_read_iter(text.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| match error {
            dotenvy::Error::LineParse(broken, _) => {
                let line = line_number(text, &broken);
                ConfigError::EnvFileLine { line }
            }
            dotenvy::Error::Io(error) => ConfigError::EnvFileUnreadable(error),
            _ => ConfigError::EnvFileUnreadable(io::ErrorKind::InvalidData.into()),
        })
}

/// The number of the line, from 1, that the broken text starts on.
fn line_number(text: &str, broken: &str) -> usize {
    let start = broken.lines().next().unwrap_or_default().trim();
    let before = text.lines().take_while(|line| line.trim() != start);
    before.count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(content: &[u8]) -> Result<Environment, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs::write(&path, content).unwrap();
        Environment::with_file(&path)
    }

    #[test]
    fn the_file_stands_behind_the_process() {
        let read = with("\u{feff}# note\nCOFFER_TEST_ONLY='a b'\nPATH=file\n".as_bytes()).unwrap();
        assert_eq!(read.get("COFFER_TEST_ONLY").unwrap(), "a b");
        assert_eq!(read.get("PATH").unwrap(), env::var("PATH").unwrap());
        assert_eq!(read.get("COFFER_TEST_NONE"), None);
        assert!(env::var_os("COFFER_TEST_ONLY").is_none());
        assert!(!format!("{read:?}").contains("a b"));
    }

    #[test]
    fn a_missing_file_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Environment::with_file(&folder.path().join(".env")).is_ok());
    }

    #[test]
    fn a_broken_line_is_named_by_number_and_not_shown() {
        let error =
            with(b"DATA_DIR=data\n\nENCRYPTION_KEY: hush hush\nSIGN_UP=open\n").unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("line 3 of the file .env"), "{shown}");
        assert!(!shown.contains("hush"), "{shown}");
    }

    #[test]
    fn a_file_that_is_no_text_is_an_error() {
        assert!(matches!(
            with(&[0xff, 0xfe, 0]),
            Err(ConfigError::EnvFileUnreadable(_))
        ));
    }

    #[test]
    fn the_example_is_a_file_without_a_setting() {
        let example = include_str!("../../.env.example");
        assert!(parse(example).unwrap().is_empty());
    }
}
