//! The parts of a row, page by page where there are many.

use super::arranging::paged;
use super::{Choice, Row};
use crate::domain::portfolio::Part;

/// Parts of one row on one page.
pub const PAGE_PARTS: usize = 200;

/// Some of the parts of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartsPage {
    /// The parts.
    pub parts: Vec<Part>,
    /// The page, from 1.
    pub page: usize,
    /// How many pages there are, at least 1.
    pub pages: usize,
    /// How many parts there are on all of them.
    pub total: usize,
    /// Whether somebody asked for the parts of this row.
    pub chosen: bool,
}

impl Row {
    /// The parts that somebody wants to see of this row.
    #[must_use]
    pub fn parts_page(&self, choice: &Choice) -> PartsPage {
        let chosen = choice.of == self.key();
        let asked = if chosen { choice.part.as_str() } else { "" };
        let (page, pages) = paged(asked, self.parts.len(), PAGE_PARTS);
        let parts = self.parts.iter().skip((page - 1) * PAGE_PARTS);
        PartsPage {
            parts: parts.take(PAGE_PARTS).cloned().collect(),
            page,
            pages,
            total: self.parts.len(),
            chosen,
        }
    }

    /// The same view of the table, with that page of this row's parts.
    #[must_use]
    pub fn with_parts(&self, choice: &Choice, page: usize) -> Choice {
        Choice {
            of: self.key(),
            part: page.to_string(),
            ..choice.clone()
        }
    }

    /// What tells the row from all others: test money has the name of real money.
    fn key(&self) -> String {
        let apart = if self.test_money { "test " } else { "" };
        format!("{apart}{}", self.name)
    }
}
