//! What was read of pairs, each of which may come once in an answer.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::value::RawValue;

use super::candles::Reader;
use crate::domain::market::Pair;
use crate::domain::market::candle::Fault;

/// What was read of each pair. Of one that comes twice neither can be trusted.
pub(super) struct Singles<'a, T> {
    reader: &'a Reader<'a>,
    read: BTreeMap<Pair, Option<T>>,
}

impl<'a, T> Singles<'a, T> {
    /// Nothing was read yet.
    pub(super) fn new(reader: &'a Reader<'a>) -> Self {
        Self {
            reader,
            read: BTreeMap::new(),
        }
    }

    /// Keeps what a row told of a pair; a row of a pair that was told already is counted.
    pub(super) fn keep(&mut self, pair: Pair, told: T, raw: &RawValue) {
        match self.read.entry(pair) {
            Entry::Occupied(mut other) => {
                self.reader.refuse(Fault::Twice, raw);
                other.insert(None);
            }
            Entry::Vacant(own) => {
                own.insert(Some(told));
            }
        }
    }

    /// What was told once.
    pub(super) fn into_values(self) -> impl Iterator<Item = T> {
        self.read.into_values().flatten()
    }
}
