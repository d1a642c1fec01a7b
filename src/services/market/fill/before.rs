//! What was known of a stretch before the exchange was asked, and what is to be remembered of it then.

use crate::domain::market::candle::Candle;
use crate::domain::market::gaps::{Stretch, is_believed, is_settled, missing, remembered};
use crate::domain::market::interval::Interval;
use crate::domain::timestamp::Timestamp;
use crate::storage::candles::Gap;

/// What was known of a stretch, and of the candles around it, before the exchange was asked.
pub(super) struct Before<'a> {
    pub(super) stored: &'a [Candle],
    pub(super) gaps: &'a [Gap],
}

impl Before<'_> {
    /// When candles begin that are believed now whatever their volume.
    pub(super) fn believed(&self, now: Timestamp) -> Vec<Timestamp> {
        let of = |gap: &&Gap| gap.refused_at.is_some_and(|at| is_believed(at, now));
        let gaps = self.gaps.iter().filter(of);
        gaps.map(|gap| gap.stretch.0).collect()
    }

    /// The gap of a candle that was refused, and perhaps before.
    pub(super) fn refused(
        &self,
        interval: Interval,
        open: Timestamp,
        now: Timestamp,
    ) -> Option<Gap> {
        let end = interval.next(open)?;
        let mut gaps = self.gaps.iter();
        let earlier = gaps.find(|gap| gap.stretch.0 == open);
        let is_stored = self.stored.iter().any(|candle| candle.open_time == open);
        // What runs is judged again once it is over.
        (end <= now && !is_stored).then(|| Gap {
            stretch: (open, end),
            asked_at: now,
            refused_at: earlier.and_then(|gap| gap.refused_at).or(Some(now)),
        })
    }
}

/// Whether a gap need not be asked for again. Within `again`, what was refused is looked at once more
/// beside what came after it.
pub(super) fn is_left_alone(gap: &Gap, again: Stretch, now: Timestamp) -> bool {
    let is_within = gap.stretch.0 < again.1 && again.0 < gap.stretch.1;
    match gap.refused_at {
        Some(at) => !is_believed(at, now) && !is_within,
        None => is_settled(gap.stretch, gap.asked_at, now),
    }
}

/// What is to be remembered of a stretch that was asked for: candles that were refused, and where there
/// was none.
pub(super) fn gaps(
    interval: Interval,
    answered: Stretch,
    opens: impl Iterator<Item = Timestamp>,
    refused: Vec<Gap>,
    now: Timestamp,
) -> Vec<Gap> {
    let covered: Vec<Stretch> = refused.iter().map(|gap| gap.stretch).collect();
    let none = missing(interval, answered, opens, &covered).into_iter();
    let none = none.filter_map(|gap| remembered(interval, gap, now));
    let none = none.map(|stretch| Gap {
        stretch,
        asked_at: now,
        refused_at: None,
    });
    refused.into_iter().chain(none).collect()
}
