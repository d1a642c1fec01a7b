//! Fewer points: as many as a picture can show, none of its ends, extremes and gaps lost.

use super::Told;

/// The most points of a series that are told; every stretch shows its lowest and its highest.
pub const MAX_TOLD: usize = 182;
/// How many of them are told wherever they lie: both ends, and both sides of the joint between days
/// from before the first recorded point and what was recorded.
const ENDS: usize = 4;

/// At most [`MAX_TOLD`]: the first, the last, those at the joint, and the lowest and highest of every
/// stretch between. What was not whole, or had no price, in one that is left out is told by the next.
pub fn fewer(points: Vec<Told>) -> Vec<Told> {
    if points.len() <= MAX_TOLD {
        return points;
    }
    let mut from = 0;
    let mut told = Vec::with_capacity(MAX_TOLD);
    for place in kept(&points) {
        if let Some(point) = gathered(&points[from..=place]) {
            told.push(point);
        }
        from = place + 1;
    }
    told
}

/// The places of the points that are told, in order.
fn kept(points: &[Told]) -> Vec<usize> {
    let last = points.len() - 1;
    let stretch = (points.len() - 2).div_ceil((MAX_TOLD - ENDS) / 2);
    let recorded = points.partition_point(|point| point.backfilled);
    let mut kept = vec![0, recorded.saturating_sub(1), recorded.min(last), last];
    for (number, some) in points[1..last].chunks(stretch).enumerate() {
        let low = (0..some.len()).min_by_key(|place| &some[*place].value);
        let high = (0..some.len()).max_by_key(|place| &some[*place].value);
        let ends = [low, high].into_iter().flatten();
        kept.extend(ends.map(|place| 1 + number * stretch + place));
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// The last of some points, with what those before it lack. All are of one kind, as both sides of the
/// joint are told.
fn gathered(points: &[Told]) -> Option<Told> {
    let any = |flag: fn(&Told) -> bool| points.iter().any(flag);
    Some(Told {
        unpriced: points.iter().map(|point| point.unpriced).max()?,
        partial: any(|point| point.partial),
        // A gap before one that is left out lies before the next.
        after_gap: any(|point| point.after_gap),
        ..points.last()?.clone()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::history::samples::amount;
    use crate::domain::timestamp::Timestamp;

    prop_compose! {
        /// Days from before the first recorded point, if any, and then what was recorded.
        fn points()(
            rows in proptest::collection::vec((-1000_i64..1000, 0_usize..40, 0_u8..60), 0..900),
            before in 0_usize..400,
        ) -> Vec<Told> {
            rows.iter().enumerate().map(|(n, (value, unpriced, chance))| Told {
                at: Timestamp(i64::try_from(n).unwrap()),
                value: amount(&value.to_string()),
                unpriced: unpriced.saturating_sub(30),
                partial: n < before || *chance == 1,
                after_gap: *chance == 2 && n > 0,
                backfilled: n < before,
            }).collect()
        }
    }

    /// The points of one kind from one moment, not included, to another.
    fn between(points: &[Told], from: Option<Timestamp>, to: &Told) -> Vec<Told> {
        let of_kind = |one: &&Told| one.backfilled == to.backfilled;
        let within = points.iter().filter(|one| one.at <= to.at);
        let within = within.filter(|one| from.is_none_or(|from| one.at > from));
        within.filter(of_kind).cloned().collect()
    }

    proptest! {
        #[test]
        fn few_points_keep_ends_extremes_and_gaps(points in points()) {
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

        #[test]
        fn nothing_that_was_not_whole_looks_whole(points in points()) {
            let few = fewer(points.clone());
            let mut from = None;
            for told in &few {
                let stretch = between(&points, from, told);
                prop_assert_eq!(told.partial, stretch.iter().any(|one| one.partial));
                prop_assert_eq!(Some(told.unpriced), stretch.iter().map(|one| one.unpriced).max());
                from = Some(told.at);
            }
        }

        #[test]
        fn days_from_before_and_what_was_recorded_meet_where_they_did(points in points()) {
            let few = fewer(points.clone());
            let joint = |points: &[Told]| {
                let begin = points.partition_point(|one| one.backfilled);
                let at = |one: Option<&Told>| one.map(|one| one.at);
                (at(points[..begin].last()), at(points[begin..].first()))
            };
            prop_assert_eq!(joint(&few), joint(&points));
        }
    }
}
