//! Journeys through the spawned app, on both databases, and the house tests.
//!
//! What needs a PostgreSQL runs when `TEST_DATABASE_URL` names a server on which databases can be
//! made, and says so when it is skipped.

<<<<<<< HEAD
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod in_chromium;
mod journeys;
mod portfolio;
mod scene;
=======
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod floors;
mod journeys;
mod sources;
>>>>>>> tests-web
mod support;
