//! Where the exchanges are: compiled in, replaced only by the operator.

use reqwest::Url;

use super::error::ExchangeError;
use crate::domain::exchange::Environment;

/// Binance's main host. Manual: github.com/binance/binance-spot-api-docs, rest-api.md, "General API
/// Information"; state of 2026-07-21.
const BINANCE_LIVE: &str = "https://api.binance.com";
/// Binance's spot test network. Manual: testnet/rest-api.md there; state of 2026-07-21.
const BINANCE_TESTNET: &str = "https://testnet.binance.vision";
/// Binance's host for market data alone, which answers from places that the main host refuses.
/// Manual: faqs/market_data_only.md there; state of 2026-07-21.
const BINANCE_MARKET: &str = "https://data-api.binance.vision";
/// OKX's hosts, one per legal entity; a key works only on its own. Sources: OKX's SDK
/// python-okx (state of 2026-07-07) and the adapters of nautilus_trader (2026-07-02) and OKX.Net
/// (2026-08-21).
const OKX: [(&str, &str); 3] = [
    ("global", "https://www.okx.com"),
    ("eea", "https://eea.okx.com"),
    ("us", "https://us.okx.com"),
];

/// The base URL of every exchange, environment and region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    binance_live: String,
    binance_testnet: String,
    binance_market: String,
    okx: Vec<(String, String)>,
}

impl Hosts {
    /// The real exchanges.
    #[must_use]
    pub fn live() -> Self {
        Self {
            binance_live: BINANCE_LIVE.to_owned(),
            binance_testnet: BINANCE_TESTNET.to_owned(),
            binance_market: BINANCE_MARKET.to_owned(),
            okx: OKX
                .iter()
                .map(|(region, url)| ((*region).to_owned(), (*url).to_owned()))
                .collect(),
        }
    }

    /// One URL for both environments of Binance and for its prices.
    ///
    /// # Errors
    /// [`ExchangeError::BadHost`] unless it is https, or http on a loopback address, and bare.
    pub fn with_binance(mut self, url: &str) -> Result<Self, ExchangeError> {
        base_url(url)?;
        url.clone_into(&mut self.binance_live);
        url.clone_into(&mut self.binance_testnet);
        self.with_binance_market(url)
    }

    /// One URL for the prices of Binance.
    ///
    /// # Errors
    /// [`ExchangeError::BadHost`] unless it is https, or http on a loopback address, and bare.
    pub fn with_binance_market(mut self, url: &str) -> Result<Self, ExchangeError> {
        base_url(url)?;
        url.clone_into(&mut self.binance_market);
        Ok(self)
    }

    /// One URL for every region of OKX.
    ///
    /// # Errors
    /// [`ExchangeError::BadHost`] unless it is https, or http on a loopback address, and bare.
    pub fn with_okx(mut self, url: &str) -> Result<Self, ExchangeError> {
        base_url(url)?;
        for (_, base) in &mut self.okx {
            url.clone_into(base);
        }
        Ok(self)
    }

    /// One URL for one region of OKX.
    #[cfg(test)]
    pub(super) fn with_okx_region(mut self, region: &str, url: &str) -> Self {
        let mut regions = self.okx.iter_mut();
        let (_, base) = regions.find(|(id, _)| id == region).unwrap();
        url.clone_into(base);
        self
    }

    /// Where Binance is in an environment.
    pub(super) fn binance(&self, environment: Environment) -> Result<Url, ExchangeError> {
        base_url(match environment {
            Environment::Live => &self.binance_live,
            Environment::Testnet => &self.binance_testnet,
        })
    }

    /// Where the prices of Binance are.
    pub(super) fn binance_market(&self) -> Result<Url, ExchangeError> {
        base_url(&self.binance_market)
    }

    /// Where OKX's regional sites are, the default first.
    pub(super) fn okx(&self) -> Result<Vec<(String, Url)>, ExchangeError> {
        let site = |(region, url): &(String, String)| Ok((region.clone(), base_url(url)?));
        self.okx.iter().map(site).collect()
    }

    /// Whether any of them is reached by https.
    pub(super) fn any_https(&self) -> bool {
        self.urls().any(|url| url.starts_with("https:"))
    }

    /// Whether all of them are reached by https.
    pub(super) fn all_https(&self) -> bool {
        self.urls().all(|url| url.starts_with("https:"))
    }

    fn urls(&self) -> impl Iterator<Item = &str> {
        let okx = self.okx.iter().map(|(_, url)| url.as_str());
        okx.chain([
            self.binance_live.as_str(),
            self.binance_testnet.as_str(),
            self.binance_market.as_str(),
        ])
    }
}

/// Reads a URL that keys may be sent to.
fn base_url(text: &str) -> Result<Url, ExchangeError> {
    let url = Url::parse(text).map_err(|_| ExchangeError::BadHost)?;
    let bare = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let safe = match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(&url),
        _ => false,
    };
    if bare && safe {
        Ok(url)
    } else {
        Err(ExchangeError::BadHost)
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_hosts_are_https_and_take_keys() {
        let hosts = Hosts::live();
        assert!(hosts.all_https());
        assert!(hosts.binance(Environment::Live).is_ok());
        assert!(hosts.binance(Environment::Testnet).is_ok());
        assert_eq!(hosts.okx().unwrap().len(), 3);
    }

    #[test]
    fn one_url_stands_for_every_region_and_environment() {
        let hosts = Hosts::live()
            .with_okx("http://127.0.0.1:9")
            .and_then(|hosts| hosts.with_binance("http://[::1]:8"))
            .unwrap();
        assert!(!hosts.any_https());
        let sites = hosts.okx().unwrap();
        assert!(sites.iter().all(|(_, url)| url.port() == Some(9)));
        assert_eq!(
            hosts.binance(Environment::Live).unwrap(),
            hosts.binance(Environment::Testnet).unwrap()
        );
    }

    #[test]
    fn prices_come_from_the_market_host_and_follow_the_other_only_where_it_is_not_set() {
        let host = |hosts: &Hosts| hosts.binance_market().unwrap().to_string();
        let live = Hosts::live();
        assert_eq!(host(&live), "https://data-api.binance.vision/");
        let own = live.with_binance("http://127.0.0.1:8").unwrap();
        assert_eq!(host(&own), "http://127.0.0.1:8/");
        let both = own.with_binance_market("http://127.0.0.1:9").unwrap();
        assert_eq!(host(&both), "http://127.0.0.1:9/");
        let live = both.binance(Environment::Live).unwrap();
        assert_eq!(live.port(), Some(8));
        assert!(both.with_binance_market("http://10.0.0.1").is_err());
    }

    #[test]
    fn plain_http_is_for_loopback_addresses_only() {
        for url in [
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://[::1]:1/",
            "http://localhost:1",
        ] {
            assert!(base_url(url).is_ok(), "{url}");
        }
        for url in [
            "http://api.binance.com",
            "http://10.0.0.1",
            "http://0.0.0.0:1",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "ws://127.0.0.1",
            "file:///etc/passwd",
            "https://user@api.binance.com",
            "https://:word@api.binance.com",
            "https://api.binance.com/api",
            "https://api.binance.com/?a",
            "https://api.binance.com/#a",
            "https://",
            "api.binance.com",
            "",
        ] {
            assert!(
                matches!(base_url(url), Err(ExchangeError::BadHost)),
                "{url}"
            );
        }
    }

    #[test]
    fn the_error_names_no_part_of_the_url() {
        let error = Hosts::live()
            .with_okx("http://user:canary@evil.example")
            .unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(!told.contains("canary") && !told.contains("evil"), "{told}");
    }
}
