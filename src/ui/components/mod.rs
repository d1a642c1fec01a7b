//! Pieces that pages share.

pub mod batch;
pub mod chart;
pub mod connection_card;
pub mod connection_state;
pub mod field;
pub mod history;
pub mod holdings;
pub mod layout;
pub mod notice;
pub mod problem;
pub mod recording;
pub mod runs;
pub mod title;
pub mod wallets;
