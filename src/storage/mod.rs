//! SQL: one file per table or aggregate, one text for SQLite and PostgreSQL. Sees ciphertext only.

pub mod api_answers;
pub mod api_tokens;
pub mod backfilled_days;
pub mod backfills;
pub mod batches;
pub mod connection_changes;
pub mod connections;
mod database;
pub mod deliveries;
mod error;
pub mod failing;
pub mod holding_snapshots;
pub mod holdings;
pub mod key_checks;
pub mod leases;
pub mod manual;
pub mod notices;
pub mod pauses;
pub mod portfolios;
pub mod preferences;
pub mod price_books;
pub mod recordings;
pub mod replicas;
pub mod sessions;
mod sql;
pub mod sync_runs;
mod together;
pub mod users;
pub mod value_points;
pub mod value_rates;
pub mod value_series;
pub mod wallets;
pub mod webhooks;

pub use database::{Connection, Database};
pub use error::StorageError;
