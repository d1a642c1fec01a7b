//! Which candles of a pair somebody wants to see: from where, how long each is, and of which time.

use serde::{Deserialize, Serialize};

use super::interval::Interval;
use crate::domain::exchange::ExchangeId;
use crate::domain::text::query_encoded;
use crate::domain::timestamp::Timestamp;

/// The fewest and the most candles of one picture.
const FEWEST: i64 = 2;
const MOST: i64 = 500;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// What stands in the address; empty texts are the usual choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// An exchange.
    pub exchange: String,
    /// An interval.
    pub interval: String,
    /// A span.
    pub range: String,
}

/// The time up to now that is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "their names say how much time they are")]
pub enum Span {
    Hours6,
    #[default]
    Day,
    Week,
    Days30,
    Days90,
    Year,
}

/// Which candles are looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// From where.
    pub exchange: ExchangeId,
    /// How long each is.
    pub interval: Interval,
    /// Of which time.
    pub span: Span,
}

impl Span {
    /// All of them, the shortest first.
    pub const ALL: [Self; 6] = [
        Self::Hours6,
        Self::Day,
        Self::Week,
        Self::Days30,
        Self::Days90,
        Self::Year,
    ];

    /// The name in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hours6 => "6h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Days30 => "30d",
            Self::Days90 => "90d",
            Self::Year => "1y",
        }
    }

    /// The name as people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Hours6 => "6 h",
            Self::Day => "24 h",
            Self::Week => "7 d",
            Self::Days30 => "30 d",
            Self::Days90 => "90 d",
            Self::Year => "1 y",
        }
    }

    /// Reads the name of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// How many days it is, at least one.
    #[must_use]
    pub fn days(self) -> i64 {
        (self.ms() / DAY_MS).max(1)
    }

    fn ms(self) -> i64 {
        match self {
            Self::Hours6 => 6 * HOUR_MS,
            Self::Day => DAY_MS,
            Self::Week => 7 * DAY_MS,
            Self::Days30 => 30 * DAY_MS,
            Self::Days90 => 90 * DAY_MS,
            Self::Year => 365 * DAY_MS,
        }
    }

    /// How long candles are of which a picture of it usually consists.
    #[must_use]
    pub fn usual(self) -> Interval {
        match self {
            Self::Hours6 => Interval::Minute5,
            Self::Day => Interval::Minute15,
            Self::Week => Interval::Hour1,
            Self::Days30 => Interval::Hour4,
            Self::Days90 => Interval::Hour12,
            Self::Year => Interval::Day1,
        }
    }

    /// Whether candles of an interval make a picture of it that can be read.
    #[must_use]
    pub fn suits(self, interval: Interval) -> bool {
        (FEWEST..=MOST).contains(&self.count(interval))
    }

    /// How many candles of an interval there are in it, about.
    fn count(self, interval: Interval) -> i64 {
        self.ms() / interval.shortest_ms()
    }
}

impl View {
    /// The first exchange's usual picture.
    #[must_use]
    pub fn usual(exchange: ExchangeId) -> Self {
        let span = Span::default();
        Self {
            exchange,
            interval: span.usual(),
            span,
        }
    }

    /// The first moment that is looked at.
    #[must_use]
    pub fn from(&self, now: Timestamp) -> Timestamp {
        now.plus_ms(-self.span.ms())
    }

    /// How long candles of its span may be, of those that its exchange tells.
    #[must_use]
    pub fn intervals(&self, told: &[Interval]) -> Vec<Interval> {
        let all = Interval::ALL.into_iter();
        all.filter(|one| *one == self.interval || told.contains(one) && self.span.suits(*one))
            .collect()
    }

    /// The same on another exchange, with candles as long as before if that tells them.
    #[must_use]
    pub fn on(&self, exchange: ExchangeId, told: &[Interval]) -> Self {
        let has = told.contains(&self.interval);
        Self {
            exchange,
            interval: if has {
                self.interval
            } else {
                self.span.usual()
            },
            span: self.span,
        }
    }

    /// The same of another time, with candles as long as before if that makes a picture.
    #[must_use]
    pub fn over(&self, span: Span) -> Self {
        let suits = span.suits(self.interval) && self.interval != self.span.usual();
        Self {
            interval: if suits { self.interval } else { span.usual() },
            span,
            ..self.clone()
        }
    }

    /// Its address below a page's: `?exchange=okx&interval=1h&range=7d`.
    #[must_use]
    pub fn query(&self) -> String {
        format!(
            "?exchange={}&interval={}&range={}",
            query_encoded(self.exchange.as_str()),
            self.interval.as_str(),
            self.span.as_str()
        )
    }
}

impl Wanted {
    /// Reads what the address asks for, of the exchanges there are.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn read(&self, exchanges: &[(ExchangeId, String)]) -> Result<View, String> {
        let usual = exchanges.first().map(|(id, _)| id.clone());
        let named = |(id, _): &&(ExchangeId, String)| id.as_str() == self.exchange;
        let exchange = match self.exchange.as_str() {
            "" => usual,
            _ => exchanges.iter().find(named).map(|(id, _)| id.clone()),
        };
        let exchange = exchange.ok_or("There is no such exchange here: pick one of the list.")?;
        let span = match self.range.as_str() {
            "" => Ok(Span::default()),
            text => Span::parse(text).ok_or("There is no such range: pick one of the list."),
        }?;
        let interval = match self.interval.as_str() {
            "" => span.usual(),
            text => Interval::parse(text)
                .map_err(|_| "There are no candles of such a length: pick one of the list.")?,
        };
        if span.suits(interval) {
            return Ok(View {
                exchange,
                interval,
                span,
            });
        }
        let (name, range) = (interval.as_str(), span.title());
        Err(match span.count(interval) {
            few if few < FEWEST => format!("Candles of {name} are too long for {range}."),
            many => format!(
                "{range} are {many} candles of {name}, and at most {MOST} are shown: pick longer \
                 ones, or a shorter range."
            ),
        })
    }
}

#[cfg(test)]
mod tests;
