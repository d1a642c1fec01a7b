//! What a path costs, what it asks of a key and who serves it.

use super::{Context, Key, Refusal, table::ENDPOINTS, weights::Limit};
use crate::sandbox::{call::Call, reply::Reply};

/// One path with one method.
pub(super) struct Endpoint {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) weight: u32,
    pub(super) limit: Limit,
    pub(super) security: Security,
    /// The parameters it reads besides those of the signature.
    pub(super) params: &'static [&'static str],
    pub(super) serve: fn(&Context<'_>) -> Result<Reply, Refusal>,
}

/// What a path asks of the caller.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Security {
    /// Nothing.
    None,
    /// A signature by a key with any rights.
    Signed,
    /// A signature by a key that may read.
    Read,
    /// A signature by a key with this right; what it does is more than reading.
    Write(&'static str),
}

impl Security {
    /// Whether the key has the right the path asks for.
    pub(super) fn permit(self, key: Option<&Key>) -> Result<(), Refusal> {
        let right = match self {
            Self::None | Self::Signed => return Ok(()),
            Self::Read => "enableReading",
            Self::Write(right) => right,
        };
        match key {
            Some(key) if key.may(right) => Ok(()),
            _ => Err(Refusal::key()),
        }
    }
}

impl Endpoint {
    /// Whether it does more than read.
    pub(super) fn writes(&self) -> bool {
        matches!(self.security, Security::Write(_))
    }
}

/// The endpoint a request is for.
pub(super) fn find(call: &Call) -> Option<&'static Endpoint> {
    let method = call.method.as_str();
    ENDPOINTS
        .iter()
        .find(|endpoint| endpoint.path == call.path && endpoint.method == method)
}

/// The status for a request that is for no endpoint: another method, or no such path.
pub(super) fn status_of_unknown(call: &Call) -> u16 {
    if ENDPOINTS.iter().any(|endpoint| endpoint.path == call.path) {
        405
    } else {
        404
    }
}
