//! A request's parameters, and the bytes of them that were signed.

use axum::http::{Method, header::CONTENT_TYPE};

use super::Refusal;
use crate::sandbox::call::{Call, decode};

/// The parameters every signed request may have.
const OF_SIGNATURE: &[&str] = &["timestamp", "recvWindow", "signature"];

/// The parameters as read: of two with one name, the query's.
#[derive(Debug)]
pub(super) struct Params {
    pairs: Vec<(String, String)>,
    sent: usize,
}

impl Params {
    /// Reads query and, except for GET, form body.
    pub(super) fn read(call: &Call) -> Result<Self, Refusal> {
        let mut pairs = distinct(decode(&call.query))?;
        let form = distinct(form_of(call).map(decode).unwrap_or_default())?;
        let sent = pairs.len() + form.len();
        let known: Vec<_> = pairs.iter().map(|(name, _)| name.clone()).collect();
        pairs.extend(form.into_iter().filter(|(name, _)| !known.contains(name)));
        Ok(Self { pairs, sent })
    }

    /// A parameter's value, `None` when it was not sent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A parameter that must be there and not empty.
    pub(super) fn mandatory(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Refusal::mandatory(name))
    }

    /// A whole number.
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let read = |text: &str| {
            text.parse()
                .map_err(|_| Refusal::illegal(name, "^[0-9]{1,20}$"))
        };
        self.get(name).map(read).transpose()
    }

    /// A switch, `false` when it was not sent.
    pub(super) fn switch(&self, name: &str) -> Result<bool, Refusal> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Refusal::invalid(name)),
        }
    }

    /// Refuses parameters that the endpoint does not read, and empty ones.
    pub(super) fn expect_only(&self, names: &[&str], signed: bool) -> Result<(), Refusal> {
        let of_signature = if signed { OF_SIGNATURE } else { &[] };
        let known = |name: &str| names.contains(&name) || of_signature.contains(&name);
        let read = self.pairs.iter().filter(|(name, _)| known(name)).count();
        if read != self.pairs.len() {
            return Err(Refusal::unread(read, self.sent));
        }
        match self.pairs.iter().find(|(_, value)| value.is_empty()) {
            Some((name, _)) => Err(Refusal::empty(name)),
            None => Ok(()),
        }
    }
}

/// What a signature covers, and the signature: query and form as they were sent, one right after
/// the other, without the signature, which must come last.
pub(super) fn signed_text(call: &Call) -> Result<([&[u8]; 2], &str), Refusal> {
    let form = form_of(call).unwrap_or_default();
    if let Some((rest, signature)) = split_signature(form) {
        return Ok(([call.query.as_bytes(), rest.as_bytes()], signature));
    }
    match split_signature(&call.query) {
        Some((rest, signature)) => Ok(([rest.as_bytes(), form.as_bytes()], signature)),
        None => Err(Refusal::signature()),
    }
}

/// The text before a signature at the end, and the signature.
fn split_signature(text: &str) -> Option<(&str, &str)> {
    let (rest, last) = text.rsplit_once('&').unwrap_or(("", text));
    last.strip_prefix("signature=")
        .map(|signature| (rest, signature))
}

/// The form body; a GET has none, and neither has a body of another type.
fn form_of(call: &Call) -> Option<&str> {
    let content_type = call.header(CONTENT_TYPE.as_str())?;
    let form = content_type.starts_with("application/x-www-form-urlencoded");
    (form && call.method != Method::GET).then(|| str::from_utf8(&call.body).ok())?
}

fn distinct(pairs: Vec<(String, String)>) -> Result<Vec<(String, String)>, Refusal> {
    let twice = |(index, (name, _)): (usize, &(String, String))| {
        pairs.iter().take(index).any(|(other, _)| other == name)
    };
    if pairs.iter().enumerate().any(twice) {
        Err(Refusal::duplicate())
    } else {
        Ok(pairs)
    }
}
