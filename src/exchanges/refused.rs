//! What exchanges told of the market and was kept out: counted by reason, and shown to the log.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::market::candle::Fault;

/// How often a reason is told to the log at most, for one exchange, in milliseconds.
const TELL_EVERY_MS: i64 = 60_000;
/// The most characters of what was refused that are told.
const MOST_CHARS: usize = 200;

/// What was kept out since this process began, by exchange and reason.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<BTreeMap<(String, Fault), Seen>>);

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    count: u64,
    told_at_ms: Option<i64>,
}

impl Refusals {
    /// Counts what was kept out. What it was goes to the log, once a minute: prices are no secret.
    pub(super) fn note(&self, exchange: &str, fault: Fault, raw: &str, now_ms: i64) {
        let mut all = self.all();
        let seen = all.entry((exchange.to_owned(), fault)).or_default();
        seen.count = seen.count.saturating_add(1);
        let is_news = |at: i64| now_ms.saturating_sub(at) >= TELL_EVERY_MS;
        if seen.told_at_ms.is_none_or(is_news) {
            seen.told_at_ms = Some(now_ms);
            let (count, reason) = (seen.count, fault.as_str());
            drop(all);
            let raw: String = raw.chars().take(MOST_CHARS).collect();
            tracing::warn!(exchange, reason, count, ?raw, "market data was kept out");
        }
    }

    /// How often which reason was noted for an exchange; reasons that never were are left out.
    pub(super) fn counts(&self, exchange: &str) -> Vec<(Fault, u64)> {
        let all = self.all();
        let own = all.iter().filter(|((name, _), _)| name == exchange);
        own.map(|((_, fault), seen)| (*fault, seen.count)).collect()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<(String, Fault), Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::Arc;

    use super::*;

    #[test]
    fn reasons_are_counted_by_exchange() {
        let refusals = Refusals::default();
        for (exchange, fault) in [
            ("binance", Fault::NoPrice),
            ("okx", Fault::NoPrice),
            ("binance", Fault::NoPrice),
            ("binance", Fault::Twice),
        ] {
            refusals.note(exchange, fault, "\u{202e}[1]", 5);
        }
        let counts = refusals.counts("binance");
        assert_eq!(counts, [(Fault::Twice, 1), (Fault::NoPrice, 2)]);
        assert_eq!(refusals.counts("okx"), [(Fault::NoPrice, 1)]);
        assert_eq!(refusals.counts("kraken"), []);
    }

    /// What stands in the log of this thread.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_was_refused_stands_in_the_log_as_it_came() {
        let log = Log::default();
        let writer = log.clone();
        let lines = tracing_subscriber::fmt().with_writer(move || writer.clone());
        // While there is only one, whatever thread comes first to a message decides for all threads
        // whether it is told.
        let _second = tracing::Dispatch::new(tracing_subscriber::registry());
        tracing::subscriber::with_default(lines.with_ansi(false).finish(), || {
            let refusals = Refusals::default();
            let row = r#"[60000,"2","3","1","4.000","5"]"#;
            refusals.note("binance", Fault::HighTooLow, row, 5);
            refusals.note("binance", Fault::HighTooLow, "again", 6);
            refusals.note("okx", Fault::Unreadable, "\u{202e}\n<b>", 5);
        });
        let told = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<_> = told.lines().collect();
        assert_eq!(lines.len(), 2, "{told}");
        for part in [
            "WARN",
            "kept out",
            "binance",
            "high_too_low",
            r#"\"4.000\""#,
        ] {
            assert!(lines[0].contains(part), "{part}: {told}");
        }
        assert!(lines[1].contains(r"\u{202e}\n<b>"), "{told}");
    }

    #[test]
    fn a_flood_of_refusals_is_told_once_a_minute() {
        let refusals = Refusals::default();
        let told = |now_ms| {
            refusals.note("okx", Fault::Twice, "x", now_ms);
            let all = refusals.all();
            all[&("okx".to_owned(), Fault::Twice)].told_at_ms
        };
        assert_eq!([told(0), told(59_999)], [Some(0), Some(0)]);
        assert_eq!([told(60_000), told(60_001)], [Some(60_000), Some(60_000)]);
    }
}
