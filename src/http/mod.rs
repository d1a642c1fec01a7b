//! The web server's own concerns: who is calling, what is let in, which headers go out.

pub mod assets;
pub mod auth;
pub mod flash;
pub mod headers;
pub mod health;
pub mod limits;
mod session_store;

pub use auth::{AuthSession, signed_in, state};
