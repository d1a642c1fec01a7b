//! Candles, read row by row: what cannot be is kept out and counted, and takes no other with it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;

use super::allow::Site;
use super::clock::SiteClocks;
use super::refused::Refusals;
use super::registry::Shared;
use super::rows::{Rows, amount, text};
use super::{Candles, CandlesAsked};
use crate::domain::amount::Amount;
use crate::domain::market::candle::{Candle, Fault, implausible};
use crate::domain::timestamp::Timestamp;

/// A row's fields, in the order of the exchange.
pub(super) struct Fields<'a>(Vec<&'a RawValue>);

impl<'a> Fields<'a> {
    /// The fields of a row; `None` when it is no list.
    pub(super) fn read(raw: &'a RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok().map(Self)
    }

    /// The text of a field that must be there.
    pub(super) fn text(&self, place: usize) -> Option<String> {
        text(self.0.get(place).copied()).ok()?
    }

    /// A moment in epoch milliseconds.
    pub(super) fn moment(&self, place: usize) -> Option<Timestamp> {
        Some(Timestamp(self.text(place)?.parse().ok()?))
    }

    /// An amount that must be there.
    pub(super) fn amount(&self, place: usize) -> Option<Amount> {
        amount(self.0.get(place).copied()).ok()?
    }
}

/// Who is told of rows that are kept out.
pub(super) struct Reader<'a> {
    pub(super) exchange: &'static str,
    pub(super) refusals: &'a Refusals,
    /// The moment by the exchange's clock.
    pub(super) now: Timestamp,
}

/// A candle and the row it was read from.
type Read<'a> = (Candle, &'a RawValue);

impl<'a> Reader<'a> {
    /// Who is told of rows that a site sent, by that site's clock as far as it is known.
    pub(super) fn new(
        exchange: &'static str,
        shared: &'a Shared,
        clocks: &SiteClocks,
        site: &Site,
    ) -> Self {
        let ahead_ms = clocks.known_ms(site.base.as_str());
        let now = Timestamp(clocks.local_ms());
        Self {
            exchange,
            refusals: &shared.refusals,
            now: now.plus_ms(ahead_ms.unwrap_or_default()),
        }
    }
}

impl Reader<'_> {
    /// The candles of an answer.
    pub(super) fn candles(
        &self,
        asked: &CandlesAsked<'_>,
        rows: &Rows<'_>,
        row: impl Fn(&RawValue) -> Option<Candle>,
    ) -> Candles {
        let mut read: Vec<Read<'_>> = Vec::new();
        for raw in rows.iter() {
            let candle = row(raw).ok_or(Fault::Unreadable);
            match candle.and_then(|candle| self.judged(asked, candle)) {
                Ok(candle) => read.push((candle, raw)),
                Err(fault) => self.refuse(fault, raw),
            }
        }
        read.sort_by_key(|(candle, _)| candle.open_time);
        self.plausible(asked, self.single(read))
    }

    /// Counts a row that is kept out.
    pub(super) fn refuse(&self, fault: Fault, raw: &RawValue) {
        let now_ms = self.now.0;
        self.refusals.note(self.exchange, fault, raw.get(), now_ms);
    }

    fn judged(&self, asked: &CandlesAsked<'_>, candle: Candle) -> Result<Candle, Fault> {
        candle.check(asked.interval, self.now)?;
        let within = (asked.from..=asked.to).contains(&candle.open_time);
        within.then_some(candle).ok_or(Fault::NotAsked)
    }

    /// Those of which there is one; of two that say the same, one.
    fn single<'r>(&self, read: Vec<Read<'r>>) -> Vec<Read<'r>> {
        let same = |a: &Read<'_>, b: &Read<'_>| a.0.open_time == b.0.open_time;
        let mut kept = Vec::with_capacity(read.len());
        for group in read.chunk_by(same) {
            match group {
                [first, others @ ..] if others.iter().all(|other| other.0 == first.0) => {
                    kept.push(first.clone());
                }
                _ => group
                    .iter()
                    .for_each(|(_, raw)| self.refuse(Fault::Twice, raw)),
            }
        }
        kept
    }

    /// Leaves out those whose volume cannot be beside those of their answer and those known around,
    /// unless they are to be believed.
    fn plausible(&self, asked: &CandlesAsked<'_>, read: Vec<Read<'_>>) -> Candles {
        let known = asked.around.iter().map(|one| (one.open_time, &one.volume));
        let own = read.iter().map(|(one, _)| (one.open_time, &one.volume));
        // Of two of a moment, the one that is told now counts.
        let volumes: BTreeMap<Timestamp, &Amount> = known.chain(own).collect();
        let odd = implausible(&volumes.values().copied().collect::<Vec<_>>());
        let odd = volumes.keys().zip(odd).filter(|(_, odd)| *odd);
        let odd: BTreeSet<Timestamp> = odd.map(|(open, _)| *open).collect();
        let mut told = Candles::default();
        for (candle, raw) in read {
            let open = candle.open_time;
            if odd.contains(&open) && !asked.believed.contains(&open) {
                self.refuse(Fault::ImplausibleVolume, raw);
                told.refused.push(open);
            } else {
                told.candles.push(candle);
            }
        }
        told
    }
}

#[cfg(test)]
mod tests;
