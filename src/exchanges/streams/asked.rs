//! Which pairs a stream of prices was asked for, and what is to be asked next.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::market::Pair;

/// The pairs that a stream was asked for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// As the exchange spells them.
    pairs: BTreeMap<String, Pair>,
    /// Those of them that the exchange does not list.
    unlisted: BTreeSet<String>,
}

/// What is to be sent next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Ask(Vec<(String, Pair)>),
    Leave(Vec<String>),
}

impl Asked {
    /// A stream that was opened for these.
    pub(super) fn of(pairs: impl Iterator<Item = (String, Pair)>) -> Self {
        Self {
            pairs: pairs.collect(),
            unlisted: BTreeSet::new(),
        }
    }

    /// The pair that the exchange spells so, if it was asked for.
    pub(super) fn pair(&self, name: &str) -> Option<&Pair> {
        self.pairs.get(name)
    }

    /// Notes that the exchange does not list a pair; false for one that was not asked for.
    pub(super) fn is_unlisted(&mut self, name: &str) -> bool {
        let known = self.pairs.contains_key(name);
        if known {
            self.unlisted.insert(name.to_owned());
        }
        known
    }

    /// The next message for these pairs, of which a stream carries so many and a message so many: what
    /// is new comes before what is over, as far as there is room for it.
    pub(super) fn step(
        &self,
        wanted: &BTreeMap<String, Pair>,
        (most, at_once): (usize, usize),
    ) -> Option<Step> {
        let room = most.saturating_sub(self.pairs.len()).min(at_once);
        let new = wanted
            .iter()
            .filter(|(name, _)| !self.pairs.contains_key(*name));
        let new = new.take(room);
        let new: Vec<_> = new
            .map(|(name, pair)| (name.clone(), pair.clone()))
            .collect();
        if !new.is_empty() {
            return Some(Step::Ask(new));
        }
        let over = self.pairs.keys().filter(|name| !wanted.contains_key(*name));
        let over: Vec<_> = over.take(at_once).cloned().collect();
        (!over.is_empty()).then_some(Step::Leave(over))
    }

    /// Notes pairs that are asked for.
    pub(super) fn ask(&mut self, new: Vec<(String, Pair)>) {
        self.pairs.extend(new);
    }

    /// Notes pairs that are left; answers those that the exchange knows of.
    pub(super) fn leave<'n>(&mut self, over: &'n [String]) -> Vec<&'n str> {
        for name in over {
            self.pairs.remove(name);
        }
        let unlisted = &mut self.unlisted;
        let known = over.iter().filter(|name| !unlisted.remove(*name));
        known.map(String::as_str).collect()
    }
}

/// Pairs as the exchange spells them, as many as a stream carries. What no exchange would call a pair is
/// left out, and so are two that are spelt alike: nobody could tell whose prices come.
pub(super) fn named<'p>(
    pairs: impl Iterator<Item = &'p Pair>,
    name: impl Fn(&Pair) -> String,
    most: usize,
) -> BTreeMap<String, Pair> {
    let mut named: BTreeMap<String, Option<&Pair>> = BTreeMap::new();
    for pair in pairs.filter(|pair| is_plain(pair)) {
        let taken = named.entry(name(pair));
        taken.and_modify(|one| *one = None).or_insert(Some(pair));
    }
    let single = named
        .into_iter()
        .filter_map(|(name, pair)| Some((name, pair?.clone())));
    single.take(most).collect()
}

fn is_plain(pair: &Pair) -> bool {
    let codes = [pair.base.as_str(), pair.quote.as_str()];
    let mut signs = codes.into_iter().flat_map(str::chars);
    signs.all(|sign| sign.is_alphanumeric() || "-_.".contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(names: &[&str]) -> BTreeMap<String, Pair> {
        let pairs: Vec<_> = names
            .iter()
            .map(|name| Pair::parse(name).unwrap())
            .collect();
        named(pairs.iter(), Pair::to_string, 100)
    }

    #[test]
    fn a_full_stream_leaves_before_it_asks() {
        let mut asked = Asked::of(pairs(&["A-X", "B-X", "C-X"]).into_iter());
        let wanted = pairs(&["B-X", "C-X", "D-X", "E-X"]);
        let over = Step::Leave(vec!["A-X".to_owned()]);
        assert_eq!(asked.step(&wanted, (3, 10)), Some(over));
        assert_eq!(asked.leave(&["A-X".to_owned()]), ["A-X"]);
        let Some(Step::Ask(new)) = asked.step(&wanted, (3, 10)) else {
            panic!("there is room for one");
        };
        assert_eq!(new.len(), 1);
        asked.ask(new);
        assert_eq!(asked.step(&wanted, (3, 10)), None);
        // Where there is room, what is new comes first, so many at once.
        let Some(Step::Ask(new)) = asked.step(&pairs(&["F-X", "G-X", "H-X"]), (9, 2)) else {
            panic!("there is room");
        };
        assert_eq!(new.len(), 2);
    }

    #[test]
    fn what_was_not_asked_for_is_not_remembered_as_unlisted() {
        let mut asked = Asked::of(pairs(&["A-X"]).into_iter());
        assert!(!asked.is_unlisted("made up"));
        assert!(asked.unlisted.is_empty());
        assert!(asked.is_unlisted("A-X"));
        assert_eq!(asked.leave(&["A-X".to_owned()]), [""; 0]);
        assert!(asked.unlisted.is_empty());
    }

    #[test]
    fn no_pair_takes_the_prices_of_another_or_spells_something_else() {
        let wanted = ["BTC-USDT", "BTCU-SDT", "ETH-USDT", "A/B@trade-USDT"];
        let wanted: Vec<_> = wanted
            .iter()
            .filter_map(|name| Pair::parse(name).ok())
            .collect();
        let glued = |pair: &Pair| format!("{}{}", pair.base, pair.quote);
        let named: Vec<_> = named(wanted.iter(), glued, 10).into_keys().collect();
        assert_eq!(named, ["ETHUSDT"]);
    }
}
