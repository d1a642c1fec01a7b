//! Fewer points: as many as a picture can show, none of its ends, extremes and gaps lost.

use super::Told;

/// The most points of a series that are told; every stretch shows its lowest and its highest.
pub const MAX_TOLD: usize = 182;

/// At most [`MAX_TOLD`]: the first, the last, and the lowest and highest of every stretch between.
pub fn fewer(points: Vec<Told>) -> Vec<Told> {
    if points.len() <= MAX_TOLD {
        return points;
    }
    let stretch = (points.len() - 2).div_ceil((MAX_TOLD - 2) / 2);
    let last = points.len() - 1;
    let mut kept = Vec::with_capacity(MAX_TOLD);
    for (number, some) in points[1..last].chunks(stretch).enumerate() {
        let low = (0..some.len()).min_by_key(|place| &some[*place].value);
        let high = (0..some.len()).max_by_key(|place| &some[*place].value);
        kept.extend(
            [low, high]
                .into_iter()
                .flatten()
                .map(|place| 1 + number * stretch + place),
        );
    }
    kept.extend([0, last]);
    kept.sort_unstable();
    kept.dedup();
    let mut from = 0;
    let mut told = Vec::with_capacity(kept.len());
    for place in kept {
        // A gap before one that is left out lies before the next.
        let after_gap = points[from..=place].iter().any(|point| point.after_gap);
        told.push(Told {
            after_gap,
            ..points[place].clone()
        });
        from = place + 1;
    }
    told
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::history::samples::amount;
    use crate::domain::timestamp::Timestamp;

    proptest! {
        #[test]
        fn few_points_keep_ends_extremes_and_gaps(values in proptest::collection::vec(-1000_i64..1000, 0..900)) {
            let points: Vec<_> = values.iter().enumerate().map(|(n, value)| Told {
                at: Timestamp(i64::try_from(n).unwrap()),
                value: amount(&value.to_string()),
                unpriced: 0,
                partial: false,
                after_gap: value % 50 == 7 && n > 0,
                backfilled: n < 30,
            }).collect();
            let few = fewer(points.clone());
            prop_assert!(few.len() <= MAX_TOLD);
            prop_assert!(few.windows(2).all(|pair| pair[0].at < pair[1].at));
            let ends = |points: &[Told]| (points.first().map(|p| p.at), points.last().map(|p| p.at));
            prop_assert_eq!(ends(&few), ends(&points));
            let range = |points: &[Told]| {
                let values = || points.iter().map(|p| p.value.clone());
                (values().min(), values().max())
            };
            prop_assert_eq!(range(&few), range(&points));
            let gap = |points: &[Told]| points.iter().any(|p| p.after_gap);
            prop_assert_eq!(gap(&few), gap(&points));
        }
    }
}
