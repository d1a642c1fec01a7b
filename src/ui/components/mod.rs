//! Pieces that pages share.

pub mod arranged;
pub mod batch;
pub mod connection_card;
pub mod connection_state;
pub mod field;
pub mod holdings;
pub mod layout;
pub mod manual_form;
pub mod notice;
pub mod problem;
pub mod recording;
pub mod runs;
pub mod select;
pub mod title;
pub mod wallets;
