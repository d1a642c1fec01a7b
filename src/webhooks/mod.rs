//! The way out to people's own webhooks: https to public addresses, signed, followed nowhere.

mod client;
mod reach;
mod resolver;
mod signature;
mod target;

pub use client::{ANSWER_TIME, Message, Webhooks};
pub use reach::Reach;
pub use signature::{SECRET_PREFIX, sign};
pub use target::{BadTarget, Target};
