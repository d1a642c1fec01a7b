//! Pieces that pages share.

pub mod allocation;
pub mod arranged;
pub mod batch;
pub mod chart;
pub mod connection_card;
pub mod connection_state;
pub mod deliveries;
pub mod export;
pub mod field;
pub mod history;
pub mod holdings;
pub mod holdings_table;
pub mod layout;
pub mod manual_form;
pub mod notice;
pub mod past_days;
pub mod problem;
pub mod provenance;
pub mod recording;
pub mod runs;
pub mod select;
pub mod summary;
pub mod table_choice;
pub mod title;
pub mod tokens;
pub mod wallets;
