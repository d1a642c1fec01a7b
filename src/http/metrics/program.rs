//! Figures of the program: this process, its database, its requests, and what waits to be synced.

use super::text::{Kind, Text};
use crate::domain::connection::ConnectionStatus;
use crate::domain::health::seconds;
use crate::http::requests::Requests;
use crate::services::State;
use crate::services::health::{Counts, process};

/// Writes what needs no answer of the database.
pub(super) fn write(text: &mut Text, state: &State, requests: &Requests, has_database: bool) {
    process_figures(text, state);
    let help = "Whether the database answers: 1 if so.";
    let up = u8::from(has_database);
    text.single("coffer_database_up", Kind::Gauge, help, up);
    let help = "Connections to the database by what they do.";
    let mut family = text.family("coffer_database_connections", Kind::Gauge, help);
    for pool in state.db.pools() {
        let used = pool.open.saturating_sub(pool.idle);
        for (is, count) in [("idle", pool.idle), ("used", used)] {
            family.sample(&[("pool", pool.name), ("state", is)], count);
        }
    }
    let help = "Requests answered, by the class of their status.";
    let mut family = text.family("coffer_http_requests_total", Kind::Counter, help);
    for (class, count) in requests.counts() {
        family.sample(&[("status", class)], count);
    }
    let help = "Syncs that ended in this process, by how.";
    let mut family = text.family("coffer_sync_runs_total", Kind::Counter, help);
    for profile in state.registry.profiles() {
        let runs = state.sync_counts(&profile.id);
        for (outcome, count) in [
            ("ok", runs.ok),
            ("partial", runs.partial),
            ("failed", runs.failed),
        ] {
            let exchange = ("exchange", profile.id.as_str());
            family.sample(&[exchange, ("outcome", outcome)], count);
        }
    }
}

fn process_figures(text: &mut Text, state: &State) {
    let process = process(state);
    let help = "The program's version.";
    let mut family = text.family("coffer_build_info", Kind::Gauge, help);
    family.sample(&[("version", &process.version)], 1);
    let help = "When the process began, in seconds since 1970.";
    let began = seconds(process.started_at.0);
    text.single("process_start_time_seconds", Kind::Gauge, help, began);
    let lived_ms = state.clock.now().0.saturating_sub(process.started_at.0);
    let help = "How long the process has run.";
    let lived = seconds(lived_ms.max(0));
    text.single("coffer_uptime_seconds", Kind::Gauge, help, lived);
    let help = "How many processes share the database, as far as known.";
    text.single("coffer_processes", Kind::Gauge, help, process.processes);
    if let Some(bytes) = process.memory_bytes {
        let help = "Memory in use.";
        text.single("process_resident_memory_bytes", Kind::Gauge, help, bytes);
    }
    if let Some(open) = process.open_files {
        let help = "Files and sockets that are open.";
        text.single("process_open_fds", Kind::Gauge, help, open);
    }
}

/// Writes what the database told. An exchange or a status of another version of the program is left
/// out, so that labels are of closed sets.
pub(super) fn write_counts(text: &mut Text, state: &State, counts: &Counts) {
    let profiles = state.registry.profiles();
    let help = "Everybody's connections by exchange and status.";
    let mut family = text.family("coffer_connections", Kind::Gauge, help);
    for profile in &profiles {
        for status in ConnectionStatus::ALL {
            let mut all = counts.connections.iter();
            let found = all
                .find(|one| one.exchange == profile.id.as_str() && one.status == status.as_str());
            let labels = [
                ("exchange", profile.id.as_str()),
                ("status", status.as_str()),
            ];
            family.sample(&labels, found.map_or(0, |found| found.count));
        }
    }
    let help = "Connections that are being synced, and those that wait for it.";
    let mut family = text.family("coffer_syncs", Kind::Gauge, help);
    for profile in &profiles {
        let mut all = counts.backlog.iter();
        let found = all.find(|one| one.exchange == profile.id.as_str());
        let of = found.map_or((0, 0, 0), |one| (one.requested, one.due, one.running));
        for (is, count) in [("requested", of.0), ("due", of.1), ("running", of.2)] {
            family.sample(&[("exchange", profile.id.as_str()), ("state", is)], count);
        }
    }
}
