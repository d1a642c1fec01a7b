//! Names that want to be markup or formulas, in every file there is.

use std::collections::BTreeSet;

use coffer::domain::takeout::file;
use serde_json::Value;

use super::{assert_harmless, csv, json, taken};
use crate::hostile::{Hostile, NAMES};
use crate::support::{Kind, Page, on_both_databases};

on_both_databases![every_file_holds_hostile_names_as_text_and_as_no_formula];

/// The columns that hold names, by the beginning of the file's name.
const COLUMNS: [(&str, &[&str]); 3] = [
    // Nothing is held in the portfolios that are called so.
    ("holdings", &["asset", "label", "note"]),
    ("history", &["portfolio"]),
    ("runs", &["label"]),
];

/// The lists of documents that hold names, each with the field that does.
const LISTS: [(&str, &[(&str, &str)]); 4] = [
    (
        "holdings",
        &[
            ("holdings", "asset"),
            ("holdings", "label"),
            ("holdings", "note"),
        ],
    ),
    ("history", &[("points", "portfolio")]),
    ("runs", &[("runs", "label")]),
    (
        "everything",
        &[
            ("portfolios", "name"),
            ("connections", "label"),
            ("holdings", "asset"),
            ("manual_holdings", "label"),
            ("manual_holdings", "note"),
            ("runs", "label"),
        ],
    ),
];

/// A field without its quotes, and without those that keep it from being a formula.
fn plain(field: &str) -> String {
    let text = field.trim_matches('"').replace("\"\"", "\"");
    text.replace('\'', "")
}

fn in_table(page: &Page, file: &str) {
    let rows = csv(page);
    rows.iter().flatten().for_each(assert_harmless);
    let (_, columns) = COLUMNS
        .iter()
        .find(|(kind, _)| file.starts_with(kind))
        .unwrap();
    for column in *columns {
        let told: BTreeSet<_> = rows.iter().map(|row| plain(&row[*column])).collect();
        for name in NAMES {
            assert!(
                told.contains(&plain(&format!("\"{}\"", name.replace('"', "\"\"")))),
                "{file}, {column}: {name}: {told:?}"
            );
        }
    }
}

fn in_document(page: &Page, file: &str) {
    let document = json(page);
    let (_, lists) = LISTS
        .iter()
        .find(|(kind, _)| file.starts_with(kind))
        .unwrap();
    for (list, field) in *lists {
        let told: BTreeSet<_> = document[list]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one[field].as_str())
            .collect();
        for name in NAMES {
            assert!(told.contains(name), "{file}, {list}/{field}: {name}");
        }
    }
    assert_eq!(document["coffer_export"], Value::from(1));
}

async fn every_file_holds_hostile_names_as_text_and_as_no_formula(kind: Kind) {
    let hostile = Hostile::new(kind).await;
    for (file, _) in file::Kind::ALL {
        let page = taken(&hostile.scene.browser, file).await;
        if file.ends_with(".csv") {
            in_table(&page, file);
        } else {
            in_document(&page, file);
        }
        // Nothing that was typed is in what a browser reads beside the file.
        let headers = format!("{:?}", page.headers);
        assert!(NAMES.iter().all(|name| !headers.contains(name)), "{file}");
    }
}
