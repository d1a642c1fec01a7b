//! Small pictures of the last 24 whole hours, kept until the next hour is whole.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::StreamExt;
use futures::stream;

use super::WAIT;
use crate::domain::exchange::ExchangeId;
use crate::domain::market::Pair;
use crate::domain::market::board::Spark;
use crate::domain::market::interval::Interval;
use crate::domain::timestamp::Timestamp;
use crate::services::State;
use crate::services::market::{Asked, candles};

const HOUR_MS: i64 = 3_600_000;
const HOURS: i64 = 24;
/// How many are kept at most; then all begin anew.
const MOST_KEPT: usize = 2_000;
/// How long a pair is left alone of which nothing was told, in milliseconds.
const LEFT_ALONE_MS: i64 = 60_000;
/// How many pairs are read at once.
const AT_ONCE: usize = 4;

/// A pair at a place.
pub(super) type Place = (ExchangeId, Pair);

/// The pictures this process has drawn.
#[derive(Debug, Default)]
pub struct Cache(Mutex<Drawn>);

#[derive(Debug, Default)]
struct Drawn {
    /// The hour that they end with, counted from 1970.
    hour: i64,
    slots: HashMap<Place, Slot>,
}

#[derive(Debug)]
enum Slot {
    /// Somebody reads the candles.
    Awaited,
    /// It is drawn.
    Drawn(Spark),
    /// There was nothing to draw; until then nobody tries again.
    Nothing(Timestamp),
}

impl Slot {
    fn is_due(&self, now: Timestamp) -> bool {
        matches!(self, Self::Nothing(until) if *until <= now)
    }
}

impl Cache {
    /// Which of these places have to be read. Of all who ask, one is told so.
    fn missing(&self, places: &[Place], now: Timestamp) -> Vec<Place> {
        let (mut drawn, hour) = (self.drawn(), hour_of(now));
        if drawn.hour != hour || drawn.slots.len() >= MOST_KEPT {
            *drawn = Drawn {
                hour,
                slots: HashMap::new(),
            };
        }
        let is_due = |place: &&Place| drawn.slots.get(*place).is_none_or(|slot| slot.is_due(now));
        let missing: Vec<Place> = places.iter().filter(is_due).cloned().collect();
        let awaited = missing.iter().map(|place| (place.clone(), Slot::Awaited));
        drawn.slots.extend(awaited);
        missing
    }

    fn keep(&self, place: Place, hour: i64, slot: Slot) {
        let mut drawn = self.drawn();
        if drawn.hour == hour {
            drawn.slots.insert(place, slot);
        }
    }

    fn known(&self, places: &[Place]) -> HashMap<Pair, Spark> {
        let drawn = self.drawn();
        let known = |place: &Place| match drawn.slots.get(place)? {
            Slot::Drawn(spark) => Some((place.1.clone(), spark.clone())),
            Slot::Awaited | Slot::Nothing(_) => None,
        };
        places.iter().filter_map(known).collect()
    }

    fn drawn(&self) -> MutexGuard<'_, Drawn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hour_of(now: Timestamp) -> i64 {
    now.0.div_euclid(HOUR_MS)
}

/// The pictures of pairs at their places. Those that are not drawn yet are waited for a short while,
/// and drawn behind.
pub(super) async fn of(state: &State, places: &[Place], now: Timestamp) -> HashMap<Pair, Spark> {
    let missing = state.sparks.missing(places, now);
    if !missing.is_empty() {
        let own = state.clone();
        let work = async move {
            let draw = |place| draw(&own, place, now);
            stream::iter(missing)
                .for_each_concurrent(AT_ONCE, draw)
                .await;
        };
        if let Some(done) = state.tasks.spawn(work) {
            // What takes longer goes on without anybody waiting.
            let _ = tokio::time::timeout(WAIT, done).await;
        }
    }
    state.sparks.known(places)
}

async fn draw(state: &State, place: Place, now: Timestamp) {
    let hour = hour_of(now);
    let begin = |hours_ago: i64| Timestamp((hour - hours_ago) * HOUR_MS);
    let asked = Asked {
        exchange: place.0.clone(),
        pair: place.1.clone(),
        interval: Interval::Hour1,
        from: begin(HOURS),
        to: begin(1),
        limit: usize::try_from(HOURS).unwrap_or_default(),
    };
    let told = candles(state, &asked).await;
    let spark = told.map(|shown| Spark::draw(place.0.clone(), &shown.candles));
    let slot = match spark {
        Ok(Some(spark)) => Slot::Drawn(spark),
        Ok(None) | Err(_) => Slot::Nothing(now.plus_ms(LEFT_ALONE_MS)),
    };
    state.sparks.keep(place, hour, slot);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::amount::Amount;

    const NOW: Timestamp = Timestamp(1_767_225_600_000);

    fn place(base: &str) -> Place {
        let pair = Pair::parse(&format!("{base}-USDT")).unwrap();
        (ExchangeId::new("okx"), pair)
    }

    fn spark() -> Slot {
        Slot::Drawn(Spark {
            exchange: ExchangeId::new("okx"),
            path: "M0 0L1 1".to_owned(),
            first: Amount::one(),
            last: Amount::one(),
            low: Amount::one(),
            high: Amount::one(),
        })
    }

    #[test]
    fn of_all_who_ask_one_reads() {
        let cache = Cache::default();
        let both = [place("A"), place("B")];
        assert_eq!(cache.missing(&both[..1], NOW), both[..1]);
        assert_eq!(cache.missing(&both, NOW), both[1..]);
        assert_eq!(cache.missing(&both, NOW), []);
    }

    #[test]
    fn a_picture_stands_until_the_next_hour_is_whole() {
        let cache = Cache::default();
        let one = [place("A")];
        cache.missing(&one, NOW);
        cache.keep(place("A"), hour_of(NOW), spark());
        assert_eq!(cache.known(&one).len(), 1);
        let late = NOW.plus_ms(HOUR_MS - 1);
        assert_eq!(cache.missing(&one, late), []);
        assert_eq!(cache.missing(&one, NOW.plus_ms(HOUR_MS)), one);
        // What was read for the hour before comes too late.
        cache.keep(place("A"), hour_of(NOW), spark());
        assert_eq!(cache.known(&one).len(), 0);
    }

    #[test]
    fn where_nothing_was_told_nobody_asks_for_a_minute() {
        let cache = Cache::default();
        let one = [place("A")];
        cache.missing(&one, NOW);
        let until = NOW.plus_ms(LEFT_ALONE_MS);
        cache.keep(place("A"), hour_of(NOW), Slot::Nothing(until));
        assert_eq!(cache.missing(&one, NOW.plus_ms(LEFT_ALONE_MS - 1)), []);
        assert_eq!(cache.missing(&one, until), one);
    }

    #[test]
    fn no_more_than_so_many_are_kept() {
        let cache = Cache::default();
        let many: Vec<_> = (0..=MOST_KEPT).map(|n| place(&format!("A{n}"))).collect();
        cache.missing(&many[..MOST_KEPT], NOW);
        cache.missing(&many[MOST_KEPT..], NOW);
        assert_eq!(cache.drawn().slots.len(), 1);
    }
}
