//! Parts of pages that come alive where the script bundle was built. Without it they are plain
//! forms.

pub mod board;
mod connect_form;
mod follow;
pub mod history;
mod keeping_up;
pub mod panel;
pub mod quotes;
mod reading;
mod stream;
pub mod watching;
mod working;
