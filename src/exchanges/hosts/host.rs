//! One of the hosts of an exchange that calls are made to.

use crate::domain::exchange::Environment;

/// A host of an exchange that calls are made to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// What it is for, in a word: `live`, `market`, `testnet`, or a region.
    pub site: String,
    /// Exchange and host, as [`Neighbours`](crate::exchanges::Neighbours) name them.
    pub place: String,
    /// Whether it is a test environment's alone.
    pub environment: Environment,
}

impl Host {
    /// The host without the exchange.
    #[must_use]
    pub fn name(&self) -> &str {
        self.place.split(' ').nth(1).unwrap_or_default()
    }
}

/// Hosts, each once: an operator's one address may stand for several.
pub(in crate::exchanges) fn each_once(hosts: impl IntoIterator<Item = Host>) -> Vec<Host> {
    let mut all: Vec<Host> = Vec::new();
    for host in hosts {
        if all.iter().all(|known| known.place != host.place) {
            all.push(host);
        }
    }
    all
}
