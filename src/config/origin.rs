//! Web origins: scheme, host and port, and nothing more.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use reqwest::Url;

/// An `http` or `https` origin, as browsers spell it: `https://coffer.example`, without the
/// scheme's own port and without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Takes an origin, with or without a slash at the end; `None` when it has a user, a path, a
    /// query or another scheme.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let stray = |c: char| matches!(c, '/' | '\\' | '@' | '?' | '#') || c.is_whitespace();
        if !matches!(scheme, "http" | "https") || authority.contains(stray) {
            return None;
        }
        let url = Url::parse(text).ok()?;
        url.host_str()?;
        Some(Self(url.origin().ascii_serialization()))
    }

    /// The plain `http` origin of an address.
    #[must_use]
    pub fn of(address: SocketAddr) -> Self {
        Self(format!("http://{address}"))
    }

    /// The origin as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the scheme is `https`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Whether the host is this machine itself: a loopback address or `localhost`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let url = Url::parse(&self.0).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_spelled_as_browsers_do() {
        let same = [
            ("https://coffer.example", "https://coffer.example"),
            ("https://Coffer.Example:443/", "https://coffer.example"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://[::1]:80", "http://[::1]"),
        ];
        for (text, spelled) in same {
            assert_eq!(Origin::parse(text).unwrap().as_str(), spelled);
        }
    }

    #[test]
    fn more_or_less_than_an_origin_is_none() {
        for text in [
            "coffer.example",
            "https://",
            "https:///",
            "https:coffer.example",
            "ftp://coffer.example",
            "https://coffer.example/app",
            "https://coffer.example//",
            "https://coffer.example?",
            "https://coffer.example#",
            "https://user@coffer.example",
            "https://user:word@coffer.example",
            "https://coffer.example\\x",
            "https://cof fer.example",
            "https://coffer.example:port",
        ] {
            assert_eq!(Origin::parse(text), None, "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for text in [
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://[::1]",
            "http://localhost:1",
        ] {
            assert!(Origin::parse(text).unwrap().is_loopback(), "{text}");
        }
        for text in [
            "http://10.0.0.1",
            "http://127.0.0.1.example",
            "http://localhost.example",
            "http://[::2]",
            "http://0.0.0.0",
        ] {
            assert!(!Origin::parse(text).unwrap().is_loopback(), "{text}");
        }
    }
}
