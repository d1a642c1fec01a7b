//! Journeys through the spawned app, on both databases, and the house tests.
//!
//! What needs a PostgreSQL runs when `TEST_DATABASE_URL` names a server on which databases can be
//! made, and says so when it is skipped.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod accounts;
mod api;
mod bad_input;
mod belongings;
mod bounds;
mod canaries;
mod changing;
mod connecting;
mod doors;
mod dropping;
mod fault_suite;
mod faults;
mod floors;
mod following;
mod forgery;
mod freshness;
mod functions;
mod guessing;
mod headers;
mod health;
mod hiding;
mod history;
mod hostile;
mod in_chromium;
mod journeys;
mod keys_at_rest;
mod labels;
mod leases;
mod leaving;
mod live;
mod manual;
mod market;
mod meanwhile;
mod merging;
mod pausing;
mod portfolio;
mod portfolios;
mod prices;
mod program;
mod provenance;
mod readme;
mod recording;
mod refusals;
mod replicas;
mod rights;
mod rows;
mod scene;
mod scheduling;
mod sessions;
mod shell;
mod sign_up;
mod sources;
mod statements;
mod storage;
mod support;
mod sync_all;
mod sync_pages;
mod syncing;
mod takeout;
mod telling;
mod valuing;
mod watching;
mod web;
mod webhooks;
