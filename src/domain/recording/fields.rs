//! Which fields of an answer are kept, by exchange, and what their values have to look like.

use super::super::exchange::ExchangeId;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A code of an asset.
    Asset,
    /// An amount.
    Amount,
    /// A short number that says what something is, or how many there are.
    Code,
    /// Words of a closed set.
    Words,
    /// A moment in epoch milliseconds.
    Time,
    /// Tells one account, position or product from another; a stand-in is kept.
    Identity,
    /// Nothing that is kept.
    Other,
}

type Fields = &'static [(Kind, &'static [&'static str])];

/// Manual: binance-spot-api-docs, rest-api.md (state of 2026-07-21) and the wallet catalogue of
/// binance-connector-rust (state of 2026-07-22).
const BINANCE: Fields = &[
    (Kind::Asset, &["asset", "coin"]),
    (
        Kind::Amount,
        &[
            "amount",
            "balance",
            "borrowed",
            "btcValuation",
            "collateralAmount",
            "free",
            "freeze",
            "interest",
            "ipoable",
            "locked",
            "netAsset",
            "redeemingAmt",
            "rewardAmt",
            "totalAmount",
            "totalNetAssetOfBtc",
            "withdrawing",
        ],
    ),
    (Kind::Code, &["code", "total"]),
    (Kind::Words, &["status", "walletName"]),
    (Kind::Time, &["createTime", "serverTime", "updateTime"]),
    (
        Kind::Identity,
        &["positionId", "productId", "projectId", "uid"],
    ),
];

/// Manual: OKX API v5, "Trading Account", "Funding Account", "Financial Product"; copy of
/// 2025-08-17.
const OKX: Fields = &[
    (Kind::Asset, &["ccy"]),
    (
        Kind::Amount,
        &[
            "amt",
            "availBal",
            "availEq",
            "bal",
            "cashBal",
            "classic",
            "crossLiab",
            "earn",
            "earnings",
            "eq",
            "fixedBal",
            "frozenBal",
            "funding",
            "interest",
            "isoEq",
            "liab",
            "loanAmt",
            "ordFrozen",
            "pendingAmt",
            "rewardBal",
            "stgyEq",
            "totalBal",
            "totalEq",
            "trading",
            "upl",
        ],
    ),
    (
        Kind::Code,
        &["acctLv", "code", "earningType", "state", "type"],
    ),
    (Kind::Words, &["perm", "protocolType"]),
    (Kind::Time, &["ts", "uTime"]),
    (Kind::Identity, &["mainUid", "ordId", "productId", "uid"]),
];

/// What was asked for, as far as it tells nothing of the account.
const PARAMETERS: [&str; 8] = [
    "asset",
    "ccy",
    "current",
    "needBtcValuation",
    "omitZeroBalances",
    "quoteAsset",
    "size",
    "state",
];

/// What a field of an exchange's answers holds. Of an exchange that is not known here nothing is
/// kept.
pub(super) fn kind(exchange: &ExchangeId, name: &str) -> Kind {
    let fields = match exchange.as_str() {
        "binance" => BINANCE,
        "okx" => OKX,
        _ => &[],
    };
    let known = fields.iter().find(|(_, names)| names.contains(&name));
    known.map_or(Kind::Other, |(kind, _)| *kind)
}

/// Whether a name is a word of a manual. Any other may be data: an address, an account, a price.
pub(super) fn is_word(name: &str) -> bool {
    (1..=48).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
}

impl Kind {
    /// Whether a value looks like what the field holds. What does not is not kept, so that nothing
    /// gets through under a wrong name.
    pub(super) fn fits(self, value: &str) -> bool {
        let digits = |text: &str, max: usize| {
            (1..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
        };
        match self {
            Self::Asset => {
                (1..=24).contains(&value.chars().count())
                    && value.chars().all(char::is_alphanumeric)
            }
            Self::Amount => value.len() <= 128 && value.chars().all(is_part_of_amount),
            Self::Code => digits(value.strip_prefix('-').unwrap_or(value), 8),
            Self::Words => {
                let part = |c: char| c.is_alphabetic() || matches!(c, ' ' | '_' | '-' | ',');
                value.chars().count() <= 64 && value.chars().all(part)
            }
            Self::Time => digits(value, 16),
            Self::Identity | Self::Other => false,
        }
    }
}

/// Broken amounts are kept as they are: they are what a recording is looked into for.
fn is_part_of_amount(c: char) -> bool {
    matches!(c, '0'..='9' | '+' | '-' | '.' | ',' | 'e' | 'E')
}

/// The parameters that are kept: `current=1&size=100`.
pub(super) fn parameters(query: &str) -> String {
    let plain = |pair: &&str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let short = value.len() <= 24 && value.bytes().all(|b| b.is_ascii_alphanumeric());
        PARAMETERS.contains(&name) && short
    };
    query.split('&').filter(plain).collect::<Vec<_>>().join("&")
}

/// The path without a query and without anything that could be one's own.
pub(super) fn path(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-');
    path.chars().filter(|c| is_part(*c)).collect()
}
