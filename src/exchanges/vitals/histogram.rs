//! How long answers took, counted in steps that grow with them: whole numbers and fixed memory.

/// Up to so many milliseconds every one has a step of its own; above, every doubling has as many
/// steps, so that none is wider than an eighth of what it holds.
const FINE: u64 = 8;
/// How often that doubles: up to 32,768 milliseconds, longer than any answer may take.
const DOUBLINGS: usize = 12;
/// The steps, and a last one for whatever is longer.
const STEPS: usize = FINE as usize * (1 + DOUBLINGS) + 1;

/// Counts of times by step.
#[derive(Clone, Debug)]
pub(super) struct Histogram {
    counts: [u64; STEPS],
    longest_ms: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            counts: [0; STEPS],
            longest_ms: 0,
        }
    }
}

impl Histogram {
    /// Counts one more. Nothing takes less than a millisecond here.
    pub(super) fn add(&mut self, ms: u64) {
        let ms = ms.max(1);
        if let Some(count) = self.counts.get_mut(step(ms)) {
            *count = count.saturating_add(1);
        }
        self.longest_ms = self.longest_ms.max(ms);
    }

    /// Adds what was counted elsewhere.
    pub(super) fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count = count.saturating_add(more);
        }
        self.longest_ms = self.longest_ms.max(other.longest_ms);
    }

    /// How many there are.
    pub(super) fn total(&self) -> u64 {
        let counts = self.counts.iter();
        counts.fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// What so many of a hundred took at most, in milliseconds, at most an eighth too long; `None`
    /// when there is nothing.
    pub(super) fn percentile(&self, of_hundred: u64) -> Option<u64> {
        let total = self.total();
        let rank = total.saturating_mul(of_hundred).div_ceil(100).max(1);
        let mut below = 0_u64;
        for (step, count) in self.counts.iter().enumerate() {
            below = below.saturating_add(*count);
            if below >= rank {
                return Some(most_ms(step).min(self.longest_ms));
            }
        }
        None
    }

    /// How many took at most so many milliseconds, which must be a power of two up to 32,768.
    pub(super) fn at_most(&self, ms: u64) -> u64 {
        let steps = self.counts.iter().enumerate();
        steps
            .filter(|(step, _)| most_ms(*step) <= ms)
            .fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }
}

/// The step that so many milliseconds belong to, one at least.
fn step(ms: u64) -> usize {
    let below = ms - 1;
    if below < FINE {
        return below as usize;
    }
    let doubling = below.ilog2() - FINE.ilog2();
    let part = (below >> doubling) - FINE;
    let step = FINE * (u64::from(doubling) + 1) + part;
    usize::try_from(step).map_or(STEPS - 1, |step| step.min(STEPS - 1))
}

/// The most milliseconds that belong to a step; the last one has no end.
fn most_ms(step: usize) -> u64 {
    let step = step as u64;
    match step / FINE {
        _ if step + 1 >= STEPS as u64 => u64::MAX,
        0 => step + 1,
        round => (FINE + step % FINE + 1) << (round - 1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn counted(times: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        times.iter().for_each(|ms| histogram.add(*ms));
        histogram
    }

    #[test]
    fn every_step_holds_what_is_above_the_one_before_up_to_its_end() {
        for ms in 1..=40_000 {
            let step = step(ms);
            assert!(ms <= most_ms(step), "{ms}");
            assert!(step == 0 || ms > most_ms(step - 1), "{ms}");
        }
        assert_eq!(step(32_768), STEPS - 2);
        assert_eq!(step(u64::MAX), STEPS - 1);
    }

    #[test]
    fn powers_of_two_are_ends_of_steps() {
        for power in 0..=15 {
            assert_eq!(most_ms(step(1 << power)), 1 << power);
        }
    }

    #[test]
    fn without_a_time_there_is_nothing_to_tell() {
        assert_eq!(Histogram::default().percentile(50), None);
        assert_eq!(counted(&[0]).percentile(99), Some(1));
        assert_eq!(counted(&[90_000]).percentile(99), Some(90_000));
    }

    proptest! {
        #[test]
        fn percentiles_are_those_of_a_sorted_list_within_the_width_of_a_step(
            mut times in vec(prop_oneof![1_u64..64, 1_u64..30_000], 1..300),
            of_hundred in 1_u64..=100,
        ) {
            let told = counted(&times).percentile(of_hundred).unwrap();
            times.sort_unstable();
            let rank = (times.len() as u64 * of_hundred).div_ceil(100) as usize;
            let exact = times[rank - 1];
            prop_assert!(exact <= told && told <= exact + exact / 8, "{exact} {told}");
        }

        #[test]
        fn counts_up_to_a_power_of_two_are_exact(
            times in vec(1_u64..60_000, 0..300),
            power in 0_u32..=15,
        ) {
            let most = 1 << power;
            let exact = times.iter().filter(|ms| **ms <= most).count();
            prop_assert_eq!(counted(&times).at_most(most), exact as u64);
        }

        #[test]
        fn what_was_counted_apart_is_the_same_together(
            one in vec(1_u64..60_000, 0..100),
            other in vec(1_u64..60_000, 0..100),
        ) {
            let mut merged = counted(&one);
            merged.merge(&counted(&other));
            let together = counted(&[one, other].concat());
            prop_assert_eq!(merged.counts, together.counts);
            prop_assert_eq!(merged.longest_ms, together.longest_ms);
        }
    }
}
