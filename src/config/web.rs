//! Where the app listens, what people call it by, and who is believed.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::{Origin, ProxyRange, reader::Reader};

const DEFAULT_LISTEN_ADDR: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);

/// The web side.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// `LISTEN_ADDR`: address and port; port 0 lets the system choose one.
    pub listen_addr: SocketAddr,
    /// `PUBLIC_URL`: the origin people use; `None` when it is the address listened on.
    pub public_url: Option<Origin>,
    /// `TRUSTED_PROXIES`: whose forwarded addresses are believed.
    pub trusted_proxies: Vec<ProxyRange>,
}

impl WebConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            listen_addr: reader
                .parsed(
                    "LISTEN_ADDR",
                    "an address and a port are expected, such as 127.0.0.1:3000",
                    |text| text.parse().ok(),
                )
                .unwrap_or(DEFAULT_LISTEN_ADDR),
            public_url: reader.parsed(
                "PUBLIC_URL",
                "an http or https origin without a path is expected, such as \
                 https://coffer.example",
                Origin::parse,
            ),
            trusted_proxies: reader
                .parsed(
                    "TRUSTED_PROXIES",
                    "addresses or ranges are expected, comma separated, such as \
                     127.0.0.1,10.0.0.0/8; never everyone",
                    ProxyRange::parse_list,
                )
                .unwrap_or_default(),
        }
    }

    /// The origin people use, when the app listens on `bound`.
    #[must_use]
    pub fn origin(&self, bound: SocketAddr) -> Origin {
        self.public_url.clone().unwrap_or_else(|| Origin::of(bound))
    }

    /// Whether people come by https: cookies are then `Secure`, and HSTS is sent.
    #[must_use]
    pub fn secure_cookies(&self) -> bool {
        self.public_url.as_ref().is_some_and(Origin::is_https)
    }

    /// Whether this peer's word about the client's address is believed.
    #[must_use]
    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|range| range.contains(peer))
    }
}
