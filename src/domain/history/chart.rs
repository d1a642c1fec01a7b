//! The picture of a history: where its lines run and which round numbers stand beside them.

use super::series::{HeldBack, History, Told};
use crate::domain::amount::Amount;
use crate::domain::chart::scale::levels;
use crate::domain::chart::{Mark, Spot, across, below, beside};
use crate::domain::timestamp::Timestamp;

/// What a stretch of the line is drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Whole readings.
    Whole,
    /// Readings of which some could not be had.
    Partial,
    /// Days before the first recorded point, of the spot wallet only. No line joins them to it.
    Backfilled,
    /// Nothing: the points at both ends are joined so that the eye can follow.
    Gap,
}

/// A part of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// What it is drawn from.
    pub ink: Ink,
    /// The path as SVG writes it: `M0 5L10 7`.
    pub path: String,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// The line, part by part.
    pub stretches: Vec<Stretch>,
    /// Every point's place, in order.
    pub spots: Vec<Spot>,
    /// The value that is held back; beyond the plane it has its place on the edge, so that the line
    /// is not flattened by what may be a mistake.
    pub held_back: Option<Spot>,
    /// Round values, from the lowest up.
    pub levels: Vec<Mark>,
    /// Round times, from the left.
    pub moments: Vec<Mark>,
}

impl Chart {
    /// Draws a history; `None` with fewer than two points.
    #[must_use]
    pub fn draw(history: &History) -> Option<Self> {
        let [first, .., last] = history.points.as_slice() else {
            return None;
        };
        let held_back = history.held_back.as_ref().and_then(valued);
        let end = held_back
            .as_ref()
            .map_or(last.at, |(at, _)| last.at.max(*at));
        let levels = levels(history.points.iter().map(|point| &point.value))?;
        let place = |at: Timestamp, value: &Amount| Spot {
            x: across(first.at, end, at),
            y: levels.place(value),
        };
        let spots: Vec<Spot> = history
            .points
            .iter()
            .map(|point| place(point.at, &point.value))
            .collect();
        Some(Self {
            stretches: stretches(&history.points, &spots),
            held_back: held_back.map(|(at, value)| place(at, &value)),
            levels: beside(&levels),
            moments: below(first.at, end),
            spots,
        })
    }
}

fn valued(held: &HeldBack) -> Option<(Timestamp, Amount)> {
    Some((held.at, held.value.clone()?))
}

/// Joins points; where what they are drawn from changes, the next stretch begins where the last
/// one ended. Points of the spot wallet only and points of everything are not joined.
fn stretches(points: &[Told], spots: &[Spot]) -> Vec<Stretch> {
    let begin = points.partition_point(|point| point.backfilled);
    let (points_before, points) = points.split_at(begin);
    let (spots_before, spots) = spots.split_at(begin);
    let mut stretches = joined(points_before, spots_before);
    stretches.extend(joined(points, spots));
    stretches
}

fn joined(points: &[Told], spots: &[Spot]) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for (points, spots) in points.windows(2).zip(spots.windows(2)) {
        let ([before, point], [from, to]) = (points, spots) else {
            continue;
        };
        let ink = if point.after_gap {
            Ink::Gap
        } else if point.backfilled {
            Ink::Backfilled
        } else if before.partial || point.partial {
            Ink::Partial
        } else {
            Ink::Whole
        };
        let step = format!("L{} {}", to.x, to.y);
        match stretches.last_mut() {
            Some(last) if last.ink == ink => last.path.push_str(&step),
            _ => stretches.push(Stretch {
                ink,
                path: format!("M{} {}{step}", from.x, from.y),
            }),
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::super::quarantine::Cause;
    use super::super::samples::amount;
    use super::super::series::Range;
    use super::*;
    use crate::domain::asset::AssetCode;
    use crate::domain::chart::{HEIGHT, WIDTH};
    use crate::domain::currency::Currency;

    fn told(at: i64, value: &str) -> Told {
        Told {
            at: Timestamp(at),
            value: amount(value),
            unpriced: 0,
            partial: false,
            after_gap: false,
            backfilled: false,
        }
    }

    fn history(points: Vec<Told>) -> History {
        History {
            points,
            ..History::tell(&[], Range::Month, Currency::Usd, Timestamp(0))
        }
    }

    #[test]
    fn a_line_runs_from_corner_to_corner_of_its_round_values() {
        let points = vec![told(0, "100"), told(50, "150"), told(100, "300")];
        let chart = Chart::draw(&history(points)).unwrap();
        let paths: Vec<_> = chart.stretches.iter().map(|s| s.path.as_str()).collect();
        assert_eq!(paths, ["M0 10000L5000 7500L10000 0"]);
        let labels: Vec<_> = chart.levels.iter().map(|m| m.label.as_str()).collect();
        assert_eq!(labels, ["100", "200", "300"]);
    }

    #[test]
    fn partial_stretches_and_gaps_are_lines_of_their_own() {
        let mut points: Vec<_> = (0..5).map(|n| told(n * 10, "1")).collect();
        points[1].partial = true;
        points[4].after_gap = true;
        let chart = Chart::draw(&history(points)).unwrap();
        let inks: Vec<_> = chart.stretches.iter().map(|stretch| stretch.ink).collect();
        assert_eq!(inks, [Ink::Partial, Ink::Whole, Ink::Gap]);
    }

    #[test]
    fn days_of_the_spot_wallet_only_are_joined_to_nothing_else() {
        let mut points: Vec<_> = (0..4).map(|n| told(n * 10, "1")).collect();
        for point in &mut points[..2] {
            (point.backfilled, point.partial) = (true, true);
        }
        let chart = Chart::draw(&history(points)).unwrap();
        let drawn: Vec<_> = chart.stretches.iter().collect();
        let inks: Vec<_> = drawn.iter().map(|stretch| stretch.ink).collect();
        assert_eq!(inks, [Ink::Backfilled, Ink::Whole]);
        let begins: Vec<_> = drawn
            .iter()
            .map(|stretch| stretch.path.split(' ').next().unwrap())
            .collect();
        assert_eq!(begins, ["M0", "M6666"]);
    }

    #[test]
    fn one_point_is_no_picture_and_equal_ones_are_a_flat_line() {
        assert_eq!(Chart::draw(&history(vec![told(0, "1")])), None);
        for value in ["0", "-7", "1000000"] {
            let chart = Chart::draw(&history(vec![told(0, value), told(9, value)])).unwrap();
            let heights: Vec<_> = chart.spots.iter().map(|spot| spot.y).collect();
            assert_eq!(heights[0], heights[1], "{value}");
            assert!((1..HEIGHT).contains(&heights[0]), "{value}: {heights:?}");
        }
    }

    #[test]
    fn what_is_held_back_flattens_no_line() {
        let mut history = history(vec![told(0, "100"), told(100, "120")]);
        history.held_back = Some(HeldBack {
            at: Timestamp(200),
            value: Some(amount("900")),
            cause: Cause::Price(AssetCode::parse("BTC").unwrap()),
        });
        let chart = Chart::draw(&history).unwrap();
        assert_eq!(chart.held_back, Some(Spot { x: WIDTH, y: 0 }));
        assert_eq!(chart.spots[1], Spot { x: WIDTH / 2, y: 0 });
    }

    #[test]
    fn any_value_and_any_time_can_be_drawn() {
        let huge = "9".repeat(100);
        let tiny = format!("0.{}1", "0".repeat(90));
        let points = vec![
            told(i64::MIN, &huge),
            told(0, &format!("-{huge}")),
            told(i64::MAX, &tiny),
        ];
        let chart = Chart::draw(&history(points)).unwrap();
        let inside = |spot: &Spot| (0..=WIDTH).contains(&spot.x) && (0..=HEIGHT).contains(&spot.y);
        assert!(chart.spots.iter().all(inside), "{:?}", chart.spots);
        assert!(chart.moments.len() <= 12, "{:?}", chart.moments);
    }
}
