//! Which hosts stand for the exchanges.

use std::time::Duration;

use super::{Origin, reader::Reader};

/// The operator's word about the exchanges.
#[derive(Clone, Debug)]
pub struct ExchangesConfig {
    /// `BINANCE_API_URL`: in place of Binance's live host.
    pub binance_api_url: Option<Origin>,
    /// `BINANCE_MARKET_URL`: in place of Binance's host for prices; where it is not set, that of
    /// `BINANCE_API_URL` stands for it.
    pub binance_market_url: Option<Origin>,
    /// `OKX_API_URL`: in place of OKX's live hosts, for every region.
    pub okx_api_url: Option<Origin>,
    /// `BINANCE_WS_URL`: in place of Binance's hosts for streams; where it is not set, that of
    /// `BINANCE_API_URL` stands for them.
    pub binance_ws_url: Option<StreamOrigin>,
    /// `OKX_WS_URL`: in place of OKX's hosts for streams, for every region; likewise.
    pub okx_ws_url: Option<StreamOrigin>,
    /// `VALIDATE_API_ON_TESTNET`: new connections default to the test environment.
    pub testnet_by_default: bool,
    /// The most time between the first try of a call and the second. No variable changes it: it is
    /// here for programs that start the server within themselves.
    pub retry_pace: Duration,
    /// The most time from sending a call to having read its answer. No variable changes it either.
    pub answer_time: Duration,
}

/// What a call that failed in passing waits at most before it is made again.
const RETRY_PACE: Duration = Duration::from_millis(500);
/// What an answer may take at most, its body included.
const ANSWER_TIME: Duration = Duration::from_secs(20);

impl ExchangesConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let expected = "an https origin without user, path or query is expected; plain http only \
                        for loopback addresses";
        let stream = "a wss origin without user, path or query is expected; plain ws only for \
                      loopback addresses";
        Self {
            binance_ws_url: reader.parsed("BINANCE_WS_URL", stream, StreamOrigin::parse),
            okx_ws_url: reader.parsed("OKX_WS_URL", stream, StreamOrigin::parse),
            binance_api_url: reader.parsed("BINANCE_API_URL", expected, exchange_origin),
            binance_market_url: reader.parsed("BINANCE_MARKET_URL", expected, exchange_origin),
            okx_api_url: reader.parsed("OKX_API_URL", expected, exchange_origin),
            testnet_by_default: reader
                .parsed(
                    "VALIDATE_API_ON_TESTNET",
                    "0 or 1 is expected",
                    |text| match text {
                        "0" => Some(false),
                        "1" => Some(true),
                        _ => None,
                    },
                )
                .unwrap_or(false),
            retry_pace: RETRY_PACE,
            answer_time: ANSWER_TIME,
        }
    }
}

/// Keys travel to this origin: in the clear only when they do not leave the machine.
fn exchange_origin(text: &str) -> Option<Origin> {
    Origin::parse(text).filter(|origin| origin.is_https() || origin.is_loopback())
}

/// A `wss` origin, or a `ws` one on a loopback address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamOrigin(String);

impl StreamOrigin {
    /// Takes what would be an origin that keys may travel to, were it not by WebSocket.
    fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("ws")?;
        let origin = exchange_origin(&format!("http{rest}"))?;
        let rest = origin.as_str().strip_prefix("http")?;
        Some(Self(format!("ws{rest}")))
    }

    /// The origin as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
