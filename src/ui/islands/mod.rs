//! Parts of pages that come alive where the script bundle was built. Without it they are plain
//! forms.

pub mod board;
mod connect_form;
mod follow;
pub mod history;
pub mod panel;
mod reading;
mod stream;
mod working;
