//! The pairs that a person watches, and how pairs are typed.

use serde::Serialize;

use super::Pair;
use crate::domain::asset::AssetCode;

/// The fewest pairs there are on a list.
pub const FEWEST: usize = 5;
/// The most pairs there are on a list.
pub const MOST: usize = 50;

/// What is watched until somebody chooses otherwise.
const USUAL: [&str; 5] = ["BTC-USDT", "ETH-USDT", "SOL-USDT", "BNB-USDT", "XRP-USDT"];
/// What people write between the two assets, the likeliest first.
const BETWEEN: [char; 4] = ['-', '/', '_', ' '];
/// The most characters of a typed pair: two codes and what stands between.
const MOST_TYPED: usize = 2 * crate::domain::asset::MAX_CODE_CHARS + 1;

/// The pairs that somebody watches, in their order, each once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Watchlist(Vec<Pair>);

/// Where a pair is moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// One place towards the first.
    Up,
    /// One place towards the last.
    Down,
}

/// Why a list cannot be changed like that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwatchable {
    /// The pair is on the list.
    #[error("It is on your watchlist already.")]
    Twice,
    /// The list would be too long.
    #[error("You watch 50 pairs, and that is the most: remove one first.")]
    TooMany,
    /// The list would be too short.
    #[error("You watch 5 pairs, and that is the fewest: add another first.")]
    TooFew,
    /// The pair is not on the list.
    #[error("It is not on your watchlist.")]
    Missing,
}

impl Default for Watchlist {
    /// What is watched until somebody chooses otherwise.
    fn default() -> Self {
        Self(
            USUAL
                .iter()
                .filter_map(|one| Pair::parse(one).ok())
                .collect(),
        )
    }
}

impl Watchlist {
    /// A list of these pairs in this order.
    ///
    /// # Errors
    /// [`Unwatchable::Twice`], [`Unwatchable::TooMany`], [`Unwatchable::TooFew`].
    pub fn new(pairs: Vec<Pair>) -> Result<Self, Unwatchable> {
        let mut list = Self(Vec::with_capacity(pairs.len().min(MOST)));
        for pair in pairs {
            list.add(pair)?;
        }
        if list.0.len() < FEWEST {
            return Err(Unwatchable::TooFew);
        }
        Ok(list)
    }

    /// The pairs, the first of the list first.
    #[must_use]
    pub fn pairs(&self) -> &[Pair] {
        &self.0
    }

    /// Whether a pair is on it.
    #[must_use]
    pub fn has(&self, pair: &Pair) -> bool {
        self.0.contains(pair)
    }

    /// Puts a pair at its end.
    ///
    /// # Errors
    /// [`Unwatchable::Twice`], [`Unwatchable::TooMany`].
    pub fn add(&mut self, pair: Pair) -> Result<(), Unwatchable> {
        if self.has(&pair) {
            return Err(Unwatchable::Twice);
        }
        if self.0.len() >= MOST {
            return Err(Unwatchable::TooMany);
        }
        self.0.push(pair);
        Ok(())
    }

    /// Takes a pair off it.
    ///
    /// # Errors
    /// [`Unwatchable::Missing`], [`Unwatchable::TooFew`].
    pub fn remove(&mut self, pair: &Pair) -> Result<(), Unwatchable> {
        let place = self.place(pair)?;
        if self.0.len() <= FEWEST {
            return Err(Unwatchable::TooFew);
        }
        self.0.remove(place);
        Ok(())
    }

    /// Has a pair change places with its neighbour; one that stands at the end stays there.
    ///
    /// # Errors
    /// [`Unwatchable::Missing`].
    pub fn shift(&mut self, pair: &Pair, way: Way) -> Result<(), Unwatchable> {
        let place = self.place(pair)?;
        let other = match way {
            Way::Up => place.saturating_sub(1),
            Way::Down => (place + 1).min(self.0.len() - 1),
        };
        self.0.swap(place, other);
        Ok(())
    }

    fn place(&self, pair: &Pair) -> Result<usize, Unwatchable> {
        let place = self.0.iter().position(|one| one == pair);
        place.ok_or(Unwatchable::Missing)
    }
}

impl Way {
    /// Reads the name in forms: `up` or `down`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "up" => Some(Self::Up),
            "down" => Some(Self::Down),
            _ => None,
        }
    }
}

/// The pairs that somebody may mean who typed `BTC-USDT`, `btc/usdt` or `BTCUSDT`, the likeliest first;
/// which of them there is, is the exchanges' to say. None of a text that is no pair.
#[must_use]
pub fn meant(typed: &str) -> Vec<Pair> {
    let typed = typed.trim();
    if typed.chars().count() > MOST_TYPED {
        return Vec::new();
    }
    let divided = BETWEEN.iter().find_map(|mark| typed.split_once(*mark));
    let divided: Vec<_> = match divided {
        Some((base, quote)) => vec![(base.trim(), quote.trim())],
        None => {
            let inside = typed.char_indices().skip(1);
            inside.map(|(place, _)| typed.split_at(place)).collect()
        }
    };
    let mut pairs: Vec<Pair> = Vec::new();
    for (base, quote) in divided {
        let exact = (AssetCode::parse(base), AssetCode::parse(quote));
        let capitals = (AssetCode::typed(base), AssetCode::typed(quote));
        for (base, quote) in [capitals, exact] {
            let pair = base.ok().zip(quote.ok());
            let pair = pair.and_then(|(base, quote)| Pair::parse(&format!("{base}-{quote}")).ok());
            pairs.extend(pair.filter(|pair| !pairs.contains(pair)));
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pair(text: &str) -> Pair {
        Pair::parse(text).unwrap()
    }

    fn list(many: usize) -> Watchlist {
        let pairs = (0..many).map(|number| pair(&format!("A{number}-USDT")));
        Watchlist::new(pairs.collect()).unwrap()
    }

    fn names(list: &Watchlist) -> Vec<String> {
        list.pairs().iter().map(Pair::to_string).collect()
    }

    #[test]
    fn five_pairs_against_usdt_are_watched_until_somebody_chooses() {
        assert_eq!(names(&Watchlist::default()), USUAL);
        assert_eq!(Watchlist::default().pairs().len(), FEWEST);
    }

    #[test]
    fn a_list_has_five_to_fifty_pairs_each_once() {
        let mut full = list(MOST);
        assert_eq!(full.add(pair("B-USDT")), Err(Unwatchable::TooMany));
        assert_eq!(full.add(pair("A7-USDT")), Err(Unwatchable::Twice));
        let mut short = list(FEWEST);
        assert_eq!(short.remove(&pair("A0-USDT")), Err(Unwatchable::TooFew));
        assert_eq!(short.remove(&pair("B-USDT")), Err(Unwatchable::Missing));
        let few = short.pairs()[1..].to_vec();
        assert_eq!(Watchlist::new(few), Err(Unwatchable::TooFew));
        let twice = [short.pairs(), &[pair("A3-USDT")]].concat();
        assert_eq!(Watchlist::new(twice), Err(Unwatchable::Twice));
        short.add(pair("B-USDT")).unwrap();
        short.remove(&pair("A0-USDT")).unwrap();
        assert_eq!(
            names(&short),
            ["A1-USDT", "A2-USDT", "A3-USDT", "A4-USDT", "B-USDT"]
        );
    }

    #[test]
    fn a_pair_moves_one_place_and_never_off_the_list() {
        let mut list = list(FEWEST);
        list.shift(&pair("A3-USDT"), Way::Up).unwrap();
        list.shift(&pair("A0-USDT"), Way::Up).unwrap();
        list.shift(&pair("A4-USDT"), Way::Down).unwrap();
        list.shift(&pair("A0-USDT"), Way::Down).unwrap();
        assert_eq!(
            names(&list),
            ["A1-USDT", "A0-USDT", "A3-USDT", "A2-USDT", "A4-USDT"]
        );
        assert_eq!(
            list.shift(&pair("B-USDT"), Way::Up),
            Err(Unwatchable::Missing)
        );
    }

    #[test]
    fn pairs_are_understood_as_people_type_them() {
        for typed in [
            "BTC-USDT",
            "btc/usdt",
            " btc_usdt ",
            "Btc Usdt",
            "btc - usdt",
        ] {
            assert_eq!(meant(typed).first(), Some(&pair("BTC-USDT")), "{typed}");
        }
        for typed in ["BTCUSDT", "btcusdt"] {
            assert!(meant(typed).contains(&pair("BTC-USDT")), "{typed}");
        }
        assert_eq!(
            meant("币安人生/usdt"),
            [pair("币安人生-USDT"), pair("币安人生-usdt")]
        );
        let slashed = "</b>-USDT";
        assert!(meant(slashed).contains(&pair(slashed)));
        let long = "A".repeat(130);
        for typed in [
            "",
            " ",
            "-",
            "B",
            "BTC-",
            "/USDT",
            "A-B-C",
            "\u{202E}A-B",
            &long,
        ] {
            assert_eq!(meant(typed), [], "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_more_pairs_than_it_has_places(text in "\\PC{0,140}") {
            prop_assert!(meant(&text).len() <= 2 * MOST_TYPED);
        }
    }
}
