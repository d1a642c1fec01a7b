//! Pages. They work as plain forms; islands make them nicer where the script bundle was built.

pub mod app;
mod components;
pub mod forms;
mod islands;
mod pages;

pub use components::history::{Drawing, HistoryView, HistoryViewProps};
