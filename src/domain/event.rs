//! What a person is told without having asked: a closed set of events, each with a stable code, a
//! calm sentence and a JSON face. None carries a key or a secret.

mod sentences;

use serde::{Deserialize, Serialize};

use super::asset::AssetCode;
use super::currency::Currency;
use super::health;
use super::telling::Change;
use super::text;
use super::timestamp::Timestamp;
use sentences::{balance_sentence, failing_sentence, value_sentence, weight_sentence};

/// The most rights of a key that an event names one by one.
const MOST_RIGHTS: usize = 12;

/// The connection an event is about, as it was then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// The exchange's name.
    pub exchange: String,
}

/// The site of an exchange that an event is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The exchange's name.
    pub exchange: String,
    /// Its host.
    pub host: String,
}

impl Place {
    fn mark(&self) -> String {
        format!("{}|{}", self.exchange, self.host)
    }
}

/// What happened. In JSON `{"event": CODE, "data": {…}}`; amounts and percentages are text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// A connection is not read any more until its owner does something.
    KeyNeedsAttention {
        /// The connection.
        connection: Subject,
        /// The code of the failure.
        reason: String,
        /// What happened, in one sentence.
        explanation: String,
        /// What to do next, in one sentence.
        next_step: String,
    },
    /// A key that could only read can do more now.
    KeyGainedRights {
        /// The connection.
        connection: Subject,
        /// What it can do beyond reading.
        rights: Vec<String>,
    },
    /// A connection was not read for some time.
    SyncFailing {
        /// The connection.
        connection: Subject,
        /// The code of the last failure.
        reason: String,
        /// What happened last, in one sentence.
        explanation: String,
        /// Since how many hours.
        hours: u32,
    },
    /// Much more or less of an asset is held than before.
    BalanceChanged {
        /// The asset.
        asset: AssetCode,
        /// How much.
        #[serde(flatten)]
        change: Change,
    },
    /// What is held is worth much more or less than before.
    ValueChanged {
        /// The base currency.
        currency: Currency,
        /// How much.
        #[serde(flatten)]
        change: Change,
    },
    /// An exchange did not answer for some time.
    ExchangeFailing {
        /// The site.
        #[serde(flatten)]
        place: Place,
        /// How the last call ended, by its fixed name.
        reason: String,
        /// The same in one sentence.
        explanation: String,
        /// Since how many minutes.
        minutes: u32,
    },
    /// An exchange that did not answer does so again.
    ExchangeRecovered {
        /// The site.
        #[serde(flatten)]
        place: Place,
    },
    /// Most of what an exchange lets this server call in one window was used.
    WeightHigh {
        /// The site.
        #[serde(flatten)]
        place: Place,
        /// What the calls weighed.
        weight: u64,
        /// The most that they may weigh.
        limit: u64,
        /// The window's length in milliseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        window_ms: Option<i64>,
        /// The path, where each has a limit of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
    },
    /// The clock of this server and that of an exchange are more than a second apart.
    ClockOff {
        /// The site.
        #[serde(flatten)]
        place: Place,
        /// How far the exchange's clock is ahead of ours, in milliseconds.
        offset_ms: i64,
    },
    /// The receiver of the webhook said that it is gone.
    WebhookSwitchedOff {
        /// The receiver's host.
        host: String,
    },
    /// Somebody wants to see whether the webhook works.
    Test {},
}

impl Event {
    /// A key that gained rights. Of very many, the first are named and the rest counted.
    #[must_use]
    pub fn key_gained_rights(connection: Subject, mut rights: Vec<String>) -> Self {
        let more = rights.len().saturating_sub(MOST_RIGHTS);
        if more > 0 {
            rights.truncate(MOST_RIGHTS);
            rights.push(format!("{more} more"));
        }
        Self::KeyGainedRights { connection, rights }
    }

    /// The fixed name, in the database and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::KeyNeedsAttention { .. } => "key_needs_attention",
            Self::KeyGainedRights { .. } => "key_gained_rights",
            Self::SyncFailing { .. } => "sync_failing",
            Self::BalanceChanged { .. } => "balance_changed",
            Self::ValueChanged { .. } => "value_changed",
            Self::ExchangeFailing { .. } => "exchange_failing",
            Self::ExchangeRecovered { .. } => "exchange_recovered",
            Self::WeightHigh { .. } => "weight_high",
            Self::ClockOff { .. } => "clock_off",
            Self::WebhookSwitchedOff { .. } => "webhook_switched_off",
            Self::Test {} => "test",
        }
    }

    /// What happened, in a sentence or two.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::KeyNeedsAttention {
                connection,
                explanation,
                ..
            } => format!("“{}” needs your attention. {explanation}", connection.label),
            Self::KeyGainedRights { connection, rights } => format!(
                "The key of “{}” can do more than read now: it allows {}.",
                connection.label,
                text::list(rights)
            ),
            Self::SyncFailing {
                connection,
                explanation,
                hours,
                ..
            } => {
                let hours = text::count(usize::try_from(*hours).unwrap_or(usize::MAX), "hour");
                let label = &connection.label;
                format!("“{label}” could not be synced for {hours}. {explanation}")
            }
            Self::BalanceChanged { asset, change } => balance_sentence(asset, change),
            Self::ValueChanged { currency, change } => value_sentence(*currency, change),
            Self::ExchangeFailing {
                place,
                explanation,
                minutes,
                ..
            } => failing_sentence(place, *minutes, explanation),
            Self::ExchangeRecovered { place } => format!("{} answers again.", place.exchange),
            Self::WeightHigh {
                place,
                weight,
                limit,
                window_ms,
                path,
            } => weight_sentence(place, (*weight, *limit), *window_ms, path.as_deref()),
            Self::ClockOff { place, offset_ms } => format!(
                "The clock of {} is {}.",
                place.exchange,
                health::clock_words(*offset_ms)
            ),
            Self::WebhookSwitchedOff { host } => {
                format!("{host} said that your webhook is gone, so it is switched off.")
            }
            Self::Test {} => "This is a test: the webhook works.".to_owned(),
        }
    }

    /// What to do next, in one sentence, where there is something to do.
    #[must_use]
    pub fn next_step(&self) -> Option<String> {
        match self {
            Self::KeyNeedsAttention { next_step, .. } => Some(next_step.clone()),
            Self::KeyGainedRights { connection, .. } => Some(format!(
                "Make a new key on {} with reading as its only right, and delete this one there.",
                connection.exchange
            )),
            Self::SyncFailing { .. } | Self::ExchangeFailing { .. } => {
                Some("Coffer keeps trying; the last balances stay, with their age.".to_owned())
            }
            Self::WeightHigh { .. } => Some(
                "Calls wait for their turn, so nothing is lost; syncs may take longer.".to_owned(),
            ),
            Self::ClockOff { .. } => Some("Set this server's clock by a time service.".to_owned()),
            Self::WebhookSwitchedOff { .. } => {
                Some("Enter another address, or switch it on again.".to_owned())
            }
            Self::ExchangeRecovered { .. }
            | Self::BalanceChanged { .. }
            | Self::ValueChanged { .. }
            | Self::Test {} => None,
        }
    }

    /// The page where more is to be seen: a path of this program.
    #[must_use]
    pub fn page(&self) -> String {
        match self {
            Self::KeyNeedsAttention { connection, .. }
            | Self::KeyGainedRights { connection, .. }
            | Self::SyncFailing { connection, .. } => format!("/connections/{}", connection.id),
            Self::BalanceChanged { .. } | Self::ValueChanged { .. } => "/".to_owned(),
            Self::ExchangeFailing { .. }
            | Self::ExchangeRecovered { .. }
            | Self::WeightHigh { .. }
            | Self::ClockOff { .. } => "/status".to_owned(),
            Self::WebhookSwitchedOff { .. } | Self::Test {} => "/settings/telling".to_owned(),
        }
    }

    /// What makes one event of an occasion another than the next: its code, whom it is about and
    /// what is new about it. Two that share this on one occasion are the same news.
    #[must_use]
    pub fn mark(&self) -> String {
        let detail = match self {
            Self::KeyNeedsAttention {
                connection, reason, ..
            } => format!("{}|{reason}", connection.id),
            Self::KeyGainedRights { connection, rights } => {
                format!("{}|{}", connection.id, rights.join("|"))
            }
            Self::SyncFailing { connection, .. } => connection.id.clone(),
            Self::BalanceChanged { asset, .. } => asset.to_string(),
            Self::ValueChanged { currency, .. } => currency.to_string(),
            Self::ExchangeFailing { place, .. } => return Self::failing_mark(place),
            Self::ExchangeRecovered { place } | Self::WeightHigh { place, .. } => place.mark(),
            // When ours is off, it is so for all of an exchange's hosts.
            Self::ClockOff { place, .. } => place.exchange.clone(),
            Self::WebhookSwitchedOff { host } => host.clone(),
            Self::Test {} => String::new(),
        };
        format!("{}|{detail}", self.code())
    }

    /// The mark of [`Self::ExchangeFailing`], whatever is told of why.
    #[must_use]
    pub fn failing_mark(place: &Place) -> String {
        format!("exchange_failing|{}", place.mark())
    }
}

/// An event as a person was told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Its id, the same in a webhook's message.
    pub id: String,
    /// When it was told.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
    /// Whether it was marked as read.
    pub read: bool,
}

#[cfg(test)]
mod tests;
