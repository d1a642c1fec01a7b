//! The places of a picture's points, as short as they stand in the page.

use super::Spot;

/// Writes places: `0,10000 5000,7500`.
#[must_use]
pub fn write(spots: &[Spot]) -> String {
    let one = |spot: &Spot| format!("{},{}", spot.x, spot.y);
    spots.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Reads what [`write`] wrote; what is no place is left out.
#[must_use]
pub fn read(text: &str) -> Vec<Spot> {
    let one = |pair: &str| {
        let (x, y) = pair.split_once(',')?;
        Some(Spot {
            x: x.parse().ok()?,
            y: y.parse().ok()?,
        })
    };
    text.split(' ').filter_map(one).collect()
}

/// The number of the place nearest to `x`, counted from 0; the first of several.
#[must_use]
pub fn nearest(spots: &[Spot], x: i64) -> Option<usize> {
    (0..spots.len()).min_by_key(|number| spots[*number].x.abs_diff(x))
}

/// A place on the plane as a share of the picture: `12.50%`.
#[must_use]
pub fn percent(place: i64) -> String {
    format!("{}.{:02}%", place / 100, place % 100)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::WIDTH;
    use super::*;

    fn spots(places: &[(i64, i64)]) -> Vec<Spot> {
        places.iter().map(|&(x, y)| Spot { x, y }).collect()
    }

    proptest! {
        #[test]
        fn places_are_read_as_they_were_written(places in proptest::collection::vec((0..=WIDTH, 0..=WIDTH), 0..200)) {
            let spots = spots(&places);
            let written = write(&spots);
            prop_assert!(written.len() <= spots.len() * 12);
            prop_assert_eq!(read(&written), spots);
        }
    }

    #[test]
    fn what_is_no_place_is_left_out() {
        assert_eq!(
            read("0,1 x,2 3 4,5,6 \u{2212}1,2 7,8"),
            spots(&[(0, 1), (7, 8)])
        );
    }

    #[test]
    fn the_nearest_place_is_found_from_either_side() {
        let spots = spots(&[(0, 9), (4000, 9), (4000, 5), (WIDTH, 1)]);
        let cases = [
            (-50, 0),
            (1999, 0),
            (2001, 1),
            (4000, 1),
            (7001, 3),
            (99_999, 3),
        ];
        for (x, number) in cases {
            assert_eq!(nearest(&spots, x), Some(number), "{x}");
        }
        assert_eq!(nearest(&[], 5), None);
    }

    #[test]
    fn places_are_shares_of_the_picture() {
        assert_eq!(percent(0), "0.00%");
        assert_eq!(percent(1250), "12.50%");
        assert_eq!(percent(9_007), "90.07%");
        assert_eq!(percent(WIDTH), "100.00%");
    }
}
