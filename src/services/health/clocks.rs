//! Looking at the clocks of the hosts in use, again and again, so that one that drifts is noticed before
//! its exchange refuses a call.

use futures::future::join_all;
use tokio::sync::watch;

use crate::domain::exchange::Environment;
use crate::domain::health::HostClock;
use crate::exchanges::{Exchange, Host};
use crate::services::State;

/// Looks until it is told to stop.
pub async fn run(state: State, mut stop: watch::Receiver<bool>) {
    let every = state.settings.pace.watch;
    // No host is in use yet when this begins, so it waits first.
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(every) => (),
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = ask(&state) => (),
        }
    }
}

/// Asks every host in use for its time whose clock was not asked for a quarter of an hour. What goes
/// wrong is counted where calls are, and asked again as late.
pub async fn ask(state: &State) {
    let now = state.clock.now();
    let profiles = state.registry.profiles();
    let exchanges = profiles
        .iter()
        .filter_map(|profile| state.registry.find(&profile.id));
    let due = exchanges.flat_map(|exchange| {
        let hosts = exchange.hosts().into_iter();
        hosts.filter_map(move |host| {
            let site = state.registry.site(&host.place)?;
            Some((exchange, site.wants_time(now)?, host))
        })
    });
    join_all(due.map(|(exchange, environment, host)| one(exchange, environment, host))).await;
}

async fn one(exchange: &dyn Exchange, environment: Environment, host: Host) {
    let told = exchange.server_time(&host, environment).await;
    if let Err(problem) = told {
        tracing::debug!(
            place = host.place,
            code = problem.code(),
            "a clock was not told"
        );
    }
}

/// The clocks of an exchange's hosts that were asked.
pub(super) fn known(state: &State, exchange: &dyn Exchange) -> Vec<HostClock> {
    let hosts = exchange.hosts().into_iter();
    let clocks = hosts.filter_map(|host| {
        let reading = state.registry.site(&host.place)?.clock?;
        Some(HostClock {
            host: host.name().to_owned(),
            site: host.site,
            environment: host.environment,
            reading,
        })
    });
    clocks.collect()
}
