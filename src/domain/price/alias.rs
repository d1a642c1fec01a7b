//! Codes that have no market of their own because they stand for another asset, one for one.

/// A code of one exchange and the code whose price it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The exchange's name.
    pub exchange: &'static str,
    /// The code without a market.
    pub code: &'static str,
    /// The code whose price holds for it.
    pub priced_as: &'static str,
    /// Why the two are worth the same.
    pub reason: &'static str,
}

const EARN: &str = "flexible earn token, redeemed one for one";
const RENAMED: &str = "renamed, exchanged one for one";
const STAKED: &str = "staked, redeemed one for one";

const fn binance(code: &'static str, priced_as: &'static str, reason: &'static str) -> Alias {
    Alias {
        exchange: "binance",
        code,
        priced_as,
        reason,
    }
}

const fn okx(code: &'static str, priced_as: &'static str, reason: &'static str) -> Alias {
    Alias {
        exchange: "okx",
        code,
        priced_as,
        reason,
    }
}

/// Every such code. Earn tokens: rotki's list of Binance's `LD` codes (rotki, assets/utils and
/// exchanges/binance; read 2026-11-21), where `LDBAKET` and `LDSHIB2` are not called after their asset
/// and `LDO` is none. Renamed coins: Binance's notices "Binance Will Support the Polygon (MATIC) Token
/// Swap & Rebranding to POL" (2024-09) and "... Fantom (FTM) ... to Sonic (S)" (2025-01), both one for
/// one. Staked: OKX help, "What is BETH" (one for one with ETH).
const ALIASES: [Alias; 23] = [
    binance("LDADA", "ADA", EARN),
    binance("LDAXS", "AXS", EARN),
    binance("LDBAKET", "BAKE", EARN),
    binance("LDBNB", "BNB", EARN),
    binance("LDBTC", "BTC", EARN),
    binance("LDDOGE", "DOGE", EARN),
    binance("LDDOT", "DOT", EARN),
    binance("LDETH", "ETH", EARN),
    binance("LDEUR", "EUR", EARN),
    binance("LDFDUSD", "FDUSD", EARN),
    binance("LDLINK", "LINK", EARN),
    binance("LDLTC", "LTC", EARN),
    binance("LDSHIB2", "SHIB", EARN),
    binance("LDSOL", "SOL", EARN),
    binance("LDTRX", "TRX", EARN),
    binance("LDUSDC", "USDC", EARN),
    binance("LDUSDT", "USDT", EARN),
    binance("LDXRP", "XRP", EARN),
    binance("MATIC", "POL", RENAMED),
    binance("FTM", "S", RENAMED),
    okx("MATIC", "POL", RENAMED),
    okx("FTM", "S", RENAMED),
    okx("BETH", "ETH", STAKED),
];

/// What a code of an exchange stands for; `None` for nearly all.
#[must_use]
pub fn find(exchange: &str, code: &str) -> Option<&'static Alias> {
    ALIASES
        .iter()
        .find(|alias| alias.exchange == exchange && alias.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earn_tokens_are_known_by_list_and_coins_that_look_alike_are_not() {
        let priced = |code| find("binance", code).map(|alias| alias.priced_as);
        assert_eq!(priced("LDBTC"), Some("BTC"));
        assert_eq!(priced("LDSHIB2"), Some("SHIB"));
        assert_eq!(priced("LDBAKET"), Some("BAKE"));
        assert_eq!(priced("LDO"), None);
        assert_eq!(priced("LDX"), None);
        assert_eq!(find("okx", "LDBTC"), None);
    }

    #[test]
    fn no_code_stands_for_itself_or_for_one_that_stands_for_another() {
        for alias in &ALIASES {
            assert_eq!(find(alias.exchange, alias.priced_as), None, "{alias:?}");
            let same =
                |other: &&Alias| (other.exchange, other.code) == (alias.exchange, alias.code);
            assert_eq!(ALIASES.iter().filter(same).count(), 1, "{alias:?}");
        }
    }
}
