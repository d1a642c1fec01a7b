//! Pieces that pages share.

pub mod batch;
pub mod connection_card;
pub mod connection_state;
pub mod deliveries;
pub mod field;
pub mod holdings;
pub mod layout;
pub mod notice;
pub mod problem;
pub mod recording;
pub mod runs;
pub mod title;
pub mod wallets;
