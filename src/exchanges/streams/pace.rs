//! How long a stream may take for what.

use std::time::Duration;

use crate::exchanges::retry::delay_up_to;

/// The longest time between two tries to open a stream.
const LONGEST: Duration = Duration::from_secs(60);

/// How long a stream may take for what.
#[derive(Clone, Copy, Debug)]
pub struct StreamPace {
    /// From dialling to being open; also how long an answer to a message may take.
    pub opening: Duration,
    /// How long it may be silent before it is given up. Half of it passes before it is asked whether it
    /// is still there, where the exchange lets itself be asked.
    pub silence: Duration,
    /// How long it lives before it is opened anew, less a chance part of up to a tenth: exchanges cut
    /// streams off after 24 hours.
    pub life: Duration,
    /// The most time before it is opened again after it broke for the first time; it doubles with
    /// every other time, up to a minute.
    pub again: Duration,
}

impl Default for StreamPace {
    fn default() -> Self {
        Self {
            opening: Duration::from_secs(10),
            // Binance pings every 20 seconds, OKX closes after 30 without a word.
            silence: Duration::from_secs(45),
            life: Duration::from_secs(23 * 60 * 60),
            again: Duration::from_secs(1),
        }
    }
}

impl StreamPace {
    /// How long this stream lives.
    #[must_use]
    pub(super) fn life(&self, dice: u64) -> Duration {
        let tenth = u64::try_from(self.life.as_millis() / 10).unwrap_or(u64::MAX);
        self.life - Duration::from_millis(dice % tenth.saturating_add(1))
    }
}

/// How long to wait before a stream is opened that broke so many times in a row: by chance between
/// nothing and the most, so that those who lost theirs together do not come back together.
pub fn back_off(tries: u32, pace: StreamPace, dice: u64) -> Duration {
    delay_up_to(LONGEST, tries, pace.again, dice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_renewed_before_the_exchange_cuts_it_off() {
        let pace = StreamPace::default();
        for dice in [0, 1, 8_279_999, 8_280_000, u64::MAX] {
            let life = pace.life(dice);
            assert!(life <= Duration::from_secs(23 * 3_600), "{dice}");
            assert!(life >= Duration::from_secs(20 * 3_600), "{dice}");
        }
        assert_ne!(pace.life(0), pace.life(1));
    }

    #[test]
    fn streams_that_break_are_opened_ever_later_and_at_most_a_minute_later() {
        let pace = StreamPace::default();
        let most = |tries| {
            let dice = [0, 1, 999_999, 1_000_000, 60_000_000, 59_999_999];
            dice.map(|dice| back_off(tries, pace, dice))
                .into_iter()
                .max()
        };
        assert_eq!(most(1), Some(Duration::from_secs(1)));
        assert_eq!(most(40), Some(LONGEST));
        assert_eq!(back_off(3, pace, 0), Duration::ZERO);
    }
}
