//! The documented errors of both exchanges, each with its HTTP status and words.

use super::Effect;

/// An error as Binance's manual has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BinanceError {
    /// The HTTP status it comes with.
    pub status: u16,
    /// Its number, below zero.
    pub code: i64,
    /// Its text.
    pub msg: &'static str,
}

/// An error as OKX's manual has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OkxError {
    /// The HTTP status it comes with.
    pub status: u16,
    /// Its number, as text.
    pub code: &'static str,
    /// Its text.
    pub msg: &'static str,
}

impl From<BinanceError> for Effect {
    fn from(error: BinanceError) -> Self {
        Self::binance(error.status, error.code, error.msg)
    }
}

/// Errors about key, signature or time come without `data`.
impl From<OkxError> for Effect {
    fn from(error: OkxError) -> Self {
        if error.status == 401 {
            Self::okx_bare(error.status, error.code, error.msg)
        } else {
            Self::okx(error.status, error.code, error.msg)
        }
    }
}

const fn binance(status: u16, code: i64, msg: &'static str) -> BinanceError {
    BinanceError { status, code, msg }
}

const fn okx(status: u16, code: &'static str, msg: &'static str) -> OkxError {
    OkxError { status, code, msg }
}

/// What Binance may answer to somebody who only reads. One text stands for a number that has several.
pub const BINANCE_ERRORS: &[BinanceError] = &[
    binance(
        500,
        -1000,
        "An unknown error occurred while processing the request.",
    ),
    binance(
        503,
        -1001,
        "Internal error; unable to process your request. Please try again.",
    ),
    binance(
        401,
        -1002,
        "You are not authorized to execute this request.",
    ),
    binance(
        429,
        -1003,
        "Too many requests; current limit is 6000 requests per minute.",
    ),
    binance(
        500,
        -1006,
        "An unexpected response was received from the message bus. Execution status unknown.",
    ),
    binance(
        504,
        -1007,
        "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
    ),
    binance(
        503,
        -1008,
        "Server is currently overloaded with other requests. Please try again in a few minutes.",
    ),
    binance(503, -1016, "This service is no longer available."),
    binance(400, -1020, "This operation is not supported."),
    binance(
        400,
        -1021,
        "Timestamp for this request is outside of the recvWindow.",
    ),
    binance(400, -1022, "Signature for this request is not valid."),
    binance(
        429,
        -1034,
        "Too many concurrent connections; current limit is '300'.",
    ),
    binance(400, -1100, "Illegal characters found in a parameter."),
    binance(400, -1101, "Too many parameters sent for this endpoint."),
    binance(
        400,
        -1102,
        "A mandatory parameter was not sent, was empty/null, or malformed.",
    ),
    binance(400, -1103, "An unknown parameter was sent."),
    binance(400, -1104, "Not all sent parameters were read."),
    binance(400, -1105, "A parameter was empty."),
    binance(400, -1106, "A parameter was sent when not required."),
    binance(400, -1121, "Invalid symbol."),
    binance(400, -1130, "Invalid data sent for a parameter."),
    binance(401, -2008, "Invalid Api-Key ID."),
    binance(401, -2014, "API-key format invalid."),
    binance(
        401,
        -2015,
        "Invalid API-key, IP, or permissions for action.",
    ),
    binance(400, -3003, "Margin account does not exist."),
    binance(400, -6001, "Daily product does not exist."),
    binance(400, -6021, "The query time range is too large."),
];

/// What OKX may answer to somebody who only reads.
pub const OKX_ERRORS: &[OkxError] = &[
    okx(400, "50000", "Body for POST request cannot be empty."),
    okx(
        503,
        "50001",
        "Service temporarily unavailable. Please try again later.",
    ),
    okx(
        400,
        "50004",
        "API endpoint request timeout. (does not mean that the request was successful or failed, please check the request result).",
    ),
    okx(410, "50005", "API endpoint is inactive or unavailable."),
    okx(200, "50007", "Account blocked."),
    okx(200, "50009", "Account is suspended due to liquidation."),
    okx(429, "50011", "Too Many Requests"),
    okx(
        200,
        "50011",
        "Rate limit reached. Please refer to API documentation and throttle requests accordingly.",
    ),
    okx(200, "50012", "Account status invalid. Check account status"),
    okx(429, "50013", "Systems are busy. Please try again later."),
    okx(400, "50014", "Parameter cannot be empty."),
    okx(500, "50026", "System error. Try again later"),
    okx(
        200,
        "50030",
        "You don't have permission to use this API endpoint",
    ),
    okx(
        403,
        "50035",
        "This endpoint requires that APIKey must be bound to IP",
    ),
    okx(200, "50038", "This feature is unavailable in demo trading"),
    okx(
        200,
        "50040",
        "Operations are too frequent. Please try again later",
    ),
    okx(
        200,
        "50051",
        "Due to compliance restrictions in your country or region, you cannot use this feature.",
    ),
    okx(
        200,
        "50060",
        "For security and compliance purposes, please complete the identity verification process to continue using our services.",
    ),
    okx(400, "50100", "API frozen, please contact customer service."),
    okx(401, "50101", "APIKey does not match current environment."),
    okx(401, "50102", "Timestamp request expired."),
    okx(
        401,
        "50103",
        "Request header \"OK-ACCESS-KEY\" cannot be empty.",
    ),
    okx(
        401,
        "50104",
        "Request header \"OK-ACCESS-PASSPHRASE\" cannot be empty.",
    ),
    okx(
        401,
        "50105",
        "Request header \"OK-ACCESS-PASSPHRASE\" incorrect.",
    ),
    okx(
        401,
        "50106",
        "Request header \"OK-ACCESS-SIGN\" cannot be empty.",
    ),
    okx(
        401,
        "50107",
        "Request header \"OK-ACCESS-TIMESTAMP\" cannot be empty.",
    ),
    okx(
        401,
        "50110",
        "Your IP 203.0.113.9 is not included in your API key's IP whitelist.",
    ),
    okx(401, "50111", "Invalid OK-ACCESS-KEY."),
    okx(401, "50112", "Invalid OK-ACCESS-TIMESTAMP."),
    okx(401, "50113", "Invalid signature."),
    okx(401, "50114", "Invalid authorization."),
    okx(405, "50115", "Invalid request method."),
    okx(401, "50119", "API key doesn't exist"),
    okx(
        200,
        "50120",
        "This API key doesn't have permission to use this function",
    ),
    okx(
        200,
        "50121",
        "You can't access our services through the IP address (203.0.113.9)",
    ),
    okx(200, "51735", "Sub-account is not supported"),
    okx(200, "58002", "Please activate Savings Account first."),
    okx(
        200,
        "58007",
        "Assets interface is currently unavailable. Try again later",
    ),
    okx(
        429,
        "58102",
        "Rate limit reached. Please refer to API docs and throttle requests accordingly.",
    ),
];

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use serde_json::Value;

    use super::*;

    /// The documented texts: file name after the exchange's, and body.
    fn documented(exchange: &str) -> Vec<(String, Value)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/fixtures");
        let files = fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path());
        let own = |name: &str| {
            name.strip_prefix(&format!("{exchange}_error_"))
                .map(str::to_owned)
        };
        files
            .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
            .filter_map(|path| {
                let name = own(path.file_name()?.to_str()?)?;
                let body = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
                Some((name, body))
            })
            .collect()
    }

    #[test]
    fn binances_documented_errors_are_all_here() {
        for (name, body) in documented("binance") {
            let code = body["code"].as_i64().unwrap();
            let known = BINANCE_ERRORS.iter().any(|error| error.code == code);
            assert!(known || [0, -1220].contains(&code), "{name}");
        }
    }

    #[test]
    fn okxs_errors_are_worded_as_documented() {
        for (name, body) in documented("okx") {
            let known = OKX_ERRORS
                .iter()
                .any(|error| body["code"] == error.code && body["msg"] == error.msg);
            assert!(known || body["code"] == "51001", "{name}");
        }
    }

    #[test]
    fn errors_about_the_key_come_without_data() {
        let body = |error| match Effect::from(error) {
            Effect::Answer { body, .. } => body,
            other => format!("{other:?}"),
        };
        assert!(!body(okx(401, "50113", "x")).contains("data"));
        assert!(body(okx(200, "50120", "x")).contains("data"));
    }
}
