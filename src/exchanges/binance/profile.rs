//! What the connect form asks for and tells of Binance.

use crate::domain::exchange::{ExchangeId, ExchangeProfile};

/// What the connect form asks for and tells.
pub(super) fn profile() -> ExchangeProfile {
    ExchangeProfile {
        id: ExchangeId::new("binance"),
        name: "Binance".to_owned(),
        has_passphrase: false,
        regions: Vec::new(),
        key_page: "https://www.binance.com/en/my/settings/api-management".to_owned(),
        key_advice: [
            "Tick “Enable Reading” and nothing else.",
            "Leave spot and margin trading, futures, options and the FIX API off.",
            "Leave withdrawals, internal transfers and universal transfers off.",
            "A list of allowed addresses is not needed for a key that only reads, but recommended.",
        ]
        .map(str::to_owned)
        .to_vec(),
    }
}
