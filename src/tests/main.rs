//! Journeys through the spawned app, on both databases, and the house tests.
//!
//! What needs a PostgreSQL runs when `TEST_DATABASE_URL` names a server on which databases can be
//! made, and says so when it is skipped.

mod connecting;
mod crash;
mod faults;
mod journeys;
mod portfolio;
mod refusals;
mod rights;
mod rows;
mod scene;
mod storage;
mod support;
mod syncing;
