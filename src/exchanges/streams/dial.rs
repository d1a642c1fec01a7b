//! Opening a stream: in its turn, while nobody asks to wait, and paid for where calls pay.

#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio::time::sleep_until;

use super::StreamEnd;
use super::site::StreamSite;
use super::socket::Socket;
use crate::domain::problem::ExchangeProblem;
use crate::exchanges::cost::Cost;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::gate::Charge;
use crate::exchanges::registry::Shared;
use crate::exchanges::retry::TimeLeft;

/// How long opening may wait for the budget of calls.
const PATIENCE: Duration = Duration::from_secs(30);

/// By which rules an exchange has its streams opened.
#[derive(Clone, Debug)]
pub(in crate::exchanges) struct Door {
    pub(in crate::exchanges) exchange: &'static str,
    /// The place that calls of the same kind are made at.
    pub(in crate::exchanges) calls: String,
    /// How long after one stream the next may be opened from one address.
    pub(in crate::exchanges) apart: Duration,
    /// What opening one costs of the budget that calls have; `None` where streams and calls do not count
    /// together.
    pub(in crate::exchanges) cost: Option<Cost>,
}

/// Opens a stream. Nothing is sent while its host, or calls of the same kind, are asked to wait; a
/// refusal that asks to wait is heeded by everyone from then on. `offset_ms` is how far the exchange's
/// clock is ahead of ours.
///
/// # Errors
/// [`StreamEnd::Broken`], [`StreamEnd::Refused`].
pub(super) async fn dial(
    shared: &Shared,
    (site, query): (&StreamSite, &str),
    offset_ms: i64,
    at_most: Duration,
) -> Result<Socket, StreamEnd> {
    heed(shared, site).await?;
    let processes = shared.surroundings.neighbours.count().max(1);
    let apart = site.door.apart * processes;
    sleep_until(shared.connects.take(&site.host(), apart)).await;
    // Whoever went before may have been asked to wait.
    heed(shared, site).await?;
    pay(shared, site, offset_ms).await?;
    match shared.outlet.open(site, query, at_most).await {
        Ok(socket) => Ok(socket),
        Err(refusal) => {
            if let Some(seconds) = seconds(&refusal.end) {
                note(shared, site, seconds, refusal.is_ban).await;
            }
            Err(refusal.end)
        }
    }
}

/// Has everybody heed that a stream which was open asked to wait, where its messages count as calls.
pub(super) async fn note_end(shared: &Shared, site: &StreamSite, end: &StreamEnd) {
    if let (Some(seconds), true) = (seconds(end), site.door.cost.is_some()) {
        note(shared, site, seconds, false).await;
    }
}

/// A ban shuts the address out, so that calls are left as well; so does any word to wait where streams
/// and calls count together.
async fn note(shared: &Shared, site: &StreamSite, seconds: u64, is_ban: bool) {
    shared.gate.pause(&site.place(), seconds).await;
    if is_ban || site.door.cost.is_some() {
        shared.gate.pause(&site.door.calls, seconds).await;
    }
}

async fn heed(shared: &Shared, site: &StreamSite) -> Result<(), StreamEnd> {
    let mut patience = TimeLeft::new(PATIENCE);
    for place in [&site.place(), &site.door.calls] {
        let open = shared.gate.outwait_pause(place, &mut patience).await;
        open.map_err(refused)?;
    }
    Ok(())
}

async fn pay(shared: &Shared, site: &StreamSite, offset_ms: i64) -> Result<(), StreamEnd> {
    let Some(cost) = site.door.cost else {
        return Ok(());
    };
    let charge = Charge {
        place: &site.door.calls,
        path: site.path,
        cost,
        api_key: None,
        offset_ms,
        yields: false,
    };
    let mut patience = TimeLeft::new(PATIENCE);
    let paid = shared.gate.pass(&charge, &mut patience).await;
    paid.map(drop).map_err(refused)
}

fn refused(error: ExchangeError) -> StreamEnd {
    StreamEnd::Refused(error.into_problem())
}

/// How long an exchange asks to wait.
fn seconds(end: &StreamEnd) -> Option<u64> {
    match end {
        StreamEnd::Refused(ExchangeProblem::RateLimited { seconds }) => Some(*seconds),
        _ => None,
    }
}
