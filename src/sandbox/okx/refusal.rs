//! OKX's errors, with their codes, texts, HTTP statuses and the two shapes they come in.

use serde_json::json;

use crate::sandbox::reply::Reply;

/// An error as OKX words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) msg: String,
    /// Whether the answer has an empty `data`; those about the key have none.
    pub(super) with_data: bool,
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        let Refusal {
            status,
            code,
            msg,
            with_data,
        } = refusal;
        let body = if with_data {
            json!({ "code": code, "data": [], "msg": msg })
        } else {
            json!({ "msg": msg, "code": code })
        };
        Self::json(status, body)
    }
}

impl Refusal {
    /// An error in the usual envelope.
    pub(super) fn enveloped(status: u16, code: &'static str, msg: impl Into<String>) -> Self {
        Self {
            status,
            code,
            msg: msg.into(),
            with_data: true,
        }
    }

    /// An error about the key, the signature or the time: HTTP 401 and no `data`.
    fn bare(code: &'static str, msg: impl Into<String>) -> Self {
        Self {
            status: 401,
            code,
            msg: msg.into(),
            with_data: false,
        }
    }

    pub(super) fn maintenance() -> Self {
        let msg = "Service temporarily unavailable. Please try again later.";
        Self::enveloped(503, "50001", msg)
    }

    pub(super) fn too_many() -> Self {
        Self::enveloped(429, "50011", "Too Many Requests")
    }

    pub(super) fn empty_parameter(name: &str) -> Self {
        Self::enveloped(400, "50014", format!("Parameter {name} cannot be empty."))
    }

    pub(super) fn parameter(name: &str) -> Self {
        Self::enveloped(400, "51000", format!("Parameter {name} error"))
    }

    pub(super) fn instrument() -> Self {
        let msg = "Instrument ID or Spread ID doesn't exist.";
        Self::enveloped(200, "51001", msg)
    }

    pub(super) fn method() -> Self {
        Self::enveloped(405, "50115", "Invalid request method.")
    }

    pub(super) fn right() -> Self {
        let msg = "This API key doesn't have permission to use this function";
        Self::enveloped(200, "50120", msg)
    }

    pub(super) fn not_in_demo() -> Self {
        Self::enveloped(200, "50038", "This feature is unavailable in demo trading")
    }

    pub(super) fn sub_account() -> Self {
        Self::enveloped(200, "51735", "Sub-account is not supported")
    }

    pub(super) fn no_savings() -> Self {
        Self::enveloped(200, "58002", "Please activate Savings Account first.")
    }

    pub(super) fn environment() -> Self {
        Self::bare("50101", "APIKey does not match current environment.")
    }

    pub(super) fn expired() -> Self {
        Self::bare("50102", "Timestamp request expired.")
    }

    pub(super) fn empty_header(code: &'static str, name: &str) -> Self {
        Self::bare(code, format!("Request header \"{name}\" cannot be empty."))
    }

    pub(super) fn passphrase() -> Self {
        Self::bare(
            "50105",
            "Request header \"OK-ACCESS-PASSPHRASE\" incorrect.",
        )
    }

    pub(super) fn address(seen: &str) -> Self {
        Self::bare(
            "50110",
            format!("Your IP {seen} is not included in your API key's IP whitelist."),
        )
    }

    pub(super) fn key_format() -> Self {
        Self::bare("50111", "Invalid OK-ACCESS-KEY.")
    }

    pub(super) fn timestamp() -> Self {
        Self::bare("50112", "Invalid OK-ACCESS-TIMESTAMP.")
    }

    pub(super) fn signature() -> Self {
        Self::bare("50113", "Invalid signature.")
    }

    pub(super) fn no_such_key() -> Self {
        Self::bare("50119", "API key doesn't exist")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn errors_are_worded_as_documented() {
        macro_rules! fixture {
            ($name:literal) => {
                include_str!(concat!("../../tests/fixtures/okx_error_", $name, ".json"))
            };
        }
        for (refusal, status, documented) in [
            (Refusal::maintenance(), 503, fixture!("50001_unavailable")),
            (Refusal::too_many(), 429, fixture!("50011_rate_429")),
            (Refusal::environment(), 401, fixture!("50101_environment")),
            (Refusal::expired(), 401, fixture!("50102_timestamp_expired")),
            (
                Refusal::empty_header("50103", "OK-ACCESS-KEY"),
                401,
                fixture!("50103_key_header_empty"),
            ),
            (Refusal::passphrase(), 401, fixture!("50105_passphrase")),
            (
                Refusal::address("203.0.113.9"),
                401,
                fixture!("50110_ip_not_listed"),
            ),
            (Refusal::key_format(), 401, fixture!("50111_invalid_key")),
            (Refusal::timestamp(), 401, fixture!("50112_bad_timestamp")),
            (Refusal::signature(), 401, fixture!("50113_bad_sign")),
            (Refusal::no_such_key(), 401, fixture!("50119_key_missing")),
            (Refusal::right(), 200, fixture!("50120_no_permission")),
            (Refusal::instrument(), 200, fixture!("51001_instrument")),
            (Refusal::not_in_demo(), 200, fixture!("50038_demo")),
            (
                Refusal::sub_account(),
                200,
                fixture!("51735_subaccount_earn"),
            ),
            (
                Refusal::no_savings(),
                200,
                fixture!("58002_activate_savings"),
            ),
        ] {
            let reply = Reply::from(refusal);
            let body: Value = serde_json::from_str(&reply.body).unwrap();
            let documented: Value = serde_json::from_str(documented).unwrap();
            assert_eq!((reply.status, body), (status, documented));
        }
    }
}
