//! SQL: one file per table or aggregate, one text for SQLite and PostgreSQL. Sees ciphertext only.

pub mod connections;
mod database;
mod error;
pub mod holdings;
pub mod key_checks;
pub mod portfolios;
pub mod recordings;
pub mod sessions;
pub mod sync_runs;
pub mod users;

pub use database::{Connection, Database};
pub use error::StorageError;
