//! Redaction: only what is listed stays, and every character of it as it was.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

use super::super::exchange::ExchangeId;
use super::super::timestamp::Timestamp;
use super::fields::{self, Kind};
use super::scrambling::{Noise, scrambled};
use super::tokens::{Token, Tokens};
use super::{Answer, Content, Heard, MAX_BYTES, left_out, not_json};

/// Redacts the answers of one recording. Texts that are not kept become `""`, numbers 0, and names
/// that are no words `"?"`; what tells accounts and positions apart becomes 1, 2, 3 and so on, the
/// same for the same within all answers.
pub struct Redactor<'a> {
    exchange: &'a ExchangeId,
    noise: Option<&'a Noise<'a>>,
    identities: HashMap<String, usize>,
}

/// A list or an object that is open.
struct Frame {
    is_object: bool,
    /// Whether the next text is a name.
    at_name: bool,
    /// What the next value is, and those of a list in its place.
    kind: Kind,
}

impl<'a> Redactor<'a> {
    /// Keeps amounts as they are.
    #[must_use]
    pub fn new(exchange: &'a ExchangeId) -> Self {
        Self {
            exchange,
            noise: None,
            identities: HashMap::new(),
        }
    }

    /// Gives amounts other digits.
    #[must_use]
    pub fn scrambling(exchange: &'a ExchangeId, noise: &'a Noise<'a>) -> Self {
        Self {
            noise: Some(noise),
            ..Self::new(exchange)
        }
    }

    /// What may be kept of an answer.
    #[must_use]
    pub fn answer(&mut self, heard: &Heard<'_>, at: Timestamp) -> Answer {
        Answer {
            taken_at: at.rfc3339(),
            method: fields::path(heard.method),
            path: fields::path(heard.path),
            parameters: fields::parameters(heard.parameters),
            status: heard.status,
            body: self.body(heard.body),
        }
    }

    /// What may be kept of an answer that was redacted before, by this version or an earlier one.
    #[must_use]
    pub fn again(&mut self, answer: Answer) -> Answer {
        let body = match answer.content() {
            Content::Json(json) => self.body(json),
            Content::NotJson | Content::LeftOut => answer.body.clone(),
        };
        Answer { body, ..answer }
    }

    fn body(&mut self, text: &str) -> Box<RawValue> {
        if text.len() > MAX_BYTES {
            return left_out(text.len());
        }
        let json = serde_json::from_str::<&RawValue>(text).ok();
        json.and_then(|json| RawValue::from_string(self.rewritten(json.get())).ok())
            .unwrap_or_else(|| not_json(text.len()))
    }

    fn rewritten(&mut self, json: &str) -> String {
        let mut out = String::with_capacity(json.len());
        let mut frames = vec![Frame::open(false, Kind::Other)];
        for token in Tokens(json) {
            let Some(frame) = frames.last_mut() else {
                break;
            };
            match token {
                Token::Text(raw) if frame.at_name => self.name(raw, frame, &mut out),
                Token::Text(raw) => self.text(raw, frame.kind, &mut out),
                Token::Literal(raw) => out.push_str(&self.literal(raw, frame.kind)),
                Token::Mark(mark) => {
                    out.push(mark);
                    step(&mut frames, mark);
                }
            }
        }
        out
    }

    fn name(&self, raw: &str, frame: &mut Frame, out: &mut String) {
        let name = unquoted(raw).filter(|name| fields::is_word(name));
        frame.at_name = false;
        frame.kind = name
            .as_ref()
            .map_or(Kind::Other, |name| fields::kind(self.exchange, name));
        push_quoted(out, name.as_deref().unwrap_or("?"));
    }

    fn text(&mut self, raw: &str, kind: Kind, out: &mut String) {
        match unquoted(raw).filter(|text| !text.is_empty()) {
            Some(text) if kind == Kind::Identity => {
                push_quoted(out, &self.stand_in(text.into_owned()).to_string());
            }
            Some(text) if kind.fits(&text) => match self.noise_for(kind) {
                Some(noise) => push_quoted(out, &scrambled(&text, noise)),
                None => out.push_str(raw),
            },
            _ => push_quoted(out, ""),
        }
    }

    fn literal<'t>(&mut self, raw: &'t str, kind: Kind) -> Cow<'t, str> {
        match kind {
            _ if matches!(raw, "true" | "false" | "null") => raw.into(),
            Kind::Identity => self.stand_in(raw.to_owned()).to_string().into(),
            _ if kind.fits(raw) => match self.noise_for(kind) {
                Some(noise) => scrambled(raw, noise).into(),
                None => raw.into(),
            },
            _ => "0".into(),
        }
    }

    fn noise_for(&self, kind: Kind) -> Option<&'a Noise<'a>> {
        self.noise.filter(|_| kind == Kind::Amount)
    }

    fn stand_in(&mut self, identity: String) -> usize {
        let next = self.identities.len() + 1;
        *self.identities.entry(identity).or_insert(next)
    }
}

impl Frame {
    fn open(is_object: bool, kind: Kind) -> Self {
        Self {
            is_object,
            at_name: is_object,
            kind,
        }
    }
}

/// Goes past a mark. What stands in a list is what the list was called.
fn step(frames: &mut Vec<Frame>, mark: char) {
    let kind = frames.last().map_or(Kind::Other, |frame| frame.kind);
    match mark {
        '{' => frames.push(Frame::open(true, Kind::Other)),
        '[' => frames.push(Frame::open(false, kind)),
        '}' | ']' => drop(frames.pop()),
        ',' => {
            if let Some(frame) = frames.last_mut() {
                frame.at_name = frame.is_object;
            }
        }
        _ => {}
    }
}

fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    out.push_str(text);
    out.push('"');
}

/// What a text with its quotation marks says; `None` when it is no text.
fn unquoted(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.bytes().any(|b| b == b'\\' || b == b'"' || b < b' ') {
        return serde_json::from_str(raw).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inner))
}
