//! How exchanges fare: figures of the calls to them, and what follows from these.

pub mod accounts;
pub mod call;
pub mod clock;
pub mod market;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use accounts::AccountStreams;
pub use call::{CallClass, CallFigures, Outcome, Outcomes, ResponseTimes};
pub use clock::{ClockReading, HostClock, clock_words, clocks_words};
pub use market::StreamState;

use super::exchange::{Environment, ExchangeId};
use super::market::candle::Fault;
use super::problem::ExchangeProblem;
use super::timestamp::Timestamp;

/// For how long calls are news, in milliseconds.
pub const NEWS_MS: i64 = 15 * 60_000;
/// Budgets with windows of this length or longer, in milliseconds, are not spent in one burst, and
/// somebody is told when much of one is used: shorter ones are used up all the time, and it is told when
/// that lasts.
pub const LONG_WINDOW_MS: i64 = 60_000;
/// How far a clock may be off, in milliseconds, before somebody is told.
pub const CLOCK_OFF_MS: i64 = 1_000;
/// How much of a budget may be used, in percent, before somebody is told.
pub const HIGH_PERCENT: u64 = 80;

/// Whether an exchange can be read at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fitness {
    /// At least half of its calls were answered lately.
    Ok,
    /// Fewer than half of them were.
    Failing,
    /// It asked to be left alone.
    Paused,
    /// It was not called lately.
    Unknown,
}

impl Fitness {
    /// What follows from the figures of calls.
    #[must_use]
    pub fn of(figures: &CallFigures, paused: bool) -> Self {
        let (calls, answered) = (figures.outcomes.calls(), figures.outcomes.answered());
        match calls {
            _ if paused => Self::Paused,
            0 => Self::Unknown,
            _ if answered.saturating_mul(2) < calls => Self::Failing,
            _ => Self::Ok,
        }
    }

    /// The fixed name in answers to programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failing => "failing",
            Self::Paused => "paused",
            Self::Unknown => "unknown",
        }
    }

    /// The name as people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Ok => "Answers",
            Self::Failing => "Failing",
            Self::Paused => "Paused",
            Self::Unknown => "Not called lately",
        }
    }
}

/// What is spent of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// What calls weighed in the window that runs, by everyone at this address as far as known.
    pub weight: u64,
    /// The most that they may weigh.
    pub limit: u64,
    /// The window's length in milliseconds.
    pub window_ms: i64,
}

impl Spent {
    /// How much of the budget it is, in whole percent, rounded down.
    #[must_use]
    pub fn percent(&self) -> u64 {
        self.weight.saturating_mul(100) / self.limit.max(1)
    }
}

/// The budget of an exchange that is used most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fullest {
    /// The host.
    pub host: String,
    /// The path, where each has a budget of its own.
    pub path: Option<String>,
    /// What is spent of it: of a window shorter than a minute, of the fullest of the last minute.
    pub spent: Spent,
    /// For how many milliseconds of that minute its windows were full; `None` for those of a minute or
    /// longer.
    pub full_ms: Option<i64>,
}

/// What the calls to an exchange came to lately, all together and by kind of endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// All of them.
    pub all: CallFigures,
    /// Those of each kind, in the order of [`CallClass::ALL`].
    pub by_class: Vec<(CallClass, CallFigures)>,
}

/// How an exchange fares, as far as one process knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeHealth {
    /// The exchange.
    pub exchange: ExchangeId,
    /// Its name as people know it.
    pub name: String,
    /// Whether it can be read.
    pub fitness: Fitness,
    /// What the last calls came to, those to test environments left out.
    pub figures: Figures,
    /// What the last calls to its test environment came to.
    pub test_figures: Figures,
    /// What is spent of its budget, where all calls share one.
    pub spent: Option<Spent>,
    /// Its budget that is used most, if there is one.
    pub fullest: Option<Fullest>,
    /// The clocks of its hosts that were asked, the usual one first.
    pub clocks: Vec<HostClock>,
    /// Until when nobody asks one of its sites, at its own wish.
    pub paused_until: Option<Timestamp>,
    /// What keeps its prices from being read.
    pub price_problem: Option<ExchangeProblem>,
    /// Of when its prices are that are known.
    pub prices_of: Option<Timestamp>,
    /// How the stream of its prices stands.
    pub stream: StreamState,
    /// How the streams of its followed accounts stand, by all processes.
    pub account_streams: AccountStreams,
    /// How much of what it told of the market by calls was kept out since the process began, by reason.
    pub kept_out: Vec<(Fault, u64)>,
}

impl ExchangeHealth {
    /// What is spent of the budget that all calls share; where there is none, of the one that is used
    /// most.
    #[must_use]
    pub fn budget(&self) -> Option<Spent> {
        let most = self.fullest.as_ref().map(|fullest| fullest.spent);
        self.spent.or(most)
    }

    /// The path that this budget is for; `None` where it is for all calls.
    #[must_use]
    pub fn budget_path(&self) -> Option<&str> {
        let most = self.fullest.as_ref().filter(|_| self.spent.is_none());
        most?.path.as_deref()
    }

    /// The clock that stands for the exchange: that of the first of its hosts that was asked, those of
    /// test environments left out.
    #[must_use]
    pub fn usual_clock(&self) -> Option<&HostClock> {
        let mut clocks = self.clocks.iter();
        clocks.find(|clock| clock.environment == Environment::Live)
    }
}

/// How the process fares that answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessHealth {
    /// The program's version.
    pub version: String,
    /// When it began.
    pub started_at: Timestamp,
    /// How many processes share the database, this one included, as far as known.
    pub processes: u32,
    /// The memory it uses, in bytes, where the system tells it.
    pub memory_bytes: Option<u64>,
    /// How many files and sockets it holds open, where the system tells it.
    pub open_files: Option<u64>,
    /// How the syncs ended that ran here.
    pub syncs: SyncCounts,
}

/// How the syncs of one process ended since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncCounts {
    /// Everything was read.
    pub ok: u64,
    /// Something was not read.
    pub partial: u64,
    /// Nothing was read.
    pub failed: u64,
}

/// A number of milliseconds as seconds with three digits after the point: `-1.250`.
#[must_use]
pub fn seconds(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let ms = ms.unsigned_abs();
    format!("{sign}{}.{:03}", ms / 1_000, ms % 1_000)
}
