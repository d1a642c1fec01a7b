//! Durations as people write them: `45s`, `30m`, `2h`, `7d`.

use std::time::Duration;

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;
/// The longest duration that can be set: ten years.
const MAX: Duration = Duration::from_secs(3_650 * SECONDS_PER_DAY);

/// Takes a whole number and its unit; `None` for anything else, for zero and for over ten years.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let count = text.strip_suffix(unit)?;
    if !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let unit_seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => SECONDS_PER_DAY,
        _ => return None,
    };
    let seconds = count.parse::<u64>().ok()?.checked_mul(unit_seconds)?;
    let duration = Duration::from_secs(seconds);
    (Duration::ZERO < duration && duration <= MAX).then_some(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_unit_are_a_duration() {
        for (text, seconds) in [("45s", 45), ("30m", 1_800), ("2h", 7_200), ("7d", 604_800)] {
            assert_eq!(parse(text), Some(Duration::from_secs(seconds)));
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "h",
            "2",
            "0m",
            "-2h",
            "+2h",
            "2 h",
            "2H",
            "1.5h",
            "2h30m",
            "2w",
            "3651d",
            "2é",
            "18446744073709551615d",
            "99999999999999999999s",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
