//! What people take along: tables as CSV and JSON, and everything of a person in one document.
//!
//! Nothing here is rounded, and no number stands where none was got: its cell is empty, or null,
//! and another one says why.

pub mod candles;
pub mod cell;
pub mod file;
pub mod history;
pub mod holdings;
pub mod person;
pub mod runs;

/// The version of the documents, in their first field. It goes up when a name goes or changes its
/// meaning; new names may come at any time.
pub const VERSION: u32 = 1;
