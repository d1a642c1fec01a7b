//! The ready-made answers of a bad day.

use serde_json::json;

use super::Effect;

/// The ready-made answers, in the exchanges' own words.
impl Effect {
    /// An answer without further headers.
    #[must_use]
    pub fn answer(status: u16, content_type: &str, body: &str) -> Self {
        Self::Answer {
            status,
            content_type: content_type.to_owned(),
            headers: Vec::new(),
            body: body.to_owned(),
        }
    }

    /// The same answer with one more header; other effects stay as they are.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// A JSON answer.
    #[must_use]
    pub fn json(status: u16, body: &str) -> Self {
        Self::answer(status, "application/json;charset=UTF-8", body)
    }

    /// An error of Binance's.
    #[must_use]
    pub fn binance(status: u16, code: i64, msg: &str) -> Self {
        Self::json(status, &json!({ "code": code, "msg": msg }).to_string())
    }

    /// An error of OKX's in its usual envelope, with an empty `data`.
    #[must_use]
    pub fn okx(status: u16, code: &str, msg: &str) -> Self {
        Self::json(
            status,
            &json!({ "code": code, "data": [], "msg": msg }).to_string(),
        )
    }

    /// An error of OKX's as authentication errors come: without `data`.
    #[must_use]
    pub fn okx_bare(status: u16, code: &str, msg: &str) -> Self {
        Self::json(status, &json!({ "msg": msg, "code": code }).to_string())
    }

    /// Binance: too much weight used, with or without a `Retry-After` in seconds.
    #[must_use]
    pub fn binance_too_much(retry_after: Option<&str>) -> Self {
        let msg = "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. \
                   Please use WebSocket Streams for live updates to avoid polling the API.";
        let effect = Self::binance(429, -1003, msg);
        retry_after.map_or(effect.clone(), |seconds| {
            effect.with_header("Retry-After", seconds)
        })
    }

    /// Binance: the address is banned until an instant, in milliseconds since the epoch.
    #[must_use]
    pub fn binance_banned(until_ms: i64, retry_after: Option<&str>) -> Self {
        let effect = Self::binance(418, -1003, &banned_text(until_ms));
        retry_after.map_or(effect.clone(), |seconds| {
            effect.with_header("Retry-After", seconds)
        })
    }

    /// Binance: the server stands where Binance does not serve.
    #[must_use]
    pub fn binance_region() -> Self {
        let msg = "Service unavailable from a restricted location according to 'b. Eligibility' in \
                   https://www.binance.com/en/terms. Please contact customer service if you believe \
                   you received this message in error.";
        Self::binance(451, 0, msg)
    }

    /// OKX: too many requests, by HTTP status too.
    #[must_use]
    pub fn okx_too_many() -> Self {
        Self::okx(429, "50011", "Too Many Requests")
    }

    /// A firewall's page.
    #[must_use]
    pub fn firewall() -> Self {
        let page = "<html>\n<head><title>403 Forbidden</title></head>\n<body>\n\
                    <center><h1>403 Forbidden</h1></center>\n</body>\n</html>\n";
        Self::answer(403, "text/html", page)
    }

    /// A content network's page for a server out of reach.
    #[must_use]
    pub fn gateway() -> Self {
        let page = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\">\n\
                    <HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD>\
                    <BODY><H1>503 ERROR</H1><H2>The request could not be satisfied.</H2></BODY></HTML>\n";
        Self::answer(503, "text/html", page)
    }

    /// A permanent redirect.
    #[must_use]
    pub fn redirect(url: &str) -> Self {
        Self::answer(301, "text/html", "").with_header("Location", url)
    }
}

/// Binance's words for a ban.
pub(in crate::sandbox) fn banned_text(until_ms: i64) -> String {
    format!(
        "Way too much request weight used; IP banned until {until_ms}. \
         Please use WebSocket Streams for live updates to avoid bans."
    )
}
