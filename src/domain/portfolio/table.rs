//! A portfolio as somebody wants to see it: grouped, sorted, searched, page by page.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Holding, Part, Place, Portfolio, sum};
use crate::domain::amount::Amount;

/// Rows on one page.
pub const PAGE_ROWS: usize = 200;

/// How somebody wants to see it, as it stands in the address; empty texts are the usual choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// Name of [`By`].
    pub by: String,
    /// Name of [`Sort`], with a minus before it for the other direction.
    pub sort: String,
    /// What the asset, label or wallet must contain.
    pub q: String,
    /// `all` when small balances are listed as well.
    pub small: String,
    /// The page, from 1.
    pub page: String,
    /// The range of the history above the table, which it is kept beside.
    pub range: String,
}

/// What a row stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// An asset, wherever it lies.
    #[default]
    Asset,
    /// An exchange.
    Exchange,
    /// A wallet of a connection.
    Wallet,
}

/// What rows are put in order by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The name of the row.
    Asset,
    /// The quantity.
    Quantity,
    /// The price of one unit.
    Price,
    /// The value; what has none stands last.
    #[default]
    Value,
    /// The share.
    Share,
}

impl By {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::Asset, Self::Exchange, Self::Wallet];

    /// The name in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asset => "asset",
            Self::Exchange => "exchange",
            Self::Wallet => "wallet",
        }
    }
}

impl Sort {
    /// All of them, in the order of the columns.
    pub const ALL: [Self; 5] = [
        Self::Asset,
        Self::Quantity,
        Self::Price,
        Self::Value,
        Self::Share,
    ];

    /// The name in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asset => "asset",
            Self::Quantity => "quantity",
            Self::Price => "price",
            Self::Value => "value",
            Self::Share => "share",
        }
    }

    /// Whether the largest stands first unless the other direction is wanted.
    #[must_use]
    pub fn falls(self) -> bool {
        self != Self::Asset
    }
}

impl Choice {
    /// What rows stand for; an unknown name is the usual choice.
    #[must_use]
    pub fn by(&self) -> By {
        let named = By::ALL.into_iter().find(|by| by.as_str() == self.by);
        named.unwrap_or_default()
    }

    /// What rows are put in order by, and whether the other way round.
    #[must_use]
    pub fn sort(&self) -> (Sort, bool) {
        let name = self.sort.trim_start_matches('-');
        let named = Sort::ALL.into_iter().find(|sort| sort.as_str() == name);
        match named {
            Some(sort) => (sort, self.sort.starts_with('-')),
            None => (Sort::default(), false),
        }
    }

    /// Whether small balances are listed.
    #[must_use]
    pub fn lists_small(&self) -> bool {
        self.small == "all"
    }

    /// The address of a page seen so: `?by=wallet&q=btc`, empty for the usual choice.
    #[must_use]
    pub fn query(&self) -> String {
        let fields = [
            ("by", &self.by),
            ("sort", &self.sort),
            ("q", &self.q),
            ("small", &self.small),
            ("page", &self.page),
            ("range", &self.range),
        ];
        let given = fields.iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = given
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        if pairs.is_empty() {
            String::new()
        } else {
            format!("?{}", pairs.join("&"))
        }
    }

    /// The same, put in order by a column; the other way round if it is that one already.
    #[must_use]
    pub fn sorted_by(&self, sort: Sort) -> Self {
        let turned = self.sort() == (sort, false);
        let sign = if turned { "-" } else { "" };
        Self {
            sort: format!("{sign}{}", sort.as_str()),
            page: String::new(),
            ..self.clone()
        }
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The name: an asset, an exchange or a wallet.
    pub name: String,
    /// Whether it is money of a test environment.
    pub test_money: bool,
    /// The exact quantity, where the row is one asset.
    pub quantity: Option<Amount>,
    /// The price of one unit, where the row is one asset.
    pub price: Option<Amount>,
    /// The exact sum of what has a value.
    pub value: Option<Amount>,
    /// The value as a part of the whole.
    pub share: Option<Amount>,
    /// How many parts have no price.
    pub unpriced: usize,
    /// What it is made of.
    pub parts: Vec<Part>,
}

/// The rows of one page, and what is not on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The rows.
    pub rows: Vec<Row>,
    /// The page, from 1.
    pub page: usize,
    /// How many pages there are, at least 1.
    pub pages: usize,
    /// How many rows there are on all of them.
    pub total_rows: usize,
    /// How many small balances are not listed.
    pub small: usize,
    /// What those are worth together.
    pub small_value: Amount,
}

/// The rows of a portfolio that somebody wants to see.
#[must_use]
pub fn table(portfolio: &Portfolio, choice: &Choice) -> Table {
    let is_small = |holding: &&Holding| holding.is_small() && !choice.lists_small();
    let (small, listed): (Vec<_>, Vec<_>) = portfolio.holdings.iter().partition(is_small);
    let mut rows = match choice.by() {
        By::Asset => listed.into_iter().map(asset_row).collect(),
        by => grouped(&listed, by, portfolio.total.as_ref()),
    };
    let wanted = choice.q.trim().to_lowercase();
    rows.retain(|row| wanted.is_empty() || row.contains(&wanted));
    order(&mut rows, choice.sort());
    let pages = rows.len().div_ceil(PAGE_ROWS).max(1);
    let page = choice.page.parse().unwrap_or(1).clamp(1, pages);
    let total_rows = rows.len();
    Table {
        rows: rows
            .into_iter()
            .skip((page - 1) * PAGE_ROWS)
            .take(PAGE_ROWS)
            .collect(),
        page,
        pages,
        total_rows,
        small: small.iter().map(|holding| holding.parts.len()).sum(),
        small_value: sum(small.iter().filter_map(|holding| holding.value.as_ref())),
    }
}

fn asset_row(holding: &Holding) -> Row {
    Row {
        name: holding.asset.to_string(),
        test_money: holding.test_money,
        quantity: Some(holding.quantity.clone()),
        price: holding.price.clone(),
        value: holding.value.clone(),
        share: holding.share.clone(),
        unpriced: holding.unpriced,
        parts: holding.parts.clone(),
    }
}

/// One row for every exchange or wallet.
fn grouped(holdings: &[&Holding], by: By, total: Option<&Amount>) -> Vec<Row> {
    let mut groups: BTreeMap<(String, bool), Vec<Part>> = BTreeMap::new();
    for part in holdings.iter().flat_map(|holding| &holding.parts) {
        let key = (part.place.name(by), part.test_money);
        groups.entry(key).or_default().push(part.clone());
    }
    let row = |((name, test_money), parts): ((String, bool), Vec<Part>)| {
        let values = || parts.iter().filter_map(|part| part.value.as_ref());
        let value = values().next().map(|_| sum(values()));
        let whole = total.filter(|total| **total > Amount::zero());
        Row {
            share: value
                .as_ref()
                .zip(whole)
                .and_then(|(value, total)| value.over(total)),
            unpriced: parts.iter().filter(|part| part.value.is_none()).count(),
            name,
            test_money,
            quantity: None,
            price: None,
            value,
            parts,
        }
    };
    groups.into_iter().map(row).collect()
}

impl Place {
    /// The name of the row it stands in.
    #[must_use]
    pub fn name(&self, by: By) -> String {
        match (self, by) {
            (Self::Wallet { exchange, .. }, By::Exchange) => exchange.clone(),
            (Self::Wallet { label, wallet, .. }, _) => format!("{label} · {}", wallet.title()),
            (Self::Hand { .. }, By::Exchange) => "Held by hand".to_owned(),
            (Self::Hand { label, .. }, _) => label.clone(),
        }
    }
}

impl Row {
    /// Whether its name, or one of its parts, contains a text in small letters.
    fn contains(&self, wanted: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(wanted);
        has(&self.name)
            || self.parts.iter().any(|part| {
                has(part.balance.asset.as_str())
                    || has(&part.place.name(By::Wallet))
                    || has(&part.place.name(By::Exchange))
            })
    }

    fn key(&self, sort: Sort) -> Option<&Amount> {
        match sort {
            Sort::Asset => None,
            Sort::Quantity => self.quantity.as_ref(),
            Sort::Price => self.price.as_ref(),
            Sort::Value => self.value.as_ref(),
            Sort::Share => self.share.as_ref(),
        }
    }
}

/// Puts rows in order; those that lack the figure stand last in either direction, by name.
fn order(rows: &mut [Row], (sort, turned): (Sort, bool)) {
    let by_name = |a: &Row, b: &Row| a.name.cmp(&b.name).then(a.test_money.cmp(&b.test_money));
    rows.sort_by(|a, b| {
        let order = match (a.key(sort), b.key(sort)) {
            (Some(a), Some(b)) if sort.falls() != turned => b.cmp(a),
            (Some(a), Some(b)) => a.cmp(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) if sort == Sort::Asset && turned => by_name(b, a),
            (None, None) => Ordering::Equal,
        };
        order.then_with(|| by_name(a, b))
    });
}

/// A text as it may stand in a query: everything but plain letters and digits by its bytes.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests;
