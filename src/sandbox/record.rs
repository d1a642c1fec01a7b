//! What the sandbox remembers of each request: never a key, a secret or a signature.

use super::Exchange;

/// One request that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The exchange it was meant for.
    pub exchange: Exchange,
    /// The method, in capitals.
    pub method: String,
    /// The path, without its query.
    pub path: String,
    /// The names of the query's parameters, in the order sent; the values are not kept.
    pub parameters: Vec<String>,
    /// Whether key and signature were accepted.
    pub authenticated: bool,
    /// The account behind the key, once accepted.
    pub uid: Option<String>,
    /// The HTTP status of the answer, a fault's own when one was in force.
    pub status: u16,
    /// Whether it tried to do more than read.
    pub attempted_write: bool,
    /// When it arrived, in milliseconds since the epoch by the exchanges' clock.
    pub at_ms: i64,
}
