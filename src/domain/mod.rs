//! Pure types and rules: no I/O, no clock, no randomness.

pub mod amount;
pub mod asset;
pub mod connect_form;
pub mod connection;
pub mod currency;
pub mod exchange;
pub mod history;
pub mod holding;
pub mod notice;
pub mod overview;
pub mod portfolio;
pub mod price;
pub mod problem;
pub mod progress;
#[cfg(feature = "ssr")]
pub mod recording;
pub mod report;
pub mod rights;
pub mod rules;
pub mod schedule;
pub mod text;
pub mod timestamp;
pub mod typed;
pub mod wallet;
