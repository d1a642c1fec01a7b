//! Journeys through the spawned app, on both databases, and the house tests.
