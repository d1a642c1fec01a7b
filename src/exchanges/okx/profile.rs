//! What the connect form asks for and tells of OKX.

use crate::domain::exchange::{ExchangeId, ExchangeProfile, RegionProfile};

/// What the connect form asks for and tells.
pub(super) fn profile() -> ExchangeProfile {
    let region = |id: &str, title: &str| RegionProfile {
        id: id.to_owned(),
        title: title.to_owned(),
    };
    ExchangeProfile {
        id: ExchangeId::new("okx"),
        name: "OKX".to_owned(),
        has_passphrase: true,
        regions: vec![
            region("global", "Global (www.okx.com)"),
            region("eea", "Europe (my.okx.com)"),
            region("us", "United States and Australia (app.okx.com)"),
        ],
        key_page: "https://www.okx.com/account/my-api".to_owned(),
        key_advice: [
            "Under Permissions, tick “Read” only.",
            "Leave “Trade” and “Withdraw” off.",
            "Make the key on the site you sign in to, and keep its passphrase: it cannot be shown again.",
            "A list of allowed addresses is not needed for a key that only reads, but recommended.",
        ]
        .map(str::to_owned)
        .to_vec(),
    }
}
