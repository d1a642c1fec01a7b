//! The one error that leaves the program: a closed set of codes, each with a calm sentence.

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

use crate::domain::problem::ExchangeProblem;
use crate::domain::report::Failure;
use crate::domain::rules::FieldErrors;
use crate::domain::text::count;
use crate::domain::token::Scope;

/// What a person or a program is told when something cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[error("{}", self.code())]
pub enum Problem {
    /// Fields of the form are wrong.
    Invalid(FieldErrors),
    /// Nobody is signed in.
    Unauthenticated,
    /// A call carries no token, or none that is known, or one that has ended.
    TokenRefused,
    /// A token allows less than what was asked for.
    BeyondScope(Scope),
    /// Too many calls.
    TooManyCalls {
        /// Seconds to wait.
        seconds: u64,
    },
    /// Too many wrong passwords.
    TooManyGuesses {
        /// Seconds to wait.
        seconds: u64,
    },
    /// As many streams of events are open as one person may have.
    TooManyStreams,
    /// As many files are being sent as one person may have.
    TooManyFiles,
    /// The same call, under the same key, is under way.
    CallUnderWay,
    /// Email and password do not go together.
    SignInRefused,
    /// New accounts are not open.
    SignUpClosed,
    /// There is no such thing, or it is somebody else's.
    NotFound,
    /// Nothing was recorded for this connection yet.
    NothingRecorded,
    /// This account on the exchange is connected already, under this label.
    AlreadyConnected(String),
    /// There are several connections where one was meant.
    SeveralKeys,
    /// A sync of this connection is under way.
    SyncUnderWay,
    /// There is no webhook, or it is switched off.
    NoWebhook,
    /// The exchange, or the key there.
    Exchange {
        /// The exchange's name.
        exchange: String,
        /// What happened and when.
        failure: Failure,
    },
    /// The form could not be read.
    BadRequest,
    /// Storage does not answer.
    Unavailable,
    /// A fault of the program.
    Internal,
}

impl Problem {
    /// One wrong field.
    #[must_use]
    pub fn field(name: &str, sentence: &str) -> Self {
        Self::Invalid(FieldErrors::one(name, sentence))
    }

    /// The fixed name in answers to programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) | Self::BadRequest => "validation_failed",
            Self::Unauthenticated | Self::TokenRefused | Self::SignInRefused => "unauthenticated",
            Self::SignUpClosed | Self::BeyondScope(_) => "forbidden",
            Self::TooManyCalls { .. }
            | Self::TooManyGuesses { .. }
            | Self::TooManyStreams
            | Self::TooManyFiles => "rate_limited",
            Self::NotFound | Self::NothingRecorded => "not_found",
            Self::AlreadyConnected(_)
            | Self::SeveralKeys
            | Self::SyncUnderWay
            | Self::CallUnderWay
            | Self::NoWebhook => "conflict",
            Self::Exchange { failure, .. } => failure.code(),
            Self::Unavailable | Self::Internal => "internal",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Invalid(_) | Self::Exchange { .. } => 422,
            Self::BadRequest => 400,
            Self::Unauthenticated | Self::TokenRefused | Self::SignInRefused => 401,
            Self::SignUpClosed | Self::BeyondScope(_) => 403,
            Self::NotFound | Self::NothingRecorded => 404,
            Self::AlreadyConnected(_)
            | Self::SeveralKeys
            | Self::SyncUnderWay
            | Self::CallUnderWay
            | Self::NoWebhook => 409,
            Self::TooManyCalls { .. }
            | Self::TooManyGuesses { .. }
            | Self::TooManyStreams
            | Self::TooManyFiles => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }

    /// What happened and what to do next.
    #[must_use]
    pub fn told(&self) -> String {
        format!("{} {}", self.sentence(), self.next_step())
    }

    /// What happened, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Invalid(_) => "Something in the form needs another look.".into(),
            Self::Unauthenticated => "You are not signed in.".into(),
            Self::TokenRefused => {
                "This call carries no token that is known here and has not ended.".into()
            }
            Self::BeyondScope(needed) => {
                format!(
                    "This token does not reach that far: the scope {} is needed.",
                    needed.as_str()
                )
            }
            Self::TooManyCalls { .. } => "These are too many calls in a short time.".into(),
            Self::TooManyGuesses { .. } => {
                "Too many wrong passwords were given in a short time.".into()
            }
            Self::TooManyStreams => {
                "You have 8 streams of events open, and that is the most.".into()
            }
            Self::TooManyFiles => "4 files are being sent to you, and that is the most.".into(),
            Self::CallUnderWay => "A call under this key is under way.".into(),
            Self::SignInRefused => "Email or password is wrong.".into(),
            Self::SignUpClosed => "This server takes no new accounts.".into(),
            Self::NotFound => "There is no such page or connection.".into(),
            Self::NothingRecorded => "Nothing has been recorded for this connection yet.".into(),
            Self::AlreadyConnected(label) => {
                format!("This exchange account is connected already, as “{label}”.")
            }
            Self::SeveralKeys => "You have several connections to this exchange.".into(),
            Self::SyncUnderWay => "This connection is being synced right now.".into(),
            Self::NoWebhook => "There is no webhook that is switched on.".into(),
            Self::Exchange { exchange, failure } => failure.sentence(exchange),
            Self::BadRequest => "The form could not be read.".into(),
            Self::Unavailable => "The database does not answer at the moment.".into(),
            Self::Internal => "Something went wrong inside Coffer.".into(),
        }
    }

    /// What to do next, in one sentence.
    #[must_use]
    pub fn next_step(&self) -> String {
        match self {
            Self::Invalid(_) => "The notes beside the fields say what to change.".into(),
            Self::Unauthenticated => "Sign in and try again.".into(),
            Self::TokenRefused => {
                "Make one under Settings, and send it as Authorization: Bearer.".into()
            }
            Self::BeyondScope(_) => "Make one with that scope under Settings.".into(),
            Self::TooManyCalls { seconds } | Self::TooManyGuesses { seconds } => {
                let wait = usize::try_from(*seconds).unwrap_or(usize::MAX);
                format!("Try again in {}.", count(wait, "second"))
            }
            Self::TooManyStreams => "Close one of them first.".into(),
            Self::TooManyFiles => "Wait until one of them has come, or break it off.".into(),
            Self::CallUnderWay => "Ask again in a moment, under the same key.".into(),
            Self::SignInRefused => "Check both and try again.".into(),
            Self::SignUpClosed => "Ask whoever runs it for an account.".into(),
            Self::NotFound => "Go back to the portfolio.".into(),
            Self::NothingRecorded => "Sync it once, then download again.".into(),
            Self::AlreadyConnected(_) => "Sync that one, or delete it first.".into(),
            Self::SeveralKeys => "Use /connections, where each has an id.".into(),
            Self::SyncUnderWay => "Look again in a moment.".into(),
            Self::NoWebhook => "Save an address first, or switch it on.".into(),
            Self::Exchange { exchange, failure } => failure.next_step(exchange),
            Self::BadRequest => "Go back, reload the page and try again.".into(),
            Self::Unavailable => "Nothing was changed; try again in a moment.".into(),
            Self::Internal => {
                "Nothing was changed; if it lasts, the server's log says more under this request's id."
                    .into()
            }
        }
    }

    /// Seconds to wait before trying again, where that is known.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::TooManyCalls { seconds } | Self::TooManyGuesses { seconds } => Some(*seconds),
            Self::Exchange {
                failure:
                    Failure::Exchange {
                        problem: ExchangeProblem::RateLimited { seconds },
                        ..
                    },
                ..
            } => Some(*seconds),
            _ => None,
        }
    }

    /// The step that failed, where there were several: `proving the key`.
    #[must_use]
    pub fn step(&self) -> Option<&'static str> {
        match self {
            Self::Exchange {
                failure: Failure::Exchange { step, .. },
                ..
            } => Some(step.doing()),
            _ => None,
        }
    }

    /// What is wrong with all fields together, when the form was wrong.
    #[must_use]
    pub fn fields(&self) -> Option<String> {
        match self {
            Self::Invalid(errors) => {
                let sentences: Vec<_> = errors.iter().map(|(_, sentence)| sentence).collect();
                Some(sentences.join(" "))
            }
            _ => None,
        }
    }

    /// The sentence for a field, when the form was wrong there.
    #[must_use]
    pub fn for_field(&self, name: &str) -> Option<&str> {
        match self {
            Self::Invalid(errors) => errors.get(name),
            _ => None,
        }
    }
}

impl From<FieldErrors> for Problem {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl FromServerFnError for Problem {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => Self::BadRequest,
            ServerFnErrorErr::Request(_) => Self::Unavailable,
            _ => Self::Internal,
        }
    }
}
