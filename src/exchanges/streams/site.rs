//! Where a stream is, and the list of everything that may be said over it: what is not on it is never
//! sent.

use reqwest::Url;
use serde::Deserialize;

use super::dial::Door;
use crate::exchanges::error::ExchangeError;

/// A host and a path of streams, with the list of what may be said there.
#[derive(Clone, Debug)]
pub(in crate::exchanges) struct StreamSite {
    pub(in crate::exchanges) base: Url,
    pub(in crate::exchanges) path: &'static str,
    /// The kinds of messages: a `method` or `op` of JSON, or a whole text.
    pub(in crate::exchanges) allowed: &'static [&'static str],
    /// By which rules it is opened.
    pub(in crate::exchanges) door: Door,
}

/// What says of which kind a message is. A field that comes twice makes it none.
#[derive(Deserialize)]
struct Kind {
    method: Option<String>,
    op: Option<String>,
}

impl StreamSite {
    /// Host and port.
    pub(in crate::exchanges) fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        format!(
            "{host}:{}",
            self.base.port_or_known_default().unwrap_or_default()
        )
    }

    /// Its name among places, which no host of calls has: a host may refuse streams and answer calls.
    pub(in crate::exchanges) fn place(&self) -> String {
        let scheme = self.base.scheme();
        format!("{} {scheme}://{}", self.door.exchange, self.host())
    }

    /// The URL to be dialled.
    ///
    /// # Errors
    /// [`ExchangeError::NotAllowed`] when path and query would not be sent as they are spelled.
    pub(in crate::exchanges) fn url(&self, query: &str) -> Result<Url, ExchangeError> {
        let mut url = self.base.clone();
        url.set_path(self.path);
        url.set_query((!query.is_empty()).then_some(query));
        let plain = query
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"=%@/".contains(&b));
        let unchanged = url.path() == self.path && url.query().unwrap_or_default() == query;
        (plain && unchanged)
            .then_some(url)
            .ok_or(ExchangeError::NotAllowed)
    }

    /// Lets a message pass whose kind is on the list.
    ///
    /// # Errors
    /// [`ExchangeError::NotAllowed`] for any other.
    pub(in crate::exchanges) fn check(&self, message: &str) -> Result<(), ExchangeError> {
        let listed = |kind: &str| self.allowed.contains(&kind);
        let passes = if message.starts_with('{') {
            match serde_json::from_str::<Kind>(message) {
                Ok(Kind {
                    method: Some(kind),
                    op: None,
                }) => listed(&kind),
                Ok(Kind {
                    method: None,
                    op: Some(kind),
                }) => listed(&kind),
                _ => false,
            }
        } else {
            listed(message)
        };
        passes.then_some(()).ok_or(ExchangeError::NotAllowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> StreamSite {
        StreamSite {
            base: Url::parse("wss://stream.example:8443").unwrap(),
            path: "/stream",
            allowed: &["subscribe", "ping"],
            door: Door {
                exchange: "simple",
                calls: "simple exchange.example".to_owned(),
                apart: std::time::Duration::ZERO,
                cost: None,
            },
        }
    }

    #[test]
    fn only_listed_kinds_pass() {
        for message in [
            r#"{"op":"subscribe","args":[]}"#,
            r#"{"method":"subscribe"}"#,
            r#"{"id":1,"op":"subscribe"}"#,
            "ping",
        ] {
            assert!(site().check(message).is_ok(), "{message}");
        }
        for message in [
            r#"{"op":"order","args":[]}"#,
            r#"{"method":"order.place"}"#,
            r#"{"op":"subscribe","op":"order"}"#,
            r#"{"op":"subscribe","method":"order.place"}"#,
            r#"{"OP":"subscribe"}"#,
            r#"{"op":["subscribe"]}"#,
            r#"{"args":[{"op":"subscribe"}]}"#,
            r#"["subscribe"]"#,
            r#"["subscribe",null]"#,
            r#"{"op":"subscribe"}{"op":"order"}"#,
            r#"{"op":"subscribe""#,
            "\"ping\"",
            "ping ",
            "subscribe order",
            "{}",
            "",
        ] {
            assert!(site().check(message).is_err(), "{message}");
        }
    }

    #[test]
    fn only_the_listed_path_is_dialled_with_a_plain_query() {
        let url = |query| site().url(query).map(|url| url.to_string());
        assert_eq!(url("").unwrap(), "wss://stream.example:8443/stream");
        let named = "streams=btcusdt@miniTicker/%E5%B8%81usdt@miniTicker";
        assert!(url(named).unwrap().ends_with(named));
        for query in [
            "streams=币",
            "a=1#/x",
            "a=1&b=2",
            "a=../x",
            "a b",
            "a=1\r\n",
        ] {
            assert!(url(query).is_err(), "{query}");
        }
        assert_eq!(site().host(), "stream.example:8443");
        assert_eq!(site().place(), "simple wss://stream.example:8443");
    }
}
