//! How each exchange has fared lately: the last calls of this process, as long as they are news.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many calls of an exchange are remembered.
const MOST: usize = 200;
/// How long a call is news, in milliseconds.
const NEWS_MS: i64 = 15 * 60_000;

/// The last calls, by exchange.
#[derive(Debug, Default)]
pub(super) struct Vitals(Mutex<HashMap<String, VecDeque<Call>>>);

#[derive(Clone, Copy, Debug)]
struct Call {
    at_ms: i64,
    /// How long the answer took; `None` when there was none to be used.
    took: Option<Duration>,
}

/// What the last calls of an exchange came to, at most 200 of the last quarter of an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many calls were sent, those sent again included.
    pub calls: usize,
    /// How many were answered. A refusal is an answer; the word that it cannot answer now, or asks
    /// to wait, is none.
    pub answered: usize,
    /// How long half of the answers took at most, in milliseconds; `None` without any.
    pub latency_ms: Option<u64>,
}

impl Vitals {
    /// Notes a call to a place, and how long its answer took if there was one.
    pub(super) fn note(&self, place: &str, at_ms: i64, took: Option<Duration>) {
        let mut all = self.all();
        let calls = all.entry(exchange(place).to_owned()).or_default();
        if calls.len() >= MOST {
            calls.pop_front();
        }
        calls.push_back(Call { at_ms, took });
    }

    /// What the last calls of an exchange came to.
    pub(super) fn figures(&self, exchange: &str, now_ms: i64) -> Figures {
        let all = self.all();
        let is_news = |call: &&Call| now_ms.saturating_sub(call.at_ms) < NEWS_MS;
        let calls = all.get(exchange).into_iter().flatten().filter(is_news);
        let calls: Vec<_> = calls.map(|call| call.took).collect();
        let mut took: Vec<_> = calls.iter().flatten().map(Duration::as_millis).collect();
        took.sort_unstable();
        let median = took.get(took.len().saturating_sub(1) / 2);
        Figures {
            calls: calls.len(),
            answered: took.len(),
            latency_ms: median.and_then(|ms| u64::try_from(*ms).ok()),
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, VecDeque<Call>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The exchange of a place: its first word.
fn exchange(place: &str) -> &str {
    place.split(' ').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(vitals: &Vitals, at_ms: i64, took_ms: Option<u64>) {
        vitals.note("binance host", at_ms, took_ms.map(Duration::from_millis));
    }

    #[test]
    fn half_of_the_answers_took_no_longer_and_what_had_none_is_counted_apart() {
        let vitals = Vitals::default();
        for took in [Some(30), None, Some(10), Some(500), Some(20)] {
            note(&vitals, 0, took);
        }
        let figures = vitals.figures("binance", 1);
        assert_eq!((figures.calls, figures.answered), (5, 4));
        assert_eq!(figures.latency_ms, Some(20));
        assert_eq!(vitals.figures("okx", 1), Figures::default());
    }

    #[test]
    fn old_calls_are_no_news_and_many_are_not_all_kept() {
        let vitals = Vitals::default();
        for at in 0..1_000 {
            note(&vitals, at, Some(1));
        }
        assert_eq!(vitals.figures("binance", 999).calls, MOST);
        assert_eq!(vitals.figures("binance", NEWS_MS + 998).calls, 1);
        assert_eq!(vitals.figures("binance", NEWS_MS + 999).latency_ms, None);
    }
}
