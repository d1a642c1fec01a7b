//! Binance's errors, with their codes, texts and HTTP statuses.

use serde_json::json;

use crate::sandbox::reply::Reply;

/// An error as Binance words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: i64,
    pub(super) msg: String,
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        Self::json(
            refusal.status,
            json!({ "code": refusal.code, "msg": refusal.msg }),
        )
    }
}

impl Refusal {
    pub(super) fn new(status: u16, code: i64, msg: impl Into<String>) -> Self {
        Self {
            status,
            code,
            msg: msg.into(),
        }
    }

    pub(super) fn maintenance() -> Self {
        Self::new(
            503,
            -1001,
            "Internal error; unable to process your request. Please try again.",
        )
    }

    pub(super) fn outside_window() -> Self {
        Self::new(
            400,
            -1021,
            "Timestamp for this request is outside of the recvWindow.",
        )
    }

    pub(super) fn ahead() -> Self {
        let msg = "Timestamp for this request was 1000ms ahead of the server's time.";
        Self::new(400, -1021, msg)
    }

    pub(super) fn signature() -> Self {
        Self::new(400, -1022, "Signature for this request is not valid.")
    }

    pub(super) fn illegal(name: &str, range: &str) -> Self {
        let msg =
            format!("Illegal characters found in parameter '{name}'; legal range is '{range}'.");
        Self::new(400, -1100, msg)
    }

    pub(super) fn duplicate() -> Self {
        Self::new(400, -1101, "Duplicate values for a parameter detected.")
    }

    pub(super) fn mandatory(name: &str) -> Self {
        let msg =
            format!("Mandatory parameter '{name}' was not sent, was empty/null, or malformed.");
        Self::new(400, -1102, msg)
    }

    pub(super) fn too_great(name: &str, limit: u32) -> Self {
        let msg = format!("'{name}' contains unexpected value. Cannot be greater than '{limit}'.");
        Self::new(400, -1102, msg)
    }

    pub(super) fn unread(read: usize, sent: usize) -> Self {
        let msg = format!(
            "Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'."
        );
        Self::new(400, -1104, msg)
    }

    pub(super) fn empty(name: &str) -> Self {
        Self::new(400, -1105, format!("Parameter '{name}' was empty."))
    }

    pub(super) fn invalid(name: &str) -> Self {
        Self::new(
            400,
            -1130,
            format!("Data sent for parameter '{name}' is not valid."),
        )
    }

    pub(super) fn symbol() -> Self {
        Self::new(400, -1121, "Invalid symbol.")
    }

    pub(super) fn status() -> Self {
        let msg = "The symbol's status does not match the requested symbolStatus.";
        Self::new(400, -1220, msg)
    }

    pub(super) fn time_unit() -> Self {
        let msg = "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.";
        Self::new(400, -1194, msg)
    }

    pub(super) fn no_margin() -> Self {
        Self::new(400, -3003, "Margin account does not exist.")
    }

    pub(super) fn key_format() -> Self {
        Self::new(401, -2014, "API-key format invalid.")
    }

    pub(super) fn key() -> Self {
        Self::new(
            401,
            -2015,
            "Invalid API-key, IP, or permissions for action.",
        )
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
                include_str!(concat!(
                    "../../tests/fixtures/binance_error_",
                    $name,
                    ".json"
                ))
            };
        }
        for (refusal, status, documented) in [
            (Refusal::maintenance(), 503, fixture!("1001_disconnected")),
            (Refusal::ahead(), 400, fixture!("1021_ahead")),
            (
                Refusal::outside_window(),
                400,
                fixture!("1021_outside_recvWindow"),
            ),
            (Refusal::signature(), 400, fixture!("1022_signature")),
            (
                Refusal::mandatory("signature"),
                400,
                fixture!("1102_mandatory"),
            ),
            (Refusal::symbol(), 400, fixture!("1121_symbol")),
            (Refusal::status(), 400, fixture!("1220_status")),
            (Refusal::key_format(), 401, fixture!("2014_key_format")),
            (Refusal::key(), 401, fixture!("2015_key_ip_perm")),
        ] {
            let reply = Reply::from(refusal);
            let body: Value = serde_json::from_str(&reply.body).unwrap();
            let documented: Value = serde_json::from_str(documented).unwrap();
            assert_eq!((reply.status, body), (status, documented));
        }
    }
}
