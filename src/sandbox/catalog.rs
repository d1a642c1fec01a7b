//! The coins each exchange lists, with made-up prices that stay the same.

/// A coin as an exchange lists it.
#[derive(Debug)]
pub(super) struct Coin {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) fiat: bool,
    /// How many of the plain coin one of this code stands for.
    pub(super) denomination: u32,
    /// What the exchange itself takes it to be worth in USDT; its pairs are listed elsewhere.
    pub(super) price: Option<&'static str>,
}

const fn coin(code: &'static str, name: &'static str, price: &'static str) -> Coin {
    Coin {
        code,
        name,
        fiat: false,
        denomination: 1,
        price: Some(price),
    }
}

const fn unpriced(code: &'static str, name: &'static str) -> Coin {
    Coin {
        code,
        name,
        fiat: false,
        denomination: 1,
        price: None,
    }
}

const EUR: Coin = Coin {
    fiat: true,
    ..coin("EUR", "Euro", "1.08450000")
};

/// What Binance lists.
pub(super) const BINANCE: &[Coin] = &[
    coin("BTC", "Bitcoin", "64210.55000000"),
    coin("ETH", "Ethereum", "3145.21000000"),
    unpriced("USDT", "TetherUS"),
    coin("USDC", "USDC", "0.99980000"),
    coin("BNB", "BNB", "588.40000000"),
    coin("SOL", "Solana", "151.37000000"),
    coin("ADA", "Cardano", "0.45120000"),
    coin("LDO", "Lido DAO", "1.87300000"),
    Coin {
        denomination: 1000,
        ..coin("1000SATS", "1000*SATS (Ordinals)", "0.00023740")
    },
    coin("币安人生", "币安人生", "0.13250000"),
    coin("VTHO", "VeThor Token", "0.00231000"),
    coin("AXS", "Axie Infinity", "2.41000000"),
    coin("BAKE", "BakeryToken", "0.06120000"),
    coin("DOT", "Polkadot", "4.18000000"),
    coin("SHIB", "SHIBA INU", "0.00001753"),
    EUR,
];

/// What OKX lists.
pub(super) const OKX: &[Coin] = &[
    coin("BTC", "Bitcoin", "64198.3"),
    coin("ETH", "Ethereum", "3144.87"),
    unpriced("USDT", "Tether"),
    coin("USDC", "USD Coin", "0.9999"),
    coin("OKB", "OKB", "47.21"),
    coin("SOL", "Solana", "151.33"),
    coin("PEPE", "Pepe", "0.0000091240"),
    coin("SHIB", "Shiba Inu", "0.000017530"),
    coin("DOGE", "Dogecoin", "0.12044"),
    coin("TRX", "TRON", "0.13371"),
    coin("DOT", "Polkadot", "4.181"),
    Coin {
        price: Some("1.0842"),
        ..EUR
    },
    unpriced("BETH", "Beacon ETH"),
];

/// How many assets the account of many has, in one wallet.
pub const MANY_ASSETS: usize = 432;

/// The codes of the account of many: short, plain, none of them listed.
pub(super) fn many_codes() -> impl Iterator<Item = String> {
    const HEADS: [&str; 24] = [
        "AB", "BR", "CO", "DU", "EL", "FI", "GA", "HO", "IN", "JU", "KE", "LU", "MO", "NI", "OR",
        "PA", "QU", "RI", "SU", "TE", "UM", "VO", "WI", "ZE",
    ];
    const TAILS: [&str; 18] = [
        "NEX", "RAL", "TIX", "VON", "DAR", "LUM", "KET", "SOR", "MAV", "PYN", "GOL", "FEN", "BIT",
        "ROX", "CAD", "HUM", "JET", "WAX",
    ];
    HEADS
        .iter()
        .flat_map(|head| TAILS.iter().map(move |tail| format!("{head}{tail}")))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_account_of_many_has_that_many_codes() {
        let codes: HashSet<_> = many_codes().collect();
        assert_eq!(codes.len(), MANY_ASSETS);
    }
}
