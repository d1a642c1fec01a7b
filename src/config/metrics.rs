//! Who may read the figures for Prometheus.

use secrecy::SecretString;

use super::reader::Reader;

/// The least characters of a token: fewer could be guessed.
const MIN_CHARS: usize = 16;

/// The figures for Prometheus.
#[derive(Clone, Debug)]
pub struct MetricsConfig {
    /// `METRICS_TOKEN`: whoever shows it may read the figures from anywhere; `None` when only this
    /// machine may.
    pub token: Option<SecretString>,
}

impl MetricsConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let expected = "at least 16 letters, digits and signs without a blank are expected";
        Self {
            token: reader.parsed("METRICS_TOKEN", expected, token),
        }
    }
}

/// It travels in a header.
fn token(text: &str) -> Option<SecretString> {
    let fits = text.len() >= MIN_CHARS && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| SecretString::from(text))
}
