//! Every fault that was thought of, on both databases: what the person sees, what the database holds,
//! how often the exchange is asked, and that all is well once the fault is gone.

mod amounts;
mod balances;
mod binance_codes;
mod bodies;
mod clocks;
mod crowd;
mod disk;
mod killed;
mod ledger;
mod meaning;
mod numbered;
mod okx_codes;
mod outages;
mod proxy;
mod row;
mod stage;
mod statuses;
mod table;
mod wire;

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use coffer::sandbox::{Effect, Exchange};

use crate::support::{Kind, on_both_databases, say};
use row::Row;
use stage::Stage;
use table::Table;

on_both_databases![every_fault_is_survived];

async fn every_fault_is_survived(kind: Kind) {
    let elsewhere = Elsewhere::start();
    let mut running: Vec<_> = [Exchange::Binance, Exchange::Okx]
        .into_iter()
        .flat_map(|exchange| lanes(exchange, &elsewhere.url))
        .map(|lane| apart(move || run(kind, lane)))
        .collect();
    running.push(apart(move || killed::table(kind)));
    running.push(apart(move || outages::table(kind)));
    running.push(apart(move || crowd::table(kind)));
    let mut table = Table::default();
    for lane in running {
        match lane.await {
            Ok(done) => table.join(done),
            Err(error) => table.count("Lanes that did not end", "a lane", Err(error.to_string())),
        }
    }
    tell(kind, &table);
    table.assert_survived();
    assert_eq!(elsewhere.visits(), 0, "a redirect was followed");
}

/// Runs a lane on threads of its own: one that waits for a process or for a database to end is not
/// to hold up the others.
fn apart<F: Future<Output = Table>>(
    lane: impl FnOnce() -> F + Send + 'static,
) -> tokio::task::JoinHandle<Table> {
    tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        runtime.unwrap().block_on(lane())
    })
}

/// Prints the table, and leaves it with every single fault beside what was built.
fn tell(kind: Kind, table: &Table) {
    let text = table.text(&format!("Faults, {kind:?}"));
    say(&text);
    let name = format!("fault-suite-{kind:?}.txt").to_lowercase();
    let place = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(
        place,
        format!(
            "{text}

{}",
            table.record()
        ),
    )
    .unwrap();
}

/// Rows that share an app, tried one after the other; lanes run side by side.
struct Lane {
    rows: Vec<Row>,
    /// The most time that an answer may take.
    answer_time: Duration,
}

fn lanes(exchange: Exchange, elsewhere: &str) -> [Lane; 3] {
    let codes = match exchange {
        Exchange::Binance => binance_codes::rows(),
        Exchange::Okx => okx_codes::rows(),
    };
    let statuses = [statuses::rows(exchange), statuses::waits(exchange)];
    let others = [
        codes,
        wire::rows(exchange, elsewhere),
        bodies::rows(exchange),
        amounts::rows(exchange),
        clocks::rows(exchange),
    ];
    let lane = |rows: Vec<Row>, seconds| Lane {
        rows,
        answer_time: Duration::from_secs(seconds),
    };
    [
        lane(statuses.concat(), 20),
        lane(others.concat(), 20),
        lane(wire::slow_rows(exchange), 2),
    ]
}

async fn run(kind: Kind, lane: Lane) -> Table {
    let Lane { rows, answer_time } = lane;
    let mut stage = Stage::new(kind, rows[0].exchange, answer_time).await;
    let mut table = Table::default();
    for row in rows {
        let outcome = stage.attempt(&row).await;
        let seen = outcome.map(|seen| format!("{} calls | {}", seen.calls, seen.told));
        let group = format!("{} · {}", row.exchange, row.group);
        table.count(&group, &row.title(), seen);
    }
    table
}

fn ensure(holds: bool, seen: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(seen()) }
}

/// A recording, as an exchange would send it.
fn recorded(status: u16, file: &str) -> Effect {
    let kind = if file.ends_with(".html") {
        "text/html"
    } else {
        "application/json"
    };
    Effect::answer(status, kind, &fixture(file))
}

/// The text of a fixture.
fn fixture(name: &str) -> String {
    let path = format!("{}/src/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// Another host, which counts its visitors.
struct Elsewhere {
    url: String,
    visits: Arc<AtomicUsize>,
}

impl Elsewhere {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/canary", listener.local_addr().unwrap());
        let visits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&visits);
        std::thread::spawn(move || {
            for _ in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { url, visits }
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}
