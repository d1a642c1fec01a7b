//! Pieces that pages share.

pub mod connection_card;
pub mod field;
pub mod holdings;
pub mod layout;
pub mod notice;
pub mod problem;
pub mod recording;
pub mod title;
