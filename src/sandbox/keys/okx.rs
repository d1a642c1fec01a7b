//! The ready-made keys of the OKX that runs here. None opens a real account.

use super::DemoKey;
use crate::sandbox::Exchange;

/// A read-only key of an account with something in every wallet: savings, a stake, a delisted
/// coin.
pub const EVERY_WALLET: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "Every wallet",
    api_key: "06254b5f-4525-48b7-96e1-4ceec29b9533",
    secret_key: "493A9A719365C409356C7E12727FEC6B",
    passphrase: Some("quartz-Ferry-82"),
    note: "The key to start with: reads savings and a stake too.",
};

/// A read-only key of an account with a dozen assets.
pub const READ_ONLY: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "Read only",
    api_key: "48c1eaf3-e9f4-48e9-be55-cfd2a62c88b8",
    secret_key: "ABFD4390DD8D9D8C841B01BDEEDDFF9F",
    passphrase: Some("amber-Lantern-27"),
    note: "Reads, and nothing else.",
};

/// A second read-only key of the account behind `READ_ONLY`.
pub const SAME_ACCOUNT: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "Same account, other key",
    api_key: "91025a46-de7a-4036-9721-1b2633ab786d",
    secret_key: "9BADB51C00ECDFF28656F3A142A1A7D9",
    passphrase: Some("birch-Harbour-31"),
    note: "A second read-only key of the first account.",
};

/// A read-only key of an account of its own.
pub const SECOND: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "Second account",
    api_key: "8811d847-f85f-40ec-addc-f3ba70128b9d",
    secret_key: "C1EAD839191776C58B3391B0F8739024",
    passphrase: Some("cedar-Compass-48"),
    note: "Read only, another account.",
};

/// A key that may trade.
pub const TRADING: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "May trade",
    api_key: "851c341a-e068-4419-b366-604f5cd8c37a",
    secret_key: "311F23829A29D58B36154534B1DEF49A",
    passphrase: Some("delta-Orchard-52"),
    note: "Must be refused: it can trade.",
};

/// A key that may withdraw.
pub const WITHDRAWING: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "May withdraw",
    api_key: "dc202d84-892f-4205-9815-e16b8c153d22",
    secret_key: "6574EE45F658B8905390F4115CEEF05D",
    passphrase: Some("ember-Meadow-63"),
    note: "Must be refused: it can withdraw.",
};

/// A read-only key of an account that holds nothing.
pub const EMPTY: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "Empty account",
    api_key: "260962d7-3702-4372-8e3d-aa1c522b16c2",
    secret_key: "DC8DB7680D09260D0B05B42D9F8CD716",
    passphrase: Some("fjord-Pebble-74"),
    note: "Read only, holds nothing.",
};

/// A read-only key of an account with more than 400 assets.
pub const MANY: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "Hundreds of assets",
    api_key: "b0022923-90ff-4dbf-ad4e-91e72795ab9b",
    secret_key: "1A7EE49A9BFE0C595BB2D0D60EC219C3",
    passphrase: Some("grove-Saddle-85"),
    note: "Read only, more than 400 assets.",
};

/// A read-only key that answers to one address alone.
pub const IP_BOUND: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "Bound to an address",
    api_key: "b4757895-0bac-4d68-abe0-64e47e865fd9",
    secret_key: "B62745A24A0A8FE0948DE59EAD434A63",
    passphrase: Some("heron-Turret-96"),
    note: "Read only, answers to 203.0.113.7 alone.",
};

/// A key with a right that no document names yet.
pub const NEW_RIGHT: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "A right nobody knows",
    api_key: "bde752b1-54d3-47d1-9a05-0957c08640d4",
    secret_key: "64B39D6A193080B3F237311AC51E2C2D",
    passphrase: Some("islet-Walnut-17"),
    note: "Must be refused: it has a right that is new.",
};

/// A read-only key of a sub-account.
pub const SUB_ACCOUNT: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "Sub-account",
    api_key: "f58594fc-68da-4da5-b15d-c9891a650f4b",
    secret_key: "021929C5F5876C4EB845FEE9753068E1",
    passphrase: Some("juniper-Anvil-28"),
    note: "Read only, of a sub-account.",
};

/// A key whose rights are missing from the answer.
pub const RIGHT_MISSING: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "Rights not told",
    api_key: "21a553a7-308b-4d81-94d8-c8b94daf0a10",
    secret_key: "27FA817FB47DB4587FD20BFD2A0AB453",
    passphrase: Some("kestrel-Barrel-39"),
    note: "Reads, but the exchange does not tell its rights.",
};

/// A key without the right to read.
pub const NO_READING: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "May not read",
    api_key: "def9d310-1f4d-42b8-86bc-f3a9c81d9d42",
    secret_key: "68E22C03A1815C8610B78126A55B7613",
    passphrase: Some("linden-Candle-41"),
    note: "Must be refused: it cannot read.",
};

/// A key of demo trading, refused without its header.
pub const DEMO: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "Demo trading",
    api_key: "051e7af6-0a5a-44ab-9074-ed01099cd311",
    secret_key: "8A8FBE80C70B537ACBA1C1F939BB63BA",
    passphrase: Some("marble-Dagger-53"),
    note: "A key of demo trading: asks for x-simulated-trading: 1.",
};

/// A read-only key of the European site.
pub const EEA: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "European account",
    api_key: "d57c7208-e2b4-489e-8558-33b7a6a7eaf7",
    secret_key: "22F13F66E24A11EE8985809520B29F8F",
    passphrase: Some("nettle-Feather-65"),
    note: "Read only, of the European site.",
};

/// A read-only key of the American site.
pub const US: DemoKey = DemoKey {
    exchange: Exchange::Okx,
    title: "American account",
    api_key: "4c9b30a3-d073-45e1-afff-7aad32a60c7d",
    secret_key: "BFDCC84594CB5E2E9ED5D772A4121C3B",
    passphrase: Some("osprey-Goblet-77"),
    note: "Read only, of the American site.",
};

/// Every ready-made key of this exchange, the one to start with first.
pub const ALL: &[DemoKey] = &[
    EVERY_WALLET,
    READ_ONLY,
    SAME_ACCOUNT,
    SECOND,
    TRADING,
    WITHDRAWING,
    EMPTY,
    MANY,
    IP_BOUND,
    NEW_RIGHT,
    SUB_ACCOUNT,
    RIGHT_MISSING,
    NO_READING,
    DEMO,
    EEA,
    US,
];
