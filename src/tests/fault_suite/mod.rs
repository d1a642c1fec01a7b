//! Every fault of an exchange, one after the other: what the person sees, what the database holds,
//! how often the exchange is asked, and that all is well once the fault is gone.

mod amounts;
mod binance_codes;
mod bodies;
mod clocks;
pub mod ledger;
mod meaning;
mod okx_codes;
mod row;
mod stage;
mod statuses;
mod table;
mod wire;

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use coffer::sandbox::{Effect, Exchange};

use crate::support::{Kind, on_both_databases, say};
use row::Row;
use stage::Stage;
use table::Table;

on_both_databases![every_fault_of_an_exchange_is_survived];

async fn every_fault_of_an_exchange_is_survived(kind: Kind) {
    let elsewhere = Elsewhere::start();
    let lanes = [Exchange::Binance, Exchange::Okx]
        .into_iter()
        .flat_map(|exchange| lanes(exchange, &elsewhere.url));
    let running: Vec<_> = lanes.map(|rows| tokio::spawn(run(kind, rows))).collect();
    let mut table = Table::default();
    for lane in running {
        table.join(lane.await.unwrap());
    }
    let text = table.text(&format!("Faults of exchanges, {kind:?}"));
    say(&text);
    let name = format!("fault-suite-{kind:?}.txt").to_lowercase();
    let place = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(place, format!("{text}\n\n{}", table.record())).unwrap();
    table.assert_survived();
    assert_eq!(elsewhere.visits(), 0, "a redirect was followed");
}

/// Rows that share an app, run one after the other; lanes run side by side.
fn lanes(exchange: Exchange, elsewhere: &str) -> [Vec<Row>; 2] {
    let codes = match exchange {
        Exchange::Binance => binance_codes::rows(),
        Exchange::Okx => okx_codes::rows(),
    };
    let mut others = statuses::rows(exchange);
    others.extend(statuses::waits(exchange));
    let mut small = codes;
    small.extend(wire::rows(exchange, elsewhere));
    small.extend(bodies::rows(exchange));
    small.extend(amounts::rows(exchange));
    small.extend(clocks::rows(exchange));
    [others, small]
}

async fn run(kind: Kind, rows: Vec<Row>) -> Table {
    let mut stage = Stage::new(kind, rows[0].exchange).await;
    let mut table = Table::default();
    for row in rows {
        let outcome = stage.attempt(&row).await;
        let seen = outcome.map(|seen| format!("{} calls | {}", seen.calls, seen.told));
        let group = format!("{} · {}", row.exchange, row.group);
        table.count(&group, &row.title(), seen);
    }
    table
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
