//! The ready-made keys of the Binance that runs here. None opens a real account.

use super::DemoKey;
use crate::sandbox::Exchange;

/// A read-only key of an account with something in every wallet: earn, and a debt.
pub const EVERY_WALLET: DemoKey = DemoKey {
    exchange: Exchange::Binance,
    title: "Every wallet",
    api_key: "1wY87JN53SKIOz21By1uYkHVZoUNdT5Rs2fOfRN4jOvHJtSu1EuSJMab11JGYJcW",
    secret_key: "mLhLY28Ve0WtksKiy9kgDm55pSj4qncFmL3WOFlhY6icNPgCsISZCeWjn0diGaE5",
    passphrase: None,
    note: "The key to start with: reads earn and a loan too.",
};

/// A read-only key of an account with a dozen assets.
pub const READ_ONLY: DemoKey = DemoKey {
    exchange: Exchange::Binance,
    title: "Read only",
    api_key: "nNyxSGCQa8Y9kpkpm7LmuYQaFLRrMEdEb1gM17lcznz7M0VnD3uLkjNbvjbAa44k",
    secret_key: "iERgDaz8vKaJx2P6HEbphf7wnk93nONNAVvdg5gfJPiwiENKjJ2dOu2jhSKJOJaC",
    passphrase: None,
    note: "Reads, and nothing else.",
};

/// A second read-only key of the account behind `READ_ONLY`.
pub const SAME_ACCOUNT: DemoKey = DemoKey {
    exchange: Exchange::Binance,
    title: "Same account, other key",
    api_key: "hRAz1xBCgGuCiDLWvYQdoAvBth8EneftLrPc9iBLV0mCTe4zlapGMgvsyggA76IA",
    secret_key: "GhrT8S0ZtH2v0oDUPBTBENAYrutfebAqoGySoH5cVLPpA82YAEvp8sFA5gTGwfAn",
    passphrase: None,
    note: "A second read-only key of the first account.",
};

/// A read-only key of an account of its own.
pub const SECOND: DemoKey = DemoKey {
    exchange: Exchange::Binance,
    title: "Second account",
    api_key: "3F4umdmWmgUTBCKASakJLwQHIA9lq6qmpXqNthIxlRMNST4kOd3qJzCMydqpDOE1",
    secret_key: "rUuJuGlSyGnIFi0efMJ6PIIZeKhrmOQtq0rcbsMuQe4KZsjWEg6u9RGNtV5ZB1eK",
    passphrase: None,
    note: "Read only, another account.",
};

/// A key that may trade.
pub const TRADING: DemoKey = DemoKey {
    exchange: Exchange::Binance,
    title: "May trade",
    api_key: "jTeMtRvs1xHur92TUX5DoLcaZs0WoVfXivZ9Vc6QpjcFwpKxqD0lmGFGwP3lrbM9",
    secret_key: "GwrTouZZ05MsvA8jDbaB1XdZKxbWhYA6fQ04UEnbHQZZed1yuFJQOrfKob89KviZ",
    passphrase: None,
    note: "Must be refused: it can trade.",
};

/// A key that may withdraw.
pub const WITHDRAWING: DemoKey = DemoKey {
    exchange: Exchange::Binance,
    title: "May withdraw",
    api_key: "PWw3JbaO8b1Q6X69ssDZqY9IYmgASVmVuw9t63wEA6SrnyLtN96pHPSVySbxrsJc",
    secret_key: "Wcu737fIw4tLsuxWjyg4aGG9cEErHf3vr6yZVSKfG7H9BmXd4pBjBmJ5dZiEPHTn",
    passphrase: None,
    note: "Must be refused: it can withdraw.",
};

/// A read-only key of an account that holds nothing.
pub const EMPTY: DemoKey = DemoKey {
    exchange: Exchange::Binance,
    title: "Empty account",
    api_key: "jf5Fbl7LzlVP8XHTcnhUoptvDsDcDM4kQtoQtDKRGUnzmJbPiV2NQwjDcZDoMQCT",
    secret_key: "MbTSK87EIcYMUjgQQRooPg5ZBw9RW8uOMizjiHTf62NBT7pAwYwQyuRebWL2vdcH",
    passphrase: None,
    note: "Read only, holds nothing.",
};

/// A read-only key of an account with more than 400 assets.
pub const MANY: DemoKey = DemoKey {
    exchange: Exchange::Binance,
    title: "Hundreds of assets",
    api_key: "YcAlPwoXV5syJ8IL4LfamSoBPRvvnbnvPosO2AWOK6m6cwwvuyXwzSsMydqtYeQc",
    secret_key: "TfsVopruAwPLf6FmfgbO4hZRz4BTQmBwUDP32yjy5lGbhstYVT3Kq8qDKBcdrPak",
    passphrase: None,
    note: "Read only, more than 400 assets.",
};

/// A read-only key that answers to one address alone.
pub const IP_BOUND: DemoKey = DemoKey {
    exchange: Exchange::Binance,
    title: "Bound to an address",
    api_key: "q5kE8sDhEq9797majggMNWdGv3GEHnTWBZT4D9Ekos2q0QnaG1gYyqgc2GSWXDKN",
    secret_key: "DNuqAmcr7Te7gp2GS9YzSu9qdzSN8ADCxJhQoc40xMwTOtYu0OTJHwT6HhPxgSVr",
    passphrase: None,
    note: "Read only, answers to 203.0.113.7 alone.",
};

/// A key with a right that no document names yet.
pub const NEW_RIGHT: DemoKey = DemoKey {
    exchange: Exchange::Binance,
    title: "A right nobody knows",
    api_key: "6CT8YwJnhwf6TmQ4OQPwdGgy5ZLwIGvgpMyM3cgz0gZ0M9ljpYGFLAo6LHv7f97e",
    secret_key: "8asUGsabqVdF5yBFw9ORZRYJNYp0AUJgFzlbHpq7TpuXlbkZxa95qILLUKy2eZeu",
    passphrase: None,
    note: "Must be refused: it has a right that is new.",
};

/// A key, as sub-accounts have, whose rights the exchange does not tell.
pub const RIGHTS_HIDDEN: DemoKey = DemoKey {
    exchange: Exchange::Binance,
    title: "Rights not told",
    api_key: "0iudjhqi5Dfr1givmXMgoKL3yEIOVdWjXSuAMiY58NricrR1CT8VW1md9QMTjsL7",
    secret_key: "0r6JXgzF7Aghrrt7fF6FSiKlAt9vZITZhj9HYqwXrnlEwlwNXAOGGJEnPXtHvQeb",
    passphrase: None,
    note: "Reads, but the exchange does not tell its rights.",
};

/// A key whose rights are told with one of them left out.
pub const RIGHT_MISSING: DemoKey = DemoKey {
    exchange: Exchange::Binance,
    title: "A right left out",
    api_key: "FcHvbXAaWuCfFkfBRRMZ5kt7IIZtLIicIWfR1rpktNEiJmjsoxwkgje5nv9i6iAh",
    secret_key: "VBhmaoSXhiBqmrEqNGub4yTzIdZsBxkzRJ8RLUMnIugPgJoq4ZR6sOZhmSEY8fYt",
    passphrase: None,
    note: "Reads, but one right is missing from the answer.",
};

/// A key without the right to read.
pub const NO_READING: DemoKey = DemoKey {
    exchange: Exchange::Binance,
    title: "May not read",
    api_key: "Go5u12cgAzvmzDRubg323H8VB9boD3I3tMhZr68tT13XwPq8Od2ZsgjAtpanPfwL",
    secret_key: "ZiH5cAIUih1VeQ9CVURiP5JmCzHv7CJvDQRhalYSl4LsRxWd677LDCnQoqmQrUxp",
    passphrase: None,
    note: "Must be refused: it cannot read.",
};

/// A key of the test network, which has no /sapi.
pub const TESTNET: DemoKey = DemoKey {
    exchange: Exchange::Binance,
    title: "Test network",
    api_key: "nz9k9fYGidTkG4f2P0I4QEwwaZIXrCSO3PdyZPQroEOwxaPwTBKJDbbwqrwMoVyZ",
    secret_key: "rbADDSDSDrH4xlXrbKA5q57RGSxFdS4dJPvSpa0QB4aoiaBQpvH7F1D3ng4SP4EZ",
    passphrase: None,
    note: "A key of the test network, which tells no rights.",
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
    RIGHTS_HIDDEN,
    RIGHT_MISSING,
    NO_READING,
    TESTNET,
];
