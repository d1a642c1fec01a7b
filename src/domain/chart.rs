//! What all pictures share: the plane they are drawn on, and the round numbers beside it.
//!
//! Places are whole numbers on a plane of [`WIDTH`] by [`HEIGHT`], counted from its upper left.

pub mod scale;
pub mod spots;

use scale::{Levels, moments};

use super::amount::Amount;
use super::timestamp::Timestamp;

/// How wide the plane is.
pub const WIDTH: i64 = 10_000;
/// How high the plane is.
pub const HEIGHT: i64 = 10_000;

/// A round number and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// How far from the left, or from the top.
    pub place: i64,
    /// The number, or the time.
    pub label: String,
}

/// A place on the plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// From the left.
    pub x: i64,
    /// From the top.
    pub y: i64,
}

/// How far from the left a moment stands between two others.
#[must_use]
pub fn across(from: Timestamp, to: Timestamp, at: Timestamp) -> i64 {
    let since = |moment: Timestamp| i128::from(moment.0) - i128::from(from.0);
    let place = since(at) * i128::from(WIDTH) / since(to).max(1);
    i64::try_from(place.clamp(0, i128::from(WIDTH))).unwrap_or(WIDTH)
}

/// Round values beside the plane, from the lowest up.
#[must_use]
pub fn beside(levels: &Levels) -> Vec<Mark> {
    let mark = |value: &Amount| Mark {
        place: levels.place(value),
        label: compact(value),
    };
    levels.values.iter().map(mark).collect()
}

/// Round times below the plane, from the left.
#[must_use]
pub fn below(from: Timestamp, to: Timestamp) -> Vec<Mark> {
    let mark = |(at, label)| Mark {
        place: across(from, to, at),
        label,
    };
    moments(from, to).into_iter().map(mark).collect()
}

/// A round value in few characters: `950`, `12,500`, `1.25 M`.
#[must_use]
pub fn compact(value: &Amount) -> String {
    let units = [
        ("1e12", "1e-12", " T"),
        ("1e9", "1e-9", " B"),
        ("1e6", "1e-6", " M"),
    ];
    let written = units.iter().find_map(|(least, part, unit)| {
        let (least, part) = (Amount::parse(least).ok()?, Amount::parse(part).ok()?);
        (value.abs() >= least).then(|| format!("{}{unit}", value.times(&part).grouped()))
    });
    let written = written.unwrap_or_else(|| value.grouped());
    written.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_values_are_short() {
        let cases = [
            ("950", "950"),
            ("12500", "12,500"),
            ("-1250000", "\u{2212}1.25 M"),
            ("2000000000", "2 B"),
            ("0.00000001", "0.00000001"),
        ];
        for (value, label) in cases {
            assert_eq!(compact(&Amount::parse(value).unwrap()), label);
        }
    }

    #[test]
    fn any_moment_has_its_place_on_the_plane() {
        let (from, to) = (Timestamp(100), Timestamp(200));
        let places = [i64::MIN, 100, 150, 200, i64::MAX].map(|at| across(from, to, Timestamp(at)));
        assert_eq!(places, [0, 0, WIDTH / 2, WIDTH, WIDTH]);
        assert_eq!(across(from, from, from), 0);
    }
}
