//! Exchanges that run on loopback and speak the real wire protocols strictly.
//!
//! Both live on one port and are told apart by their paths: `/api/v3` and `/sapi` are Binance's,
//! `/api/v5` is OKX's, and so are the WebSockets under `/ws/v5`; those under `/stream`, `/ws` and
//! `/ws-api` are Binance's. They are written from the exchanges' manuals and share no code with the
//! clients in `exchanges/`, so that a misreading there does not repeat itself here. Nothing in
//! this room can trade or move anything: what looks like an order is refused and remembered.

mod account;
mod binance;
mod call;
mod catalog;
mod clock;
mod control;
mod course;
mod day;
mod decimal;
mod fault;
mod flight;
mod gzip;
pub mod keys;
mod lengths;
mod mac;
mod okx;
mod pairs;
mod past;
mod record;
mod replay;
mod reply;
mod server;
mod state;
mod streams;
mod wallet;

pub use catalog::MANY_ASSETS;
pub use control::{Control, OpenStream, UnknownKey};
pub use fault::{BINANCE_ERRORS, BinanceError, Effect, Fault, OKX_ERRORS, OkxError};
pub use keys::{DemoKey, MadeKey, demo_keys};
pub use okx::OkxRegion;
pub use record::Record;
pub use replay::{Replay, ReplayError};
pub use server::{Options, Sandbox};
pub use state::Exchange;
pub use wallet::{Holding, Wallet};
