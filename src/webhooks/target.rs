//! Where a webhook is: an https address in the closed form that messages are sent to.

use std::net::IpAddr;

use reqwest::Url;

use super::Reach;
use crate::domain::text::is_deceptive;

/// The most characters an address may have.
const MOST_CHARS: usize = 1_000;

/// Why a text is no address of a webhook, as people read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTarget {
    /// Not an https address.
    #[error("Enter an address that begins with https://.")]
    NotHttps,
    /// Longer than any that is of use.
    #[error("Use an address of at most 1000 characters.")]
    TooLong,
    /// A name or password stands in it.
    #[error("Leave out the name and password before the host: messages are signed instead.")]
    UserInfo,
    /// A port that other things live on.
    #[error("Use port 443, or one from 1024 on.")]
    Port,
    /// The host is an address that is not public.
    #[error("Use a public address: Coffer sends nothing into private networks.")]
    NotPublic,
}

/// An address that passed.
#[derive(Clone, PartialEq, Eq)]
pub struct Target(Url);

impl Target {
    /// Reads an address. What a host's name stands for is checked when a message is sent.
    ///
    /// # Errors
    /// [`BadTarget`], which names no part of the text.
    pub fn parse(text: &str, reach: Reach) -> Result<Self, BadTarget> {
        if text.chars().count() > MOST_CHARS {
            return Err(BadTarget::TooLong);
        }
        if is_deceptive(text) || text.contains(char::is_whitespace) {
            return Err(BadTarget::NotHttps);
        }
        let mut url = Url::parse(text).map_err(|_| BadTarget::NotHttps)?;
        let address = literal(&url);
        let plain = reach == Reach::LoopbackToo && address.is_some_and(|ip| ip.is_loopback());
        let schemes = if plain {
            &["https", "http"][..]
        } else {
            &["https"]
        };
        if !schemes.contains(&url.scheme()) || url.host_str().is_none_or(str::is_empty) {
            return Err(BadTarget::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadTarget::UserInfo);
        }
        if !matches!(url.port_or_known_default(), Some(443 | 1024..)) {
            return Err(BadTarget::Port);
        }
        if address.is_some_and(|ip| !reach.allows(ip)) {
            return Err(BadTarget::NotPublic);
        }
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// The host, with the port where it is not the usual one.
    #[must_use]
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(super) fn url(&self) -> Url {
        self.0.clone()
    }
}

/// The address that stands in place of a name, if one does.
fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()
}

impl std::fmt::Debug for Target {
    /// Paths of webhooks are often secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({})", self.host())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Target, BadTarget> {
        Target::parse(text, Reach::Public)
    }

    #[test]
    fn an_https_address_is_taken_with_its_path_and_query() {
        let target = parse("https://hooks.example.org/in?key=1#top").unwrap();
        assert_eq!(target.as_str(), "https://hooks.example.org/in?key=1");
        assert_eq!(target.host(), "hooks.example.org");
        let target = parse("https://[2606:4700::1111]:8443/").unwrap();
        assert_eq!(target.host(), "[2606:4700::1111]:8443");
        assert_eq!(parse("https://8.8.8.8:443/").unwrap().host(), "8.8.8.8");
        assert!(parse("https://bücher.example/").is_ok());
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        let long = format!("https://example.org/{}", "x".repeat(1_000));
        for (text, reason) in [
            ("", BadTarget::NotHttps),
            ("hooks.example.org", BadTarget::NotHttps),
            ("http://hooks.example.org/", BadTarget::NotHttps),
            ("http://127.0.0.1:8080/", BadTarget::NotHttps),
            ("ftp://hooks.example.org/", BadTarget::NotHttps),
            ("file:///etc/passwd", BadTarget::NotHttps),
            ("javascript:alert(1)", BadTarget::NotHttps),
            ("https://", BadTarget::NotHttps),
            ("https://a b.example/", BadTarget::NotHttps),
            ("https://exam\u{202E}ple.org/", BadTarget::NotHttps),
            ("https://a.example/\r\nX: y", BadTarget::NotHttps),
            ("https://name@example.org/", BadTarget::UserInfo),
            ("https://:word@example.org/", BadTarget::UserInfo),
            ("https://example.org:22/", BadTarget::Port),
            ("https://example.org:80/", BadTarget::Port),
            ("https://example.org:0/", BadTarget::Port),
            ("https://example.org:1023/", BadTarget::Port),
            ("https://127.0.0.1/", BadTarget::NotPublic),
            ("https://127.1/", BadTarget::NotPublic),
            ("https://2130706433/", BadTarget::NotPublic),
            ("https://0x7f.0.0.1/", BadTarget::NotPublic),
            ("https://0177.0.0.1/", BadTarget::NotPublic),
            ("https://①②⑦.⓪.⓪.①/", BadTarget::NotPublic),
            ("https://169.254.169.254/latest", BadTarget::NotPublic),
            ("https://[::1]/", BadTarget::NotPublic),
            ("https://[::ffff:10.0.0.1]/", BadTarget::NotPublic),
            ("https://[::ffff:a00:1]/", BadTarget::NotPublic),
            ("https://[64:ff9b::7f00:1]/", BadTarget::NotPublic),
            ("https://[fd00::1]:8443/", BadTarget::NotPublic),
            (&long, BadTarget::TooLong),
        ] {
            assert_eq!(parse(text).unwrap_err(), reason, "{text}");
        }
    }

    #[test]
    fn plain_http_is_for_loopback_in_tests_alone() {
        let parse = |text| Target::parse(text, Reach::LoopbackToo);
        assert!(parse("http://127.0.0.1:8080/in").is_ok());
        assert!(parse("http://[::1]:8080/in").is_ok());
        assert_eq!(
            parse("http://10.0.0.1:8080/").unwrap_err(),
            BadTarget::NotHttps
        );
        assert_eq!(
            parse("http://example.org/").unwrap_err(),
            BadTarget::NotHttps
        );
        assert_eq!(parse("http://127.0.0.1/").unwrap_err(), BadTarget::Port);
    }

    #[test]
    fn an_address_is_printed_without_its_path() {
        let target = parse("https://example.org/canary?key=canary").unwrap();
        assert_eq!(format!("{target:?}"), "Target(example.org)");
    }
}
