//! Recordings: what an exchange last answered, without what says whose account it is.

mod fields;
mod redaction;
mod scrambling;
mod tokens;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::exchange::ExchangeId;
pub use redaction::Redactor;
pub use scrambling::Noise;

/// The format of the document, in its first field.
pub const FORMAT: &str = "coffer-recording-1";

/// The most bytes that the answers of one recording take up together.
pub const MAX_BYTES: usize = 512 * 1024;

/// The document that people download and tests replay.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recording {
    /// [`FORMAT`].
    pub format: String,
    /// Whose answers these are.
    pub exchange: ExchangeId,
    /// When the newest of them came: RFC 3339, UTC.
    pub taken_at: String,
    /// Whether the amounts are the true ones.
    pub amounts: Amounts,
    /// The last answer to each question, in the order they came.
    pub answers: Vec<Answer>,
}

/// Whether the amounts of a recording are the true ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Amounts {
    /// Every digit as the exchange sent it.
    Kept,
    /// Other digits in the same places.
    #[default]
    Scrambled,
}

/// A redacted answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// When it came: RFC 3339, UTC.
    pub taken_at: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// What was asked for: `current=1&size=100`.
    pub parameters: String,
    /// The HTTP status.
    pub status: u16,
    /// JSON; what stands for a body that is not kept is told by [`Self::content`].
    body: Box<RawValue>,
}

/// An answer as it came, which is not to be kept.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// The method.
    pub method: &'a str,
    /// The path.
    pub path: &'a str,
    /// What was asked for.
    pub parameters: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: &'a str,
}

/// What is left of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// JSON, redacted.
    Json(&'a str),
    /// There was a body that is no JSON.
    NotJson,
    /// There was a body too large to be kept.
    LeftOut,
}

/// Stands for a body that is not kept.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Stub {
    #[serde(skip_serializing_if = "is_false")]
    not_json: bool,
    #[serde(skip_serializing_if = "is_false")]
    left_out: bool,
    /// How long the body was.
    bytes: usize,
}

/// The text is no recording that this version can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a recording that this version of Coffer can read")]
pub struct BadRecording;

impl Recording {
    /// Reads the document.
    ///
    /// # Errors
    /// [`BadRecording`] for anything else, another version's format included.
    pub fn parse(json: &str) -> Result<Self, BadRecording> {
        let recording: Self = serde_json::from_str(json).map_err(|_| BadRecording)?;
        if recording.format == FORMAT {
            Ok(recording)
        } else {
            Err(BadRecording)
        }
    }
}

impl Answer {
    /// What is left of the body.
    #[must_use]
    pub fn content(&self) -> Content<'_> {
        let json = self.body.get();
        // serde takes a list for the fields of a struct in their order.
        let object = Some(json).filter(|json| json.starts_with('{'));
        match object.and_then(|json| serde_json::from_str(json).ok()) {
            Some(Stub { left_out: true, .. }) => Content::LeftOut,
            Some(Stub { not_json: true, .. }) => Content::NotJson,
            _ => Content::Json(json),
        }
    }

    /// How long the answer is, about: what stands around the body is short.
    fn bytes(&self) -> usize {
        self.body.get().len() + self.path.len() + self.parameters.len() + 128
    }

    fn asks(&self) -> (String, String) {
        (self.method.clone(), self.path.clone())
    }
}

/// The last answer to each question. A path that was asked anew was asked in full, so that what was
/// heard of it before is gone; what was not asked this time stays as it was.
#[must_use]
pub fn renewed(before: Vec<Answer>, now: Vec<Answer>) -> Vec<Answer> {
    let asked: BTreeSet<_> = now.iter().map(Answer::asks).collect();
    let mut answers = before;
    answers.retain(|answer| !asked.contains(&answer.asks()));
    for answer in now {
        let question = |a: &Answer| (a.asks(), a.parameters.clone());
        answers.retain(|known| question(known) != question(&answer));
        answers.push(answer);
    }
    fit(&mut answers);
    answers
}

/// Leaves out the largest bodies until the answers are small enough.
fn fit(answers: &mut [Answer]) {
    let mut bytes: usize = answers.iter().map(Answer::bytes).sum();
    while bytes > MAX_BYTES {
        let Some(largest) = answers.iter_mut().max_by_key(|answer| answer.bytes()) else {
            return;
        };
        if largest.content() == Content::LeftOut {
            return;
        }
        bytes -= largest.bytes();
        largest.body = left_out(largest.body.get().len());
        bytes += largest.bytes();
    }
}

fn left_out(bytes: usize) -> Box<RawValue> {
    stub(&Stub {
        left_out: true,
        bytes,
        ..Stub::default()
    })
}

fn not_json(bytes: usize) -> Box<RawValue> {
    stub(&Stub {
        not_json: true,
        bytes,
        ..Stub::default()
    })
}

fn stub(stub: &Stub) -> Box<RawValue> {
    to_raw_value(stub).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests;
