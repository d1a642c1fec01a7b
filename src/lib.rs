//! Coffer: a self-hosted portfolio of what you hold on exchanges, read with keys that can only
//! read. `src/README.md` has the map of the floors.

#[cfg(feature = "ssr")]
pub mod config;
pub mod domain;
pub mod error;

#[cfg(feature = "ssr")]
pub mod exchanges;
#[cfg(feature = "ssr")]
pub mod sandbox;
#[cfg(feature = "ssr")]
pub mod security;
#[cfg(feature = "ssr")]
pub mod storage;
