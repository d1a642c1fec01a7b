//! What is logged, and how.

use tracing_subscriber::EnvFilter;

use super::reader::Reader;

const DEFAULT_FILTER: &str = "info,axum_login=warn,tower_sessions=warn,sqlx=warn";

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// The log.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// `RUST_LOG`: levels by target, as `EnvFilter` reads them.
    pub filter: String,
    /// `LOG_FORMAT`: how lines are written.
    pub format: LogFormat,
}

impl LogConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            filter: reader
                .parsed(
                    "RUST_LOG",
                    "a level is expected, such as info, or a list such as info,sqlx=warn",
                    |text| EnvFilter::try_new(text).is_ok().then(|| text.to_owned()),
                )
                .unwrap_or_else(|| DEFAULT_FILTER.to_owned()),
            format: reader
                .parsed(
                    "LOG_FORMAT",
                    "text or json is expected",
                    |text| match text {
                        "text" => Some(LogFormat::Text),
                        "json" => Some(LogFormat::Json),
                        _ => None,
                    },
                )
                .unwrap_or(LogFormat::Text),
        }
    }
}
