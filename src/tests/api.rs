//! The JSON API: who is let in, what is told, and how errors read.

pub mod client;
mod connecting;
mod describing;
mod errors;
mod paging;
mod reading;
mod scopes;
mod syncing;
mod throttling;
mod tokens;
