//! The JSON API: who is let in, what is told, and how errors read.

mod arranging;
mod changing;
pub mod client;
mod connecting;
mod describing;
mod errors;
mod files;
mod klines;
mod listening;
mod listing;
mod market;
mod one_key;
mod paging;
mod reading;
mod scopes;
mod syncing;
mod throttling;
mod tokens;
