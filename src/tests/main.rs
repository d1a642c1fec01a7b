//! Journeys through the spawned app, on both databases, and the house tests.
//!
//! What needs a PostgreSQL runs when `TEST_DATABASE_URL` names a server on which databases can be
//! made, and says so when it is skipped.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accounts;
mod belongings;
mod canaries;
mod doors;
mod floors;
mod forgery;
mod functions;
mod headers;
mod journeys;
mod keys_at_rest;
mod labels;
mod program;
mod refusals;
mod sessions;
mod shell;
mod sign_up;
mod sources;
mod support;
mod web;
