//! Short ways to write what is held, for the tests of this room.

use super::reading::Line;
use super::{Point, Source};
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::exchange::ExchangeId;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::WalletName;

/// An amount.
pub fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// A line of a Binance wallet, which is named with its connection: `a spot`.
pub fn line(place: &str, asset: &str, quantity: &str, price: Option<&str>) -> Line {
    let (connection, wallet) = place.split_once(' ').unwrap();
    Line {
        portfolio_id: "p".to_owned(),
        wallet: Some((connection.to_owned(), WalletName::new(wallet))),
        exchange: Some(ExchangeId::new("binance")),
        asset: AssetCode::parse(asset).unwrap(),
        quantity: amount(quantity),
        price: price.map(amount),
    }
}

/// A whole point after a sync.
pub fn point(at: i64, value: &str, moved: &str) -> Point {
    Point {
        at: Timestamp(at),
        value: amount(value),
        moved: amount(moved),
        covered: Amount::zero(),
        unpriced: 0,
        partial: false,
        source: Source::Sync,
    }
}
