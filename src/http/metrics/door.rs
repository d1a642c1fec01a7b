//! Who may read the figures.

use std::net::IpAddr;

use axum::http::header::{AUTHORIZATION, FORWARDED, VIA};
use axum::http::{HeaderMap, HeaderName, StatusCode, Version};
use secrecy::{ExposeSecret, SecretString};

use crate::config::Config;
use crate::security::is_same_secret;

/// What proxies write into requests that they pass on, besides what begins with [`FORWARDED_AS`].
const PASSED_ON: [HeaderName; 11] = [
    FORWARDED,
    VIA,
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("x-client-ip"),
    HeaderName::from_static("x-cluster-client-ip"),
    HeaderName::from_static("x-original-forwarded-for"),
    HeaderName::from_static("x-envoy-external-address"),
    HeaderName::from_static("true-client-ip"),
    HeaderName::from_static("cf-connecting-ip"),
    HeaderName::from_static("fastly-client-ip"),
    HeaderName::from_static("fly-client-ip"),
];
const FORWARDED_AS: &str = "x-forwarded";

/// Whom the figures are told.
#[derive(Clone, Debug)]
pub struct Door {
    token: Option<SecretString>,
    /// Whether who connects from this machine is who asks. Behind a proxy it is the proxy.
    is_direct: bool,
}

impl Door {
    /// What the operator has settled.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let public_url = config.web.public_url.as_ref();
        Self {
            token: config.metrics.token.clone(),
            is_direct: public_url.is_none_or(crate::config::Origin::is_loopback),
        }
    }

    /// Why a request is refused; `None` when it is not.
    pub(super) fn refusal(
        &self,
        peer: Option<IpAddr>,
        version: Version,
        headers: &HeaderMap,
    ) -> Option<StatusCode> {
        let shown = headers.get(AUTHORIZATION);
        let shown = shown.map(|value| value.to_str().unwrap_or_default());
        match (shown, &self.token) {
            (Some(shown), Some(token)) => {
                let shown = shown.strip_prefix("Bearer ").unwrap_or_default();
                let right = is_same_secret(shown, token.expose_secret());
                (!right).then_some(StatusCode::UNAUTHORIZED)
            }
            _ if self.is_from_here(peer, version, headers) => None,
            (_, Some(_)) => Some(StatusCode::UNAUTHORIZED),
            (_, None) => Some(StatusCode::NOT_FOUND),
        }
    }

    /// A proxy that adds no header of its own mostly speaks HTTP/1.0, which nothing that reads figures
    /// does.
    fn is_from_here(&self, peer: Option<IpAddr>, version: Version, headers: &HeaderMap) -> bool {
        let is_proxys =
            |name: &HeaderName| PASSED_ON.contains(name) || name.as_str().starts_with(FORWARDED_AS);
        let passed_on = version < Version::HTTP_11 || headers.keys().any(is_proxys);
        let is_local = peer.is_some_and(|peer| peer.to_canonical().is_loopback());
        self.is_direct && is_local && !passed_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "a-token-for-metrics";

    fn door(token: Option<&str>, is_direct: bool) -> Door {
        Door {
            token: token.map(SecretString::from),
            is_direct,
        }
    }

    fn asked(door: &Door, peer: &str, headers: &[(&'static str, &str)]) -> u16 {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let refusal = door.refusal(peer.parse().ok(), Version::HTTP_11, &map);
        refusal.map_or(200, |status| status.as_u16())
    }

    #[test]
    fn without_a_token_only_this_machine_is_told_and_only_when_it_asks_itself() {
        let door = door(None, true);
        for peer in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(asked(&door, peer, &[]), 200, "{peer}");
        }
        for peer in ["10.0.0.1", "::ffff:10.0.0.1", "0.0.0.0", "nobody"] {
            assert_eq!(asked(&door, peer, &[]), 404, "{peer}");
        }
        let forwarded = ["for", "host", "proto", "port", "server", "prefix"];
        let forwarded = forwarded.map(|of| format!("x-forwarded-{of}").parse().unwrap());
        for header in PASSED_ON.into_iter().chain(forwarded) {
            let value = [(header.as_str().to_owned().leak() as &str, "127.0.0.1")];
            assert_eq!(asked(&door, "127.0.0.1", &value), 404, "{header}");
        }
    }

    #[test]
    fn what_speaks_as_plain_proxies_do_needs_the_token() {
        let (none, local) = (HeaderMap::new(), "127.0.0.1".parse().ok());
        for version in [Version::HTTP_09, Version::HTTP_10] {
            let told = |token| door(token, true).refusal(local, version, &none);
            assert_eq!(told(None), Some(StatusCode::NOT_FOUND), "{version:?}");
            assert_eq!(told(Some(TOKEN)), Some(StatusCode::UNAUTHORIZED));
        }
        let right =
            HeaderMap::from_iter([(AUTHORIZATION, format!("Bearer {TOKEN}").parse().unwrap())]);
        assert_eq!(
            door(Some(TOKEN), true).refusal(local, Version::HTTP_10, &right),
            None
        );
        for version in [Version::HTTP_11, Version::HTTP_2] {
            assert_eq!(door(None, true).refusal(local, version, &none), None);
        }
    }

    #[test]
    fn behind_a_proxy_the_machine_itself_is_everybody() {
        assert_eq!(asked(&door(None, false), "127.0.0.1", &[]), 404);
        assert_eq!(asked(&door(Some(TOKEN), false), "127.0.0.1", &[]), 401);
    }

    #[test]
    fn the_right_token_opens_from_anywhere_and_a_wrong_one_from_nowhere() {
        let door = door(Some(TOKEN), true);
        let with = |peer: &str, value: &str| asked(&door, peer, &[("authorization", value)]);
        assert_eq!(with("203.0.113.7", "Bearer a-token-for-metrics"), 200);
        for wrong in [
            "Bearer a-token-for-metric",
            "Bearer a-token-for-metrics2",
            "bearer a-token-for-metrics",
            "Bearer  a-token-for-metrics",
            "a-token-for-metrics",
            "Basic YTpi",
            "Bearer ",
            "",
        ] {
            assert_eq!(with("203.0.113.7", wrong), 401, "{wrong:?}");
            assert_eq!(with("127.0.0.1", wrong), 401, "{wrong:?}");
        }
        assert_eq!(asked(&door, "203.0.113.7", &[]), 401);
        assert_eq!(asked(&door, "127.0.0.1", &[]), 200);
    }
}
