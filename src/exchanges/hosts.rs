//! Where the exchanges are: compiled in, replaced only by the operator.

mod host;

use reqwest::Url;

use super::error::ExchangeError;
use crate::domain::exchange::Environment;
pub use host::Host;
pub(super) use host::each_once;

/// Binance's main host. Manual: github.com/binance/binance-spot-api-docs, rest-api.md, "General API
/// Information"; state of 2026-07-21.
const BINANCE_LIVE: &str = "https://api.binance.com";
/// Binance's spot test network. Manual: testnet/rest-api.md there; state of 2026-07-21.
const BINANCE_TESTNET: &str = "https://testnet.binance.vision";
/// Binance's host for market data alone, which answers from places that the main host refuses.
/// Manual: faqs/market_data_only.md there; state of 2026-07-21.
const BINANCE_MARKET: &str = "https://data-api.binance.vision";
/// Binance's stream of market data alone, which answers from places that the main host refuses. Manual:
/// web-socket-streams.md there, "General WSS information"; state of 2026-07-21.
const BINANCE_PRICE_STREAM: &str = "wss://data-stream.binance.vision";
/// Binance's WebSocket API, which tells of changes of accounts. Manual: web-socket-api.md there,
/// "General API Information"; state of 2026-07-21.
const BINANCE_ACCOUNT_STREAM: &str = "wss://ws-api.binance.com:443";
/// The same of the spot test network. Manual: testnet/web-socket-api.md there; state of 2026-07-21.
const BINANCE_TESTNET_STREAM: &str = "wss://ws-api.testnet.binance.vision";
/// OKX's hosts, one per legal entity; a key works only on its own. Sources: OKX's SDK
/// python-okx (state of 2026-07-07) and the adapters of nautilus_trader (2026-07-02) and OKX.Net
/// (2026-08-21).
const OKX: [(&str, &str); 3] = [
    ("global", "https://www.okx.com"),
    ("eea", "https://eea.okx.com"),
    ("us", "https://us.okx.com"),
];

/// OKX's hosts for streams, live and of demo trading, by region. Sources: as above, and OKX API v5,
/// "Demo Trading Services"; copy of 2025-08-17.
const OKX_STREAMS: [(&str, &str, &str); 3] = [
    (
        "global",
        "wss://ws.okx.com:8443",
        "wss://wspap.okx.com:8443",
    ),
    (
        "eea",
        "wss://wseea.okx.com:8443",
        "wss://wseeapap.okx.com:8443",
    ),
    (
        "us",
        "wss://wsus.okx.com:8443",
        "wss://wsuspap.okx.com:8443",
    ),
];

/// The base URL of every exchange, environment and region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    binance_live: String,
    binance_testnet: String,
    binance_market: String,
    okx: Vec<(String, String)>,
    binance_price_stream: String,
    binance_account_stream: String,
    binance_testnet_stream: String,
    okx_streams: Vec<OkxStreams>,
}

/// Where the streams of one regional site of OKX are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct OkxStreams {
    region: String,
    live: String,
    demo: String,
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
            binance_price_stream: BINANCE_PRICE_STREAM.to_owned(),
            binance_account_stream: BINANCE_ACCOUNT_STREAM.to_owned(),
            binance_testnet_stream: BINANCE_TESTNET_STREAM.to_owned(),
            okx_streams: OKX_STREAMS
                .iter()
                .map(|(region, live, demo)| OkxStreams {
                    region: (*region).to_owned(),
                    live: (*live).to_owned(),
                    demo: (*demo).to_owned(),
                })
                .collect(),
        }
    }

    /// One URL for both environments of Binance, for its prices and, by WebSocket, for its streams.
    ///
    /// # Errors
    /// [`ExchangeError::BadHost`] unless it is https, or http on a loopback address, and bare.
    pub fn with_binance(mut self, url: &str) -> Result<Self, ExchangeError> {
        base_url(url)?;
        url.clone_into(&mut self.binance_live);
        url.clone_into(&mut self.binance_testnet);
        self.with_binance_streams(&by_websocket(url))?
            .with_binance_market(url)
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

    /// One URL for every stream of Binance.
    ///
    /// # Errors
    /// [`ExchangeError::BadHost`] unless it is wss, or ws on a loopback address, and bare.
    pub fn with_binance_streams(mut self, url: &str) -> Result<Self, ExchangeError> {
        stream_url(url)?;
        url.clone_into(&mut self.binance_price_stream);
        url.clone_into(&mut self.binance_account_stream);
        url.clone_into(&mut self.binance_testnet_stream);
        Ok(self)
    }

    /// One URL for every region of OKX and, by WebSocket, for its streams.
    ///
    /// # Errors
    /// [`ExchangeError::BadHost`] unless it is https, or http on a loopback address, and bare.
    pub fn with_okx(mut self, url: &str) -> Result<Self, ExchangeError> {
        base_url(url)?;
        for (_, base) in &mut self.okx {
            url.clone_into(base);
        }
        self.with_okx_streams(&by_websocket(url))
    }

    /// One URL for every stream of OKX.
    ///
    /// # Errors
    /// [`ExchangeError::BadHost`] unless it is wss, or ws on a loopback address, and bare.
    pub fn with_okx_streams(mut self, url: &str) -> Result<Self, ExchangeError> {
        stream_url(url)?;
        for streams in &mut self.okx_streams {
            url.clone_into(&mut streams.live);
            url.clone_into(&mut streams.demo);
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

    /// Where the prices of Binance are streamed.
    pub(super) fn binance_price_stream(&self) -> Result<Url, ExchangeError> {
        stream_url(&self.binance_price_stream)
    }

    /// Where Binance tells of changes of accounts in an environment.
    pub(super) fn binance_account_stream(
        &self,
        environment: Environment,
    ) -> Result<Url, ExchangeError> {
        stream_url(match environment {
            Environment::Live => &self.binance_account_stream,
            Environment::Testnet => &self.binance_testnet_stream,
        })
    }

    /// Where the streams of OKX's regional sites are, live and of demo trading, the default first.
    pub(super) fn okx_streams(&self) -> Result<Vec<(String, Url, Url)>, ExchangeError> {
        let urls = |streams: &OkxStreams| {
            let (live, demo) = (stream_url(&streams.live)?, stream_url(&streams.demo)?);
            Ok((streams.region.clone(), live, demo))
        };
        self.okx_streams.iter().map(urls).collect()
    }

    /// Whether any stream is reached by wss.
    pub(super) fn any_wss(&self) -> bool {
        let okx = self.okx_streams.iter();
        let mut all = okx
            .flat_map(|streams| [&streams.live, &streams.demo])
            .chain([
                &self.binance_price_stream,
                &self.binance_account_stream,
                &self.binance_testnet_stream,
            ]);
        all.any(|url| url.starts_with("wss:"))
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
    bare_url(text, "https", "http")
}

/// The same of a stream.
fn stream_url(text: &str) -> Result<Url, ExchangeError> {
    bare_url(text, "wss", "ws")
}

/// The same place, by WebSocket.
fn by_websocket(url: &str) -> String {
    match url.strip_prefix("http") {
        Some(rest) => format!("ws{rest}"),
        None => url.to_owned(),
    }
}

/// Reads a URL of nothing but scheme, host and port; the open scheme is for loopback addresses only.
fn bare_url(text: &str, secure: &str, open: &str) -> Result<Url, ExchangeError> {
    let url = Url::parse(text).map_err(|_| ExchangeError::BadHost)?;
    let bare = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let scheme = url.scheme();
    let safe = (scheme == secure && url.has_host()) || (scheme == open && is_loopback(&url));
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
mod tests;
