//! Coffer: a self-hosted portfolio of what you hold on exchanges, read with keys that can only
//! read. `src/README.md` has the map of the floors.

// Views are types, and pages are deep.
#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
pub mod config;
pub mod domain;
pub mod error;

#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod exchanges;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(feature = "ssr")]
pub mod sandbox;
#[cfg(feature = "ssr")]
pub mod security;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod services;
#[cfg(feature = "ssr")]
pub mod storage;
pub mod ui;
#[cfg(feature = "ssr")]
pub mod webhooks;

/// Brings the islands of a page to life.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
