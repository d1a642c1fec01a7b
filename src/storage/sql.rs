//! Pieces of SQL that depend on how many values there are.

/// `$3, $4` for two values that follow two others.
pub fn places(first: usize, count: usize) -> String {
    let places: Vec<_> = (first..first + count).map(|n| format!("${n}")).collect();
    places.join(", ")
}

/// `($3, $4), ($5, $6)` for two rows of two values that follow two others.
pub fn rows(first: usize, count: usize, columns: usize) -> String {
    let row = |n: usize| format!("({})", places(first + n * columns, columns));
    (0..count).map(row).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_through() {
        assert_eq!(places(2, 3), "$2, $3, $4");
        assert_eq!(rows(1, 2, 3), "($1, $2, $3), ($4, $5, $6)");
        assert_eq!(rows(3, 2, 1), "($3), ($4)");
    }
}
