//! Files to take along: their names, their kinds, and how a row is written in each.

use super::cell::{Cell, quoted};
use crate::domain::timestamp::Timestamp;

/// What is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// What is held now.
    Holdings,
    /// What it was worth over time.
    History,
    /// What syncs did.
    Runs,
    /// Everything that is kept of a person.
    Everything,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, in UTF-8, with a line of names.
    Csv,
    /// RFC 8259.
    Json,
}

/// A file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// What is in it.
    pub subject: Subject,
    /// How it is written.
    pub format: Format,
}

impl Kind {
    /// All of them, by their names in addresses.
    pub const ALL: [(&'static str, Self); 7] = [
        ("holdings.csv", Self::of(Subject::Holdings, Format::Csv)),
        ("holdings.json", Self::of(Subject::Holdings, Format::Json)),
        ("history.csv", Self::of(Subject::History, Format::Csv)),
        ("history.json", Self::of(Subject::History, Format::Json)),
        ("runs.csv", Self::of(Subject::Runs, Format::Csv)),
        ("runs.json", Self::of(Subject::Runs, Format::Json)),
        (
            "everything.json",
            Self::of(Subject::Everything, Format::Json),
        ),
    ];

    const fn of(subject: Subject, format: Format) -> Self {
        Self { subject, format }
    }

    /// The file of a name in an address.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let found = Self::ALL.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, kind)| kind)
    }

    /// The name it is saved under: `coffer-holdings-2026-01-31.csv`. Nothing that anybody typed is
    /// in it.
    #[must_use]
    pub fn file_name(self, now: Timestamp) -> String {
        let known = Self::ALL.into_iter().find(|(_, kind)| *kind == self);
        let (what, ending) = known
            .and_then(|(name, _)| name.split_once('.'))
            .unwrap_or_default();
        format!("coffer-{what}-{}.{ending}", now.day())
    }
}

impl Format {
    /// Its type on the wire.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    /// A row, without what stands between rows.
    #[must_use]
    pub fn row<const N: usize>(self, columns: &[&str; N], cells: &[Cell; N]) -> String {
        match self {
            Self::Csv => {
                let fields: Vec<_> = cells.iter().map(Cell::csv).collect();
                fields.join(",") + "\r\n"
            }
            Self::Json => {
                let pairs = columns.iter().zip(cells);
                let pairs: Vec<_> = pairs
                    .map(|(name, cell)| format!("{}:{}", quoted(name), cell.json()))
                    .collect();
                format!("{{{}}}", pairs.join(","))
            }
        }
    }

    /// What stands before the rows: their names, or the facts of the whole file and the name of the
    /// list.
    #[must_use]
    pub fn head(self, list: &str, columns: &[&str], facts: &[(&str, Cell)]) -> String {
        match self {
            Self::Csv => columns.join(",") + "\r\n",
            Self::Json => {
                let facts: String = facts
                    .iter()
                    .map(|(name, cell)| format!(",\n{}:{}", quoted(name), cell.json()))
                    .collect();
                let version = super::VERSION;
                format!(
                    "{{\"coffer_export\":{version}{facts},\n{}:[\n",
                    quoted(list)
                )
            }
        }
    }

    /// What stands between two rows.
    #[must_use]
    pub fn between(self) -> &'static str {
        match self {
            Self::Csv => "",
            Self::Json => ",\n",
        }
    }

    /// What stands after the rows.
    #[must_use]
    pub fn tail(self) -> &'static str {
        match self {
            Self::Csv => "",
            Self::Json => "\n]}\n",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_after_what_is_in_them_and_the_day() {
        let now = Timestamp(1_795_262_400_000);
        let name = |address| Kind::parse(address).map(|kind| kind.file_name(now));
        assert_eq!(
            name("holdings.csv").unwrap(),
            "coffer-holdings-2026-11-21.csv"
        );
        assert_eq!(
            name("everything.json").unwrap(),
            "coffer-everything-2026-11-21.json"
        );
        for none in [
            "everything.csv",
            "holdings",
            "",
            "../holdings.csv",
            "HOLDINGS.CSV",
        ] {
            assert_eq!(name(none), None, "{none}");
        }
    }

    #[test]
    fn a_row_says_the_same_in_both_formats() {
        let (columns, cells) = (["a", "b"], [Cell::text("x\"y"), Cell::Count(2)]);
        assert_eq!(Format::Csv.row(&columns, &cells), "\"x\"\"y\",2\r\n");
        let row = Format::Json.row(&columns, &cells);
        assert_eq!(row, r#"{"a":"x\"y","b":2}"#);
        let facts = [("complete", Cell::Flag(false))];
        let head = Format::Json.head("rows", &columns, &facts);
        let whole = format!(
            "{head}{row}{}{row}{}",
            Format::Json.between(),
            Format::Json.tail()
        );
        let read: serde_json::Value = serde_json::from_str(&whole).unwrap();
        assert_eq!(
            (&read["coffer_export"], &read["rows"][1]["b"]),
            (&1.into(), &2.into())
        );
    }
}
