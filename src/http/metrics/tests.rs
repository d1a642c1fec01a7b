//! What the format makes of texts.

use super::text::{Kind, Text};

#[test]
fn texts_are_escaped_and_figures_stand_under_their_family() {
    let mut text = Text::default();
    let mut family = text.family("a_total", Kind::Counter, "One\\two\nthree \"four\".");
    family.sample(&[("b", "x\"y\\z\nw"), ("c", "")], 7);
    family.part("_sum", &[], "0.500000");
    text.single("d", Kind::Gauge, "Alone.", -1);
    let expected = "# HELP a_total One\\\\two\\nthree \"four\".\n# TYPE a_total counter\n\
                    a_total{b=\"x\\\"y\\\\z\\nw\",c=\"\"} 7\na_total_sum 0.500000\n\
                    # HELP d Alone.\n# TYPE d gauge\nd -1\n";
    assert_eq!(String::from(text), expected);
}
