//! A portfolio as somebody wants to see it: grouped, sorted, searched, page by page.

mod arranging;
mod parts;

use std::collections::BTreeMap;

use arranging::arrange;
pub use parts::{PAGE_PARTS, PartsPage};
use serde::{Deserialize, Serialize};

use super::{Holding, Part, Place, Portfolio, sum};
use crate::domain::amount::Amount;
use crate::domain::text::query_encoded;

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
    /// The row whose parts are looked at, where it has many.
    pub of: String,
    /// The page of those parts, from 1.
    pub part: String,
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
            ("of", &self.of),
            ("part", &self.part),
            ("range", &self.range),
        ];
        let given = fields.iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = given
            .map(|(name, value)| format!("{name}={}", query_encoded(value)))
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
            ..self.from_start()
        }
    }

    /// The same from its first page on, with no row's parts picked.
    #[must_use]
    pub fn from_start(&self) -> Self {
        Self {
            page: String::new(),
            of: String::new(),
            part: String::new(),
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
    let arranged = match choice.by() {
        By::Asset => arrange(listed, choice).map(asset_row),
        by => arrange(grouped(&listed, by, portfolio.total.as_ref()), choice),
    };
    Table {
        rows: arranged.rows,
        page: arranged.page,
        pages: arranged.pages,
        total_rows: arranged.total_rows,
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

#[cfg(test)]
mod tests;
