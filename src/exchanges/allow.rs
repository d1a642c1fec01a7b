//! The list of everything a client may ask: what is not on it is never sent.

use reqwest::{Method, Url};

use super::cost::Cost;
use super::error::ExchangeError;
use crate::domain::health::CallClass;

/// A method and a path that a client may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) cost: Cost,
    /// What kind of question it answers.
    pub(super) class: CallClass,
}

impl Endpoint {
    pub(super) const fn get(path: &'static str, cost: Cost, class: CallClass) -> Self {
        Self::new(Method::GET, path, cost, class)
    }

    pub(super) const fn post(path: &'static str, cost: Cost, class: CallClass) -> Self {
        Self::new(Method::POST, path, cost, class)
    }

    const fn new(method: Method, path: &'static str, cost: Cost, class: CallClass) -> Self {
        Self {
            method,
            path,
            cost,
            class,
        }
    }
}

/// A host with the list of what it may be asked.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) base: Url,
    pub(super) allowed: &'static [Endpoint],
}

/// The name of a place: exchange, host and, where it is not the usual one, port.
pub(super) fn place(exchange: &str, base: &Url) -> String {
    let host = base.host_str().unwrap_or_default();
    let port = base.port().map(|port| format!(":{port}"));
    format!("{exchange} {host}{}", port.unwrap_or_default())
}

impl Site {
    /// The site's name among places.
    pub(super) fn place(&self, exchange: &str) -> String {
        place(exchange, &self.base)
    }

    /// The URL of a request, exactly as it was signed.
    ///
    /// # Errors
    /// [`ExchangeError::NotAllowed`] when path and query would not be sent as they are spelled.
    pub(super) fn url(&self, path: &str, query: &str) -> Result<Url, ExchangeError> {
        let mut url = self.base.clone();
        url.set_path(path);
        url.set_query((!query.is_empty()).then_some(query));
        let unchanged = url.path() == path && url.query().unwrap_or_default() == query;
        unchanged.then_some(url).ok_or(ExchangeError::NotAllowed)
    }

    /// Lets a request pass that is on the list and goes to this very host.
    ///
    /// # Errors
    /// [`ExchangeError::NotAllowed`] for any other.
    pub(super) fn check(&self, request: &reqwest::Request) -> Result<(), ExchangeError> {
        let url = request.url();
        let here = url.origin() == self.base.origin()
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none();
        let listed = self
            .allowed
            .iter()
            .any(|e| e.method == *request.method() && e.path == url.path());
        let plain = url.query().is_none_or(is_plain_query);
        (here && listed && plain)
            .then_some(())
            .ok_or(ExchangeError::NotAllowed)
    }
}

/// Whether a query consists of names and values only, so that no proxy on the way can read a path
/// or a second request out of it.
fn is_plain_query(query: &str) -> bool {
    query
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"=&%._-,".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchanges::testing::FREE;

    const LIST: &[Endpoint] = &[
        Endpoint::get("/api/read", FREE, CallClass::Account),
        Endpoint::post("/api/look", FREE, CallClass::Account),
    ];

    fn site() -> Site {
        Site {
            base: Url::parse("https://exchange.example").unwrap(),
            allowed: LIST,
        }
    }

    fn passes(method: Method, url: &str) -> bool {
        let request = reqwest::Request::new(method, Url::parse(url).unwrap());
        site().check(&request).is_ok()
    }

    /// Whether a path and a query, put together as the transport does, pass.
    fn sendable(path: &str, query: &str) -> bool {
        let url = site().url(path, query);
        url.is_ok_and(|url| passes(Method::GET, url.as_str()))
    }

    #[test]
    fn what_is_listed_passes() {
        assert!(passes(Method::GET, "https://exchange.example/api/read"));
        assert!(passes(
            Method::GET,
            "https://exchange.example/api/read?a=1&b=%E5%B8%81&c=x,y"
        ));
        assert!(passes(Method::POST, "https://exchange.example/api/look"));
    }

    #[test]
    fn another_method_does_not_pass() {
        for method in [
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::PATCH,
            Method::HEAD,
        ] {
            assert!(!passes(method, "https://exchange.example/api/read"));
        }
        assert!(!passes(Method::GET, "https://exchange.example/api/look"));
    }

    #[test]
    fn another_path_does_not_pass() {
        for path in [
            "/",
            "/api/withdraw",
            "/api/read/",
            "/api/readmore",
            "/API/READ",
            "//api/read",
            "/api//read",
            "/api/read/../withdraw",
            "/api/read/%2e%2e/withdraw",
            "/api/read%2F..%2Fwithdraw",
            "/api%2Fread",
            "/api/%72ead",
            "/api/read;x=1",
            "/api/read%00",
            "/api/read%3Fa=1",
            "/api\\read/x",
        ] {
            assert!(
                !passes(Method::GET, &format!("https://exchange.example{path}")),
                "{path}"
            );
        }
    }

    #[test]
    fn another_place_does_not_pass() {
        for place in [
            "https://evil.example",
            "http://exchange.example",
            "https://exchange.example:8443",
            "https://exchange.example.evil.example",
            "https://exchange.example@evil.example",
            "https://user@exchange.example",
            "https://:word@exchange.example",
        ] {
            assert!(
                !passes(Method::GET, &format!("{place}/api/read")),
                "{place}"
            );
        }
    }

    #[test]
    fn queries_with_tricks_do_not_pass() {
        for query in [
            "?a=1#/api/withdraw",
            "?a=1?b=2",
            "?/../withdraw",
            "?a=b:c",
            "?a=1;b=2",
            "?a=b@c",
        ] {
            let url = format!("https://exchange.example/api/read{query}");
            assert!(!passes(Method::GET, &url), "{query}");
        }
    }

    #[test]
    fn a_url_that_would_not_be_sent_as_signed_is_refused() {
        for (path, query) in [
            ("/api/x/../read", ""),
            ("api/read", ""),
            ("@evil.example/api/read", ""),
            ("//evil.example/api/read", ""),
            ("https://evil.example/api/read", ""),
            ("/api/read?a=1", ""),
            ("/api/read#x", ""),
            ("/api/ read", ""),
            ("/api/read", "a=币"),
            ("/api/read", "a=1 2"),
            ("/api/read", "a=1\r\nX: y"),
            ("/api/read", "a#b"),
        ] {
            assert!(!sendable(path, query), "{path} {query}");
        }
        assert!(sendable("/api/read", "a=1&b=%2C"));
    }
}
