//! How many requests are under way at once, and how many ever were.

use std::{collections::BTreeMap, sync::Arc};

use super::Exchange;

/// What requests are counted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lane {
    /// All of an exchange's.
    Exchange(Exchange),
    /// All that an account's keys signed.
    Account(Exchange, Arc<str>),
    /// Those of them for one path.
    Path(Exchange, Arc<str>, String),
}

/// The requests under way, from their arrival until their answer begins.
#[derive(Debug, Default)]
pub(super) struct Flights(BTreeMap<Lane, Count>);

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    now: usize,
    highest: usize,
}

impl Flights {
    /// Counts a request in, and names the lanes to count it out of.
    pub(super) fn take_off(
        &mut self,
        exchange: Exchange,
        uid: Option<Arc<str>>,
        path: &str,
    ) -> Vec<Lane> {
        let mut lanes = vec![Lane::Exchange(exchange)];
        if let Some(uid) = uid {
            lanes.push(Lane::Account(exchange, Arc::clone(&uid)));
            lanes.push(Lane::Path(exchange, uid, path.to_owned()));
        }
        for lane in &lanes {
            let count = self.0.entry(lane.clone()).or_default();
            count.now += 1;
            count.highest = count.highest.max(count.now);
        }
        lanes
    }

    /// Counts a request out.
    pub(super) fn land(&mut self, lanes: &[Lane]) {
        for lane in lanes {
            if let Some(count) = self.0.get_mut(lane) {
                count.now = count.now.saturating_sub(1);
            }
        }
    }

    /// The most requests ever under way at once.
    pub(super) fn highest(&self, lane: &Lane) -> usize {
        self.0.get(lane).map_or(0, |count| count.highest)
    }

    /// Forgets the highest numbers; what is under way stays counted.
    pub(super) fn clear(&mut self) {
        self.0.retain(|_, count| count.now > 0);
        for count in self.0.values_mut() {
            count.highest = count.now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_number_outlives_the_requests() {
        let mut flights = Flights::default();
        let uid: Arc<str> = "7".into();
        let mut start = |path| flights.take_off(Exchange::Okx, Some(Arc::clone(&uid)), path);
        let (first, second) = (start("/a"), start("/b"));
        flights.land(&first);
        flights.land(&second);
        let again = flights.take_off(Exchange::Okx, None, "/a");
        let path = Lane::Path(Exchange::Okx, Arc::clone(&uid), "/a".to_owned());
        assert_eq!(flights.highest(&Lane::Exchange(Exchange::Okx)), 2);
        assert_eq!(flights.highest(&Lane::Account(Exchange::Okx, uid)), 2);
        assert_eq!(flights.highest(&path), 1);
        assert_eq!(flights.highest(&Lane::Exchange(Exchange::Binance)), 0);
        flights.clear();
        assert_eq!(flights.highest(&Lane::Exchange(Exchange::Okx)), 1);
        flights.land(&again);
    }
}
