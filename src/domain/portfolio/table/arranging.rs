//! Finding, ordering and paging what may become rows, before any row is made.

use std::cmp::Ordering;

use super::{By, Choice, PAGE_ROWS, Row, Sort};
use crate::domain::amount::Amount;
use crate::domain::portfolio::{Holding, Part};

/// What can stand in a row.
pub(super) trait Listed {
    /// The name of the row.
    fn name(&self) -> &str;
    /// Whether it is money of a test environment.
    fn test_money(&self) -> bool;
    /// The figure it is put in order by, if it has that.
    fn figure(&self, sort: Sort) -> Option<&Amount>;
    /// What it is made of.
    fn parts(&self) -> &[Part];
}

/// One page of what was found.
pub(super) struct Arranged<T> {
    pub rows: Vec<T>,
    pub page: usize,
    pub pages: usize,
    pub total_rows: usize,
}

/// What somebody wants to see, in the order they want, page by page.
pub(super) fn arrange<T: Listed>(mut all: Vec<T>, choice: &Choice) -> Arranged<T> {
    let wanted = choice.q.trim().to_lowercase();
    all.retain(|one| wanted.is_empty() || contains(one, &wanted));
    let (sort, turned) = choice.sort();
    all.sort_by(|a, b| order(a, b, sort, turned));
    let total_rows = all.len();
    let (page, pages) = paged(&choice.page, total_rows, PAGE_ROWS);
    let rows = all.into_iter().skip((page - 1) * PAGE_ROWS);
    Arranged {
        rows: rows.take(PAGE_ROWS).collect(),
        page,
        pages,
        total_rows,
    }
}

/// The page that is meant by a text, from 1 and none beyond the last, and how many there are.
pub(super) fn paged(asked: &str, total: usize, on_one: usize) -> (usize, usize) {
    let pages = total.div_ceil(on_one).max(1);
    (asked.parse().unwrap_or(1).clamp(1, pages), pages)
}

impl<T> Arranged<T> {
    /// The same with something else in its rows.
    pub(super) fn map<U>(self, row: impl FnMut(T) -> U) -> Arranged<U> {
        Arranged {
            rows: self.rows.into_iter().map(row).collect(),
            page: self.page,
            pages: self.pages,
            total_rows: self.total_rows,
        }
    }
}

/// Whether a name, or one of the parts, contains a text in small letters.
fn contains(one: &impl Listed, wanted: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(wanted);
    has(one.name())
        || one.parts().iter().any(|part| {
            has(part.balance.asset.as_str())
                || has(&part.place.name(By::Wallet))
                || has(&part.place.name(By::Exchange))
        })
}

/// What lacks the figure stands last in either direction, by name.
fn order<T: Listed>(a: &T, b: &T, sort: Sort, turned: bool) -> Ordering {
    let by_name = |a: &T, b: &T| {
        let test_money = a.test_money().cmp(&b.test_money());
        a.name().cmp(b.name()).then(test_money)
    };
    let order = match (a.figure(sort), b.figure(sort)) {
        (Some(a), Some(b)) if sort.falls() != turned => b.cmp(a),
        (Some(a), Some(b)) => a.cmp(b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) if sort == Sort::Asset && turned => by_name(b, a),
        (None, None) => Ordering::Equal,
    };
    order.then_with(|| by_name(a, b))
}

impl Listed for &Holding {
    fn name(&self) -> &str {
        self.asset.as_str()
    }

    fn test_money(&self) -> bool {
        self.test_money
    }

    fn figure(&self, sort: Sort) -> Option<&Amount> {
        match sort {
            Sort::Asset => None,
            Sort::Quantity => Some(&self.quantity),
            Sort::Price => self.price.as_ref(),
            Sort::Value => self.value.as_ref(),
            Sort::Share => self.share.as_ref(),
        }
    }

    fn parts(&self) -> &[Part] {
        &self.parts
    }
}

impl Listed for Row {
    fn name(&self) -> &str {
        &self.name
    }

    fn test_money(&self) -> bool {
        self.test_money
    }

    fn figure(&self, sort: Sort) -> Option<&Amount> {
        match sort {
            Sort::Asset => None,
            Sort::Quantity => self.quantity.as_ref(),
            Sort::Price => self.price.as_ref(),
            Sort::Value => self.value.as_ref(),
            Sort::Share => self.share.as_ref(),
        }
    }

    fn parts(&self) -> &[Part] {
        &self.parts
    }
}
