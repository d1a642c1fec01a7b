//! The table that is printed at the end: faults tried and survived, by group.

use std::fmt::Write;

/// A group's figures.
struct Line {
    group: String,
    tried: usize,
    survived: usize,
}

/// What became of every fault.
#[derive(Default)]
pub struct Table {
    lines: Vec<Line>,
    /// Every fault, with what the person saw.
    record: String,
    failures: Vec<String>,
}

impl Table {
    /// Counts a fault, with what was seen.
    pub fn count(&mut self, group: &str, title: &str, outcome: Result<String, String>) {
        let line = self.line(group);
        line.tried += 1;
        line.survived += usize::from(outcome.is_ok());
        match outcome {
            Ok(seen) => writeln!(self.record, "survived | {title} | {seen}").unwrap(),
            Err(seen) => {
                writeln!(self.record, "FAILED | {title} | {seen}").unwrap();
                self.failures.push(format!("{title}: {seen}"));
            }
        }
    }

    /// Takes over what another table counted.
    pub fn join(&mut self, other: Self) {
        for theirs in other.lines {
            let ours = self.line(&theirs.group);
            ours.tried += theirs.tried;
            ours.survived += theirs.survived;
        }
        self.record.push_str(&other.record);
        self.failures.extend(other.failures);
    }

    fn line(&mut self, group: &str) -> &mut Line {
        let place = self.lines.iter().position(|line| line.group == group);
        let place = place.unwrap_or_else(|| {
            self.lines.push(Line {
                group: group.to_owned(),
                tried: 0,
                survived: 0,
            });
            self.lines.len() - 1
        });
        &mut self.lines[place]
    }

    /// The table as text, under a heading.
    pub fn text(&self, heading: &str) -> String {
        let mut text = format!("{heading:<36} tried  survived\n");
        for line in &self.lines {
            let Line {
                group,
                tried,
                survived,
            } = line;
            writeln!(text, "{group:<36} {tried:>5}  {survived:>8}").unwrap();
        }
        let tried: usize = self.lines.iter().map(|line| line.tried).sum();
        let survived: usize = self.lines.iter().map(|line| line.survived).sum();
        write!(text, "{:<36} {tried:>5}  {survived:>8}", "all").unwrap();
        text
    }

    /// Every fault on a line of its own, and what the person saw.
    pub fn record(&self) -> &str {
        &self.record
    }

    /// Nothing failed.
    pub fn assert_survived(&self) {
        assert!(self.failures.is_empty(), "{}", self.failures.join("\n"));
    }
}
