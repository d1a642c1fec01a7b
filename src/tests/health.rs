//! How exchanges and the program fare: probes, figures for Prometheus, the page, and what people are
//! told.

mod clocks;
mod environments;
mod figures;
mod limits;
mod metrics;
mod news;
mod page;
mod probes;
